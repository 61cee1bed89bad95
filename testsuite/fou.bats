#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# FOU and GUE ports, and tunnels through them.

load lib

setup() {
	underlay
	ip -n "$A" addr add 2001:db8::1/64 dev u0 nodad
	ip -n "$B" addr add 2001:db8::2/64 dev u0 nodad
	modprobe -a fou fou6
	wire=$BATS_TEST_TMPDIR/wire
}

# ports NS: what ip knows, sorted.
ports() { ip -n "$1" -j fou show | jq -cS 'sort_by(.port, .family)[]'; }

# everywhere WORDS...: the same port on both sides.
everywhere() {
	quiet tun -n "$A" fou add "$@"
	quiet tun -n "$B" fou add "$@"
}

@test "a port is added, shown and deleted, and ip sees the same" {
	ip -n "$A" link set lo up
	ip -n "$B" link set lo up
	while IFS='|' read -r line shown; do
		# shellcheck disable=SC2086 # words
		{
			quiet tun -n "$A" fou add $line
			ip -n "$B" fou add $line
			same "$(ports "$B")" "$(ports "$A")" "fou add $line"
			prints "$shown" tun -n "$A" fou show
			prints "$shown" tun -n "$B" fou show
			quiet tun -n "$A" fou del $shown
			ip -n "$B" fou del $line
			same '' "$(ports "$A")"
		}
	done <<-'END'
		port 5555 ipproto 47|port 5555 ipproto gre
		port 5555 gue|port 5555 encap gue
		port 5555 ipproto 4 local 127.0.0.1|port 5555 ipproto ipip local 127.0.0.1
		port 5555 ipproto 41 local 127.0.0.1 peer 127.0.0.2 peer_port 5556 dev lo|port 5555 ipproto ipv6 local 127.0.0.1 peer 127.0.0.2 peer_port 5556 dev lo
	END
}

@test "what is shown is added again" {
	quiet tun -n "$A" fou add port 5555 ipproto 47 local 192.0.2.1 peer 192.0.2.2 peer_port 5556
	quiet tun -n "$A" fou add port 5557 gue
	before=$(ports "$A")
	shown=$(tun -n "$A" fou show)
	while read -r line; do
		# shellcheck disable=SC2086 # words
		{
			quiet tun -n "$A" fou del $line
			quiet tun -n "$A" fou add $line
		}
	done <<<"$shown"
	same "$before" "$(ports "$A")"
}

@test "each kind crosses in FOU and in GUE, and does not without the port" {
	while IFS='|' read -r port kind; do
		# shellcheck disable=SC2086 # words
		{
			everywhere port 5555 $port
			join $kind encap "$([ "$port" = gue ] && echo gue || echo fou)" encap-sport auto encap-dport 5555
			capture "$B" u0 "$wire" ip
			case $kind in
			*sit*) pings "$A" fd00::2 ;;
			*) pings "$A" 10.0.0.2 ;;
			esac
			await 5 captured "$wire" 'src 192.0.2.1 and udp dst port 5555'
			same 0 "$(packets "$wire" 'not udp')" "$kind in $port: packets that are not UDP"
			stop_capture
			quiet tun -n "$B" fou del port 5555
			no_ping "$A" 10.0.0.2
			quiet tun -n "$A" fou del port 5555
			quiet tun -n "$A" del t
			quiet tun -n "$B" del t
		}
	done <<-'END'
		ipproto 47|type gre key 5
		ipproto 4|type ipip
		ipproto 41|type sit
		gue|type gre
		gue|type ipip
		gue|type sit
		gue|type gretap
	END
}

@test "over IPv6 too" {
	while IFS='|' read -r port kind; do
		# shellcheck disable=SC2086 # words
		{
			everywhere port 5555 family inet6 $port
			join6 $kind encap "$([ "$port" = gue ] && echo gue || echo fou)" encap-dport 5555 encap-csum6
			capture "$B" u0 "$wire" 'not arp and not icmp6'
			pings "$A" fd00::2
			await 5 captured "$wire" 'ip6 src 2001:db8::1 and udp dst port 5555'
			stop_capture
			for end in "$A" "$B"; do
				quiet tun -n "$end" fou del port 5555 family inet6
				quiet tun -n "$end" del t
			done
		}
	done <<-'END'
		ipproto 47|type ip6gre encaplimit none
		ipproto 41|mode ip6ip6 encaplimit none
		gue|type ip6gre encaplimit none
		gue|mode ip6ip6 encaplimit none
	END
}

@test "a port that is taken, absent or incomplete is refused by name, and nothing changes" {
	quiet tun -n "$A" fou add port 5555 ipproto 47
	before=$(ports "$A")
	fails 'tun: fou 5555: a socket has this port' tun -n "$A" fou add port 5555 gue
	fails 'tun: fou 5556: no such port' tun -n "$A" fou del port 5556
	refuses 'tun: fou 5556: ipproto: missing: encap direct needs it' tun -n "$A" fou add port 5556
	refuses 'tun: port: 65536: out of range (0 to 65535)' tun -n "$A" fou add port 65536 gue
	same "$before" "$(ports "$A")"
}

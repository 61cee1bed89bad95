#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Mirrored frames in GRE, over IPv4 and IPv6.

load lib

setup() {
	underlay
	ip -n "$A" addr add 2001:db8::1/64 dev u0 nodad
	ip -n "$B" addr add 2001:db8::2/64 dev u0 nodad
	wire=$BATS_TEST_TMPDIR/wire
	seen=$BATS_TEST_TMPDIR/seen
}

# mirror WORDS...: what leaves A by d0 is mirrored to B by the tunnel t.
mirror() {
	local from=192.0.2.1 to=192.0.2.2
	case $2 in ip6*) from=2001:db8::1 to=2001:db8::2 ;; esac
	quiet tun -n "$A" add t local "$from" remote "$to" "$@" up
	quiet tun -n "$B" add t local "$to" remote "$from" "$@" up
	ip -n "$A" link add d0 type dummy
	ip -n "$A" addr add 203.0.113.1/24 dev d0
	ip -n "$A" link set d0 up
	in_ns "$A" tc qdisc add dev d0 clsact
	in_ns "$A" tc filter add dev d0 egress matchall action mirred egress mirror dev t
}

# One packet on d0, whose frame says from whom it is; a dummy answers nothing.
send() {
	ip -n "$A" neigh replace 203.0.113.9 lladdr 02:00:00:00:00:09 dev d0
	no_ping "$A" 203.0.113.9
}

frame='ether dst 02:00:00:00:00:09 and ip src 203.0.113.1 and ip dst 203.0.113.9 and icmp'

@test "a mirrored frame arrives as it was, with any version of the header" {
	while IFS='|' read -r words header; do
		# shellcheck disable=SC2086 # words
		mirror $words
		capture "$B" u0 "$wire" 'proto gre or ip6 proto 60 or ip6 proto 47'
		outer=$capture
		capture "$B" t "$seen"
		send
		await 5 captured "$seen" "$frame"
		same 1 "$(packets "$seen" "$frame")" "$words: frames"
		await 5 captured "$wire" "$header"
		stop_capture
		capture=$outer
		stop_capture
		for end in "$A" "$B"; do
			quiet tun -n "$end" del t
		done
		ip -n "$A" link del d0
	done <<-'END'
		type erspan erspan_ver 1 key 5 seq erspan 123|proto gre and ip[20:4] = 0x100088be and ip[28:4] & 0xf00003ff = 0x10000005 and ip[32:4] = 123
		type erspan erspan_ver 2 key 5 seq erspan_dir egress erspan_hwid 33|proto gre and ip[20:4] = 0x100022eb and ip[28:4] & 0xf00003ff = 0x20000005 and ip[36:4] & 0x3f8 = 0x218
		type erspan erspan_ver 0|proto gre and ip[20:4] = 0x000088be
		type ip6erspan erspan_ver 1 key 5 seq erspan 123 encaplimit none|ip6 proto 47 and ip6[40:4] = 0x100088be and ip6[48:4] & 0xf00003ff = 0x10000005 and ip6[52:4] = 123
		type ip6erspan erspan_ver 2 key 5 seq erspan_dir ingress erspan_hwid 33 encaplimit none|ip6 proto 47 and ip6[40:4] = 0x100022eb and ip6[48:4] & 0xf00003ff = 0x20000005 and ip6[56:4] & 0x3f8 = 0x210
	END
}

@test "a frame of another session does not arrive" {
	mirror type erspan key 5 seq
	quiet tun -n "$B" set t key 6
	before=$(field "$B" t .stats64.rx.packets)
	capture "$B" t "$seen"
	send
	same "$before" "$(field "$B" t .stats64.rx.packets)" 'packets that came in'
	quiet tun -n "$B" set t key 5
	send
	await 5 captured "$seen" "$frame"
	same 1 "$(packets "$seen" "$frame")" 'frames'
}

@test "ip makes the same of the same words" {
	four='local 192.0.2.1 remote 192.0.2.9' six='local 2001:db8::1 remote 2001:db8::9'
	as_ip "type erspan $four key 5 seq" "type erspan $four key 5 seq"
	as_ip "type erspan $four key 5 seq erspan_index 123 ttl 9 tos 0x10 dev u0 fwmark 7" \
		"type erspan $four key 5 seq erspan_ver 1 erspan 123 ttl 9 tos 0x10 dev u0 fwmark 7"
	as_ip "type erspan $four key 5 seq erspan_ver 2 erspan_dir egress erspan_hwid 33" \
		"type erspan $four key 5 seq erspan_ver 2 erspan_dir egress erspan_hwid 33"
	as_ip "type erspan $four erspan_ver 0" "type erspan $four erspan_ver 0"
	as_ip "type ip6erspan $six key 5 seq erspan 123" "type ip6erspan $six key 5 seq erspan_ver 1 erspan 123 noencap-udp6-csum"
	as_ip "type ip6erspan $six key 5 seq erspan_ver 2 erspan_dir ingress erspan_hwid 1 encaplimit none" \
		"type ip6erspan $six key 5 seq erspan_ver 2 erspan_dir ingress erspan_hwid 1 encaplimit none noencap-udp6-csum"
	as_ip 'type erspan external' 'type erspan external'
	as_ip 'type ip6erspan external' 'type ip6erspan external'
}

@test "what the header has no room for is refused by name" {
	while IFS='|' read -r says words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: t: $says" tun -n "$A" add t type erspan local 192.0.2.1 remote 192.0.2.2 $words
	done <<-'END'
		key: missing: erspan_ver 1 and 2 need seq and key|seq
		seq: missing: erspan_ver 1 and 2 need seq and key|key 5
		erspan_ver: is 0, 1 or 2|key 5 seq erspan_ver 3
		erspan: out of range (0 to 1048575)|key 5 seq erspan 1048576
		erspan: means something only with erspan_ver 1|key 5 seq erspan_ver 2 erspan 5
		erspan_dir: means something only with erspan_ver 2|key 5 seq erspan_dir egress
		erspan_hwid: out of range (0 to 63)|key 5 seq erspan_ver 2 erspan_hwid 64
	END
	absent "$A" t
}

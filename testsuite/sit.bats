#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# IPv6 in IPv4, 6rd and ISATAP.

load lib

setup() {
	underlay
	wire=$BATS_TEST_TMPDIR/wire
}

@test "a tunnel carries IPv6 packets" {
	join type sit ttl 64
	prints 't type sit remote 192.0.2.2 local 192.0.2.1 ttl 64 mtu 1480 up' tun -n "$A" show
	capture "$B" u0 "$wire"
	pings "$A" fd00::2
	same 1 "$(counter6 "$B" Icmp6InEchos)" 'echo requests that arrived'
	await 5 captured "$wire" 'src 192.0.2.2 and ip proto 41'
	same 0 "$(packets "$wire" 'net fd00::/64')" 'packets outside of the tunnel'
	quiet tun -n "$B" del t
	no_ping "$A" fd00::2
}

@test "mode says what is carried, and cannot change" {
	join type sit mode any
	pings "$A" 10.0.0.2
	pings "$A" fd00::2
	refuses 'tun: t: mode: the kernel cannot change it on a living sit: delete and add it anew' tun -n "$A" set t mode ipip
	for end in "$A" "$B"; do
		quiet tun -n "$end" del t
	done
	join type sit mode ipip
	pings "$A" 10.0.0.2
	no_ping "$A" fd00::2
	same 1 "$(counter6 "$B" Icmp6InEchos)" 'echo requests that arrived'
}

@test "ip makes the same of the same words" {
	modprobe fou
	# without a mode ip link makes "any", as no ip tunnel does
	as_ip 'type sit local 192.0.2.1 remote 192.0.2.9' 'type sit mode ip6ip local 192.0.2.1 remote 192.0.2.9'
	as_ip 'mode ip6ip local 192.0.2.1 ttl 9 tos 0x10 dev u0' 'type sit mode ip6ip local 192.0.2.1 ttl 9 tos 0x10 dev u0'
	as_ip 'type sit mode any remote 192.0.2.9 nopmtudisc tos inherit' \
		'type sit mode any remote 192.0.2.9 nopmtudisc tos inherit'
	as_ip 'type sit mode mplsip remote 192.0.2.9 fwmark 7' 'type sit mode mplsip remote 192.0.2.9 fwmark 7'
	as_ip 'type sit local 192.0.2.1 isatap' 'type sit mode ip6ip local 192.0.2.1 isatap'
	as_ip 'type sit local 192.0.2.1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 192.0.0.0/8' \
		'type sit mode ip6ip local 192.0.2.1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 192.0.0.0/8'
	as_ip 'type sit remote 192.0.2.9 encap gue encap-sport 4444 encap-dport 5555 encap-csum' \
		'type sit mode ip6ip remote 192.0.2.9 encap gue encap-sport 4444 encap-dport 5555 encap-csum'
}

# sixrd NS ADDRESS WORDS...: a customer's side of 6rd.
sixrd() {
	quiet tun -n "$1" add t type sit "${@:3}" up
	ip -n "$1" addr add "$2" dev t nodad
}

@test "6rd finds the other end in the IPv6 address" {
	sixrd "$A" 2001:db8:c000:201::1/32 local 192.0.2.1 6rd-prefix 2001:db8::/32
	sixrd "$B" 2001:db8:c000:202::1/32 local 192.0.2.2 6rd-prefix 2001:db8::/32
	prints 't type sit local 192.0.2.1 6rd-prefix 2001:db8::/32 mtu 1480 up' tun -n "$A" show
	capture "$B" u0 "$wire"
	pings "$A" 2001:db8:c000:202::1
	same 1 "$(counter6 "$B" Icmp6InEchos)" 'echo requests that arrived'
	await 5 captured "$wire" 'src 192.0.2.1 and dst 192.0.2.2 and ip proto 41'

	# Of 192.0.2.0/24 an eighth bit and the following are enough.
	for end in "$A" "$B"; do
		quiet tun -n "$end" set t 6rd-relay_prefix 192.0.2.0/24
	done
	prints 't type sit local 192.0.2.1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 192.0.2.0/24 mtu 1480 up' tun -n "$A" show
	no_ping "$A" 2001:db8:c000:202::1
	ip -n "$A" addr add 2001:db8:100::1/32 dev t nodad
	ip -n "$B" addr add 2001:db8:200::1/32 dev t nodad
	pings "$A" 2001:db8:200::1

	# And 6to4 again.
	quiet tun -n "$A" set t 6rd-reset
	prints 't type sit local 192.0.2.1 mtu 1480 up' tun -n "$A" show
	quiet tun -n "$B" set t 6rd-prefix 2002::/16 6rd-relay_prefix 0.0.0.0/0
	prints 't type sit local 192.0.2.2 mtu 1480 up' tun -n "$B" show
	ip -n "$A" addr add 2002:c000:201::1/16 dev t nodad
	ip -n "$B" addr add 2002:c000:202::1/16 dev t nodad
	pings "$A" 2002:c000:202::1
}

@test "a 6rd prefix that cannot be is refused by name" {
	while IFS='|' read -r says words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: t: $says" tun -n "$A" add t type sit local 192.0.2.1 $words
	done <<-'END'
		6rd-prefix: has bits beyond its length|6rd-prefix 2001:db8::1/32
		6rd-relay_prefix: has bits beyond its length|6rd-prefix 2001:db8::/32 6rd-relay_prefix 192.0.2.1/24
	END
	absent "$A" t
}

# isatap NS ADDRESS: an ISATAP host with a global address.
isatap() {
	quiet tun -n "$1" add t type sit local "$2" isatap up
}

@test "an ISATAP link reaches the host whose address is in the IPv6 address" {
	isatap "$A" 192.0.2.1
	isatap "$B" 192.0.2.2
	prints 't type sit local 192.0.2.1 isatap mtu 1480 up' tun -n "$A" show
	capture "$B" u0 "$wire"
	await 5 pings "$A" fe80::5efe:192.0.2.2%t
	await 5 captured "$wire" 'src 192.0.2.1 and dst 192.0.2.2 and ip proto 41'
	refuses 'tun: t: noisatap: the kernel cannot change it on a living sit: delete and add it anew' tun -n "$A" set t noisatap
	refuses 'tun: u: isatap: cannot stand beside remote' tun -n "$A" add u type sit remote 192.0.2.2 isatap
}

@test "each router of an ISATAP link is listed, however many" {
	isatap "$A" 192.0.2.1
	known=0
	for count in 255 256 257 601; do # fewer than are asked for at first, as many, more, and more than twice that
		for ((; known < count; known++)); do
			echo "tunnel prl dev t prl-nodefault 10.9.$((known / 256)).$((known % 256))"
		done | tun -n "$A" -batch -
		known=$count
		same "$count" "$(tun -n "$A" tunnel prl dev t | grep -o ' 10\.9\.[0-9.]*' | sort -u | wc -l)"
	done
}

@test "set keeps the words it is not given" {
	modprobe fou
	quiet tun -n "$A" add t type sit local 192.0.2.1 remote 192.0.2.2 dev u0 tos 0x10 fwmark 7 encap fou encap-sport 4444 \
		encap-dport 5555 6rd-prefix 2001:db8::/32 mtu 1300
	kept='"encap":{"csum":false,"csum6":false,"dport":5555,"remcsum":false,"sport":4444,"type":"fou"},"fwmark":"0x7","link":"u0","local":"192.0.2.1","pmtudisc":true,"prefix":"2001:db8::","prefixlen":32,"proto":"ip6ip","remote":"192.0.2.2","tos":"0x10"'
	same "[\"sit\",{$kept,\"ttl\":0}]" "$(kind_of "$A" t)"
	quiet tun -n "$A" set t ttl 64
	same "[\"sit\",{$kept,\"ttl\":64}]" "$(kind_of "$A" t)"
	same 1300 "$(field "$A" t .mtu)"
}

@test "by ioctl the same words make the same tunnel as by netlink" {
	n=0
	while read -r words; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # words
		{
			quiet tun -n "$A" --via rtnl add "t$n." type sit local "192.0.2.$n" $words
			quiet tun -n "$B" --via ioctl add "t$n." type sit local "192.0.2.$n" $words
		}
	done <<-END
		remote 198.51.100.1 ttl inherit tos inherit
		remote 198.51.100.1 ttl 64 tos 0x10 dev u0
		remote 198.51.100.1 mode any nopmtudisc up
		isatap mtu 1400
	END
	netlink=$(every sit "$A")
	same 4 "$(wc -l <<<"$netlink")"
	same "$netlink" "$(every sit "$B")"
	refuses 'tun: t: fwmark: cannot be sent over ioctl' tun -n "$B" --via ioctl add t type sit remote 192.0.2.2 fwmark 5
	refuses 'tun: t: 6rd-prefix: cannot be sent over ioctl' tun -n "$B" --via ioctl add t type sit 6rd-prefix 2001:db8::/32
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Ethernet over UDP: vxlan and geneve.

load lib

setup() {
	underlay
	ip -n "$A" addr add 2001:db8::1/64 dev u0 nodad
	ip -n "$B" addr add 2001:db8::2/64 dev u0 nodad
	wire=$BATS_TEST_TMPDIR/wire
}

# both KIND WORDS...: geneve has no local address.
both() {
	local kind=$1
	shift
	if [ "$kind" = vxlan ]; then
		join type vxlan dstport 4789 "$@"
	else
		quiet tun -n "$A" add t type geneve remote 192.0.2.2 "$@" up
		quiet tun -n "$B" add t type geneve remote 192.0.2.1 "$@" up
		inside
	fi
}

without() {
	for end in "$A" "$B"; do
		quiet tun -n "$end" del t
	done
}

@test "a tunnel carries frames, those of another identifier do not pass" {
	for kind in vxlan:4789 geneve:6081; do
		both "${kind%:*}" id 5
		capture "$B" u0 "$wire"
		pings "$A" 10.0.0.2
		pings "$A" fd00::2
		await 5 captured "$wire" "src 192.0.2.1 and udp dst port ${kind#*:} and udp[12:4] = 0x500"
		same 0 "$(packets "$wire" 'icmp or icmp6 and net fd00::/64')" 'packets outside of the tunnel'
		stop_capture

		quiet tun -n "$B" del t
		case $kind in
		vxlan:*) quiet tun -n "$B" add t type vxlan dstport 4789 local 192.0.2.2 remote 192.0.2.1 id 6 up ;;
		*) quiet tun -n "$B" add t type geneve remote 192.0.2.1 id 6 up ;;
		esac
		ip -n "$B" addr add 10.0.0.2/30 dev t
		before=$(counter "$B" Icmp InEchos)
		ip -n "$A" neigh flush dev t
		no_ping "$A" 10.0.0.2
		same "$before" "$(counter "$B" Icmp InEchos)" "$kind: echo requests that arrived"
		same 0 "$(field "$B" t .stats64.rx.packets)" "$kind: packets that came in"
		without
	done
}

@test "show prints what was given" {
	both vxlan id 5
	prints "t type vxlan id 5 remote 192.0.2.2 local 192.0.2.1 dstport 4789 address $(field "$A" t .address) mtu 1500 up" \
		tun -n "$A" show
	without
	both geneve id 5
	prints "t type geneve id 5 remote 192.0.2.2 address $(field "$A" t .address) mtu 1450 up" tun -n "$A" show
}

@test "over IPv6 frames cross" {
	quiet tun -n "$A" add t type vxlan id 5 dstport 4789 local 2001:db8::1 remote 2001:db8::2 label 0x12345 up
	quiet tun -n "$B" add t type vxlan id 5 dstport 4789 local 2001:db8::2 remote 2001:db8::1 up
	inside
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'ip6 src 2001:db8::1 and ip6[0:4] & 0xfffff = 0x12345 and udp dst port 4789'
	stop_capture
	without
	quiet tun -n "$A" add t type geneve id 5 remote 2001:db8::2 up
	quiet tun -n "$B" add t type geneve id 5 remote 2001:db8::1 up
	inside
	pings "$A" 10.0.0.2
}

@test "a multicast group takes the place of the other end" {
	for end in "$A:192.0.2.1" "$B:192.0.2.2"; do
		quiet tun -n "${end%:*}" add t type vxlan id 5 dstport 4789 group 239.0.0.1 local "${end#*:}" dev u0 up
	done
	inside
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 192.0.2.1 and dst 239.0.0.1 and udp dst port 4789'
	refuses 'tun: u: remote: a multicast group needs dev' tun -n "$A" add u type vxlan id 6 remote 239.0.0.1
}

@test "with external the route says where packets go" {
	for kind in vxlan geneve; do
		for end in "$A:10.0.0.1" "$B:10.0.0.2"; do
			quiet tun -n "${end%:*}" add t type "$kind" external up
			ip -n "${end%:*}" addr add "${end#*:}/32" dev t
		done
		mac_a=$(field "$A" t .address) mac_b=$(field "$B" t .address)
		ip -n "$A" neigh add 10.0.0.2 lladdr "$mac_b" dev t
		ip -n "$B" neigh add 10.0.0.1 lladdr "$mac_a" dev t
		ip -n "$A" route add 10.0.0.2 encap ip id 5 dst 192.0.2.2 dev t
		ip -n "$B" route add 10.0.0.1 encap ip id 5 dst 192.0.2.1 dev t
		pings "$A" 10.0.0.2
		without
	done
	refuses 'tun: u: id: cannot stand beside external' tun -n "$A" add u type vxlan id 5 external
	refuses 'tun: u: remote: cannot stand beside external' tun -n "$A" add u type geneve remote 192.0.2.2 external
}

@test "ip makes the same of the same words" {
	as_ip 'type vxlan id 5 dstport 4789' 'type vxlan id 5 dstport 4789'
	as_ip 'type vxlan vni 16777215 local 192.0.2.1 remote 192.0.2.9 dev u0 dstport 8472 ttl 9 tos 0x10 df set' \
		'type vxlan id 16777215 local 192.0.2.1 remote 192.0.2.9 dev u0 dstport 8472 ttl 9 tos 0x10 df set'
	as_ip 'type vxlan id 5 dstport 4789 srcport 1000 2000 ageing 60 maxaddress 9 nolearning proxy rsc l2miss l3miss' \
		'type vxlan id 5 dstport 4789 srcport 1000 2000 ageing 60 maxaddress 9 nolearning proxy rsc l2miss l3miss'
	as_ip 'type vxlan id 5 dstport 4789 local 2001:db8::1 remote 2001:db8::9 label 0x12345 ttl inherit udp6zerocsumtx udp6zerocsumrx' \
		'type vxlan id 5 dstport 4789 local 2001:db8::1 remote 2001:db8::9 flowlabel 0x12345 ttl inherit udp6zerocsumtx udp6zerocsumrx'
	as_ip 'type vxlan id 5 dstport 4789 noudpcsum remcsumtx remcsumrx gbp' \
		'type vxlan id 5 dstport 4789 noudpcsum remcsumtx remcsumrx gbp'
	as_ip 'type vxlan dstport 4789 external gpe' 'type vxlan dstport 4789 external gpe'
	as_ip 'type vxlan dstport 4789 external vnifilter' 'type vxlan dstport 4789 external vnifilter'
	as_ip 'type geneve id 5 remote 192.0.2.9' 'type geneve id 5 remote 192.0.2.9'
	as_ip 'type geneve id 5 remote 192.0.2.9 ttl inherit tos 0x10 df inherit dstport 6000 udpcsum' \
		'type geneve id 5 remote 192.0.2.9 ttl inherit tos 0x10 df inherit dstport 6000 udpcsum'
	as_ip 'type geneve id 5 remote 2001:db8::9 ttl 9 label 0x12345 udp6zerocsumtx noudp6zerocsumrx' \
		'type geneve id 5 remote 2001:db8::9 ttl 9 flowlabel 0x12345 udp6zerocsumtx noudp6zerocsumrx'
	as_ip 'type geneve external' 'type geneve external'
	for kind in vxlan geneve; do # ip takes 10 for decimal, and other kinds' for hexadecimal
		for label in 10 00001 fffff; do
			refuses "tun: label: $label: ambiguous: write it with 0x" \
				tun -n "$A" add m type "$kind" id 5 remote 2001:db8::9 label "$label"
		done
		as_ip "type $kind id 5 dstport 4789 remote 2001:db8::9 label 9" \
			"type $kind id 5 dstport 4789 remote 2001:db8::9 flowlabel 9"
		as_ip "type $kind id 5 dstport 4789 remote 2001:db8::9 label 0x9f" \
			"type $kind id 5 dstport 4789 remote 2001:db8::9 flowlabel 0x9f"
	done
}

@test "set changes what the kernel can change, and refuses the rest by name" {
	both vxlan id 5
	quiet tun -n "$A" set t remote 192.0.2.9
	no_ping "$A" 10.0.0.2
	quiet tun -n "$A" set t remote 192.0.2.2 ageing 60 nolearning
	pings "$A" 10.0.0.2
	same '60 false' "$(field "$A" t '.linkinfo.info_data | "\(.ageing) \(.learning)"')"
	for words in 'id 6' 'dstport 4790' 'proxy' 'srcport 5-6' 'noudpcsum'; do
		# shellcheck disable=SC2086 # words
		refuses "tun: t: ${words%% *}: the kernel cannot change it on a living vxlan: delete and add it anew" \
			tun -n "$A" set t $words
	done
	without
	both geneve id 5
	quiet tun -n "$A" set t ttl 9 tos 0x10
	same '9 0x10' "$(field "$A" t '.linkinfo.info_data | "\(.ttl) \(.tos)"')"
	pings "$A" 10.0.0.2
}

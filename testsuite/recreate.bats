#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# What is made anew keeps what hung on it. Which words make it necessary is in ensure.bats and unit/living.c.

load lib

setup() { namespaces "$A"; }

hangs() {
	ip -n "$A" -j link show t | jq -c '.[0] | [.ifindex, .address, .group, .ifalias, .master, .flags]'
	ip -n "$A" addr show dev t | grep -v mtu
	{
		ip -n "$A" route show table all
		ip -n "$A" -6 route show table all
	} | sort
}

# hang: addresses and routes of all sorts.
hang() {
	ip -n "$A" -batch - <<-END
		link set lo up
		link add br0 type bridge
		link set dev t master br0
		addr add 10.0.0.1/24 dev t
		addr add 10.0.0.2/24 dev t
		addr add 192.0.2.1 peer 192.0.2.2/32 dev t label t:x
		addr add 2001:db8::1/64 dev t nodad
		addr add fe80::7/64 dev t nodad
		route add 10.9.0.0/16 via 10.8.0.1 dev t
		route add 10.10.0.0/16 nexthop via 10.0.0.7 dev t weight 3 nexthop via 10.0.0.8 dev t
		route add 10.11.0.0/16 dev t table 77 proto static mtu 1300
		route add default via 10.8.0.3 dev t src 10.0.0.2 tos 8
		route add 2001:db8:5::/48 via 2001:db8::9 dev t metric 55
	END
}

@test "number, MAC address, addresses and routes stay, in order" {
	quiet tun -n "$A" add t type tap address 02:00:5e:10:20:30 linkgroup 7 alias hello multi_queue up
	ip -n "$A" route add 10.8.0.0/16 dev t
	hang
	before=$(hangs)
	prints recreated tun -n "$A" ensure --recreate t type tap
	same "$before" "$(hangs)"
	quiet tun -n "$A" replace t type tap vnet_hdr
	same "$before" "$(hangs)"
}

@test "what cannot hang on it again is named, and a daemon's routes are the daemon's" {
	quiet tun -n "$A" add t type vxlan id 5 dstport 4789 remote 192.0.2.2 up
	ip -n "$A" -batch - <<-END
		addr add 10.0.0.1/24 dev t
		route add 10.12.0.0/16 dev t proto bird
		nexthop add id 5 dev t
		route add 10.13.0.0/16 nhid 5
	END
	ends 3 '' 'tun: t: made anew, but without route 10.13.0.0/16' \
		tun -n "$A" ensure --recreate t type vxlan id 6 dstport 4789 remote 192.0.2.2
	same '10.0.0.0/24 dev t proto kernel scope link src 10.0.0.1 ' "$(ip -n "$A" route)"
}

@test "when the new one cannot be made, the former has all again" {
	quiet tun -n "$A" add t type vxlan id 5 dstport 4789 remote 192.0.2.2 address 02:00:5e:10:20:30 up
	quiet tun -n "$A" add u type vxlan id 6 dstport 4789 remote 192.0.2.2 up
	ip -n "$A" route add 10.8.0.0/16 dev t
	hang
	before=$(hangs)
	fails 'tun: t: u has the same id and dstport' \
		tun -n "$A" ensure --recreate t type vxlan id 6 dstport 4789 remote 192.0.2.2
	same "$before" "$(hangs)"
}

@test "the default routes of both families are two" {
	quiet tun -n "$A" add t type vxlan id 5 dstport 4789 remote 192.0.2.2 up
	for net in default ::/0; do
		prints created tun -n "$A" route ensure "$net" dev t
		prints unchanged tun -n "$A" route ensure "$net" dev t
	done
}

@test "a dry run says what would be put back" {
	quiet tun -n "$A" add t type tap up
	ip -n "$A" addr add 10.0.0.1/24 dev t
	before=$(hangs)
	tun -n "$A" --dry-run ensure --recreate t type tap pi | grep -x 'RTM_NEWADDR create,excl'
	same "$before" "$(hangs)"
}

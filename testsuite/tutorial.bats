#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# The lines of the tutorial that this project comes from: networks A and B, each behind a router, and network C
# between the routers. Word for word, with tun for ip.

load lib

# A host in A (10.0.1.2), a host in B (10.0.2.2), their routers, and C, which routes what lies between the routers.
setup() {
	router_a=$A router_b=$B host_a=$C host_b=$D middle=$E
	namespaces "$router_a" "$router_b" "$host_a" "$host_b" "$middle"
	wire "$router_a" to_c 172.16.17.18/24 "$middle" to_a 172.16.17.1/24
	wire "$router_b" to_c 172.19.20.21/24 "$middle" to_b 172.19.20.1/24
	wire "$host_a" eth0 10.0.1.2/24 "$router_a" eth0 10.0.1.254/24
	wire "$host_b" eth0 10.0.2.2/24 "$router_b" eth0 10.0.2.254/24
	ip -n "$host_a" route add default via 10.0.1.254
	ip -n "$host_b" route add default via 10.0.2.254
	ip -n "$router_a" route add 172.19.20.0/24 via 172.16.17.1
	ip -n "$router_b" route add 172.16.17.0/24 via 172.19.20.1
	for one in "$router_a" "$router_b" "$middle"; do
		in_ns "$one" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	done
}

# The commands of a router, as they stand in the tutorial.
on() { quiet in_ns "$1" "${@:2}"; }

@test "the tutorial's lines join networks A and B through C by GRE" {
	no_ping "$host_a" 10.0.2.2

	on "$router_a" tun tunnel add netb mode gre remote 172.19.20.21 local 172.16.17.18 ttl 255
	same '["gre",{"local":"172.16.17.18","pmtudisc":true,"remote":"172.19.20.21","ttl":255}]' \
		"$(kind_of "$router_a" netb)"
	on "$router_a" tun addr add 10.0.1.1 dev netb
	same '10.0.1.1/32 global' "$(ip -n "$router_a" -j -4 addr show dev netb |
		jq -r '.[].addr_info[] | "\(.local)/\(.prefixlen) \(.scope)"')"
	on "$router_a" tun link set netb up
	same UP "$(field "$router_a" netb '.flags[] | select(. == "UP")')"
	on "$router_a" tun route add 10.0.2.0/24 dev netb
	same '10.0.2.0/24 dev netb scope link ' "$(ip -n "$router_a" route show 10.0.2.0/24)"

	on "$router_b" tun tunnel add neta mode gre remote 172.16.17.18 local 172.19.20.21 ttl 255
	same '["gre",{"local":"172.19.20.21","pmtudisc":true,"remote":"172.16.17.18","ttl":255}]' \
		"$(kind_of "$router_b" neta)"
	on "$router_b" tun addr add 10.0.2.1 dev neta
	on "$router_b" tun link set neta up
	on "$router_b" tun route add 10.0.1.0/24 dev neta

	capture "$middle" to_a "$BATS_TEST_TMPDIR/wire"
	pings "$host_a" 10.0.2.2
	pings "$host_b" 10.0.1.2
	pings "$router_a" 10.0.2.1
	await 5 captured "$BATS_TEST_TMPDIR/wire" 'proto gre and src 172.16.17.18 and ip[8] = 255'
	await 5 captured "$BATS_TEST_TMPDIR/wire" 'proto gre and dst 172.16.17.18'
	same 0 "$(packets "$BATS_TEST_TMPDIR/wire" 'icmp')" 'uncovered packets in C'

	on "$router_a" tun link set netb down
	same '' "$(field "$router_a" netb '.flags[] | select(. == "UP")')"
	no_ping "$host_a" 10.0.2.2
	on "$router_a" tun tunnel del netb
	absent "$router_a" netb
}

# The tutorial's paragraph on IPIP has no tunnel of its own: it gives the fallback device an address of the network
# and routes into it.
@test "tunl0 carries packets with /32 addresses and the peer as a gateway on the link" {
	modprobe ipip
	on "$router_a" tun link set tunl0 up
	on "$router_a" tun addr add 10.0.1.1 dev tunl0
	on "$router_a" tun route add 10.0.2.0/24 via 172.19.20.21 dev tunl0 onlink
	same '10.0.2.0/24 via 172.19.20.21 dev tunl0 onlink ' "$(ip -n "$router_a" route show 10.0.2.0/24)"
	on "$router_b" tun link set tunl0 up
	on "$router_b" tun addr add 10.0.2.1 dev tunl0
	on "$router_b" tun route add 10.0.1.0/24 via 172.16.17.18 dev tunl0 onlink

	capture "$middle" to_a "$BATS_TEST_TMPDIR/wire"
	pings "$host_a" 10.0.2.2
	pings "$router_a" 10.0.2.1
	await 5 captured "$BATS_TEST_TMPDIR/wire" 'ip proto 4 and src 172.16.17.18'
	await 5 captured "$BATS_TEST_TMPDIR/wire" 'ip proto 4 and dst 172.16.17.18'
}

@test "tunl0 as the old tutorial has it loses everything: the route to the peer leads into the tunnel" {
	modprobe ipip
	# ifconfig tunl0 10.0.1.1 pointopoint 172.19.20.21; route add -net 10.0.2.0/24 dev tunl0
	on "$router_a" tun addr add 10.0.1.1 peer 172.19.20.21 dev tunl0
	on "$router_a" tun link set tunl0 up
	on "$router_a" tun route add 10.0.2.0/24 dev tunl0
	on "$router_b" tun addr add 10.0.2.1 peer 172.16.17.18 dev tunl0
	on "$router_b" tun link set tunl0 up
	on "$router_b" tun route add 10.0.1.0/24 dev tunl0

	same '172.19.20.21 dev tunl0 src 10.0.1.1' "$(ip -n "$router_a" route get 172.19.20.21 | sed -n '1s/ uid.*//p' | xargs)"
	no_ping "$router_a" 172.19.20.21
	no_ping "$host_a" 10.0.2.2
	same '0 true' "$(field "$router_a" tunl0 '"\(.stats64.tx.packets) \(.stats64.tx.errors > 0)"')"
}

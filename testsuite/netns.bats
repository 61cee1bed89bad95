#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
# Links and namespaces: made into another one, moved, read back there, the underlay left behind; renaming; numbers.
load lib

setup() { namespaces "$A" "$B"; }

@test "a link is made into another namespace and read back there" {
	ip -n "$A" link set lo up
	for words in "gre local 127.0.0.1 remote 192.0.2.2" "tap" "vxlan id 5 remote 192.0.2.2" "ip6tnl remote 2001:db8::1"; do
		# shellcheck disable=SC2086 # words
		quiet tun -n "$A" add t type $words mtu 1333 alias x up netns "$B"
		absent "$A" t
		same '1333 x true' "$(tun -n "$B" -j show t | jq -r '.[0] | "\(.mtu) \(.alias) \(.up)"')"
		quiet tun -n "$B" del t
	done
}

@test "what is wrong with a link in another namespace is noticed, and it is gone" {
	fails 'tun: t: mtu: asked for 67, the kernel made it 68' tun -n "$A" add t type gre remote 192.0.2.2 mtu 67 netns "$B"
	absent "$A" t
	absent "$B" t
	refuses 'tun: netns: nosuch: no such namespace' tun -n "$A" add t type tap netns nosuch
	refuses 'tun: netns: /dev/null: cannot be opened as a namespace' tun -n "$A" add t type tap netns /dev/null
}

@test "set moves a link, after the other words" {
	quiet tun -n "$A" add t type gre remote 192.0.2.2
	quiet tun -n "$A" set t mtu 1300 netns "$B"
	absent "$A" t
	same 't type gre remote 192.0.2.2 mtu 1300 link-netnsid 0' "$(tun -n "$B" show t)"
	fails 'tun: t: no such link' tun -n "$A" set t netns "$B"
}

@test "a process names its namespace too" {
	nsenter --net="/run/netns/$B" sleep 60 3>&- &
	pid=$!
	await 5 test "/proc/$pid/ns/net" -ef "/run/netns/$B"
	quiet tun -n "$A" add t type tap netns "$pid"
	tun -n "$B" show t
	kill "$pid"
}

@test "a link stands on another namespace's underlay" {
	wire "$B" u0 192.0.2.1/24 "$A" u1 192.0.2.2/24 # the ends of a cable number each other's namespaces
	namespaces "$C"
	refuses "tun: link-netnsid: $C: no such namespace, or it has no number here (ip netns set NAME auto)" \
		tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 link-netnsid "$C"
	id=$(in_ns "$A" ip -j netns list-id | jq '.[0].nsid')
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 link-netns "$B"
	same "$id" "$(tun -n "$A" -j show t | jq '.[0].link_netnsid')"
}

@test "where the kernel keeps the name of a link that is up, the word and the cure are named" {
	for words in 'gre remote 192.0.2.2' tap; do
		# shellcheck disable=SC2086 # words
		quiet tun -n "$A" add t type $words up
		if ip -n "$A" link set dev t name t2 2>/dev/null; then # since Linux 6.2
			ip -n "$A" link set dev t2 name t
		else
			fails 'tun: t: name: t2: device or resource busy (usual cure: set it down first)' tun -n "$A" set t name t2
		fi
		quiet tun -n "$A" set t down
		quiet tun -n "$A" set t name t2
		quiet tun -n "$A" del t2
	done
}

@test "a link is renamed, and its words with it" {
	quiet tun -n "$A" add t type gre remote 192.0.2.2
	quiet tun -n "$A" set t name u ttl 9
	absent "$A" t
	same 'u type gre remote 192.0.2.2 ttl 9 mtu 1476' "$(tun -n "$A" show u)"
	quiet tun -n "$A" add t type tap
	fails 'tun: u: name: t exists' tun -n "$A" set u name t
	quiet tun -n "$A" set t name v
	same "$(printf 'u\nv')" "$(tun -n "$A" show | cut -d' ' -f1)"
}

@test "a link gets the number that it is told to" {
	quiet tun -n "$A" add t type gre remote 192.0.2.2 index 4711
	quiet tun -n "$A" add t2 type tap ifindex 4712
	same '[4711,4712]' "$(tun -n "$A" -j show | jq -c '[.[].state.ifindex]')"
	fails 'tun: v: ifindex: t2 has it' tun -n "$A" add v type gre remote 192.0.2.3 index 4712
	refuses 'tun: w: ifindex: cannot be sent over genl' tun -n "$A" add w type l2tp tunnel_id 1 peer_tunnel_id 1 \
		session_id 1 peer_session_id 1 local 127.0.0.1 remote 127.0.0.1 encap ip index 9
	absent "$A" v w
}

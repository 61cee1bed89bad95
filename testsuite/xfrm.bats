#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Routable IPsec: xfrm interfaces, and vti over IPv6 (over IPv4: vti.bats).

load lib

setup() {
	underlay
	ip -n "$A" addr add 2001:db8::1/64 dev u0 nodad
	ip -n "$B" addr add 2001:db8::2/64 dev u0 nodad
	wire=$BATS_TEST_TMPDIR/wire
}

# ipsec A-ADDRESS B-ADDRESS WORD NUMBER: ESP states and policies between A and B that only packets with the number match.
ipsec() {
	one_side "$A" "$1" "$2" "$3 $4"
	one_side "$B" "$2" "$1" "$3 $4"
}

one_side() {
	local secret='aead rfc4106(gcm(aes)) 0x000102030405060708090a0b0c0d0e0f10111213 128' family
	for family in 0.0.0.0/0 ::/0; do
		ip -n "$1" -batch - <<-END
			xfrm policy add src $family dst $family dir out $4 tmpl src $2 dst $3 proto esp reqid 1 mode tunnel
			xfrm policy add src $family dst $family dir in $4 tmpl src $3 dst $2 proto esp reqid 1 mode tunnel
		END
	done
	ip -n "$1" -batch - <<-END
		xfrm state add src $2 dst $3 proto esp spi 0x100 reqid 1 mode tunnel $4 $secret flag af-unspec
		xfrm state add src $3 dst $2 proto esp spi 0x100 reqid 1 mode tunnel $4 $secret flag af-unspec
	END
}

# both WORDS...: t in A and B.
both() {
	quiet tun -n "$A" add t "$@" up
	quiet tun -n "$B" add t "$@" up
	inside
}

@test "through an xfrm interface packets are encrypted on the wire and plain behind" {
	ipsec 192.0.2.1 192.0.2.2 if_id 7
	both type xfrm dev u0 if_id 7
	prints 't type xfrm dev u0 if_id 0x7 mtu 1500 addrgenmode random up' tun -n "$A" show
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	pings "$A" fd00::2
	await 5 captured "$wire" 'esp and src 192.0.2.1'
	await 5 captured "$wire" 'esp and src 192.0.2.2'
	same 0 "$(packets "$wire" 'icmp or net fd00::/64')" 'plain packets on the wire'
	same '1 1' "$(counter "$B" Icmp InEchos) $(counter6 "$B" Icmp6InEchos)" 'plain requests behind'
}

@test "with another if_id nothing leaves, and nothing is let in" {
	ipsec 192.0.2.1 192.0.2.2 if_id 7
	both type xfrm if_id 7
	pings "$A" 10.0.0.2
	quiet tun -n "$A" set t if_id 8
	capture "$B" u0 "$wire"
	no_ping "$A" 10.0.0.2
	same 0 "$(packets "$wire" 'src 192.0.2.1 and not arp')" 'packets that left'
	quiet tun -n "$A" set t if_id 7
	quiet tun -n "$B" set t if_id 8
	no_ping "$A" 10.0.0.2
	await 5 captured "$wire" 'esp and src 192.0.2.1'
	same 1 "$(counter "$B" Icmp InEchos)" 'plain requests behind'
	quiet tun -n "$B" set t if_id 7
	pings "$A" 10.0.0.2
}

@test "over vti6 packets are encrypted on the wire and plain behind, and lost when the key is not the mark" {
	ipsec 2001:db8::1 2001:db8::2 mark 15
	join6 type vti6 key 15
	prints 't type vti6 remote 2001:db8::2 local 2001:db8::1 key 15 mtu 1460 up' tun -n "$A" show
	capture "$B" u0 "$wire"
	pings "$A" fd00::2
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'ip6 src 2001:db8::1 and esp'
	await 5 captured "$wire" 'ip6 src 2001:db8::2 and esp'
	same 0 "$(packets "$wire" 'icmp or net fd00::/64')" 'plain packets on the wire'
	same '1 1' "$(counter "$B" Icmp InEchos) $(counter6 "$B" Icmp6InEchos)" 'plain requests behind'

	quiet tun -n "$A" set t key 16
	sent=$(packets "$wire" 'esp and src 2001:db8::1')
	no_ping "$A" fd00::2
	same "$sent" "$(packets "$wire" 'esp and src 2001:db8::1')" 'packets that left'
	quiet tun -n "$A" set t key 15
	quiet tun -n "$B" set t key 16
	no_ping "$A" fd00::2
	same 1 "$(counter6 "$B" Icmp6InEchos)" 'plain requests behind'
	quiet tun -n "$B" set t key 15
	pings "$A" fd00::2
}

@test "ip makes the same of the same words" {
	as_ip 'type xfrm if_id 7' 'type xfrm if_id 7'
	as_ip 'type xfrm dev u0 if_id 0xffffffff' 'type xfrm dev u0 if_id 0xffffffff'
	as_ip 'type xfrm external' 'type xfrm external'
	ends='local 2001:db8::1 remote 2001:db8::9'
	as_ip "type vti6 $ends" "type vti6 $ends"
	as_ip "type vti6 $ends ikey 15 okey 1.2.3.4 dev u0 fwmark 7" "type vti6 $ends ikey 15 okey 1.2.3.4 dev u0 fwmark 7"
}

@test "what is missing or taken is refused by name" {
	refuses 'tun: t: if_id: missing: say if_id or external' tun -n "$A" add t type xfrm dev u0
	refuses 'tun: if_id: 0: out of range (1 to 4294967295)' tun -n "$A" add t type xfrm if_id 0
	refuses 'tun: t: if_id: cannot stand beside external' tun -n "$A" add t type xfrm if_id 5 external
	quiet tun -n "$A" add t type xfrm if_id 7
	before=$(links "$A")
	fails 'tun: u: t has the same if_id' tun -n "$A" add u type xfrm if_id 7
	same "$before" "$(links "$A")"
}

@test "set keeps the words of a vti6 that it is not given" {
	ip -n "$A" link add name far index 300 type dummy
	quiet tun -n "$A" add t type vti6 local 2001:db8::1 remote 2001:db8::2 ikey 15 okey 1.2.3.4 dev far fwmark 7 mtu 1300
	quiet tun -n "$A" set t ikey 16
	prints 't type vti6 remote 2001:db8::2 local 2001:db8::1 dev far ikey 16 okey 16909060 fwmark 0x7 mtu 1300' \
		tun -n "$A" show t
}

@test "by ioctl the same words make the same vti6 as by netlink" {
	modprobe ip6_vti
	n=0
	while read -r words; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # words
		{
			quiet tun -n "$A" --via rtnl add "t$n." type vti6 local 2001:db8::1 remote "2001:db8::1$n" $words
			quiet tun -n "$B" --via ioctl add "t$n." type vti6 local 2001:db8::1 remote "2001:db8::1$n" $words
		}
	done <<-END
		up
		key 15 dev u0
		ikey 15 mtu 1400
		okey 15
	END
	netlink=$(every vti6 "$A")
	same 4 "$(wc -l <<<"$netlink")"
	same "$netlink" "$(every vti6 "$B")"
	refuses 'tun: t: fwmark: cannot be sent over ioctl' tun -n "$B" --via ioctl add t type vti6 remote 2001:db8::2 fwmark 5
}

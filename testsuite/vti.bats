#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel

load lib

setup() {
	underlay
	wire=$BATS_TEST_TMPDIR/wire
}

# ipsec MARK: ESP states and policies between A and B that only packets with the mark match.
ipsec() {
	one_side "$A" 192.0.2.1 192.0.2.2 "$1"
	one_side "$B" 192.0.2.2 192.0.2.1 "$1"
}

one_side() {
	local secret='aead rfc4106(gcm(aes)) 0x000102030405060708090a0b0c0d0e0f10111213 128'
	ip -n "$1" -batch - <<-END
		xfrm state add src $2 dst $3 proto esp spi 0x100 reqid 1 mode tunnel mark $4 $secret
		xfrm state add src $3 dst $2 proto esp spi 0x100 reqid 1 mode tunnel mark $4 $secret
		xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 dir out mark $4 tmpl src $2 dst $3 proto esp reqid 1 mode tunnel
		xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 dir in mark $4 tmpl src $3 dst $2 proto esp reqid 1 mode tunnel
	END
}

# Packets of this side that found no state.
carrier_errors() { field "$1" t .stats64.tx.carrier_errors; }

@test "the two lines of the documents make what they say" {
	quiet tun -n "$A" tunnel add sti15 mode vti remote 12.0.0.1 local 12.0.0.3 ikey 15
	same '["vti",{"ikey":"0.0.0.15","local":"12.0.0.3","remote":"12.0.0.1"}]' "$(kind_of "$A" sti15)"
	prints 'sti15 type vti remote 12.0.0.1 local 12.0.0.3 ikey 15 mtu 1480' tun -n "$A" tunnel show sti15
	quiet tun -n "$A" tunnel del sti15

	quiet tun -n "$A" link add sti15 type vti key 15 remote 12.0.0.1 local 12.0.0.3
	same '["vti",{"ikey":"0.0.0.15","local":"12.0.0.3","okey":"0.0.0.15","remote":"12.0.0.1"}]' "$(kind_of "$A" sti15)"
	prints 'sti15 type vti remote 12.0.0.1 local 12.0.0.3 key 15 mtu 1480' tun -n "$A" show sti15
	fails 'tun: u: sti15 has the same remote and local' \
		tun -n "$A" add u type vti key 15 remote 12.0.0.1 local 12.0.0.3
}

@test "packets are encrypted on the wire and plain behind, and lost when the key is not the mark" {
	ipsec 15
	join type vti key 15
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'esp and src 192.0.2.1'
	await 5 captured "$wire" 'esp and src 192.0.2.2'
	same 0 "$(packets "$wire" icmp)" 'plain packets on the wire'
	same 1 "$(counter "$B" Icmp InEchos)" 'plain requests behind'

	quiet tun -n "$A" set t key 16
	sent=$(packets "$wire" 'src 192.0.2.1 and not arp')
	no_ping "$A" 10.0.0.2
	same "$sent" "$(packets "$wire" 'src 192.0.2.1 and not arp')" 'packets that left'
	same 1 "$(carrier_errors "$A")"
	same 1 "$(counter "$B" Icmp InEchos)" 'plain requests behind'

	quiet tun -n "$A" set t key 15
	pings "$A" 10.0.0.2
}

@test "what arrives with another mark than the key's is not let in" {
	ipsec 15
	join type vti key 15
	quiet tun -n "$B" set t key 16
	capture "$B" u0 "$wire"
	no_ping "$A" 10.0.0.2
	captured "$wire" 'esp and src 192.0.2.1'
	same 0 "$(counter "$B" Icmp InEchos)" 'plain requests behind'
	quiet tun -n "$B" set t key 15
	pings "$A" 10.0.0.2
}

@test "ikey alone lets packets in and leaves the mark of leaving ones 0: nothing leaves" {
	ipsec 15
	quiet tun -n "$A" add t type vti local 192.0.2.1 remote 192.0.2.2 ikey 15 up
	quiet tun -n "$B" add t type vti local 192.0.2.2 remote 192.0.2.1 key 15 up
	inside
	no_ping "$B" 10.0.0.1
	same 1 "$(counter "$A" Icmp InEchos)" 'requests that came in'
	same 1 "$(carrier_errors "$A")" 'answers that were lost'
	quiet tun -n "$A" set t okey 15
	pings "$B" 10.0.0.1
}

@test "traffic moves to a second route when the vti goes down, and back when it is up" {
	ipsec 15
	quiet tun -n "$A" add t type vti local 192.0.2.1 remote 192.0.2.2 key 15 up
	quiet tun -n "$B" add t type vti local 192.0.2.2 remote 192.0.2.1 key 15 up
	quiet tun -n "$A" addr add 10.0.0.1 peer 10.0.0.2 dev t
	quiet tun -n "$B" addr add 10.0.0.2 peer 10.0.0.1 dev t
	quiet tun -n "$A" route add 10.0.0.2 via 192.0.2.2 metric 100
	capture "$B" u0 "$wire"

	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'esp and src 192.0.2.2'
	same 0 "$(packets "$wire" icmp)" 'plain packets while up'

	quiet tun -n "$A" link set t down
	same '10.0.0.2 via 192.0.2.2 dev u0' "$(ip -n "$A" route get 10.0.0.2 | sed -n '1s/ src.*//p')"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'icmp and src 192.0.2.1'
	secret=$(packets "$wire" 'esp')

	quiet tun -n "$A" link set t up
	same '10.0.0.2 dev t' "$(ip -n "$A" route get 10.0.0.2 | sed -n '1s/ src.*//p')"
	plain=$(packets "$wire" icmp)
	pings "$A" 10.0.0.2
	more() { [ "$(packets "$wire" 'esp')" -ge $((secret + 2)) ]; }
	await 5 more
	same "$plain" "$(packets "$wire" icmp)" 'plain packets after it was up again'
}

@test "set keeps the words it is not given, the MTU too" {
	ip -n "$A" link add name far index 300 type dummy
	quiet tun -n "$A" add t type vti local 192.0.2.1 remote 192.0.2.2 ikey 15 okey 1.2.3.4 dev far fwmark 7 mtu 1300
	same '["vti",{"fwmark":"0x7","ikey":"0.0.0.15","link":"far","local":"192.0.2.1","okey":"1.2.3.4","remote":"192.0.2.2"}]' \
		"$(kind_of "$A" t)"
	quiet tun -n "$A" set t ikey 16
	quiet tun -n "$A" set t fwmark 8
	same '["vti",{"fwmark":"0x8","ikey":"0.0.0.16","link":"far","local":"192.0.2.1","okey":"1.2.3.4","remote":"192.0.2.2"}]' \
		"$(kind_of "$A" t)"
	same 1300 "$(field "$A" t .mtu)"
	refuses 'tun: ttl: not a word of vti (tun help vti lists them)' tun -n "$A" set t ttl 64
}

@test "ip makes the same of the same words" {
	ends='local 192.0.2.1 remote 192.0.2.9'
	as_ip "type vti $ends" "type vti $ends"
	as_ip "type vti $ends key 15 dev u0" "type vti $ends key 15 dev u0"
	as_ip "type vti $ends ikey 15 okey 1.2.3.4 fwmark 7" "type vti $ends ikey 15 okey 1.2.3.4 fwmark 7"
}

@test "by ioctl the same words make the same vti as by netlink" {
	modprobe ip_vti
	n=0
	while read -r words; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # words
		{
			quiet tun -n "$A" --via rtnl add "t$n." type vti local 192.0.2.1 remote "198.51.100.$n" $words
			quiet tun -n "$B" --via ioctl add "t$n." type vti local 192.0.2.1 remote "198.51.100.$n" $words
		}
	done <<-END
		up
		key 15 dev u0
		ikey 15 mtu 1400
		okey 15
	END
	netlink=$(every vti "$A")
	same 4 "$(wc -l <<<"$netlink")"
	same "$netlink" "$(every vti "$B")"
	refuses 'tun: t: fwmark: cannot be sent over ioctl' tun -n "$B" --via ioctl add t type vti remote 192.0.2.2 fwmark 5
	absent "$B" t
}

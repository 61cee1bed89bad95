#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Tunnels over IPv6: ip6tnl, ip6gre, ip6gretap.

load lib

setup() {
	underlay6
	wire=$BATS_TEST_TMPDIR/wire
}

@test "ip6ip6 carries IPv6 packets and no others" {
	join6 mode ip6ip6
	prints 't type ip6tnl mode ip6ip6 remote 2001:db8::2 local 2001:db8::1 mtu 1452 up' tun -n "$A" show
	capture "$B" u0 "$wire"
	pings "$A" fd00::2
	same 1 "$(counter6 "$B" Icmp6InEchos)" 'echo requests that arrived'
	await 5 captured "$wire" 'src 2001:db8::2 and dst 2001:db8::1 and ip6 proto 60' # the encapsulation limit is before it
	same 0 "$(packets "$wire" 'net fd00::/64')" 'packets outside of the tunnel'
	no_ping "$A" 10.0.0.2
	same 0 "$(counter "$B" Icmp InEchos)" 'IPv4 echo requests that arrived'
}

@test "ipip6 carries IPv4 packets and no others" {
	join6 mode ipip6 encaplimit none
	prints 't type ip6tnl mode ipip6 remote 2001:db8::2 local 2001:db8::1 encaplimit none mtu 1460 up' tun -n "$A" show
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	same 1 "$(counter "$B" Icmp InEchos)" 'echo requests that arrived'
	await 5 captured "$wire" 'src 2001:db8::2 and ip6 proto 4'
	no_ping "$A" fd00::2
	same 0 "$(counter6 "$B" Icmp6InEchos)" 'IPv6 echo requests that arrived'
}

@test "without a mode an ip6tnl carries both" {
	join6 type ip6tnl
	pings "$A" 10.0.0.2
	pings "$A" fd00::2
	quiet tun -n "$B" del t
	no_ping "$A" fd00::2
}

@test "hop limit, traffic class and flow label are those of the words" {
	join6 type ip6tnl hoplimit 7 tclass 0xa8 flowlabel 0x12345 encaplimit none
	capture "$B" u0 "$wire"
	pings "$A" fd00::2
	await 5 captured "$wire" 'src 2001:db8::1 and ip6[0:4] = 0x6a812345 and ip6[7] = 7'
	quiet tun -n "$A" set t tclass inherit flowlabel inherit hoplimit inherit
	prints 't type ip6tnl remote 2001:db8::2 local 2001:db8::1 hoplimit inherit encaplimit none tclass inherit flowlabel inherit mtu 1460 up' \
		tun -n "$A" show
	in_ns "$A" ping -n -q -c 1 -W 5 -Q 0x28 -t 9 fd00::2 >/dev/null
	await 5 captured "$wire" 'src 2001:db8::1 and ip6[0:2] & 0x0ff0 = 0x0280 and ip6[7] = 9'
}

@test "gre carries packets of both families" {
	join6 type ip6gre
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	pings "$A" fd00::2
	same '1 1' "$(counter "$B" Icmp InEchos) $(counter6 "$B" Icmp6InEchos)" 'echo requests that arrived'
	# next header 60 (encapsulation limit), then 47
	await 5 captured "$wire" 'src 2001:db8::1 and ip6[40] = 47'
	same 0 "$(packets "$wire" 'net fd00::/64 or ip')" 'packets outside of the tunnel'
}

@test "a wrong key does not pass, the right one does" {
	for kind in ip6gre ip6gretap; do
		modprobe ip6_gre
		join6 type "$kind" key 5
		prints 'key 5' sh -c "tun -n '$A' show t | grep -o 'key 5'"
		pings "$A" 10.0.0.2
		before=$(counter "$B" Icmp InEchos)
		quiet tun -n "$B" set t key 6
		no_ping "$A" 10.0.0.2
		same "$before" "$(counter "$B" Icmp InEchos)" "$kind: echo requests that arrived"
		quiet tun -n "$B" set t key 5
		pings "$A" 10.0.0.2
		for end in "$A" "$B"; do
			quiet tun -n "$end" del t
		done
	done
}

@test "sequence numbers and checksums go along and are wanted" {
	join6 type ip6gre key 0 seq csum encaplimit none
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 2001:db8::1 and ip6 proto 47 and ip6[40] = 0xb0' # checksum, key, sequence
	quiet tun -n "$A" set t noocsum
	no_ping "$A" 10.0.0.2 # B wants a checksum
	quiet tun -n "$B" set t noicsum
	pings "$A" 10.0.0.2
}

@test "gretap carries frames" {
	join6 type ip6gretap
	mac=$(field "$B" t .address)
	pings "$A" 10.0.0.2
	same "$mac" "$(ip -n "$A" -j neigh show dev t | jq -r '.[] | select(.dst == "10.0.0.2") | .lladdr')"
	pings "$A" fd00::2
}

# as_ip6 WORDS [IP-WORDS]: ip asks for checksums of an encapsulation that there is not, unless told otherwise.
as_ip6() {
	as_ip "$1" "${2:-$1} noencap-udp6-csum"
}

@test "ip makes the same of the same words" {
	modprobe -a fou fou6
	ends='local 2001:db8::1 remote 2001:db8::9'
	as_ip6 "type ip6tnl $ends"
	as_ip6 "mode ip6ip6 $ends hoplimit 9 encaplimit 0 dev u0" "type ip6tnl mode ip6ip6 $ends hoplimit 9 encaplimit 0 dev u0"
	as_ip6 "type ip6tnl mode ipip6 $ends encaplimit none tclass 0xa8 flowlabel 0x12345"
	as_ip6 "type ip6tnl $ends tclass inherit flowlabel inherit dscp inherit fwmark inherit allow-localremote"
	as_ip "type ip6tnl $ends fwmark 7 encap gue encap-sport 4444 encap-dport 5555 encap-csum6" \
		"type ip6tnl $ends fwmark 7 encap gue encap-sport 4444 encap-dport 5555"
	as_ip 'type ip6tnl external' 'type ip6tnl external'
	for kind in ip6gre ip6gretap; do
		as_ip6 "type $kind $ends"
		as_ip6 "type $kind $ends ikey 5 okey 1.2.3.4 iseq ocsum hoplimit 9 encaplimit none tclass 0xa8 dev u0"
		as_ip6 "type $kind $ends key 7 flowlabel inherit fwmark 7"
		as_ip "type $kind external" "type $kind external"
	done
}

@test "set keeps the words it is not given, encap too" {
	modprobe -a fou fou6
	ends='local 2001:db8::1 remote 2001:db8::2'
	for kind in ip6tnl ip6gre; do
		# shellcheck disable=SC2086 # words
		quiet tun -n "$A" add t type "$kind" $ends dev u0 tclass 0xa8 flowlabel 0x12345 fwmark 7 encap fou \
			encap-sport 4444 encap-dport 5555 encaplimit none mtu 1300
		before=$(as_line t)
		quiet tun -n "$A" set t hoplimit 9
		same "${before/ encaplimit/ hoplimit 9 encaplimit}" "$(as_line t)"
		quiet tun -n "$A" set t hoplimit 64
		same "$before" "$(as_line t)"
		quiet tun -n "$A" del t
	done
}
as_line() { tun -n "$A" show "$1"; }

@test "by ioctl the same words make the same tunnel as by netlink" {
	for kind in ip6tnl ip6gre; do
		n=0
		while read -r words; do
			n=$((n + 1))
			# shellcheck disable=SC2086 # words
			{
				quiet tun -n "$A" --via rtnl add "$kind.$n" type "$kind" local 2001:db8::1 remote "2001:db8::1$n" $words
				quiet tun -n "$B" --via ioctl add "$kind.$n" type "$kind" local 2001:db8::1 remote "2001:db8::1$n" $words
			}
		done <<-END
			hoplimit inherit tclass inherit
			hoplimit 9 tclass 0xa8 flowlabel 0x12345 dev u0
			encaplimit none up
			dscp inherit mtu 1400
		END
		netlink=$(every "$kind" "$A")
		same 4 "$(wc -l <<<"$netlink")"
		same "$netlink" "$(every "$kind" "$B")"
		refuses 'tun: t: encap: cannot be sent over ioctl' tun -n "$B" --via ioctl add t type "$kind" \
			remote 2001:db8::2 encap fou encap-dport 5
	done
}

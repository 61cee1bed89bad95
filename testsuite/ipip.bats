#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel

load lib

setup() {
	underlay
	wire=$BATS_TEST_TMPDIR/wire
}

@test "a tunnel carries packets" {
	join type ipip ttl 64
	same '["ipip",{"local":"192.0.2.1","pmtudisc":true,"proto":"ipip","remote":"192.0.2.2","ttl":64}]' "$(kind_of "$A" t)"
	prints 't type ipip remote 192.0.2.2 local 192.0.2.1 ttl 64 mtu 1480 up' tun -n "$A" show
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 192.0.2.2 and ip proto 4'
	same 0 "$(packets "$wire" icmp)" 'packets outside of the tunnel'
	quiet tun -n "$B" del t
	absent "$B" t
	no_ping "$A" 10.0.0.2
}

@test "over GUE nothing but UDP leaves" {
	modprobe fou
	ip -n "$A" fou add port 5555 gue
	ip -n "$B" fou add port 5555 gue
	join type ipip encap gue encap-dport 5555
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 192.0.2.1 and udp dst port 5555'
	same 0 "$(packets "$wire" 'ip proto 4 or icmp')" 'packets that are not UDP'
}

@test "set keeps the words it is not given" {
	modprobe fou
	quiet tun -n "$A" add t mode ip/ip local 192.0.2.1 remote 192.0.2.2 dev u0 tos 0x10 fwmark 7 \
		encap fou encap-sport 4444 encap-dport 5555 mtu 1300
	same '["ipip",{"encap":{"csum":false,"csum6":false,"dport":5555,"remcsum":false,"sport":4444,"type":"fou"},"fwmark":"0x7","link":"u0","local":"192.0.2.1","pmtudisc":true,"proto":"ipip","remote":"192.0.2.2","tos":"0x10","ttl":0}]' \
		"$(kind_of "$A" t)"
	quiet tun -n "$A" set t ttl 64 fwmark 8
	same '["ipip",{"encap":{"csum":false,"csum6":false,"dport":5555,"remcsum":false,"sport":4444,"type":"fou"},"fwmark":"0x8","link":"u0","local":"192.0.2.1","pmtudisc":true,"proto":"ipip","remote":"192.0.2.2","tos":"0x10","ttl":64}]' \
		"$(kind_of "$A" t)"
	same 1300 "$(field "$A" t .mtu)"
}

@test "mode says what is carried, and cannot change" {
	quiet tun -n "$A" add t type ipip mode any local 192.0.2.1 remote 192.0.2.2
	same any "$(field "$A" t .linkinfo.info_data.proto)"
	prints 't type ipip mode any remote 192.0.2.2 local 192.0.2.1 mtu 1480' tun -n "$A" show t
	refuses 'tun: t: mode: the kernel cannot change it on a living ipip: delete and add it anew' \
		tun -n "$A" set t mode ipip
	refuses 'tun: t: mode: the kernel cannot change it on a living ipip: delete and add it anew' \
		tun -n "$A" set t ttl 64 mode mplsip
	same 0 "$(field "$A" t .linkinfo.info_data.ttl)"
	quiet tun -n "$A" tunnel add m mode mplsip local 192.0.2.1 remote 192.0.2.3
	same mplsip "$(field "$A" m .linkinfo.info_data.proto)"
}

@test "ip makes the same of the same words" {
	modprobe fou
	ends='local 192.0.2.1 remote 192.0.2.9'
	as_ip "type ipip $ends" "type ipip mode ipip $ends"
	as_ip "mode ipip $ends ttl 9 tos 0x10 dev u0" "type ipip mode ipip $ends ttl 9 tos 0x10 dev u0"
	as_ip "type ipip mode any $ends nopmtudisc tos inherit fwmark 7" "type ipip mode any $ends nopmtudisc tos inherit fwmark 7"
	as_ip "type ipip mode mplsip $ends" "type ipip mode mplsip $ends"
	as_ip "type ipip mode ipip $ends encap gue encap-sport 4444 encap-dport 5555 encap-csum" \
		"type ipip mode ipip $ends encap gue encap-sport 4444 encap-dport 5555 encap-csum"
	as_ip 'type ipip external' 'type ipip mode ipip external'
}

@test "an identity that exists is refused, and said whose it is" {
	quiet tun -n "$A" add t type ipip local 192.0.2.1 remote 192.0.2.2
	before=$(links "$A")
	fails 'tun: u: t has the same remote and local' tun -n "$A" add u type ipip local 192.0.2.1 remote 192.0.2.2
	same "$before" "$(links "$A")"
}

@test "by ioctl the same words make the same tunnel as by netlink" {
	n=0
	while read -r words; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # words
		{
			quiet tun -n "$A" --via rtnl add "t$n." type ipip local 192.0.2.1 remote "198.51.100.$n" $words
			quiet tun -n "$B" --via ioctl add "t$n." type ipip local 192.0.2.1 remote "198.51.100.$n" $words
		}
	done <<-END
		ttl inherit tos inherit
		ttl 64 tos 0x10 dev u0
		mode any nopmtudisc up
		mode mplsip mtu 1400
	END
	netlink=$(every ipip "$A")
	same 4 "$(wc -l <<<"$netlink")"
	same "$netlink" "$(every ipip "$B")"
	refuses 'tun: t: fwmark: cannot be sent over ioctl' tun -n "$B" --via ioctl add t type ipip remote 192.0.2.2 fwmark 5
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel

load lib

setup() {
	underlay
	wire=$BATS_TEST_TMPDIR/wire
}



@test "the README's line makes the tunnel, set changes one word, del removes it" {
	quiet tun -n "$A" add netb type gre remote 172.19.20.21 local 172.16.17.18 ttl 255 key 5 up
	same '["gre",{"ikey":"0.0.0.5","local":"172.16.17.18","okey":"0.0.0.5","pmtudisc":true,"remote":"172.19.20.21","ttl":255}]' \
		"$(kind_of "$A" netb)"
	same 'true 1472' "$(field "$A" netb '"\(.flags | any(. == "UP")) \(.mtu)"')"
	prints "netb type gre remote 172.19.20.21 local 172.16.17.18 key 5 ttl 255 mtu 1472 up" tun -n "$A" show

	quiet tun -n "$A" set netb ttl 64
	same '["gre",{"ikey":"0.0.0.5","local":"172.16.17.18","okey":"0.0.0.5","pmtudisc":true,"remote":"172.19.20.21","ttl":64}]' \
		"$(kind_of "$A" netb)"
	quiet tun -n "$A" del netb
	absent "$A" netb
}

@test "a plain tunnel carries packets" {
	join type gre
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 192.0.2.2 and proto gre'
	same 0 "$(packets "$wire" icmp)" 'packets outside of the tunnel'
}

@test "a wrong key does not pass, the right one does" {
	join type gre key 5
	quiet tun -n "$B" set t key 6
	capture "$B" u0 "$wire"
	no_ping "$A" 10.0.0.2
	captured "$wire" 'src 192.0.2.1 and proto gre'
	same 0 "$(counter "$B" Icmp InEchos)" 'echo requests that arrived'

	quiet tun -n "$B" set t key 5
	pings "$A" 10.0.0.2
	same 1 "$(counter "$B" Icmp InEchos)" 'echo requests that arrived'
}

@test "gretap carries frames, and none with a wrong key" {
	join type gretap key 5
	prints "t type gretap remote 192.0.2.2 local 192.0.2.1 key 5 address $(field "$A" t .address) mtu 1458 up" \
		tun -n "$A" show
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	same "$(field "$B" t .address)" "$(ip -n "$A" -j neigh show 10.0.0.2 dev t | jq -r '.[].lladdr')"
	await 5 captured "$wire" 'src 192.0.2.1 and proto gre and ip[20:4] = 0x20006558' # key, Ethernet
	same 0 "$(packets "$wire" icmp)" 'packets outside of the tunnel'
	quiet tun -n "$B" set t key 6
	no_ping "$A" 10.0.0.2
	same 1 "$(counter "$B" Icmp InEchos)" 'echo requests that arrived'
	quiet tun -n "$B" set t key 5
	pings "$A" 10.0.0.2
}

@test "ip makes the same of the same words" {
	modprobe fou
	ends='local 192.0.2.1 remote 192.0.2.9'
	for kind in gre gretap; do
		as_ip "type $kind $ends" "type $kind $ends"
		as_ip "type $kind $ends key 5 seq csum ttl 9 tos 0x10 dev u0" "type $kind $ends key 5 seq csum ttl 9 tos 0x10 dev u0"
		as_ip "type $kind $ends ikey 5 okey 1.2.3.4 iseq ocsum nopmtudisc ignore-df tos inherit fwmark 7" \
			"type $kind $ends ikey 5 okey 1.2.3.4 iseq ocsum nopmtudisc ignore-df tos inherit fwmark 7"
		as_ip "type $kind $ends encap gue encap-sport 4444 encap-dport 5555 encap-csum encap-remcsum" \
			"type $kind $ends encap gue encap-sport 4444 encap-dport 5555 encap-csum encap-remcsum"
		as_ip "type $kind external" "type $kind external"
	done
	as_ip 'type gre local 192.0.2.1 remote 239.0.0.1' 'type gre local 192.0.2.1 remote 239.0.0.1'
}

@test "each direction may have a key of its own, a dotted quad is a number" {
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 ikey 0.0.1.2 okey 7 up
	quiet tun -n "$B" add t type gre local 192.0.2.2 remote 192.0.2.1 ikey 7 okey 258 up
	inside
	pings "$A" 10.0.0.2
	quiet tun -n "$B" set t noikey nookey
	same '["gre",{"local":"192.0.2.2","pmtudisc":true,"remote":"192.0.2.1","ttl":0}]' "$(kind_of "$B" t)"
	no_ping "$A" 10.0.0.2
}

@test "sequence numbers and checksums go along and are wanted" {
	join type gre key 0 seq csum
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 192.0.2.1 and proto gre and ip[20] = 0xb0' # checksum, key, sequence
	quiet tun -n "$A" set t noocsum
	no_ping "$A" 10.0.0.2 # B wants a checksum
	quiet tun -n "$B" set t noicsum
	pings "$A" 10.0.0.2
}

@test "over FOU nothing but UDP leaves" {
	modprobe fou
	ip -n "$A" fou add port 5555 ipproto 47
	ip -n "$B" fou add port 5555 ipproto 47
	join type gre encap fou encap-sport 4444 encap-dport 5555
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 192.0.2.1 and udp src port 4444 and dst port 5555'
	await 5 captured "$wire" 'src 192.0.2.2 and udp src port 4444 and dst port 5555'
	same 0 "$(packets "$wire" 'proto gre or icmp')" 'packets that are not UDP'

	quiet tun -n "$A" set t noencap
	quiet tun -n "$B" set t encap none
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'proto gre'
}

@test "set keeps the words it is not given" {
	modprobe fou
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 dev u0 ikey 5 okey 6 iseq ocsum ttl 9 tos 0x10 \
		fwmark 0x7 encap gue encap-sport auto encap-dport 5555 encap-csum encap-remcsum mtu 1300 txqueuelen 77 \
		alias 'to B' up
	kept='"encap":{"csum":true,"csum6":false,"dport":5555,"remcsum":true,"sport":0,"type":"gue"},"fwmark":"0x7","ikey":"0.0.0.5","iseq":true,"link":"u0","local":"192.0.2.1","ocsum":true,"okey":"0.0.0.6","pmtudisc":true,"remote":"192.0.2.2","tos":"0x10"'
	same "[\"gre\",{$kept,\"ttl\":9}]" "$(kind_of "$A" t)"
	rest='[.mtu, .txqlen, .ifalias, .flags]'
	same '[1300,77,"to B",["POINTOPOINT","NOARP","UP","LOWER_UP"]]' "$(field "$A" t "$rest | tostring")"

	quiet tun -n "$A" set t ttl 64
	same "[\"gre\",{$kept,\"ttl\":64}]" "$(kind_of "$A" t)"
	# A new mark makes the kernel choose the MTU anew.
	quiet tun -n "$A" set t fwmark 8
	same "[\"gre\",{${kept/0x7/0x8},\"ttl\":64}]" "$(kind_of "$A" t)"
	same '[1300,77,"to B",["POINTOPOINT","NOARP","UP","LOWER_UP"]]' "$(field "$A" t "$rest | tostring")"
	quiet tun -n "$A" set t mtu 1290 down
	same "[\"gre\",{${kept/0x7/0x8},\"ttl\":64}]" "$(kind_of "$A" t)"
	same '[1290,77,"to B",["POINTOPOINT","NOARP"]]' "$(field "$A" t "$rest | tostring")"
}

@test "an underlay with a number above 255 is kept" {
	ip -n "$A" link add name far index 300 type dummy
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 dev far
	same far "$(field "$A" t .link)"
	quiet tun -n "$A" set t ttl 64
	same 'far 64' "$(field "$A" t '"\(.link) \(.linkinfo.info_data.ttl)"')"
	quiet tun -n "$A" set t dev u0
	same u0 "$(field "$A" t .link)"
}

@test "what show prints makes the same tunnel" {
	modprobe fou
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 ikey 5 oseq ttl 9 tos inherit ignore-df nopmtudisc \
		encap fou encap-dport 5555 encap-udp6-csum mtu 1333 up
	# shellcheck disable=SC2046 # words
	quiet tun -n "$B" add $(tun -n "$A" show t)
	same '1333' "$(field "$B" t .mtu)"
	same "$(every gre "$A")" "$(every gre "$B")"
	prints "$(tun -n "$A" show t)" tun -n "$B" show t
}

@test "a name or an identity that exists is refused, and said which" {
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 key 5
	before=$(links "$A")
	fails "tun: t: exists" tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 key 6
	fails "tun: u: t has the same remote, local and ikey" \
		tun -n "$A" add u type gre local 192.0.2.1 remote 192.0.2.2 key 5
	fails "tun: u: t has the same remote, local and ikey" \
		tun -n "$A" --via ioctl add u type gre local 192.0.2.1 remote 192.0.2.2 key 5
	same "$before" "$(links "$A")"
}

@test "by ioctl the same words make the same tunnel as by netlink" {
	n=0
	while read -r words; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # words
		{
			quiet tun -n "$A" --via rtnl add "t$n." type gre local 192.0.2.1 remote "198.51.100.$n" $words
			quiet tun -n "$B" --via ioctl add "t$n." type gre local 192.0.2.1 remote "198.51.100.$n" $words
		}
	done <<-END
		ttl inherit
		ttl 64 tos inherit
		tos 0x10 nopmtudisc mtu 1400
		key 5 seq csum ttl 255
		ikey 0 ocsum up
		okey 9 iseq dev u0 alias x
	END
	netlink=$(every gre "$A")
	same 6 "$(wc -l <<<"$netlink")"
	same "$netlink" "$(every gre "$B")"

	quiet tun -n "$A" --via rtnl set t4. ttl 9 nokey
	quiet tun -n "$B" --via ioctl set t4. ttl 9 nokey
	same "$(kind_of "$A" t4.)" "$(kind_of "$B" t4.)"
	quiet tun -n "$B" --via ioctl del t4.
	absent "$B" t4.
}

@test "what an ioctl cannot carry is refused by name" {
	modprobe ip_gre
	before=$(links "$A")
	for words in 'fwmark 5' 'external' 'encap fou' 'ignore-df'; do
		more='remote 192.0.2.2'
		case $words in
		encap*) more="$more encap-dport 5555" ;;
		ignore-df) more="$more nopmtudisc" ;;
		external) more= ;;
		esac
		# shellcheck disable=SC2086 # words
		refuses "tun: t: ${words% *}: cannot be sent over ioctl" \
			tun -n "$A" --via ioctl add t type gre $words $more
	done
	# ... and what it would spoil: the kernel sets DF wherever there is a ttl
	fails "tun: t: nopmtudisc: the kernel did not do it" \
		tun -n "$A" --via ioctl add t type gre remote 192.0.2.2 ttl 64 nopmtudisc
	same "$before" "$(links "$A")"
}

@test "an ioctl keeps what it cannot carry" {
	modprobe fou
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 fwmark 7 encap fou encap-dport 5555 mtu 1300
	was=$(kind_of "$A" t)
	tun -n "$A" --via ioctl set t ttl 64 || same "$was" "$(kind_of "$A" t)"
	same "${was/\"ttl\":0/\"ttl\":$(field "$A" t .linkinfo.info_data.ttl)}" "$(kind_of "$A" t)"
	same 1300 "$(field "$A" t .mtu)"
}

@test "external takes its outer headers from the route of each packet" {
	quiet tun -n "$A" add t type gre external up
	quiet tun -n "$B" add t type gre external up
	same true "$(field "$A" t .linkinfo.info_data.external)"
	ip -n "$A" addr add 10.0.0.1/32 dev t
	ip -n "$B" addr add 10.0.0.2/32 dev t
	ip -n "$A" route add 10.0.0.2 encap ip id 5 src 192.0.2.1 dst 192.0.2.2 dev t
	ip -n "$B" route add 10.0.0.1 encap ip id 5 src 192.0.2.2 dst 192.0.2.1 dev t
	pings "$A" 10.0.0.2

	before=$(links "$A")
	refuses "tun: u: remote: cannot stand beside external" tun -n "$A" add u type gre external remote 192.0.2.2
	refuses "tun: u: key: cannot stand beside external" tun -n "$A" add u type gre key 5 external
	refuses "tun: u: csum: cannot stand beside external" tun -n "$A" add u type gre csum external
	same "$before" "$(links "$A")"
}

@test "a multicast group needs local and is its own key" {
	refuses "tun: t: remote: a multicast group needs local" tun -n "$A" add t type gre remote 239.1.1.1
	absent "$A" t
	ip -n "$A" route add 239.0.0.0/8 dev u0
	ip -n "$B" route add 239.0.0.0/8 dev u0
	quiet tun -n "$A" add t type gre remote 239.1.1.1 local 192.0.2.1 ttl 3 up
	quiet tun -n "$B" add t type gre remote 239.1.1.1 local 192.0.2.2 ttl 3 up
	same '["gre",{"ikey":"239.1.1.1","local":"192.0.2.1","okey":"239.1.1.1","pmtudisc":true,"remote":"239.1.1.1","ttl":3}]' \
		"$(kind_of "$A" t)"
	inside
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'dst 239.1.1.1 and proto gre'
}

@test "a change that the kernel refuses leaves every word as it was" {
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 key 5 ttl 9 mtu 1300
	before=$(links "$A")
	fails "tun: t: master: u0: operation not supported (usual cure: name a bridge or VRF)" \
		tun -n "$A" set t ttl 64 mtu 1400 alias x up master u0
	same "$before" "$(links "$A")"
	refuses "tun: t: remote: a living tunnel stays point to point or not: delete it and add it anew" \
		tun -n "$A" set t ttl 64 remote any
	refuses "tun: type: ipip: it is gre" tun -n "$A" set t type ipip
	same "$before" "$(links "$A")"
}

@test "the fallback device is shown when asked for and cannot be deleted" {
	modprobe ip_gre
	prints '' tun -n "$A" show
	prints "gre0 type gre nopmtudisc mtu 1476" tun -n "$A" -a show type gre
	refuses "tun: gre0: is the fallback device of gre: the kernel keeps it as long as the module" tun -n "$A" del gre0
	ip -n "$A" link show dev gre0
}

@test "making a tunnel takes one program, one netlink socket and one send" {
	trace=$BATS_TEST_TMPDIR/trace
	ip -n "$A" link add name r type gre remote 192.0.2.2 && ip -n "$A" link del dev r # loads the module
	ASAN_OPTIONS=detect_leaks=0 in_ns "$A" strace -f -o "$trace" -e trace=execve,socket,sendmsg,sendto,clone,fork,vfork,clone3 \
		tun add t type gre local 192.0.2.1 remote 192.0.2.2 ttl 64 key 5 mtu 1400 up
	ip -n "$A" link show dev t
	same 'execve 1
sendmsg 1
socket 1' "$(sed -n 's/^[0-9]* *\([a-z0-9]*\)(.*/\1/p' "$trace" | sort | uniq -c | awk '{ print $2, $1 }')"
	grep -q 'socket(AF_NETLINK, .*, NETLINK_ROUTE)' "$trace"
}

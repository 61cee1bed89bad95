#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# JSON of ip's families: every key that ip has is there, with the same value.

load lib

setup_file() {
	modprobe -a ip_gre ipip sit ip_vti ip6_tunnel ip6_gre ip6_vti fou fou6 l2tp_eth tun vxlan geneve xfrm_interface
}

setup() {
	namespaces "$A"
	out=$BATS_TEST_TMPDIR/out
	ip -n "$A" -batch - <<-END
		link set dev lo up
		link add name u0 type dummy
		addr add 192.0.2.1/24 dev u0
		addr add 2001:db8::1/64 dev u0 nodad
		link set dev u0 up
	END
}

# what ip says and tun does not, as "OBJECT PATH: VALUE, tun: VALUE". Objects are told apart by the first of these keys.
lacks() {
	jq -rn --slurpfile ip "$1" --slurpfile tun "$2" '
		def name: .ifname // (.session_id | values | "session \(.)") // .tunnel_id // .port | tostring;
		def by_name: map({ key: name, value: . }) | from_entries;
		($tun[0] | by_name) as $tun | ($ip[0] | by_name) as $ip |
		$ip | paths(type != "object") | select(all(type == "string")) | . as $path |
		($ip | getpath($path)) as $value | ($tun | getpath($path)) as $got |
		# that a key is there counts also if it says null
		($tun | getpath($path[:-1]) | if type == "object" then has($path[-1]) else false end) as $there |
		select($value != $got or ($there | not)) |
		# DF of VTI, which has no use for it, is told by ioctl alone
		select($path != ["ip_vti0", "nopmtudisc"]) |
		# what bridges have to say is no matter of tunnels
		select($path[:3] != ["b0", "linkinfo", "info_data"] and ($path[2] // "" | startswith("info_slave") | not)) |
		"\($path | join(" ")): \($value), tun: \($got)"'
}

# compare OPTIONS... WORDS...: both say the same. Links count what IPv6 sends of its own accord meanwhile: what ip said
# before and after shows that nothing did.
compare() { compare_in "$A" "$@"; }

compare_in() {
	for _ in {1..20}; do
		ip -n "$1" "${@:2}" >"$out.ip"
		tun -n "$1" -a "${@:2}" >"$out.tun"
		ip -n "$1" "${@:2}" >"$out.after"
		cmp -s "$out.ip" "$out.after" && break
	done
	same '' "$(lacks "$out.ip" "$out.tun")" "${*:2}"
	same "$(jq length "$out.ip")" "$(jq length "$out.tun")" "${*:2}: how many"
}

# add LINES: links from standard input, t1, t2 ...
add() {
	local n=0 line
	while read -r line; do
		n=$((n + 1))
		echo "link add ${line/type/dev t$n type}"
	done | ip -n "$A" -batch -
}

@test "ip link" {
	add <<-'END'
		type gre remote 192.0.2.2 tos 4 fwmark 0x10 ikey 5 oseq icsum ttl 3 dev u0
		type gre remote 192.0.2.3 tos inherit nopmtudisc ignore-df okey 1.2.3.4
		type gre remote 192.0.2.4 encap fou encap-sport auto encap-dport 5555 encap-csum
		type gre remote 224.0.0.5 local 192.0.2.1
		type gre key 7
		type gre external
		group 7 mtu 1400 txqueuelen 5 alias strange type gretap remote 192.0.2.9
		address 02:00:00:00:00:01 type gretap external
		type erspan remote 192.0.2.2 local 192.0.2.1 seq key 30 erspan 123
		type erspan remote 192.0.2.3 local 192.0.2.1 seq key 30 erspan_ver 2 erspan_dir egress erspan_hwid 63
		type erspan remote 192.0.2.4 local 192.0.2.1 ikey 30 erspan_ver 0
		type erspan external
		type ipip remote 192.0.2.2
		type ipip mode ipip remote 192.0.2.3 ttl 64 dev u0
		type ipip mode mplsip remote 192.0.2.4 encap gue encap-sport 4444 encap-dport 5555 encap-remcsum
		type ipip external
		type sit mode ip6ip remote 192.0.2.2
		type sit mode any isatap local 192.0.2.1
		type sit local 192.0.2.11 6rd-prefix 2001:db8::/32 6rd-relay_prefix 10.0.0.0/8
		type vti remote 192.0.2.2 key 5 fwmark 7
		type vti remote 192.0.2.3 okey 5 dev u0
		type ip6tnl remote 2001:db8::2
		type ip6tnl mode ip6ip6 remote 2001:db8::3 hoplimit inherit encaplimit none dscp inherit
		type ip6tnl mode ipip6 remote 2001:db8::4 tclass 10 flowlabel 123 dev u0 fwmark 4 encap fou encap-sport 3 encap-dport 5
		type ip6tnl external
		type ip6gre remote 2001:db8::2 tclass inherit flowlabel inherit fwmark inherit allow-localremote encaplimit none
		type ip6gre remote 2001:db8::3 tclass 4 flowlabel 5 fwmark 5 key 1.1.1.1 seq csum
		type ip6gre external
		type ip6gretap remote 2001:db8::2 ikey 5
		type ip6erspan seq key 30 remote 2001:db8::2 erspan_ver 2 erspan_dir ingress erspan_hwid 7
		type ip6erspan seq key 30 remote 2001:db8::5 erspan 7
		type vti6 remote 2001:db8::2 ikey 5 fwmark 7
		type vti6 remote 2001:db8::3 key 7 dev u0
		type xfrm dev u0 if_id 5
		type xfrm external
		type vxlan id 5 remote 192.0.2.2 local 192.0.2.1 dstport 4789
		type vxlan id 6 group 239.1.1.1 dev u0 dstport 4789
		type vxlan vni 7 remote 2001:db8::2 local 2001:db8::1 dstport 4789 ttl 5 tos 10 flowlabel 0x123
		type vxlan vni 8 group ff05::2 dev u0 dstport 4789 ttl auto
		type vxlan id 9 dstport 4789 remote 192.0.2.2 ttl inherit tos inherit df set
		type vxlan id 10 dstport 4789 remote 192.0.2.2 df inherit ageing 5 maxaddress 7 srcport 1 9
		type vxlan id 11 dstport 4789 nolearning proxy rsc l2miss l3miss
		type vxlan id 12 dstport 4788 remote 2001:db8::2 noudpcsum udp6zerocsumtx udp6zerocsumrx remcsumtx remcsumrx gbp
		type vxlan dstport 4791 external
		type vxlan dstport 4790 external gpe
		type vxlan dstport 4794 external vnifilter
		type geneve id 5 remote 192.0.2.2
		type geneve vni 6 remote 2001:db8::2 ttl 5 tos 10 flowlabel 0x123 dstport 7777
		type geneve id 7 remote 192.0.2.2 ttl inherit tos inherit df set udpcsum
		type geneve id 9 remote 2001:db8::2 udp6zerocsumtx udp6zerocsumrx
		type geneve external dstport 6082
		type geneve id 15 remote 192.0.2.2 innerprotoinherit dstport 6083
	END
	namespaces "$B"
	ip -n "$A" -batch - <<-END
		tuntap add dev a1 mode tap user root group root multi_queue vnet_hdr
		tuntap add dev a2 mode tun pi user 54321
		l2tp add tunnel tunnel_id 1 peer_tunnel_id 2 encap ip local 192.0.2.1 remote 192.0.2.2
		l2tp add session name l1 tunnel_id 1 session_id 3 peer_session_id 4
		link add v1 type veth peer name v2 netns $B
		link add name b0 type bridge
		link set t7 master b0
		link set t1 up
		link set a1 up
		link set t7 up promisc on allmulticast on
		link set t9 arp off multicast off
		link add far type gre remote 192.0.2.77 dev u0
		link set far netns $B
	END
	for options in '' '-d' '-s' '-d -s -s' '-N -d' '-br'; do
		# shellcheck disable=SC2086 # words
		compare -j $options link show
	done
	compare -j -d link show t1
	compare -j -d link show dev t7
	compare -j -d link show type vxlan
	ip -n "$A" link set u0 down # what is on it says so
	compare -j link show
	compare_in "$B" -j link show # with -d, ip takes the number of u0 for one of its own links
}

@test "ip tunnel, ip -6 tunnel" {
	ip -n "$A" -batch - <<-'END'
		tunnel add t1 mode gre remote 192.0.2.2 tos inherit/10 ttl 4
		tunnel add t2 mode gre remote 192.0.2.3 ikey 5 nopmtudisc tos inherit
		tunnel add t3 mode gre remote 192.0.2.4 seq csum key 1.2.3.4 dev u0 tos CS1
		tunnel add t4 mode gre remote 224.0.0.5 local 192.0.2.1
		tunnel add t5 mode ipip remote 192.0.2.2 local 192.0.2.1 tos 10
		link add t6 type ipip remote 192.0.2.3 encap fou encap-sport auto encap-dport 5
		link add t7 type ipip mode mplsip remote 192.0.2.4
		tunnel add t8 mode sit remote 192.0.2.2
		tunnel add t9 mode isatap local 192.0.2.1
		tunnel prl dev t9 prl-default 192.0.2.7
		tunnel prl dev t9 prl-nodefault 192.0.2.8
		tunnel add t10 mode sit local 192.0.2.11
		tunnel 6rd dev t10 6rd-prefix 2001:db8::/32 6rd-relay_prefix 10.0.0.0/8
		tunnel add t11 mode vti remote 192.0.2.2 ikey 5
		tunnel add t12 mode vti remote 192.0.2.3 key 6 dev u0
		tunnel add t13 mode vti remote 192.0.2.4
		link add t14 type gretap remote 192.0.2.4
		tunnel add s1 mode ip6ip6 remote 2001:db8::2 hoplimit 5 encaplimit none tclass 0x10 flowlabel 0x1234 dscp inherit
		tunnel add s2 mode ipip6 remote 2001:db8::3 encaplimit 7 tclass inherit flowlabel inherit allow-localremote dev u0
		tunnel add s3 mode any remote 2001:db8::4 ttl 0
		tunnel add s4 mode ip6gre remote 2001:db8::2 ikey 5 okey 6 iseq ocsum
		tunnel add s5 mode ip6gre remote 2001:db8::3 key 7 seq csum
		tunnel add s6 mode vti6 remote 2001:db8::2 key 7 dev u0
		tunnel add s7 mode vti6 remote 2001:db8::3
		link add s8 type ip6tnl external
		link add s9 type ip6gre external
	END
	compare -j tunnel show
	compare -j -d tunnel
	compare -j tunnel show remote 192.0.2.2
	compare -j tunnel show t1
	compare -N -j tunnel
	compare -j -6 tunnel
	compare -j -6 tunnel show remote 2001:db8::3
	# What the ioctls do not tell.
	same '["fou",null,"ipip"] ["vti"]' "$(tun -n "$A" -j tunnel show | jq -c '.[] | select(.ifname == "t6") | [.encap.type, .fwmark, .kind]') $(tun -n "$A" -j tunnel show t12 | jq -c '.[] | [.kind]')"
	# Counters are JSON too.
	same 'number number' "$(tun -n "$A" -j -s tunnel show t1 | jq -r '.[].stats64 | [.rx.bytes, .tx.packets] | map(type) | join(" ")')"
}

@test "ip l2tp, and nothing of one session leaks into the next" {
	ip -n "$A" -batch - <<-'END'
		l2tp add tunnel tunnel_id 1 peer_tunnel_id 2 encap udp local 192.0.2.1 remote 192.0.2.2 udp_sport 5000 udp_dport 5001 udp_csum on
		l2tp add tunnel tunnel_id 2 peer_tunnel_id 3 encap ip local 192.0.2.1 remote 192.0.2.2
		l2tp add tunnel tunnel_id 3 peer_tunnel_id 4 encap udp local 2001:db8::1 remote 2001:db8::2 udp_sport 5000 udp_dport 5001 udp6_csum_tx off
		l2tp add tunnel tunnel_id 4 peer_tunnel_id 5 local 192.0.2.1 remote 192.0.2.3 udp_sport 5002 udp_dport 5001
		l2tp add session tunnel_id 1 session_id 1 peer_session_id 2 seq both
		l2tp add session tunnel_id 1 session_id 3 peer_session_id 4 seq send
		l2tp add session tunnel_id 2 session_id 5 peer_session_id 6 cookie 01020304 peer_cookie 0102030405060708
	END
	compare -j l2tp show tunnel
	compare -j l2tp show session
	same '[5]' "$(tun -n "$A" -j l2tp show session tunnel_id 2 | jq -c 'map(.session_id)')" # ip heeds no words here
	ip -n "$A" l2tp add session name plain tunnel_id 2 session_id 7 peer_session_id 8
	same '{"session_id":7,"tunnel_id":2,"peer_session_id":8,"peer_tunnel_id":3,"interface":"plain"}' \
		"$(tun -n "$A" -j l2tp show session session_id 7 | jq -c '.[]')"
}

@test "ip tuntap, ip fou" {
	ip -n "$A" -batch - <<-'END'
		tuntap add dev a1 mode tap user root group root multi_queue vnet_hdr
		tuntap add dev a2 mode tun pi
		tuntap add dev a3 mode tap user 54321
		tuntap add dev a4 mode tap one_queue multi_queue vnet_hdr
		fou add port 5555 ipproto 47
		fou add port 5556 gue
		fou add port 5557 ipproto 41 local 192.0.2.1 peer 192.0.2.2 peer_port 5558
	END
	ip -n "$A" -6 fou add port 5559 gue
	# ip reads the flags in sysfs.
	in_ns "$A" unshare -m sh -c 'mount -t sysfs sysfs /sys; ip -j tuntap show' >"$out.ip"
	tun -n "$A" -j tuntap show >"$out.tun"
	same '' "$(lacks "$out.ip" "$out.tun")"
	compare -j fou show
}

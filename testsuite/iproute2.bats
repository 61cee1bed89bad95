#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Lines of ip: "ip LINE" in one namespace, "tun LINE" in another, and the kernel is in the same state.

load lib

setup_file() { modprobe -a ip_gre ipip sit ip_vti ip6_tunnel ip6_gre ip6_vti fou fou6 l2tp_eth tun; }

setup() {
	namespaces "$A" "$B"
	for ns in "$A" "$B"; do
		ip -n "$ns" -j link | jq -r '.[].ifname | "link set dev \(.) group 1"' | ip -n "$ns" -batch -
		ip -n "$ns" -batch - <<-END
			link set dev lo up
			link add name u0 group 1 type dummy
			addr add 192.0.2.1/24 dev u0
			addr add 2001:db8::1/64 dev u0 nodad
			link set dev u0 up
		END
	done
}

nl=$'\n'

# What ip is asked after each group of lines; the first answer begins the group's.
nl=$'\n'
look="link show dev lo
link show group 0
link show group 5
l2tp show tunnel
l2tp show session
fou show
tunnel show t1
addr show group 0
route show
"

# clean LINES: lines that take away what these made. A name that is not there costs a modprobe.
clean() {
	local name
	for name in t1 t2 gret ipipt sitt isatapt vtit; do
		[[ $1 != *" $name"[[:space:]]* ]] || echo "link del dev $name"
	done
	[[ $1 != 'tuntap add mode tap'* ]] || echo 'link del dev tap0'
}

# answers FILE: each answer of ip as a line, without what two links never have in common: numbers, addresses by chance,
# what the ioctls alone leave in a VTI.
answers() {
	jq -cS 'map(del(.ifindex, .min_mtu, .max_mtu, .permaddr, .qdisc, .nopmtudisc) |
		if .link_type == "ether" then del(.address) else . end |
		if .addr_info then .addr_info |= map(select(.scope != "link")) else . end)' "$1"
}

# alike: each group of lines from standard input does the same with tun as with ip; a line "--" ends a group. One ip does
# all groups in A.
alike() {
	local a=$BATS_TEST_TMPDIR/ip b=$BATS_TEST_TMPDIR/tun groups=() line lines='' number=1 group=-1 wrong=0
	: >"$a.lines"
	: >"$b"
	while IFS= read -r line; do
		[ "$line" = -- ] || { lines=$lines$line$nl; continue; }
		printf '%s' "$lines$look" >>"$a.lines"
		clean "$lines" >>"$a.lines"
		groups+=("$lines")
		lines=''
	done < <(cat; echo --)
	ip -n "$A" -force -d -j -batch "$a.lines" >"$a" 2>"$a.err" || :
	while read -r number; do
		line=$(sed -n "${number}p" "$a.lines")
		[[ $line = 'link del dev '* ]] || { echo "ip $line" >&2; wrong=$((wrong + 1)); }
	done < <(sed -n 's/^Command failed .*://p' "$a.err")
	for lines in "${groups[@]}"; do
		tun -n "$B" -batch - <<<"$lines" >/dev/null || { echo "tun $lines" >&2; wrong=$((wrong + 1)); }
		ip -n "$B" -force -d -j -batch - >>"$b" 2>/dev/null <<<"$look$(clean "$lines")" || :
	done
	mapfile -t a < <(answers "$a")
	mapfile -t b < <(answers "$b")
	for number in "${!a[@]}"; do
		[[ ${a[number]} != *'"ifname":"lo"'* ]] || group=$((group + 1))
		same "${a[number]}" "${b[number]-}" "${groups[group]}" || wrong=$((wrong + 1))
	done
	same "${#a[@]}" "${#b[@]}" 'answers'
	[ "$wrong" -eq 0 ]
}

@test "ip tunnel: modes, ends, order of words" {
	alike <<-'END'
		tunnel add t1 mode gre remote 192.0.2.2 local 192.0.2.1
		--
		tunnel add t1 mode ipip remote 192.0.2.2 local 192.0.2.1
		--
		tunnel add mode gre t1 remote 192.0.2.2 local 192.0.2.1
		--
		tunnel add mode gre remote 192.0.2.2 local 192.0.2.1 t1
		--
		tunnel add remote 192.0.2.2 name t1 local 192.0.2.1 mode gre
		--
		tunnel add t1 mode gre/ip remote 192.0.2.2
		--
		tunnel add t1 mode ip/ip remote 192.0.2.2
		--
		tunnel add t1 mode vti remote 192.0.2.2 local 192.0.2.1 key 5
		--
		tunnel add gret remote 192.0.2.2
		--
		tunnel add ipipt remote 192.0.2.2
		--
		tunnel add vtit remote 192.0.2.2
		--
		tunnel add t1 mode gre remote any local any key 5
		--
		tunnel add t1 mode gre remote default local all key 5
		--
		tunnel add t1 mode gre local 192.0.2.1
		--
		tunnel add t1 mode gre remote 224.0.0.5 local 192.0.2.1
		--
		tunnel add t1 mode gre remote 224.0.0.5 local 192.0.2.1 ttl 5 key 6
		--
		tunnel add t1 mode gre remote 192.0.2.2 dev u0
		--
		tunl add t1 mode gre remote 192.0.2.2
		--
		tu a t1 mode gre remote 192.0.2.2
		--
		t add t1 mode gre remote 192.0.2.2
		tunn c t1 ttl 5
		tun ch t1 mode gre ttl 6
	END
}

@test "ip tunnel: every word" {
	alike <<-'END'
		tunnel add t1 mode gre remote 192.0.2.2 key 0
		--
		tunnel add t1 mode gre remote 192.0.2.2 key 1.2.3.4
		--
		tunnel add t1 mode gre remote 192.0.2.2 key 0x10
		--
		tunnel add t1 mode gre remote 192.0.2.2 ikey 5
		--
		tunnel add t1 mode gre remote 192.0.2.2 okey 5
		--
		tunnel add t1 mode gre remote 192.0.2.2 ikey 5 okey 6
		--
		tunnel add t1 mode gre remote 192.0.2.2 seq
		--
		tunnel add t1 mode gre remote 192.0.2.2 iseq
		--
		tunnel add t1 mode gre remote 192.0.2.2 oseq
		--
		tunnel add t1 mode gre remote 192.0.2.2 csum
		--
		tunnel add t1 mode gre remote 192.0.2.2 icsum
		--
		tunnel add t1 mode gre remote 192.0.2.2 ocsum seq key 7
		--
		tunnel add t1 mode gre remote 192.0.2.2 ttl 64
		--
		tunnel add t1 mode gre remote 192.0.2.2 hoplimit 64
		--
		tunnel add t1 mode gre remote 192.0.2.2 hlim 0x40
		--
		tunnel add t1 mode gre remote 192.0.2.2 ttl inherit
		--
		tunnel add t1 mode gre remote 192.0.2.2 ttl 0 nopmtudisc
		--
		tunnel add t1 mode gre remote 192.0.2.2 nopmtudisc
		--
		tunnel add t1 mode gre remote 192.0.2.2 pmtudisc
		--
		tunnel add t1 mode gre remote 192.0.2.2 tos inherit
		--
		tunnel add t1 mode gre remote 192.0.2.2 tos 10
		--
		tunnel add t1 mode gre remote 192.0.2.2 tos 0x10
		--
		tunnel add t1 mode gre remote 192.0.2.2 tos inherit/10
		--
		tunnel add t1 mode gre remote 192.0.2.2 tclass CS1
		--
		tunnel add t1 mode gre remote 192.0.2.2 dsfield AF41
		--
		tunnel add t1 mode gre remote 192.0.2.2 tos inherit/EF
		--
		tunnel add t1 mode ipip remote 192.0.2.2 ttl 5 tos 4 dev u0
		--
		tunnel add t1 mode vti remote 192.0.2.2 ikey 5 okey 6 dev u0
		--
		tunnel add t1 mode gre remote 192.0.2.2 key 5
		tunnel change t1 ttl 9
		tunnel change t1 mode gre remote 192.0.2.3
		--
		tunnel add t1 mode gre remote 192.0.2.2 key 5
		tunnel del t1
		--
		tunnel add t1 mode gre remote 192.0.2.2 key 5
		tunnel del mode gre t1
		--
		tunnel add t1 mode gre remote 192.0.2.2 key 5
		tunnel delete name t1
	END
}

@test "ip link: gre, ipip, vti" {
	alike <<-'END'
		link add t1 type gre remote 192.0.2.2 local 192.0.2.1
		--
		link add name t1 type gre remote 192.0.2.2 local 192.0.2.1
		--
		link add dev t1 type gre remote 192.0.2.2 local 192.0.2.1 dev u0
		--
		li a dev t1 mtu 1300 txqueuelen 7 group 5 up type gre remote 192.0.2.2 ikey 5 okey 6
		--
		l add mtu 1300 dev t1 qlen 7 type gre remote 192.0.2.2 key 5 seq csum
		--
		link add t1 txqlen 7 type gre remote 192.0.2.2 key 1.2.3.4 iseq ocsum noicsum nooseq
		--
		link add t1 group default type gre remote 192.0.2.2 ttl 64 tos inherit
		--
		link add t1 type gre remote 192.0.2.2 hlim inherit tclass 0x10 fwmark 0x7
		--
		link add t1 type gre remote 192.0.2.2 nopmtudisc ignore-df
		--
		link add t1 type gre remote 192.0.2.2 ttl 5 nopmtudisc
		--
		link add t1 type gre remote 192.0.2.2 pmtudisc noignore-df nokey noseq nocsum
		--
		link add t1 type gre remote 192.0.2.2 encap fou encap-sport auto encap-dport 5555
		--
		link add t1 type gre remote 192.0.2.2 encap gue encap-sport 4444 encap-dport 5555 encap-csum encap-remcsum
		--
		link add t1 type gre remote 192.0.2.2 encap gue encap-sport 4444 encap-dport 5555 noencap-csum encap-udp6-csum noencap-remcsum
		--
		link add t1 type gre remote 192.0.2.2 noencap
		--
		link add t1 type gre remote 192.0.2.2 encap none
		--
		link add t1 type gre external
		--
		link add t1 type gre remote 224.0.0.5 local 192.0.2.1
		--
		link add t1 type ipip remote 192.0.2.2 local 192.0.2.1
		--
		link add t1 type ipip mode ipip remote 192.0.2.2
		--
		link add t1 type ipip mode ipv4/ipv4 remote 192.0.2.2 ttl 5 tos 4 dev u0 fwmark 9
		--
		link add t1 type ipip mode ip4ip4 remote 192.0.2.2
		--
		link add t1 type ipip mode any remote 192.0.2.2
		--
		link add t1 type ipip mode any/ipv4 remote 192.0.2.2 nopmtudisc
		--
		link add t1 type ipip mode mplsip remote 192.0.2.2
		--
		link add t1 type ipip mode mpls/ipv4 remote 192.0.2.2
		--
		link add t1 type ipip external
		--
		link add t1 type ipip mode ipip external
		--
		link add t1 type ipip remote 192.0.2.2 encap fou encap-sport 4444 encap-dport 5555
		--
		link add t1 type vti remote 192.0.2.2 local 192.0.2.1 key 5
		--
		link add t1 type vti remote 192.0.2.2 ikey 5 okey 1.2.3.4 dev u0 fwmark 3
		--
		link add t1 type gre remote 192.0.2.2 key 5
		link set dev t1 type gre ttl 65
		link set t1 up mtu 1400
		link set mtu 1410 dev t1
		link set t1 group 5
		li ch dev t1 down
		--
		link add t1 type gre remote 192.0.2.2 key 5
		link s t1 up
		link set up t1
		link set t1 alias 'x'
		--
		link add t1 type gre remote 192.0.2.2 key 5
		link del t1
		--
		link add t1 type gre remote 192.0.2.2 key 5
		link delete dev t1 type gre
		--
		link add t1 type gre remote 192.0.2.2 key 5
		link d dev t1
	END
}

@test "ip tunnel: sit, isatap, 6rd, the router list" {
	alike <<-'END'
		tunnel add t1 mode sit remote 192.0.2.2 local 192.0.2.1
		--
		tunnel add t1 mode ipv6/ip remote 192.0.2.2 ttl 64 tos 4 dev u0
		--
		tunnel add sitt remote 192.0.2.2 nopmtudisc
		--
		tunnel add isatapt local 192.0.2.1
		--
		tunnel add t1 mode isatap local 192.0.2.1 ttl 64
		tunnel prl dev t1 prl-default 192.0.2.7
		tunnel prl prl-nodefault 192.0.2.8 dev t1
		tu p dev t1 prl-delete 192.0.2.7
		--
		tunnel add t1 mode sit remote 192.0.2.2
		tunnel 6rd dev t1 6rd-prefix 2001:db8::/32
		--
		tunnel add t1 mode sit local 192.0.2.1
		tunnel 6rd dev t1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 10.0.0.0/8
		tunnel 6rd 6rd-prefix 2001:db9::/32 dev t1
		--
		tunnel add t1 mode sit local 192.0.2.1
		tunnel 6rd dev t1 6rd-relay_prefix 10.0.0.0/8 6rd-prefix 2001:db8::/32
		tu 6 dev t1 6rd-reset
		--
		link add t1 type sit remote 192.0.2.2 local 192.0.2.1
		--
		link add t1 type sit mode ip6ip remote 192.0.2.2 ttl 5 tos 4 dev u0 fwmark 9
		--
		link add t1 type sit mode ipv6/ipv4 remote 192.0.2.2
		--
		link add t1 type sit mode ipip remote 192.0.2.2 nopmtudisc
		--
		link add t1 type sit mode any/ipv4 remote 192.0.2.2
		--
		link add t1 type sit mode mplsip remote 192.0.2.2
		--
		link add t1 type sit isatap local 192.0.2.1
		--
		link add t1 type sit mode ip6ip local 192.0.2.1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 10.0.0.0/8
		--
		link add t1 type sit remote 192.0.2.2 encap gue encap-sport auto encap-dport 5555 encap-csum
	END
}

@test "ip -6 tunnel: chosen by the mode" {
	alike <<-'END'
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 local 2001:db8::1
		--
		tunnel add t1 mode ipv6/ipv6 remote 2001:db8::2 dev u0
		--
		tunnel add mode ipip6 t1 remote 2001:db8::2 local 2001:db8::1
		--
		tunnel add t1 mode ip/ipv6 remote 2001:db8::2
		--
		tunnel add t1 mode ipv4/ipv6 remote 2001:db8::2
		--
		tunnel add t1 mode ip4ip6 remote 2001:db8::2
		--
		tunnel add t1 mode any remote 2001:db8::2
		--
		tunnel add t1 mode any/ipv6 remote 2001:db8::2
		--
		tunnel add t1 mode ip6gre remote 2001:db8::2 local 2001:db8::1
		--
		tunnel add t1 mode gre/ipv6 remote 2001:db8::2 key 5 seq csum
		--
		tunnel add t1 mode ip6gre remote 2001:db8::2 ikey 5 okey 6 iseq ocsum
		--
		tunnel add t1 mode vti6 remote 2001:db8::2 local 2001:db8::1 key 7
		--
		tunnel add t1 mode vti6 remote 2001:db8::2 dev u0 ikey 7 okey 8
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 hoplimit 5 encaplimit none
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 ttl 0 encaplimit 0
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 hlim 255 encaplimit 255
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 tclass 10 flowlabel 12345
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 tos 0x10 fl 0x12345
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 tc inherit flowlabel inherit dscp inherit
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 dsfield 4 allow-localremote
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2 noallow-localremote
		--
		tunnel add t1 mode ip6gre remote 2001:db8::2 key 5
		tunnel change t1 mode ip6gre hoplimit 9
		tunnel del t1 mode ip6gre
		--
		tunnel add t1 mode ip6ip6 remote 2001:db8::2
		tunnel change t1 mode ip6ip6 encaplimit 9
	END
}

@test "ip -6 tunnel: chosen by the option" {
	# Batches have no options within; few lines, one at a time.
	while read -r line; do
		# shellcheck disable=SC2086 # words
		ip -n "$A" $line
		# shellcheck disable=SC2086 # words
		quiet tun -n "$B" $line
	done <<-'END'
		-6 tunnel add t1 remote 2001:db8::2
		-f inet6 tunnel add t2 mode vti6 remote 2001:db8::2
		-family inet6 tunl add vtit remote 2001:db8::3
		-4 tunnel add gret mode ip6ip6 remote 2001:db8::4
		-6 tunnel change t1 hoplimit 3
		-6 tu del t2
		-0 link set gret up
	END
	for ns in "$A" "$B"; do
		ip -n "$ns" -d -j link show group 0 >"$BATS_TEST_TMPDIR/$ns"
	done
	same "$(answers "$BATS_TEST_TMPDIR/$A")" "$(answers "$BATS_TEST_TMPDIR/$B")"
	while IFS='|' read -r line says; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $says" tun -n "$B" $line
	done <<-'END'
		-6 tunnel add t9 mode gre remote 192.0.2.2|mode: gre: not a mode of ip -6 tunnel
		-6 tunnel add t9 mode vti remote 192.0.2.2|mode: vti: not a mode of ip -6 tunnel
		-0 tunnel show|tunnel: knows only IPv4 and IPv6
		-B tunnel show|tunnel: knows only IPv4 and IPv6
		-f mpls addr show|addr: knows only IPv4 and IPv6
		-f ipx addr show|-f: ipx: not a family: inet, inet6, link, bridge or mpls
	END
}

@test "ip link: kinds over IPv6" {
	alike <<-'END'
		link add t1 type ip6tnl remote 2001:db8::2 local 2001:db8::1
		--
		link add t1 type ip6tnl mode ip6ip6 remote 2001:db8::2 dev u0
		--
		link add t1 type ip6tnl mode ipip6 remote 2001:db8::2 hoplimit inherit encaplimit none
		--
		link add t1 type ip6tnl mode ipv4/ipv6 remote 2001:db8::2 ttl 7 encaplimit 7
		--
		link add t1 type ip6tnl mode any remote 2001:db8::2 tclass inherit flowlabel inherit
		--
		link add t1 type ip6tnl mode any/ipv6 remote 2001:db8::2 tos 10 fl 123 dscp inherit allow-localremote
		--
		link add t1 type ip6tnl remote 2001:db8::2 fwmark 5
		--
		link add t1 type ip6tnl remote 2001:db8::2 fwmark inherit
		--
		link add t1 type ip6tnl remote 2001:db8::2 encap fou encap-sport 4444 encap-dport 5555 noencap-udp6-csum
		--
		link add t1 type ip6gre remote 2001:db8::2 local 2001:db8::1 key 5
		--
		link add t1 type ip6gre remote 2001:db8::2 ikey 5 okey 6 seq csum hlim 9 encaplimit none dev u0
		--
		link add t1 type ip6gre remote 2001:db8::2 tclass 0x10 flowlabel 0x123 dscp inherit fwmark 7
		--
		link add t1 type ip6gre remote 2001:db8::2 tclass inherit flowlabel inherit fwmark inherit allow-localremote
		--
		link add t1 type ip6gre remote 2001:db8::2 encap gue encap-sport auto encap-dport 5555
		--
		link add t1 type ip6gretap remote 2001:db8::2 local 2001:db8::1 key 5
		--
		link add t1 type ip6erspan seq key 30 remote 2001:db8::2 local 2001:db8::1 erspan_ver 1 erspan 123
		--
		link add t1 type ip6erspan seq key 30 remote 2001:db8::2 local 2001:db8::1 erspan_ver 2 erspan_dir egress erspan_hwid 7
		--
		link add t1 type vti6 remote 2001:db8::2 local 2001:db8::1 key 5
		--
		link add t1 type vti6 remote 2001:db8::2 ikey 5 okey 6 dev u0 fwmark 7
		--
		link add t1 type ip6tnl mode ip6ip6 remote 2001:db8::2 hoplimit 9 tclass 10
		link set t1 type ip6tnl encaplimit 7
		link set t1 type ip6tnl hoplimit inherit
	END
}

@test "ip link: Ethernet, IPsec" {
	alike <<-'END'
		link add t1 address 02:00:00:00:00:01 type gretap remote 192.0.2.2 local 192.0.2.1 key 5
		--
		link add t1 address 02:00:00:00:00:01 type gretap remote 192.0.2.2 nopmtudisc ignore-df ttl 5 csum
		--
		link add t1 type gretap external
		--
		link add t1 type erspan remote 192.0.2.2 local 192.0.2.1 seq key 30 erspan 123
		--
		link add t1 type erspan remote 192.0.2.2 local 192.0.2.1 seq key 30 erspan_ver 2 erspan_dir ingress erspan_hwid 63
		--
		link add t1 type erspan remote 192.0.2.2 local 192.0.2.1 ikey 30 erspan_ver 0
		--
		link add t1 type erspan external
		--
		link add t1 type xfrm dev u0 if_id 5
		--
		link add t1 type xfrm if_id 0x10
		--
		link add t1 type vxlan id 5 remote 192.0.2.2 local 192.0.2.1 dstport 4789
		--
		link add t1 group 5 type vxlan id 5 group 239.1.1.1 dev u0 dstport 4789
		--
		link add t1 type vxlan vni 5 remote 2001:db8::2 dstport 4789 ttl 5 tos 10 flowlabel 0x123
		--
		link add t1 type vxlan id 5 dstport 4789 remote 192.0.2.2 ttl inherit tos inherit df set
		--
		link add t1 type vxlan id 5 dstport 4789 remote 192.0.2.2 ttl auto df inherit ageing 5 maxaddress 7 srcport 1 9
		--
		link add t1 type vxlan id 5 dstport 4789 remote 2001:db8::2 ageing 9 maxaddress unlimited port 1 9 label 7
		--
		link add t1 type vxlan id 5 dstport 4789 nolearning proxy rsc l2miss l3miss
		--
		link add t1 type vxlan id 5 dstport 4789 learning noproxy norsc nol2miss nol3miss gbp
		--
		link add t1 type vxlan id 5 dstport 4789 remote 2001:db8::2 noudpcsum udp6zerocsumtx udp6zerocsumrx remcsumtx remcsumrx
		--
		link add t1 type vxlan dstport 4789 external
		--
		link add t1 type vxlan dstport 4790 external gpe
		--
		link add t1 type vxlan dstport 4789 external vnifilter
		--
		link add t1 type geneve id 5 remote 192.0.2.2
		--
		link add t1 type geneve vni 5 remote 2001:db8::2 ttl 5 tos 10 flowlabel 0x123 dstport 7777
		--
		link add t1 type geneve id 5 remote 192.0.2.2 ttl inherit tos inherit df set udpcsum
		--
		link add t1 type geneve id 5 remote 192.0.2.2 ttl auto df unset noudpcsum
		--
		link add t1 type geneve id 5 remote 2001:db8::2 udp6zerocsumtx udp6zerocsumrx
		--
		link add t1 type geneve id 5 remote 2001:db8::2 noudp6zerocsumtx noudp6zerocsumrx
		--
		link add t1 type geneve external
		--
		link add t1 type geneve id 5 remote 192.0.2.2 innerprotoinherit
		--
		link add t1 type vxlan id 5 dstport 4789 remote 192.0.2.2
		link set t1 type vxlan id 5 remote 192.0.2.3
		link set t1 type vxlan id 5 ageing 7 nolearning
	END
}

@test "ip link: the words of every link" {
	alike <<-'END'
		link add t1 index 77 numtxqueues 2 numrxqueues 2 type gretap remote 192.0.2.2
		--
		link add t1 address 02:00:00:00:00:01 broadcast 02:00:00:00:00:02 type gretap remote 192.0.2.2
		link set dev t1 address 02:00:00:00:00:03
		link set dev t1 brd 02:00:00:00:00:04
		--
		link add t1 arp off multicast off dynamic on trailers on type gretap remote 192.0.2.2
		--
		link add t1 gso_max_size 30000 gso_max_segs 7 gro_max_size 20000 type gre remote 192.0.2.2
		link set t1 gso_max_segs 9
		--
		link add t1 type gretap remote 192.0.2.2
		link set t1 arp off
		link set t1 multicast off
		link set t1 allmulticast on
		link set t1 promisc on
		link set t1 up
		--
		link add t1 type gre remote 192.0.2.2
		link set t1 arp on
		link set t1 multicast on
		link set t1 addrgenmode none
		link set dev t1 name t2
		--
		link add t1 type gre remote 192.0.2.2
		link set t1 name t2 mtu 1300
		--
		tuntap add t1 mode tap
		link set t1 carrier off
		--
		link add t1 type gre remote 192.0.2.2
		link add t2 type gre remote 192.0.2.3
		link set t1 group 5
		link set t2 group 5
		link set up group 5
		link del group 5
		--
		link replace t1 type gre ttl 5 remote 192.0.2.2
	END
}

@test "ip l2tp" {
	# Deleting takes the kernel time: all together.
	alike <<-'END'
		l2tp add tunnel tunnel_id 1 peer_tunnel_id 2 encap udp local 192.0.2.1 remote 192.0.2.2 udp_sport 5000 udp_dport 5001
		l2tp add session name s1 tunnel_id 1 session_id 3 peer_session_id 4
		l2tp add session tunnel_id 1 session_id 5 peer_session_id 6 cookie 01020304 peer_cookie 0102030405060708
		l2 a tunnel_id 2 peer_tunnel_id 2 tunnel encap ip local 192.0.2.1 remote 192.0.2.2
		l2 a name s2 session tunnel_id 2 session_id 13 peer_session_id 14 seq both
		l2 a name s3 session tunnel_id 2 session_id 15 peer_session_id 16 seq none
		l2tp add tunnel tid 3 ptid 2 local 192.0.2.1 remote 192.0.2.2 udp_sport 5002 udp_dport 5001 udp_csum on
		l2tp add session name s4 tid 3 sid 23 psid 24 seq send l2spec_type none
		l2tp add tunnel tid 4 ptid 2 local 2001:db8::1 remote 2001:db8::2 udp_sport 5003 udp_dport 5001 udp6_csum_tx off udp6_csum_rx off
		l2tp add session name s5 tid 4 sid 33 psid 34 seq recv l2spec_type default
		l2tp add tunnel tid 5 ptid 2 local 2001:db8::1 remote 2001:db8::2 encap ip
		l2tp add tunnel tid 6 ptid 2 local 192.0.2.1 remote 192.0.2.2 udp_sport 5004 udp_dport 5001 udp_csum off
		l2tp add tunnel tid 7 ptid 2 local 192.0.2.1 remote 192.0.2.2 udp_sport 5005 udp_dport 5001
	END
	for ns in "$A" "$B"; do
		program=ip
		[ "$ns" = "$A" ] || program=tun
		$program -n "$ns" l2tp delete tunnel tunnel_id 7
		$program -n "$ns" l2 d session tunnel_id 2 session_id 15
		await 20 absent "$ns" s3
		await 20 sh -c "! ip -n $ns l2tp show tunnel | grep -q 'Tunnel 7'"
		ip -n "$ns" -j -batch - >"$BATS_TEST_TMPDIR/$ns" <<<'l2tp show tunnel'$'\n''l2tp show session'
	done
	same "$(cat "$BATS_TEST_TMPDIR/$A")" "$(cat "$BATS_TEST_TMPDIR/$B")"
}

@test "ip fou" {
	alike <<-'END'
		fou add port 5555 ipproto 47
		fou add port 5556 ipproto 4 local 192.0.2.1
		fou add port 5557 gue
		fou add port 5558 gue -6
		fo a ipproto gre port 5559 local 192.0.2.1 peer 192.0.2.2 peer_port 5555
		fou add port 5560 ipproto 41 local 2001:db8::1 -6
		fou del port 5557
		fou del port 5558 -6
		fou d port 5556 local 192.0.2.1
		--
		fou del port 5555
	END
	quiet tun -n "$B" -6 fou add port 5562 gue
	ip -n "$A" -6 fou add port 5562 gue
	same "$(ip -n "$A" fou show | sort)" "$(ip -n "$B" fou show | sort)"
}

@test "ip tuntap, ip addr, ip route" {
	alike <<-'END'
		tuntap add dev t1 mode tap
		--
		tunt a mode tun t1
		--
		tap add name t1 mode tap user root group root
		--
		ta a t1 mode tap pi vnet_hdr multi_queue one_queue
		tuntap del t1 mode tap multi_queue
		--
		tuntap add mode tap
		--
		tuntap add t1 mode tun
		tuntap delete dev t1 mode tun
		--
		tunnel add t1 mode gre remote 192.0.2.2
		a a 10.0.0.1/24 dev t1
		address add 10.0.1.1 peer 10.0.1.2 dev t1
		link set t1 up
		r a 10.0.2.0/24 via 10.0.0.2
		ro add default dev t1 metric 7
		route del 10.0.2.0/24
		addr del 10.0.0.1/24 dev t1
	END
}

@test "what ip misreads or overlooks is refused, and the word named" {
	while IFS='|' read -r word line; do
		# shellcheck disable=SC2086 # words
		{
			ip -n "$A" $line || echo "ip $line"
			status=0
			tun -n "$B" $line 2>"$BATS_TEST_TMPDIR/err" || status=$?
		}
		[ "$status" -gt 0 ]
		same "tun: $word" "$(grep -o "^tun: \(t1: \)\?$word" "$BATS_TEST_TMPDIR/err" | sed 's/t1: //')" "$line"
		ip -n "$A" link del dev t1
	done <<-'END'
		key|tunnel add t1 mode gre remote 192.0.2.2 key 010
		key|link add t1 type gre remote 192.0.2.2 key 010
		key|link add t1 type gre remote 192.0.2.2 key 1.2.3
		ttl|tunnel add t1 mode gre remote 192.0.2.2 ttl 064
		local|tunnel add t1 mode gre local 10.1
		remote|link add t1 type gre remote 192.0.2.2 remote 192.0.2.3
		key|tunnel add t1 mode gre remote 192.0.2.2 key 5 key 6
		ttl|tunnel add t1 mode vti remote 192.0.2.2 ttl 5
		link|link add link u0 t1 type gre remote 192.0.2.2
		remote|link add t1 type gre remote 192.0.2.2 external
		encaplimit|link add t1 type ip6tnl remote 2001:db8::2 encaplimit 999
		dstport|link add t1 type vxlan id 5 remote 192.0.2.2 dstport 0
		ageing|link add t1 type vxlan id 5 dstport 4789 ageing none
		label|link add t1 type vxlan id 5 dstport 4789 remote 2001:db8::2 label 10
		flowlabel|link add t1 type geneve id 5 remote 2001:db8::2 flowlabel 10
		erspan_dir|link add t1 type erspan remote 192.0.2.2 seq key 5 erspan_ver 1 erspan_dir egress
	END
	same '' "$(ip -n "$B" -o link show group 0)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Which tunnels words select, of kinds that not every kernel has. How lines are read is in select.bats.

load lib

setup() {
	underlay
	modprobe -a fou ip_gre ipip ip_vti
	fallbacks=$(tunnels)
	ip -n "$A" addr add 192.0.2.3/24 dev u0
	quiet tun -n "$A" add g1 type gre local 192.0.2.1 remote 192.0.2.2 ttl 64 up
	quiet tun -n "$A" add g2 type gre local 192.0.2.1 remote 198.51.100.2 key 5 nopmtudisc
	quiet tun -n "$A" add g3 type gre local 192.0.2.1 remote 198.51.100.2 ikey 5 okey 6 dev u0 group 7
	quiet tun -n "$A" add g4 type gre local 192.0.2.3 encap fou encap-dport 5555 alias 'to B' up
	quiet tun -n "$A" add i1 type ipip local 192.0.2.1 remote 192.0.2.2 ttl 64
	quiet tun -n "$A" add v1 type vti local 192.0.2.1 remote 192.0.2.2 key 5 up
}

# names_in: the names of the lines on standard input, in one line.
names_in() {
	local first second rest names=
	while read -r first second rest; do
		case $first in '#' | name) first=$second ;; esac
		names="$names${names:+ }$first"
	done
	printf '%s\n' "$names"
}

# shows NAMES WORDS...: show prints the lines of these links and no others.
shows() {
	tun -n "$A" show "${@:2}" >"$BATS_TEST_TMPDIR/shown"
	names_in <"$BATS_TEST_TMPDIR/shown" >"$BATS_TEST_TMPDIR/names"
	same "$1" "$(<"$BATS_TEST_TMPDIR/names")" "show ${*:2}"
}

# tunnels: what ip shows that has a kind, other than the underlay; names: those of them that this suite made.
tunnels() { ip -n "$A" -d -j link | jq -r '[.[] | select((.linkinfo.info_kind // "veth") != "veth") | .ifname] | sort | join(" ")'; }
names() { tunnels | xargs -n 1 | grep -v '0$' | xargs; }

@test "words select by the rows of each kind" {
	shows 'g1 g2 g3 g4 i1 v1'
	shows 'g1 i1 v1' remote 192.0.2.2
	shows 'g2 g3' remote 198.51.100.0/24
	shows 'g1 g2 g3 i1 v1' remote 192.0.0.0/2
	shows 'g4' remote any
	shows 'g4' local 192.0.2.2/31
	shows 'g3' dev u0
	shows 'g2 v1' key 5
	shows 'g2 g3 v1' ikey 0.0.0.5
	shows 'g3' okey 6
	shows 'g1 g4' nokey
	shows 'g3' group 7
	shows 'g1 i1' ttl 64
	shows 'g2' nopmtudisc
	shows 'g1 g3 g4 i1' pmtudisc
	shows 'g4' encap fou
	shows 'g4' encap-dport 5555 encap fou
	shows 'g4' alias 'to B'
	shows 'g1 v1' remote 192.0.2.1/30 up
	shows 'i1' type ipip,vti down
	shows 'v1' 'v*' key 5
	shows 'i1' type ipip mode ipip
	shows 'i1' mode ipip
	shows '' type mplsip
	shows '' external
}

@test "the lines of ip tunnel show select" {
	same 'g1 i1 v1' "$(tun -n "$A" tunnel show remote 192.0.2.2 | names_in)"
	same 'g1 g2 g3 g4' "$(tun -n "$A" tunnel show mode gre | names_in)"
	same g3 "$(tun -n "$A" tunnel show dev u0 | names_in)"
	same g2 "$(tun -n "$A" tunnel show mode gre key 5 | names_in)"
	same 'g1 g4 v1' "$(tun -n "$A" tunnel show up | names_in)"
}

@test "an underlay in another namespace is not the one of that number here" {
	index=$(ip -n "$A" -j link show u0 | jq '.[0].ifindex')
	ip -n "$B" link add name same index $((index + 100)) type dummy
	ip -n "$A" link add name here index $((index + 100)) type dummy
	quiet tun -n "$B" add far type gre local 192.0.2.2 remote 192.0.2.9 dev same
	ip -n "$B" link set dev far netns "$A"
	shows '' dev here
	shows far far
}

@test "fallback devices are selected by name or with -a, and never deleted" {
	for name in gre0 gretap0 ip_vti0 tunl0; do
		[[ " $fallbacks " = *" $name "* ]]
	done
	shows gre0 gre0
	shows 'g1 g2 g3 g4' 'g*'
	same 'gre0 gretap0 g1 g2 g3 g4' "$(tun -n "$A" -a show 'g*' | names_in)"
	refuses 'tun: gre0: is the fallback device of gre: the kernel keeps it as long as the module' tun -n "$A" del g1 gre0
	refuses 'tun: gre0: is the fallback device of gre: the kernel keeps it as long as the module' tun -n "$A" -a del gre0 'g*'
	same 'g1 g2 g3 g4 i1 v1' "$(names)"
	quiet tun -n "$A" -a del 'g*'
	same 'i1 v1' "$(names)"
	quiet tun -n "$A" del all
	same '' "$(names)"
	same "$fallbacks" "$(tun -n "$A" -a show | names_in | xargs -n 1 | sort | xargs)"
}

@test "del takes what words select" {
	quiet tun -n "$A" del encap fou
	same 'g1 g2 g3 i1 v1' "$(names)"
	quiet tun -n "$A" del remote 192.0.2.0/24 type gre,ipip
	same 'g2 g3 v1' "$(names)"
	quiet tun -n "$A" tunnel del key 5
	same 'g3' "$(names)"
	fails 'tun: del: no tunnel is selected' tun -n "$A" del type vti
}

@test "del takes several L2TP sessions and their tunnels" {
	modprobe l2tp_eth
	for n in 1 2 3; do
		quiet tun -n "$A" add "l$n" type l2tp local 192.0.2.1 remote 192.0.2.2 tunnel_id 1 peer_tunnel_id 1 \
			udp_sport 5000 udp_dport 5000 session_id "$n" peer_session_id "$n"
	done
	quiet tun -n "$A" add l4 type l2tp local 192.0.2.1 remote 192.0.2.2 tunnel_id 2 peer_tunnel_id 2 encap ip \
		session_id 4 peer_session_id 4
	shows 'l1 l2 l3' tunnel_id 1
	shows 'l1 l2 l3 l4' type l2tp
	shows 'l4' encap ip
	shows 'g1 i1 v1 l1 l2 l3 l4' remote 192.0.2.2
	quiet tun -n "$A" del session_id 2
	shows 'l1 l3 l4' type l2tp
	quiet tun -n "$A" del type l2tp
	shows '' type l2tp
	same '[] []' "$(ip -n "$A" -j l2tp show tunnel) $(ip -n "$A" -j l2tp show session)"
	same 'g1 g2 g3 g4 i1 v1' "$(names)"
}

@test "showing one name asks the kernel once" {
	in_ns "$A" strace -o "$BATS_TEST_TMPDIR/trace" -e trace=sendmsg,sendto tun show g1
	same 1 "$(grep -c '^send' "$BATS_TEST_TMPDIR/trace")"
	same 0 "$(grep -cE 'NLM_F_DUMP|0x300' "$BATS_TEST_TMPDIR/trace")"
}

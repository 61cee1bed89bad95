#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel alone
#
# Ensure and replace: the same line again and again. That each word of each kind ends as a new link would have it is
# in unit/living.c.

load lib

setup() {
	underlay
	modprobe -a ip_gre ipip ip_vti
	ends='local 192.0.2.1 remote 192.0.2.2'
}

# ensures WHAT WORDS...: says so, and then that nothing is left to do.
ensures() {
	prints "$1" tun -n "$A" ensure "${@:2}"
	prints unchanged tun -n "$A" ensure "${@:2}"
}

@test "a line makes the tunnel once, and changes it when the line changes" {
	# shellcheck disable=SC2086 # words
	{
		ensures created t type gre $ends ttl 64 up
		same '["gre",{"local":"192.0.2.1","pmtudisc":true,"remote":"192.0.2.2","ttl":64}]' "$(kind_of "$A" t)"
		ensures changed t type gre $ends ttl 65 tos 0x10 up
		same '["gre",{"local":"192.0.2.1","pmtudisc":true,"remote":"192.0.2.2","tos":"0x10","ttl":65}]' "$(kind_of "$A" t)"
		# what is not said any more is at its default again
		ensures changed t type gre $ends
		same '["gre",{"local":"192.0.2.1","pmtudisc":true,"remote":"192.0.2.2","ttl":0}]' "$(kind_of "$A" t)"
		ensures changed t type gre remote 192.0.2.9 local 192.0.2.1
	}
}

# shellcheck disable=SC2086 # words
@test "words of every link count when they are said" {
	ensures created t type gre $ends
	ip -n "$A" link set dev t mtu 1300 alias 'somebody' group 7 txqueuelen 5
	ip -n "$A" link set dev t up
	all='[.mtu, .ifalias, .group, .txqlen, any(.flags[]; . == "UP")] | tostring'
	ensures unchanged t type gre $ends
	ensures changed t type gre $ends ttl 64
	same '[1300,"somebody","7",5,true]' "$(field "$A" t "$all")"
	ensures changed t type gre $ends ttl 64 mtu 1400 group default down
	same '[1400,"somebody","default",5,false]' "$(field "$A" t "$all")"
}

# shellcheck disable=SC2086 # words
@test "the MTU follows the size of the header, as that of a new tunnel" {
	ensures created t type gre $ends
	while read -r mtu words; do
		ensures changed t type gre $ends $words
		same "$mtu" "$(field "$A" t .mtu)" "$words"
		quiet tun -n "$B" add t type gre local 192.0.2.2 remote 192.0.2.1 $words
		same "$mtu" "$(field "$B" t .mtu)" "$words, new"
		quiet tun -n "$B" del t
	done <<-END
		1472 key 5
		1468 key 5 oseq
		1464 key 5 seq csum
		1472 ikey 5 okey 6
		1476 ikey 5
	END
	# but not if it is said
	ensures changed t type gre $ends key 5 mtu 1470
	same 1470 "$(field "$A" t .mtu)"
}

# shellcheck disable=SC2086 # words
@test "where the kernel leaves the MTU of a living tunnel, it is to be said, or the tunnel made anew" {
	modprobe fou
	encap='encap fou encap-dport 5555'
	ensures created t type gre $ends
	before=$(links "$A")
	refuses 'tun: t: encap: a living gre keeps its MTU, a new one chooses another: say mtu, or --recreate' \
		tun -n "$A" ensure t type gre $ends $encap
	same "$before" "$(links "$A")"
	ensures changed t type gre $ends $encap mtu 1400
	same 1400 "$(field "$A" t .mtu)"
	ensures unchanged t type gre $ends $encap
	quiet tun -n "$A" del t
	quiet tun -n "$A" add t type gre $ends
	prints recreated tun -n "$A" ensure t type gre $ends $encap --recreate
	same 1468 "$(field "$A" t .mtu)"
	ensures unchanged t type gre $ends $encap
}

# shellcheck disable=SC2086 # words
@test "what cannot change on a living tunnel is refused by its word, or made anew" {
	ensures created t type ipip $ends up
	index=$(field "$A" t .ifindex)
	before=$(links "$A")
	cannot='the kernel cannot change it on a living ipip: --recreate makes it anew'
	stays='a living tunnel stays point to point or not: delete it and add it anew'
	while IFS='|' read -r says words; do
		refuses "tun: t: $says" tun -n "$A" ensure t $words
	done <<-END
		mode: $cannot|type ipip $ends mode any
		external: $cannot|type ipip external
		remote: $stays|type ipip local 192.0.2.1
		type: it is ipip: --recreate makes it anew|type gre $ends
	END
	same "$before" "$(links "$A")"
	ip -n "$A" link set dev t alias 'somebody' group 7
	for words in "type ipip $ends mode any" 'type ipip local 192.0.2.1' "type gre $ends ttl 3" 'type vti local 192.0.2.1'; do
		prints recreated tun -n "$A" ensure --recreate t $words
		prints unchanged tun -n "$A" ensure --recreate t $words
		quiet tun -n "$B" add t $words
		same "$(kind_of "$B" t)" "$(kind_of "$A" t)"
		quiet tun -n "$B" del t
		same "$index somebody 7 true" "$(field "$A" t '"\(.ifindex) \(.ifalias) \(.group) \(any(.flags[]; . == "UP"))"')"
	done
	ip -n "$A" link add name br0 type bridge
	refuses 'tun: br0: is bridge, no tunnel: left alone' tun -n "$A" ensure --recreate br0 type gre $ends
}

# shellcheck disable=SC2086 # words
@test "when the new one cannot be made, the former comes back with its addresses and routes" {
	await 5 modprobe -r fou6 fou # ports of namespaces that are gone hold them for a while
	quiet tun -n "$A" add t type gre $ends key 5 ttl 9 mtu 1300 group 7 alias 'to B' up
	before=$(links "$A")
	why='tun: t: encap: fou: invalid argument (usual cure: modprobe -a fou fou6)'
	fails "$why" tun -n "$A" ensure --recreate t type gre $ends encap fou encap-dport 5555
	same "$before" "$(links "$A")"
	ip -n "$A" addr add 10.0.0.1/24 dev t
	ip -n "$A" route add 10.9.0.0/16 dev t
	before=$(links "$A")
	fails "$why" tun -n "$A" ensure --recreate t type gre $ends encap fou encap-dport 5555
	same "$before" "$(links "$A")"
	fails 'tun: u: t has the same remote, local and ikey' tun -n "$A" ensure u type gre $ends key 5
}

# shellcheck disable=SC2086 # words
@test "nothing is sent when there is nothing to do" {
	quiet tun -n "$A" add t type gre $ends key 5 up
	in_ns "$A" strace -o "$BATS_TEST_TMPDIR/trace" -e trace=sendmsg,sendto tun ensure t type gre $ends key 5 up
	same 1 "$(grep -c '^send' "$BATS_TEST_TMPDIR/trace")"
	prints unchanged tun -n "$A" ensure t type gre $ends key 5 up --dry-run
}

# shellcheck disable=SC2086 # words
@test "a dry run says what would be done and sent" {
	prints 'created
RTM_NEWLINK create,excl
    IFLA_IFNAME t  (name)
  IFLA_LINKINFO, IFLA_INFO_KIND gre, IFLA_INFO_DATA
    IFLA_GRE_REMOTE 192.0.2.2  (remote)
    IFLA_GRE_TTL inherit  (ttl)' tun -n "$A" --dry-run ensure t type gre remote 192.0.2.2
	absent "$A" t
	quiet tun -n "$A" add t type ipip remote 192.0.2.2
	before=$(links "$A")
	index=$(field "$A" t .ifindex)
	prints "recreated
RTM_DELLINK
    ifi_index $index  (t)
RTM_NEWLINK create,excl
    ifi_index $index  (t)
    IFLA_IFNAME t  (name)
    IFLA_NUM_TX_QUEUES 1  (numtxqueues)
    IFLA_NUM_RX_QUEUES 1  (numrxqueues)
  IFLA_LINKINFO, IFLA_INFO_KIND gre, IFLA_INFO_DATA
    IFLA_GRE_REMOTE 192.0.2.2  (remote)
    IFLA_GRE_TTL inherit  (ttl)" tun -n "$A" --dry-run ensure t type gre remote 192.0.2.2 --recreate
	refuses 'tun: t: type: it is ipip: --recreate makes it anew' \
		tun -n "$A" --dry-run ensure t type gre remote 192.0.2.2
	same '[{"name":"t","action":"changed"}] true' \
		"$(tun -n "$A" --dry-run -j ensure t type ipip remote 192.0.2.2 ttl 5 |
			jq -rc '"\([.[] | {name, action}]) \(.[0].requests | any(test("IFLA_IPTUN_TTL 5")))"')"
	same "$before" "$(links "$A")"
}

# shellcheck disable=SC2086 # words
@test "in JSON it says the name too, and with -q nothing" {
	prints '[{"name":"t","action":"created"}]' tun -n "$A" -j ensure t type gre $ends
	prints '[{"name":"t","action":"unchanged"}]' tun -n "$A" -j ensure t type gre $ends
	quiet tun -n "$A" -q ensure t type gre $ends ttl 5
	quiet tun -n "$A" -q -j ensure t type gre $ends ttl 6
	same 6 "$(field "$A" t .linkinfo.info_data.ttl)"
}

# shellcheck disable=SC2086 # words
@test "replace does as ensure --recreate and says nothing" {
	quiet tun -n "$A" replace t type gre $ends
	quiet tun -n "$A" replace t type gre $ends
	quiet tun -n "$A" replace t type gre $ends ttl 5
	same 5 "$(field "$A" t .linkinfo.info_data.ttl)"
	quiet tun -n "$A" replace t type ipip $ends
	same ipip "$(field "$A" t .linkinfo.info_kind)"
}

# shellcheck disable=SC2086 # words
@test "in the families of ip the same, and link replace makes nothing anew" {
	prints created tun -n "$A" tunnel ensure t mode gre $ends
	prints unchanged tun -n "$A" link ensure dev t type gre $ends
	quiet tun -n "$A" link replace dev t type gre $ends ttl 5
	same 5 "$(field "$A" t .linkinfo.info_data.ttl)"
	refuses 'tun: t: type: it is gre: --recreate makes it anew' tun -n "$A" link replace t type ipip $ends
	quiet tun -n "$A" link replace --recreate t type ipip $ends
	same ipip "$(field "$A" t .linkinfo.info_kind)"
	prints created tun -n "$A" tuntap ensure dev tap0 mode tap
	prints unchanged tun -n "$A" tuntap ensure mode tap dev tap0
}

@test "addresses and routes are added once" {
	prints created tun -n "$A" addr ensure 10.0.0.1/24 dev u0
	prints unchanged tun -n "$A" addr ensure 10.0.0.1/24 dev u0
	prints created tun -n "$A" route ensure 10.9.0.0/16 via 192.0.2.9
	prints unchanged tun -n "$A" route ensure 10.9.0.0/16 via 192.0.2.9
	fails 'tun: route 10.9.0.0/16: exists' tun -n "$A" route ensure 10.9.0.0/16 via 192.0.2.8
	prints created tun -n "$A" route ensure 10.9.0.0/16 via 192.0.2.8 metric 5
	refuses 'tun: route: cannot be replaced: delete it and add it anew' tun -n "$A" route replace 10.9.0.0/16 via 192.0.2.8
}

# shellcheck disable=SC2086 # words
@test "L2TP: the tunnel is made once, shared, and made anew with its last session" {
	modprobe l2tp_eth
	tunnel="$ends tunnel_id 1 peer_tunnel_id 2 udp_sport 5000 udp_dport 5001"
	ensures created l1 type l2tp $tunnel session_id 3 peer_session_id 4
	ensures created l2 type l2tp tunnel_id 1 session_id 5 peer_session_id 6
	ensures changed l2 type l2tp tunnel_id 1 session_id 5 peer_session_id 6 seq both mtu 1400
	ensures changed l2 type l2tp tunnel_id 1 session_id 5 peer_session_id 6
	cannot='the kernel cannot change it on a living l2tp: --recreate makes it anew'
	refuses "tun: l2: peer_session_id: $cannot" tun -n "$A" ensure l2 type l2tp tunnel_id 1 session_id 5 peer_session_id 7
	refuses "tun: l1: udp_dport: $cannot" tun -n "$A" ensure l1 type l2tp ${tunnel/5001/5002} session_id 3 peer_session_id 4
	prints recreated tun -n "$A" ensure --recreate l2 type l2tp tunnel_id 1 session_id 5 peer_session_id 7
	same '[[1,3,4],[1,5,7]]' "$(ip -n "$A" -j l2tp show session |
		jq -c '[.[] | [.tunnel_id, .session_id, .peer_session_id]] | sort')"
	quiet tun -n "$A" del l2
	prints recreated tun -n "$A" ensure --recreate l1 type l2tp ${tunnel/5001/5002} session_id 3 peer_session_id 4
	same '[5002]' "$(ip -n "$A" -j l2tp show tunnel | jq -c '[.[].peer_port]')"
	quiet tun -n "$A" del l1

	prints created tun -n "$A" l2tp ensure tunnel $tunnel
	prints unchanged tun -n "$A" l2tp ensure tunnel $tunnel
	refuses 'tun: l2tp-tunnel 1: udp_dport: the kernel cannot change it on a living l2tp-tunnel: delete it and add it anew' \
		tun -n "$A" l2tp ensure tunnel ${tunnel/5001/5002}
	prints created tun -n "$A" l2tp ensure session tunnel_id 1 session_id 5 peer_session_id 6
	prints unchanged tun -n "$A" l2tp ensure session tunnel_id 1 session_id 5 peer_session_id 6
	prints changed tun -n "$A" l2tp ensure session tunnel_id 1 session_id 5 peer_session_id 6 seq send
}

# shellcheck disable=SC2086 # words
@test "many that ensure the same at once all succeed, and one of them made it" {
	for one in {1..8}; do
		tun -n "$A" ensure t type gre $ends key 5 up >"$BATS_TEST_TMPDIR/said.$one" 2>&1 3>&- &
	done
	wait
	same '      1 created
      7 unchanged' "$(cat "$BATS_TEST_TMPDIR"/said.* | sort | uniq -c)"
}

# stopping NUMBER COMMAND...: stops when it has sent its message of that number; $stopped is the process.
stopping() {
	local trace=$BATS_TEST_TMPDIR/trace
	: >"$trace"
	strace -o "$trace" -e "inject=sendmsg:signal=SIGSTOP:when=$1" "${@:2}" >"$BATS_TEST_TMPDIR/said" 3>&- &
	tracer=$!
	await 20 grep -q 'stopped by SIGSTOP' "$trace"
	stopped=$(pgrep -P "$tracer")
}

go_on() {
	kill -CONT "$stopped"
	wait "$tracer"
}

# shellcheck disable=SC2086 # words
@test "who is outrun between looking and acting looks again" {
	stopping 1 tun -n "$A" ensure t type gre $ends ttl 5
	quiet tun -n "$A" add t type gre $ends ttl 5
	go_on
	same unchanged "$(cat "$BATS_TEST_TMPDIR/said")"
	stopping 1 tun -n "$A" ensure t type gre $ends ttl 6
	quiet tun -n "$A" del t
	go_on
	same created "$(cat "$BATS_TEST_TMPDIR/said")"
	same 6 "$(field "$A" t .linkinfo.info_data.ttl)"
}

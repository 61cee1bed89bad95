#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel

load lib

setup() {
	underlay
	wire=$BATS_TEST_TMPDIR/wire
	ids_a='tunnel_id 1 peer_tunnel_id 2 session_id 3 peer_session_id 4'
	ids_b='tunnel_id 2 peer_tunnel_id 1 session_id 4 peer_session_id 3'
	udp_a='encap udp udp_sport 5000 udp_dport 5001'
	udp_b='encap udp udp_sport 5001 udp_dport 5000'
	ends_a='local 192.0.2.1 remote 192.0.2.2'
	ends_b='local 192.0.2.2 remote 192.0.2.1'
}

# on NS WORDS: the interface t. The words are one text.
# shellcheck disable=SC2086
on() {
	local note=
	case $2 in *'l2spec_type none'*) note='tun: t: l2spec_type: done, but the kernel does not report it: not proven' ;; esac
	ends 0 '' "$note" tun -n "$1" add t type l2tp $2 up
}

# sessions NS, tunnels NS: what ip knows.
sessions() { ip -n "$1" -j l2tp show session; }
tunnels() { ip -n "$1" -j l2tp show tunnel; }

six() {
	ip -n "$A" addr add 2001:db8::1/64 dev u0 nodad
	ip -n "$B" addr add 2001:db8::2/64 dev u0 nodad
	ends_a='local 2001:db8::1 remote 2001:db8::2'
	ends_b='local 2001:db8::2 remote 2001:db8::1'
}

@test "over UDP frames cross, and ip sees the words that were given" {
	on "$A" "$ends_a $ids_a $udp_a"
	on "$B" "$ends_b $ids_b $udp_b"
	same '[{"tunnel_id":1,"encap":"UDP","local":"192.0.2.1","peer":"192.0.2.2","peer_tunnel":2,"local_port":5000,"peer_port":5001,"checksum":false}]' \
		"$(tunnels "$A")"
	same '[{"session_id":3,"tunnel_id":1,"peer_session_id":4,"peer_tunnel_id":2,"interface":"t"}]' "$(sessions "$A")"
	mac=$(field "$A" t .address)
	prints "t type l2tp tunnel_id 1 peer_tunnel_id 2 local 192.0.2.1 remote 192.0.2.2 udp_sport 5000 udp_dport 5001 session_id 3 peer_session_id 4 address $mac mtu 1446 up" \
		tun -n "$A" show
	inside
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 192.0.2.1 and udp src port 5000 and dst port 5001'
	await 5 captured "$wire" 'src 192.0.2.2 and udp src port 5001 and dst port 5000'
	same 0 "$(packets "$wire" icmp)" 'packets outside of the tunnel'
}

@test "over IP frames cross" {
	on "$A" "$ends_a $ids_a encap ip"
	on "$B" "$ends_b $ids_b encap ip"
	same '[{"tunnel_id":1,"encap":"IP","local":"192.0.2.1","peer":"192.0.2.2","peer_tunnel":2}]' "$(tunnels "$A")"
	inside
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'src 192.0.2.2 and ip proto 115'
}

@test "over UDP and IPv6 frames cross, with checksums and without" {
	six
	on "$A" "$ends_a $ids_a $udp_a udp6_csum_tx off"
	on "$B" "$ends_b $ids_b $udp_b udp6_csum_rx off"
	same '[{"tunnel_id":1,"encap":"UDP","local":"2001:db8::1","peer":"2001:db8::2","peer_tunnel":2,"local_port":5000,"peer_port":5001,"checksum_tx":false,"checksum_rx":true}]' \
		"$(tunnels "$A")"
	inside
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'ip6 src 2001:db8::1 and udp dst port 5001 and ip6[46:2] = 0'
	await 5 captured "$wire" 'ip6 src 2001:db8::2 and udp dst port 5000 and ip6[46:2] != 0'
}

@test "over IP and IPv6 frames cross" {
	six
	on "$A" "$ends_a $ids_a encap ip"
	on "$B" "$ends_b $ids_b encap ip"
	inside
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	await 5 captured "$wire" 'ip6 src 2001:db8::2 and ip6 proto 115'
}

@test "with cookies frames cross, with a wrong one none does" {
	on "$A" "$ends_a $ids_a $udp_a cookie 0102030405060708 peer_cookie a1a2a3a4"
	on "$B" "$ends_b $ids_b $udp_b cookie a1a2a3a4 peer_cookie 0102030405060708"
	same '[{"session_id":3,"tunnel_id":1,"peer_session_id":4,"peer_tunnel_id":2,"interface":"t","cookie":"0102030405060708","peer_cookie":"a1a2a3a4"}]' \
		"$(sessions "$A")"
	inside
	capture "$B" u0 "$wire"
	pings "$A" 10.0.0.2
	# "cookie" is what leaves: it follows UDP's 8 octets, L2TP's flags and the session's number
	await 5 captured "$wire" 'udp dst port 5001 and udp[16:4] = 0x01020304 and udp[20:4] = 0x05060708'
	await 5 captured "$wire" 'udp dst port 5000 and udp[16:4] = 0xa1a2a3a4'

	quiet tun -n "$B" del t
	on "$B" "$ends_b $ids_b $udp_b cookie a1a2a3a4 peer_cookie 0102030405060709"
	ip -n "$B" addr add 10.0.0.2/30 dev t
	sent=$(packets "$wire" 'udp dst port 5001')
	no_ping "$A" 10.0.0.2
	[ "$(packets "$wire" 'udp dst port 5001')" -gt "$sent" ]
	same 0 "$(field "$B" t .stats64.rx.packets)" 'frames that arrived'
	tun -n "$B" -s -j show t | jq -e '.[0].stats.l2tp_rx_errors > 0'
}

@test "without the L2-specific sublayer frames cross, four octets shorter" {
	capture "$B" u0 "$wire"
	for sublayer in default none; do
		on "$A" "$ends_a $ids_a $udp_a l2spec_type $sublayer"
		on "$B" "$ends_b $ids_b $udp_b l2spec_type $sublayer"
		inside
		pings "$A" 10.0.0.2
		quiet tun -n "$A" del t
		quiet tun -n "$B" del t
	done
	# 98 octets of frame behind UDP's 8, flags and session 8, and the sublayer
	await 5 captured "$wire" 'src 192.0.2.1 and udp[4:2] = 118'
	await 5 captured "$wire" 'src 192.0.2.1 and udp[4:2] = 114'

	# B waits for a sublayer that does not come.
	on "$A" "$ends_a $ids_a $udp_a l2spec_type none"
	on "$B" "$ends_b $ids_b $udp_b"
	inside
	before=$(counter "$B" Icmp InEchos)
	no_ping "$A" 10.0.0.2
	same "$before" "$(counter "$B" Icmp InEchos)" 'echo requests that arrived'
}

@test "a tunnel is made when absent, shared when present, and goes with its last session" {
	on "$A" "$ends_a $ids_a $udp_a"
	prints l2tpeth0 tun -n "$A" add type l2tp tunnel_id 1 session_id 5 peer_session_id 6
	prints eth0 tun -n "$A" add eth%d type l2tp tunnel_id 1 session_id 7 peer_session_id 8 udp_sport 5000
	same 1 "$(tunnels "$A" | jq length)"
	quiet tun -n "$A" del t
	same 1 "$(tunnels "$A" | jq length)"
	quiet tun -n "$A" del l2tpeth0
	same '[[1],["eth0"]]' "$(jq -s -c '[[.[0][].tunnel_id], [.[1][].interface]]' <(tunnels "$A") <(sessions "$A"))"
	quiet tun -n "$A" del eth0
	same '[] []' "$(tunnels "$A") $(sessions "$A")"
}

@test "words that contradict an existing tunnel are refused by name" {
	on "$A" "$ends_a $ids_a $udp_a"
	before=$(links "$A" && tunnels "$A" && sessions "$A")
	while read -r word words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: u: $word: the tunnel exists and has another $word" \
			tun -n "$A" add u type l2tp tunnel_id 1 session_id 5 peer_session_id 6 "$word" $words
	done <<-END
		peer_tunnel_id 9
		remote 192.0.2.3
		encap ip
		udp_dport 5002
		udp_csum on
	END
	same "$before" "$(links "$A" && tunnels "$A" && sessions "$A")"
}

# shellcheck disable=SC2086 # words
@test "when the session fails nothing stays" {
	modprobe l2tp_eth
	on "$A" "$ends_a $ids_a $udp_a"
	before=$(links "$A" && tunnels "$A" && sessions "$A")
	fails 'tun: lo: exists' tun -n "$A" add lo type l2tp $ends_a tunnel_id 9 peer_tunnel_id 9 encap udp \
		udp_sport 6000 udp_dport 6000 session_id 9 peer_session_id 9
	fails 'tun: u: local: 192.0.2.9: the local address is not one of this host: add it first' \
		tun -n "$A" add u type l2tp local 192.0.2.9 remote 192.0.2.2 tunnel_id 9 peer_tunnel_id 9 encap ip \
		session_id 9 peer_session_id 9
	fails 'tun: u: mtu: 70000: mtu greater than device maximum' tun -n "$A" add u type l2tp $ends_a tunnel_id 9 peer_tunnel_id 9 \
		encap udp udp_sport 6000 udp_dport 6000 session_id 9 peer_session_id 9 mtu 70000
	same "$before" "$(links "$A" && tunnels "$A" && sessions "$A")"
}

@test "del returns when link and tunnel are gone: the same can be made at once, five times" {
	for _ in 1 2 3 4 5; do
		on "$A" "$ends_a $ids_a $udp_a"
		ip -n "$A" link show dev t
		quiet tun -n "$A" del t
	done
	same '[] []' "$(tunnels "$A") $(sessions "$A")"
	absent "$A" t
}

@test "set changes sequence numbers and the reorder timeout of a living session and nothing else" {
	# An LNS does not adapt to what the other side sends.
	on "$A" "$ends_a $ids_a $udp_a cookie 01020304 mtu 1300 lns_mode"
	on "$B" "$ends_b $ids_b $udp_b peer_cookie 01020304 lns_mode"
	inside
	session='"session_id":3,"tunnel_id":1,"peer_session_id":4,"peer_tunnel_id":2,"interface":"t","cookie":"01020304"'
	quiet tun -n "$A" set t seq both reorder_timeout 100
	same "[{$session,\"reorder_timeout\":100,\"send_seq\":null,\"recv_seq\":null}]" "$(sessions "$A")"
	no_ping "$A" 10.0.0.2 # B sends no numbers
	quiet tun -n "$B" set t seq both
	pings "$A" 10.0.0.2
	quiet tun -n "$A" set t norecv_seq
	same "[{$session,\"reorder_timeout\":100,\"send_seq\":null}]" "$(sessions "$A")"
	quiet tun -n "$A" set t seq none reorder_timeout 0
	same "[{$session}]" "$(sessions "$A")"
	same 1300 "$(field "$A" t .mtu)"

	refuses 'tun: t: cookie: the kernel cannot change it on a living l2tp: delete and add it anew' \
		tun -n "$A" set t seq send cookie 01020305
	same "[{$session}]" "$(sessions "$A")"
}

@test "a timeout that the kernel would round is refused, and nothing changes" {
	on "$A" "$ends_a $ids_a $udp_a"
	before=$(sessions "$A")
	tun -n "$A" set t seq both reorder_timeout 50 2>"$BATS_TEST_TMPDIR/err" && { # its clock may count in ms
		sessions "$A" | jq -e '.[0].reorder_timeout == 50'
		return 0
	}
	same 'tun: t: reorder_timeout: asked for 50, the kernel made it 52' "$(cat "$BATS_TEST_TMPDIR/err")"
	same "$before" "$(sessions "$A")"
}

# shellcheck disable=SC2086 # words
@test "tunnels and sessions can be made, shown and removed one by one" {
	quiet tun -n "$A" l2tp add tunnel tunnel_id 5 peer_tunnel_id 6 $ends_a encap udp udp_sport 7000 udp_dport 7001 udp_csum on
	same '[{"tunnel_id":5,"encap":"UDP","local":"192.0.2.1","peer":"192.0.2.2","peer_tunnel":6,"local_port":7000,"peer_port":7001,"checksum":true}]' \
		"$(tunnels "$A")"
	ends 0 '' 'tun: l2tp-session 5 7: l2spec_type: done, but the kernel does not report it: not proven' \
		tun -n "$A" l2tp add session name s tunnel_id 5 session_id 7 peer_session_id 8 l2spec_type none
	prints l2tpeth0 tun -n "$A" l2tp add session tunnel_id 5 session_id 9 peer_session_id 10 seq send
	prints 'tunnel_id 5 peer_tunnel_id 6 local 192.0.2.1 remote 192.0.2.2 udp_sport 7000 udp_dport 7001 udp_csum on' \
		tun -n "$A" l2tp show tunnel
	prints 'name l2tpeth0 tunnel_id 5 session_id 9 peer_session_id 10 seq send' \
		tun -n "$A" l2tp show session tunnel_id 5 session_id 9
	same '[[5,7,"s"],[5,9,"l2tpeth0"]]' "$(sessions "$A" | jq -c '[.[] | [.tunnel_id, .session_id, .interface]] | sort')"

	quiet tun -n "$A" l2tp del session tunnel_id 5 session_id 7
	absent "$A" s
	quiet tun -n "$A" l2tp del tunnel tunnel_id 5
	same '[] []' "$(tunnels "$A") $(sessions "$A")"
	absent "$A" l2tpeth0
	fails 'tun: l2tp-tunnel 5: no such tunnel or session' tun -n "$A" l2tp del tunnel tunnel_id 5
}

@test "counters of the session are shown with -s" {
	on "$A" "$ends_a $ids_a $udp_a"
	on "$B" "$ends_b $ids_b $udp_b"
	inside
	pings "$A" 10.0.0.2
	stats=$(tun -n "$A" -s -j show t | jq -c '.[0].stats')
	same 'true true' "$(jq -r '"\(.l2tp_tx_packets >= 2) \(.l2tp_rx_packets >= 2)"' <<<"$stats")"
	same '0 0 0 0' "$(jq -r '"\(.l2tp_tx_errors) \(.l2tp_rx_errors) \(.l2tp_rx_seq_discards) \(.l2tp_rx_oos_packets)"' <<<"$stats")"
	same '["rx_packets","tx_packets"]' "$(jq -c '[to_entries[] | select(.key | test("^[rt]x_packets$")) | select(.value >= 2) | .key]' <<<"$stats")"
}

@test "what is missing or means nothing is refused by name" {
	modprobe l2tp_eth
	before=$(links "$A")
	while IFS='|' read -r says words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: t: $says" tun -n "$A" add t type l2tp $words
	done <<-END
		tunnel_id: missing|$ends_a session_id 3 peer_session_id 4
		session_id: missing|$ends_a tunnel_id 1 peer_tunnel_id 2 $udp_a
		peer_session_id: missing|$ends_a tunnel_id 1 peer_tunnel_id 2 session_id 3 $udp_a
		local: missing: there is no such tunnel yet|$ids_a $udp_a
		udp_dport: missing: encap udp needs it|$ends_a $ids_a udp_sport 5000
		udp_sport: means nothing with encap ip|$ends_a $ids_a encap ip udp_sport 5000
		remote: is of another address family than local|local 192.0.2.1 remote ::1 $ids_a $udp_a
	END
	same "$before" "$(links "$A")"
	same '[] []' "$(tunnels "$A") $(sessions "$A")"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel alone
#
# tun monitor: L2TP, of whose deaths the kernel tells few, and kinds that TUN/TAP do not stand for.

load lib
load watch

setup_file() {
	export BIN=$BATS_FILE_TMPDIR/l2tpowner
	"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -o "$BIN" "$BATS_TEST_DIRNAME/l2tpowner.c" -lmnl
}

setup() {
	namespaces "$A" "$B"
	ip -n "$A" link set dev lo up
	ip -n "$B" link set dev lo up
	says=$BATS_TEST_TMPDIR/says
	flat='type l2tp tunnel_id 1 peer_tunnel_id 2 local 127.0.0.1 remote 127.0.0.1 encap ip session_id 3 peer_session_id 4'
	tunnel='l2tp-tunnel tunnel_id 1 peer_tunnel_id 2 local 127.0.0.1 remote 127.0.0.1 encap ip'
	session='tunnel_id 1 session_id 3 peer_session_id 4'
}

# of KIND: what was told of it; MAC address and MTU are chosen.
of() { grep "^[a-z]* $1" "$says" | sed 's/ address [0-9a-f:]*//; s/ mtu [0-9]*//'; }

# gone: L2TP is not there.
gone() { modprobe -r l2tp_eth l2tp_ip6 l2tp_ip l2tp_netlink; }

said() { grep -q "$1" "$says"; }

@test "tunnel, session and interface are told, each with its words" {
	watch
	# shellcheck disable=SC2086 # words
	quiet tun -n "$A" add t $flat up
	await 20 said '^changed t .* up'
	quiet tun -n "$A" set t seq both
	await 20 said '^changed t .*recv_seq'
	quiet tun -n "$A" del t
	await 20 said '^deleted l2tp-tunnel'
	await 20 said '^deleted l2tp-session'
	unwatch
	same "created $tunnel
deleted $tunnel" "$(of l2tp-tunnel)"
	same "created l2tp-session name t $session
changed l2tp-session name t $session seq both  # nosend_seq -> send_seq, norecv_seq -> recv_seq
deleted l2tp-session name t $session seq both" "$(of l2tp-session)"
	same "created t $flat
changed t $flat up  # down -> up
changed t $flat seq both up  # nosend_seq -> send_seq, norecv_seq -> recv_seq
deleted t $flat seq both up" "$(of t)"
}

@test "what dies without a word is told all the same" {
	watch --interval 1
	# shellcheck disable=SC2086 # words
	quiet tun -n "$A" add t $flat
	await 20 said '^created t '
	ip -n "$A" l2tp del tunnel tunnel_id 1 # no event for its session
	await 20 said '^deleted l2tp-session name t'

	mkfifo "$BATS_TEST_TMPDIR/end"
	nsenter --net="/run/netns/$A" "$BIN" 7 5000 <"$BATS_TEST_TMPDIR/end" 3>&- &
	exec 4>"$BATS_TEST_TMPDIR/end"
	await 20 said '^created l2tp-tunnel tunnel_id 7 '
	exec 4>&-
	await 20 said '^deleted l2tp-tunnel tunnel_id 7 '
	unwatch
}

@test "modules that come later are heard, and those of other namespaces are not" {
	await 20 gone
	watch --interval 0
	# shellcheck disable=SC2086 # words
	quiet tun -n "$A" add t $flat
	await 20 said "^created $tunnel"
	await 20 said "^created l2tp-session name t"
	# shellcheck disable=SC2086 # words
	quiet tun -n "$B" add other ${flat/tunnel_id 1/tunnel_id 5}
	quiet tun -n "$A" l2tp add tunnel tunnel_id 9 peer_tunnel_id 9 local 127.0.0.1 remote 127.0.0.1 encap ip
	await 20 said '^created l2tp-tunnel tunnel_id 9'
	unwatch
	run ! said 'tunnel_id 5\|other'
}

@test "all kinds of L2TP's objects add up to what show says" {
	watch -j --interval 1
	for ((i = 1; i < 12; i++)); do
		echo "l2tp add tunnel tunnel_id $i peer_tunnel_id $i encap ip local 127.0.0.1 remote 127.0.0.1"
		echo "l2tp add session name a$i tunnel_id $i session_id $i peer_session_id 1"
		echo "l2tp add session name b$i tunnel_id $i session_id $((i + 100)) peer_session_id 2"
		[ $((i % 3)) -ne 0 ] || echo "l2tp del tunnel tunnel_id $i"
		[ $((i % 3)) -ne 1 ] || echo "l2tp del session tunnel_id $i session_id $i"
		[ $((i % 3)) -ne 2 ] || echo "link set dev a$i up mtu 1300"
	done | ip -n "$A" -batch -
	adds_up 30 show 'l2tp show tunnel' 'l2tp show session'
	unwatch
}

@test "one kind of L2TP's objects can be watched alone" {
	begin tun -n "$A" l2tp monitor --initial tunnel
	# shellcheck disable=SC2086 # words
	quiet tun -n "$A" add t $flat
	quiet tun -n "$A" del t
	await 20 said ^deleted
	unwatch
	same "# watching
created $tunnel
deleted $tunnel" "$(<"$says")"
}

@test "fallback devices are told with -a" {
	modprobe ip_gre
	namespaces "$C"
	for options in '' -a; do
		# shellcheck disable=SC2086 # options
		begin tun -n "$C" $options monitor --initial
		unwatch
		same "$(tun -n "$C" $options show)" "$(sed -n 's/^present //p' "$says")"
	done
	said '^present gre0 type gre'
}

@test "links of every kind, and FOU ports, are told as show has them" {
	modprobe fou
	watch -j --interval 1
	while read -r words; do
		# shellcheck disable=SC2086 # words
		quiet tun -n "$A" add $words
	done <<-END
		ipip0 type ipip remote 192.0.2.1 encap gue encap-sport auto encap-dport 5555
		sit1 type sit remote 192.0.2.1 6rd-prefix 2001:db8::/32
		gre1 type gre remote 192.0.2.1 key 5 seq
		gretap1 type gretap remote 192.0.2.1 address 02:00:00:00:00:01
		erspan1 type erspan remote 192.0.2.1 local 127.0.0.1 seq key 5 erspan_ver 2
		ip6tnl1 type ip6tnl remote 2001:db8::1
		ip6gre1 type ip6gre remote 2001:db8::1
		vti1 type vti remote 192.0.2.1 key 5
		vti61 type vti6 remote 2001:db8::1 key 5
		xfrm1 type xfrm if_id 5
		vxlan1 type vxlan id 5 dstport 4789 remote 192.0.2.1
		geneve1 type geneve id 5 remote 192.0.2.1
		l2tp1 $flat
		tap1 type tap user nobody
	END
	quiet tun -n "$A" fou add port 5555 ipproto 47
	all=(show 'l2tp show tunnel' 'l2tp show session' 'fou show')
	adds_up 20 "${all[@]}"
	tun -n "$A" -j show | jq -r '.[] | "link set dev \(.name) mtu 1300 alias x up"' | ip -n "$A" -batch -
	quiet tun -n "$A" set gre1 ttl 5
	quiet tun -n "$A" fou del port 5555
	adds_up 20 "${all[@]}"
	quiet tun -n "$A" del all
	adds_up 20 "${all[@]}"
	unwatch
	same 14 "$(jq -c 'select(.event == "created" and .object.state.ifindex)' "$says" | wc -l)"
	same 14 "$(jq -c 'select(.event == "deleted" and .object.state.ifindex)' "$says" | wc -l)"
}

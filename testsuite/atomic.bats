#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Batches that are done as a whole or not at all.

load lib

setup_file() {
	export BIN=$BATS_FILE_TMPDIR
	"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -o "$BIN/tapcat" "$BATS_TEST_DIRNAME/tapcat.c"
	modprobe -a ip_gre ipip l2tp_eth tun vxlan
}

# What a batch finds: links of several kinds, with what belongs to them.
setup() {
	underlay
	file=$BATS_TEST_TMPDIR/lines
	tun -n "$A" -batch - <<-END
		add g1 type gre local 192.0.2.1 remote 192.0.2.2 key 1 mtu 1400 alias "the first" up
		addr add 10.0.1.1/30 dev g1
		addr add fd00:1::1/64 dev g1
		route add 10.9.0.0/16 dev g1 metric 9
		add g2 type gre local 192.0.2.1 remote 192.0.2.2 key 2
		add i1 type ipip local 192.0.2.1 remote 192.0.2.3
		route add 10.8.0.0/16 via 10.0.1.2
		add v1 type vxlan id 1 remote 192.0.2.2 address 02:00:00:00:00:01 up
		add t1 type tap address 02:00:00:00:00:02
		add l1 type l2tp tunnel_id 1 peer_tunnel_id 2 session_id 3 peer_session_id 4 local 192.0.2.1 remote 192.0.2.2 encap ip
	END
}

# All that a batch can change, numbers of links included; that of L2TP is the kernel's choice.
state() {
	links "$1" | sed '/"ifname":"l1"/s/"ifindex":[0-9]*,//'
	ip -n "$1" -j l2tp show tunnel
	ip -n "$1" -j l2tp show session
}

lines=('add g3 type gre local 192.0.2.1 remote 192.0.2.2 key 3 up' 'addr add 10.0.3.1/30 dev g3' 'set g1 mtu 1300 ttl 7'
	'del g2' 'add v2 type vxlan id 2 remote 192.0.2.2' 'set g1 down' 'route add 10.7.0.0/16 dev v1' 'del g1'
	'link set dev i1 name i2' 'tunnel change i2 ttl 9' 'del t1' 'ensure v1 type vxlan id 1 remote 192.0.2.4 up'
	'addr del 10.0.3.1/30 dev g3' 'add t2 type tap' 'show g3' 'del v1 i2')

@test "what is done is what the lines say, and links go last" {
	printf '%s\n' "${lines[@]}" >"$file"
	ends 0 'changed
g3 type gre remote 192.0.2.2 local 192.0.2.1 key 3 mtu 1472 up' '' tun -n "$A" --atomic -batch "$file"
	same 'g3 l1 t2 v2' "$(tun -n "$A" show | sed 's/ .*//' | sort | xargs)"
}

@test "wherever it fails, all is as before" {
	before=$(state "$A")
	said='' # the last but one shows something
	for ((at = 0; at <= ${#lines[@]}; at++)); do
		[ "$at" -ne 15 ] || said='g3 type gre remote 192.0.2.2 local 192.0.2.1 key 3 mtu 1472 up'
		{
			[ "$at" -eq 0 ] || printf '%s\n' "${lines[@]:0:at}"
			printf '%s\n' 'route add 10.6.0.0/16 via 198.51.100.1' "${lines[@]:at}"
		} >"$file"
		ends 2 "$said" "tun: $file:$((at + 1)):1: route 10.6.0.0/16: Nexthop has invalid gateway: give dev and onlink, or a route to it first
tun: $file: stopped at line $((at + 1)): all is undone" \
			tun -q -n "$A" --atomic -batch "$file"
		same "$before" "$(state "$A")" "failed in line $((at + 1))"
	done
}

@test "a signal undoes all" {
	has_begun() { [ "$(field "$A" g2 .mtu)" -lt 1400 ]; }
	before=$(state "$A")
	{
		printf '%s\n' 'del g1' 'del t1' 'show g2'
		for round in {1..30}; do
			printf "set g2 mtu %d ttl $round\n" {1000..1390}
		done
	} >"$file"
	while read -r signal status; do
		env --default-signal=INT tun -n "$A" --atomic -batch "$file" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
		await 20 has_begun
		kill -"$signal" $!
		code=0
		wait $! || code=$?
		same "$status tun: $file: interrupted: all is undone" \
			"$code $(<"$BATS_TEST_TMPDIR/err")"
		same "$before" "$(state "$A")" "$signal"
	done <<-END
		INT 130
		TERM 143
		HUP 129
	END
}

@test "a link that is to go makes room for what needs it" {
	printf '%s\n' 'del g1' 'add g9 type gre local 192.0.2.1 remote 192.0.2.2 key 1' 'del t1' 'add t1 type tap' \
		'del g2' 'set i1 name g2' 'del v1' '-echo add v9 type vxlan id 1 remote 192.0.2.2 address 02:00:00:00:00:01' >"$file"
	prints 'v9 type vxlan id 1 remote 192.0.2.2 address 02:00:00:00:00:01 mtu 1500' tun -n "$A" --atomic -batch "$file"
	same 'g2 g9 l1 t1 v9' "$(tun -n "$A" show | sed 's/ .*//' | sort | xargs)"
	printf '%s\n' 'del g9' 'del g9' >"$file"
	fails "tun: $file:2:1: g9: no such link
tun: $file: stopped at line 2: all is undone" tun -n "$A" --atomic -batch "$file"
	printf '%s\n' 'del g9' 'set g9 up' >"$file"
	fails "tun: $file:2:1: g9: no such link
tun: $file: stopped at line 2: all is undone" tun -n "$A" --atomic -batch "$file"
	printf '%s\n' 'del "g*"' 'show type gre,ipip' 'del "g*"' >"$file"
	fails "tun: $file:3:1: del: no tunnel is selected
tun: $file: stopped at line 3: all is undone" tun -n "$A" --atomic -batch "$file"
	same 'g2 g9 l1 t1 v9' "$(tun -n "$A" show | sed 's/ .*//' | sort | xargs)"
}

@test "what a program holds is not deleted, as that could not be undone" {
	# shellcheck disable=SC2016 # the shell inside
	nsenter --net="/run/netns/$A" sh -c 'exec "$BIN/tapcat" t1 tap <>/dev/net/tun' >"$BATS_TEST_TMPDIR/attached" 3>&- &
	await 10 grep -q attached "$BATS_TEST_TMPDIR/attached"
	before=$(state "$A")
	for line in 'del t1' 'link del dev t1' 'del "t*"' 'del all'; do
		printf '%s\n' 'add g3 type gre remote 192.0.2.9' "$line" >"$file"
		refuses "tun: $file:2:1: t1: held by tapcat $!: that it is deleted could not be undone" \
			tun -n "$A" --atomic -batch "$file"
		same "$before" "$(state "$A")" "$line"
	done
}

@test "what does not come back is told before, and the exit status says if it went" {
	tc -n "$A" qdisc add dev g1 root pfifo limit 5
	ip -n "$A" neigh add 10.0.1.2 lladdr 02:00:00:00:00:09 dev v1
	ip -n "$A" link property add dev t1 altname second
	before=$(state "$A" | sed 's/"altnames":\["second"\],//')
	lost="tun: $file:3:1: t1: altname second: does not come back, if all is undone
tun: $file:2:1: g1: qdisc pfifo: does not come back, if all is undone
tun: $file:4:1: v1: neighbour 10.0.1.2: does not come back, if all is undone"
	printf '%s\n' 'del g2' 'del g1' 'del t1' 'del v1 new' >"$file" # none goes, as all go last
	refuses "$lost
tun: $file:4:1: new: neither a link nor a word of any kind
tun: $file: stopped at line 4: all is undone" tun -n "$A" --atomic -batch "$file"
	printf '%s\n' 'del g2' 'del g1' 'del t1' 'del v1' 'show i1' 'del nosuch' >"$file"
	ends 3 "$(tun -n "$A" show i1)" "$lost
tun: $file:6:1: nosuch: no such link
tun: not undone: g1: lost: qdisc pfifo; v1: lost: neighbour 10.0.1.2; t1: lost: altname second
tun: $file: stopped at line 6: not all is undone" tun -n "$A" --atomic -batch "$file"
	same "$before" "$(state "$A")"
	# what the kernel never told
	printf '%s\n' 'del l1' 'show i1' 'del nosuch' >"$file"
	ends 3 "$(tun -n "$A" show i1)" "tun: $file:1:1: l1: l2spec_type: does not come back, if all is undone
tun: $file:3:1: nosuch: no such link
tun: not undone: l1: lost: l2spec_type
tun: $file: stopped at line 3: not all is undone" tun -n "$A" --atomic -batch "$file"
	same "$before" "$(state "$A")"
}

@test "--atomic is for batches, and says the opposite of -force" {
	: >"$file"
	refuses 'tun: --atomic: -force: says otherwise' tun --atomic -force -batch "$file"
	refuses 'tun: --atomic: only with -batch' tun --atomic show
	quiet tun --atomic -batch "$file"
	printf '%s\n' 'add x type tap' 'add y type frob' >"$file"
	refuses "tun: $file:2:7: type: frob: unknown kind (tun help lists them)" tun -n "$A" --atomic -batch "$file"
	absent "$A" x
}

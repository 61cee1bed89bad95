#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Which objects words mean, and deleting several, with the only kinds that every kernel has. What each word of the
# other kinds selects is in filters.bats.

load lib

setup_tunnels() {
	quiet tun -n "$A" add tap0 type tap user nobody mtu 1300 up
	quiet tun -n "$A" add tap1 type tap multi_queue linkgroup 7
	quiet tun -n "$A" add tun0 type tun group 7 up
}

setup() {
	namespaces "$A"
	setup_tunnels
	ip -n "$A" link add name tapveth type veth peer name peer
	ip -n "$A" link set dev tapveth group 7 up
}

# names NS: the tunnels of a namespace. others: all other links, and their numbers.
names() { ip -n "$1" -j link show type tun | jq -r '[.[].ifname] | sort | join(" ")'; }
others() { ip -n "$1" -j -d link | jq -c '[.[] | select(.linkinfo.info_kind != "tun") | [.ifindex, .ifname]]'; }

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

@test "names, patterns and words select, all of them together" {
	shows 'tap0 tap1 tun0'
	shows 'tap0 tap1 tun0' all
	shows 'tap0 tun0' up
	shows 'tap1' down
	shows 'tap0' tap0
	shows 'tap0 tap1' 'tap*'
	shows 'tap0 tap1' name 'tap?'
	shows 'tap1 tun0' 't??[1-9]' 'tun*'
	shows 'tun0 tap0' tun0 tap0 # as they are said
	shows 'tap0' tap0 tap0
	shows 'tun0 tap0 tap1' tun0 'tap*'
	shows 'tap0 tap1' type tap
	shows 'tap0 tap1 tun0' type tun,tap
	shows 'tun0' mode tun
	shows 'tap0' 'tap*' up
	shows 'tap0' up mtu 1300 all type tap
	shows '' 'x*'
	shows '' tap0 down
	shows '' ttl 64
}

@test "every word selects, also what can only be read" {
	shows 'tap0' user nobody
	shows 'tap1' multi_queue
	shows 'tap0 tun0' nomulti_queue
	shows 'tap0' mtu 1300
	shows 'tap1' ifindex "$(ip -n "$A" -j link show tap1 | jq '.[0].ifindex')"
	shows 'tap1' numqueues 0 multi_queue
	shows 'tap0 tun0' carrier off up
	shows 'tap0 tap1 tun0' rx_packets 0
	shows '' rx_packets 1
}

@test "group is the group of links, unless a kind is said that has another" {
	shows 'tap1' group 7
	shows 'tap1' linkgroup 7
	shows 'tun0' type tun group 7
	shows '' type tap group 7
	shows 'tap0 tun0' group default
}

@test "families keep to their kinds" {
	same 'tapveth' "$(tun -n "$A" link show up 'tapv*' | names_in)"
	same 'lo tap0 tap1 tun0 peer tapveth' "$(tun -n "$A" link | names_in)"
	same 'tap0 tun0 tapveth' "$(tun -n "$A" link show up | names_in)"
	same 'tap1 tapveth' "$(tun -n "$A" link show group 7 | names_in)"
	same 'tap1' "$(tun -n "$A" link show dev tap1 | names_in)"
	same 'tap0 tun0' "$(tun -n "$A" tuntap show up | names_in)"
	prints '' tun -n "$A" tunnel show
	prints '' tun -n "$A" tunnel show up
	same tun0 "$(tun -n "$A" tuntap show tun0 | names_in)"
	prints '' tun -n "$A" tunnel show type gre,ip6gre
	same '["tap0"]' "$(tun -n "$A" -j tuntap show type tap up | jq -c '[.[].ifname]')"
	prints '[]' tun -n "$A" -j tuntap show 'x*'
	fails 'tun: del: no tunnel is selected' tun -n "$A" tunnel del all
}

@test "a name of another kind is refused by a family, whatever is to be done to it" {
	ip -n "$A" link add name vx0 type vxlan id 7 dstport 4789
	before=$(ip -n "$A" -d -j link)
	while IFS='|' read -r line says; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $says" tun -n "$A" $line
	done <<-'END'
		tunnel show tap0|tap0: is tap, not one of ip tunnel's
		tunnel show tap0 up|tap0: is tap, not one of ip tunnel's
		tunnel del tap0|tap0: is tap, not one of ip tunnel's
		tunnel del tap0 --dry-run|tap0: is tap, not one of ip tunnel's
		-6 tunnel del tap0|tap0: is tap, not one of ip -6 tunnel's
		tunnel change vx0 ttl 7|vx0: is vxlan, not one of ip tunnel's
		tunnel set vx0 ttl 7|vx0: is vxlan, not one of ip tunnel's
		tunnel change vx0 mode ip6ip6 ttl 7|mode: ip6ip6: it is vxlan
		tunnel ensure vx0 mode gre remote 192.0.2.1|vx0: is vxlan, not one of ip tunnel's
		tunnel replace vx0 mode gre remote 192.0.2.1|vx0: is vxlan, not one of ip tunnel's
		tunnel monitor vx0|vx0: is vxlan, not one of ip tunnel's
		tunnel show nosuch tap0|tap0: is tap, not one of ip tunnel's
		tuntap del tap0 vx0|vx0: is vxlan, not one of ip tuntap's
		tuntap del tap0 dev vx0|vx0: is vxlan, not one of ip tuntap's
		tunnel show lo|lo: is loopback, not one of ip tunnel's
		tuntap show vx0|vx0: is vxlan, not one of ip tuntap's
		tuntap set vx0 ttl 4|vx0: is vxlan, not one of ip tuntap's
		tuntap del dev vx0|vx0: is vxlan, not one of ip tuntap's
		tuntap ensure vx0 mode tap|vx0: is vxlan, not one of ip tuntap's
		tunnel add t mode vxlan id 5|mode: vxlan: not a mode of ip tunnel
		tunnel show type gre,tap|type: tap: not a mode of ip tunnel
		-6 tunnel show mode gre|mode: gre: not a mode of ip -6 tunnel
		tuntap add t mode gre remote 192.0.2.1|mode: gre: not a mode of ip tuntap
		tuntap del mode vxlan|mode: vxlan: not a mode of ip tuntap
	END
	same "$before" "$(ip -n "$A" -d -j link)"
	same 'vx0 tap0' "$(tun -n "$A" link show vx0 tap0 | names_in)"
	quiet tun -n "$A" tuntap set tap0 mtu 1400
	quiet tun -n "$A" link set vx0 mtu 1400
	quiet tun -n "$A" link del vx0
}

@test "a link that is not a tunnel is shown only by its name" {
	shows 'tapveth' tapveth
	shows 'tap0 tap1' 'tap*'
	shows 'tap0 tapveth' tap0 tapveth
	shows 'tapveth' tapveth up
	shows '' tapveth down
}

@test "an alternative name is a name" {
	ip -n "$A" link property add dev tap0 altname second
	shows 'tap0' second
	shows 'tap0' second tap0
	quiet tun -n "$A" del second
	same 'tap1 tun0' "$(names "$A")"
}

@test "a link that is called like a pattern is meant by it, and in families no pattern deletes" {
	quiet tun -n "$A" add 'ta*' type tap
	shows "'ta*'" 'ta*'
	shows 'tap0 tap1' 'tap?'
	same "'ta*'" "$(tun -n "$A" link show 'ta*' | names_in)"
	quiet tun -n "$A" set 'ta*' mtu 1400
	for family in link tuntap tunnel; do
		fails 'tun: tap*: no such link' tun -n "$A" "$family" del 'tap*'
	done
	quiet tun -n "$A" link del 'ta*'
	shows 'tap0 tap1 tun0'
	fails 'tun: ta*: no such link' tun -n "$A" link del 'ta*'
	quiet tun -n "$A" add 'ta*' type tap
	quiet tun -n "$A" del 'ta*'
	shows 'tap0 tap1 tun0'
	quiet tun -n "$A" del 'ta*'
	same 'tun0' "$(names "$A")"
}

@test "in family link type tun is what the kernel calls so: TAPs too" {
	same 'tap0 tap1 tun0' "$(tun -n "$A" link show type tun | names_in)"
	same 'tap0 tap1' "$(tun -n "$A" link show type tap | names_in)"
	same 'tap0 tun0' "$(tun -n "$A" link show up type gre,tun | names_in)"
	same 'tun0' "$(tun -n "$A" tuntap show type tun | names_in)"
	same 'tap0' "$(tun -n "$A" link show type tun user nobody | names_in)"
	refuses 'tun: type: too long' tun -n "$A" link show type "$(printf 'tun,%.0s' {1..100})tun"
	quiet tun -n "$A" link del type tun
	same '' "$(names "$A")"
}

@test "words of other kinds are names of links too" {
	for name in key remote id port dev local master; do
		quiet tun -n "$A" add name "$name" type tap
		shows "$name" "$name"
		[ "$name" = dev ] || same "$name" "$(tun -n "$A" link show "$name" | names_in)"
		quiet tun -n "$A" del "$name"
	done
	for name in csum seq external; do # some kinds take no value: there it is a word
		quiet tun -n "$A" add name "$name" type tap
		shows '' "$name"
		for family in link tuntap; do
			same "$name" "$(tun -n "$A" "$family" show "$name" | names_in)"
		done
		same "$name" "$(tun -n "$A" link show dev "$name" | names_in)"
		quiet tun -n "$A" link del "$name"
	done
	quiet tun -n "$A" add name up type tap
	same 'tap0 tun0 tapveth' "$(tun -n "$A" link show up | names_in)" # as in ip
	quiet tun -n "$A" del name up
	shows 'tap0 tap1 tun0'
}

@test "a name that is a word is a name where it stands alone" {
	quiet tun -n "$A" add name user type tap
	quiet tun -n "$A" add name type type tap
	shows 'user' user
	shows 'user' name user
	shows 'type' type
	shows 'tap0 user' tap0 name user
	quiet tun -n "$A" del user
	quiet tun -n "$A" del type
	shows 'tap0 tap1 tun0'
}

@test "what selects nothing that there can be is refused by its word" {
	before=$(links "$A")
	while IFS='|' read -r says words; do
		for verb in show del; do
			# shellcheck disable=SC2086 # words
			refuses "tun: $says" tun -n "$A" "$verb" $words
		done
	done <<-'END'
		ttl: 256: out of range (0 to 255)|ttl 256
		ttl: 256: out of range (0 to 255)|tap* ttl 256
		key: 1.2.3: neither a number nor a dotted quad|key 1.2.3
		user: nosuchuser: no such user|user nosuchuser
		dev: nope: no such device|dev nope
		remote: 10.0.0.0/33: not a prefix length of that address family|remote 10.0.0.0/33
		remote: 10.0/8: not a complete IPv4 address|remote 10.0/8
		remote: 10.0.0.0/: not a prefix length of that address family|remote 10.0.0.0/
		ttl: not a word of tap (tun help tap lists them)|type tap ttl 64
		ttl: no kind has it beside the other words|type tap,tun ttl 64
		user: no kind has it beside the other words|ttl 64 user nobody
		type: greX: unknown kind (tun help lists them)|type greX
		type: "": unknown kind (tun help lists them)|type tap,
		type: address: unknown kind (tun help lists them)|type address
		mode: greX: unknown kind (tun help lists them)|mode greX
		type: given twice|type tap type tap
		mtu: given twice|mtu 1300 mtu 1300
		remote: given twice|remote 10.0.0.0/8 remote 11.0.0.0/8
		down: given already, as up|up down
		ikey: given already, as key|type gre key 5 ikey 5
		mtu: needs a value|up mtu
		l2spec_type: the kernel does not report it|l2spec_type none
		nope: neither a link nor a word of any kind|tap0 nope
		nope: neither a link nor a word of any kind|nope tap*
	END
	fails 'tun: nope: no such link' tun -n "$A" show nope
	fails 'tun: nope: no such link' tun -n "$A" show nope up
	fails 'tun: nope: no such link' tun -n "$A" del nope
	fails 'tun: del: no tunnel is selected' tun -n "$A" del 'x*'
	fails 'tun: del: no tunnel is selected' tun -n "$A" del ttl 64
	refuses 'tun: del: say which: a name, a pattern, words that it has, or all' tun -n "$A" del
	same "$before" "$(links "$A")"
}

@test "del takes all that is selected, and nothing but tunnels" {
	before=$(others "$A")
	quiet tun -n "$A" del 'tap*' down
	same 'tap0 tun0' "$(names "$A")"
	quiet tun -n "$A" add tap1 type tap
	quiet tun -n "$A" del tap0 tun0
	same tap1 "$(names "$A")"
	quiet tun -n "$A" add tap0 type tap
	quiet tun -n "$A" del all
	same '' "$(names "$A")"
	same "$before" "$(others "$A")"
	fails 'tun: del: no tunnel is selected' tun -n "$A" del all
}

@test "words beside one name say what it must be" {
	refuses 'tun: tap0: mtu: it has another: not deleted' tun -n "$A" del tap0 mtu 1400
	refuses 'tun: tap0: up: it has another: not deleted' tun -n "$A" del down tap0
	refuses 'tun: type: tun: it is tap' tun -n "$A" del tap0 type tun
	quiet tun -n "$A" del mtu 1300 tap0 type tap
	same 'tap1 tun0' "$(names "$A")"
}

@test "del looks at everything before it deletes the first" {
	refuses 'tun: tapveth: is veth, no tunnel: left alone' tun -n "$A" del tap0 tapveth
	refuses 'tun: lo: is loopback, no tunnel: left alone' tun -n "$A" del 'tap*' lo
	refuses 'tun: tapveth: is veth, no tunnel: left alone' tun -n "$A" del tapveth type vxlan
	refuses 'tun: tapveth: is veth, no tunnel: left alone' tun -n "$A" set tapveth type vxlan ttl 5
	refuses 'tun: tapveth: is veth, no tunnel: left alone' tun -n "$A" link set tapveth name other
	same 'tap0 tap1 tun0' "$(names "$A")"
}

@test "a dry run of del says what would go, and leaves it" {
	index() { ip -n "$A" -j link show "$1" | jq '.[0].ifindex'; }
	prints "RTM_DELLINK
    ifi_index $(index tap0)  (tap0)
RTM_DELLINK
    ifi_index $(index tun0)  (tun0)" tun -n "$A" --dry-run del up
	same 'tap0 tap1 tun0' "$(names "$A")"
}

@test "three links and more go in one group, that nobody has, unless they shall go one by one" {
	tun -n "$A" --dry-run del all >"$BATS_TEST_TMPDIR/dry"
	same '3 RTM_NEWLINK, 1 RTM_DELLINK, 1 group' "$(awk '
		/^RTM/ { n[$1]++ }
		/IFLA_GROUP/ && !groups[$2]++ { group++ }
		END { print n["RTM_NEWLINK"] " RTM_NEWLINK, " n["RTM_DELLINK"] " RTM_DELLINK, " group " group" }' "$BATS_TEST_TMPDIR/dry")"
	same 'RTM_DELLINK RTM_DELLINK RTM_DELLINK' "$(tun -n "$A" --dry-run --one-by-one del all | awk '/^RTM/ { print $1 }' | xargs)"
	same 'tap0 tap1 tun0' "$(names "$A")"
	for option in --quiet --one-by-one; do
		ASAN_OPTIONS=detect_leaks=0 strace -e sendmsg -o "$BATS_TEST_TMPDIR/trace" tun -n "$A" "$option" del all
		same '' "$(names "$A")"
		case $option in --quiet) messages=1 ;; *) messages=3 ;; esac
		same "$messages" "$(grep -Ec 'nlmsg_type=(RTM_DELLINK|0x11 )' "$BATS_TEST_TMPDIR/trace")" "$option"
		setup_tunnels
	done
	refuses 'tun: --one-by-one: only for del, delete and apply' tun -n "$A" --one-by-one show
}

# failing NUMBER COMMAND...: its message of that number to the kernel does not get through. False: it has sent fewer.
failing() {
	status=0
	ASAN_OPTIONS=detect_leaks=0 strace -o "$BATS_TEST_TMPDIR/trace" -e "inject=sendmsg:error=EPERM:when=$1" "${@:2}" \
		2>"$BATS_TEST_TMPDIR/err" || status=$?
	grep -q INJECTED "$BATS_TEST_TMPDIR/trace"
}

# del_failing NUMBER OPTION: one failure that del either gets over or tells, with all that is gone; $gone counts, $more:
# it got that far.
del_failing() {
	local left names
	quiet tun -n "$A" --quiet ensure tap0 type tap user nobody linkgroup 7
	quiet tun -n "$A" --quiet ensure tap1 type tap multi_queue linkgroup 7
	quiet tun -n "$A" --quiet ensure tun0 type tun group 7 linkgroup 9
	failing "$1" tun -n "$A" "${@:2}" del 'tap*' tun0 && more=1 || more=0
	left=$(names "$A")
	names=$(sed -n 's/.*; deleted before it: //p' "$BATS_TEST_TMPDIR/err")
	[ "$status" -ne 0 ] || names='tap0 tap1 tun0'
	gone=$(wc -w <<<"$names")
	same 'tap0 tap1 tun0' "$(xargs -n1 <<<"$names $left" | sort | xargs)" "failing at $number"
	case $gone:$status in 0:2 | 0:4 | [12]:3 | 3:0) ;; *) same 'a status that fits' "$status: $gone" "failing at $number" ;; esac
	same "$((status != 0))" "$(wc -l <"$BATS_TEST_TMPDIR/err")"
	# what is left has the group that it had
	! ip -n "$A" -d link show | grep 'group [0-9]\{4,\}' || return
}

@test "when it fails half-way, del says which are gone, and what is left is as it was" {
	for option in --quiet --one-by-one; do
		reached=
		for number in {1..60}; do
			del_failing "$number" "$option"
			[ "$more" -eq 1 ] || break
			reached="$reached $gone"
		done
		[ "$more" -eq 0 ]
		case $option in --quiet) some='0 3' ;; *) some='0 1 2' ;; esac
		same "$some" "$(xargs -n1 <<<"$reached" | sort -u | xargs)" "how many were gone, $option"
	done
}

# stopping NUMBER COMMAND...: stops when it has sent its message of that number; $stopped is the process. False: it
# has ended.
stopping() {
	local trace=$BATS_TEST_TMPDIR/trace
	: >"$trace"
	ASAN_OPTIONS=detect_leaks=0 strace -o "$trace" -e "inject=sendmsg:signal=SIGSTOP:when=$1" "${@:2}" 3>&- &
	tracer=$!
	await 10 grep -qE 'stopped by SIGSTOP|exited with' "$trace"
	stopped=$(pgrep -P "$tracer")
	grep -q 'stopped by SIGSTOP' "$trace"
}

@test "what goes away by itself meanwhile is as good as deleted, and a newcomer of its name stays" {
	for number in {2..40}; do
		stopping "$number" tun -n "$A" del 'tap*' || break
		there=$(names "$A")
		! ip -n "$A" link del dev tap1 2>/dev/null ||
			quiet tun -n "$A" add tap1 type tap alias newcomer
		kill -CONT "$stopped"
		wait "$tracer"
		left=$(names "$A")
		case $there in
		*tap1*) # the dump is the first thing that it reads
			[ "$left" = 'tap1 tun0' ] || [ "$number" -lt 3 ]
			;;
		*) same tun0 "$left" ;;
		esac
		ip -n "$A" link show tap0 >/dev/null 2>&1 || quiet tun -n "$A" add tap0 type tap
		ip -n "$A" link show tap1 >/dev/null 2>&1 || quiet tun -n "$A" add tap1 type tap
	done
	wait "$tracer"
	[ "$number" -gt 6 ]
}

@test "while a program holds one of them nothing is deleted" {
	"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -o "$BATS_TEST_TMPDIR/tapcat" "$BATS_TEST_DIRNAME/tapcat.c"
	# shellcheck disable=SC2016 # the inner shell's dollar
	nsenter --net="/run/netns/$A" sh -c 'exec "$@" <>/dev/net/tun' sh "$BATS_TEST_TMPDIR/tapcat" tap1 tap multi_queue \
		>"$BATS_TEST_TMPDIR/attached" 3>&- &
	program=$!
	await 5 grep -qx 'attached tap1' "$BATS_TEST_TMPDIR/attached"
	fails 'tun: tap1: a program holds it (--via rtnl deletes it all the same)' tun -n "$A" del all
	same 'tap0 tap1 tun0' "$(names "$A")"
	quiet tun -n "$A" link del group 7
	same 'tap0 tun0' "$(names "$A")"
	kill "$program" 2>/dev/null || :
	wait "$program" || :
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Options and names of commands as ip takes them, and what options do to text.

load lib

setup() {
	namespaces "$A"
	quiet tun -n "$A" add t1 type tap address 02:00:00:00:00:01 mtu 1300 up
}

@test "ip and tun take the same options, shortened alike" {
	number=0
	while read -r options; do
		# shellcheck disable=SC2086 # words
		{
			status=0 got=0
			ip $options -V >/dev/null 2>&1 || status=1
			tun $options -V >/dev/null 2>&1 || got=1
			same "$options: $status" "$options: $got"
		}
		number=$((number + 1))
	done <<-'END'
		-l 5
		-loops 5
		-lo 0
		-f inet
		-fam inet6
		-family link
		-f mpls
		-f nosuch
		-4
		-6
		-0
		-M
		-B
		-44
		-h
		-hum
		-human-readable
		-humid
		-i
		-iec
		-s
		-st
		-stats
		-statis
		-statistics
		-d -det
		-details
		-r
		-resolve
		-o
		-oneline
		-t
		-time
		-ts
		-tsh
		-tshort
		-fo
		-force
		-br
		-brief
		-j
		-js
		-p
		-pre
		-rc 5
		-rcvbuf 5
		-rcvbuf x
		-c
		-co
		-color
		-c=auto
		-color=never
		-colo=always
		-colour
		-N
		-Num
		-a
		-all
		-echo
		-ech
		-nosuch
		-
		-z
		--
		--json
		--js
		-J
	END
	same 67 "$number"
}

@test "shortened options do what the long ones do" {
	while read -r short long; do
		# shellcheck disable=SC2086 # words
		{
			tun -n "$A" ${short//,/ } show t1 >"$BATS_TEST_TMPDIR/short"
			tun -n "$A" ${long//,/ } show t1 >"$BATS_TEST_TMPDIR/long"
		}
		same "$(cat "$BATS_TEST_TMPDIR/long")" "$(cat "$BATS_TEST_TMPDIR/short")" "$short"
		[ "$(tun -n "$A" show t1)" != "$(cat "$BATS_TEST_TMPDIR/short")" ]
	done <<-'END'
		-d -details
		--de -details
		-s -stats
		-s,-s -stats,-statistics
		-j -json
		-j,-p --json,--pretty
		-o,-d -oneline,-details
		-br -brief
		-h,-s -human,-stats
		-i,-s -iec,-stats
		-c -color=always
	END
	same "$(tun -n "$A" show)" "$(tun -n "$A" -c=never -l 5 -r -rc 100 -4 -t -force show)"
	same "$(tun -n "$A" show)" "$(tun -n "$A" -color=auto show)" # no terminal
}

@test "names of families and their verbs may be shortened, keywords and flat commands may not" {
	while IFS='|' read -r short long; do
		# shellcheck disable=SC2086 # words
		same "$(tun -n "$A" $long)" "$(tun -n "$A" $short)" "$short"
	done <<-'END'
		l|link show
		li sh|link show
		lin lst|link show
		link ls|link show
		link li|link show
		ta|tuntap show
		tunt s t1|tuntap show t1
		tap l|tuntap show
		a|addr show
		ad s|addr show
		addre li dev lo|address show dev lo
		r|route show
		ro l table 255|route show table 255
		tu s|tunnel show
		t|tunnel show
		tunl lst|tunnel show
		li h gre|help gre
		f h|fou help
	END
	while IFS='|' read -r words says; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $says: unknown command (tun help lists them)" tun -n "$A" $words
	done <<-'END'
		s|s
		sho|sho
		se t1 up|se
		ensur t1|ensur
		mon|mon
		x|x
		ru|ru
		linkk|linkk
		link sett t1 up|sett
		tunnel replac t1|replac
		addr prl|prl
		route 6rd|6rd
	END
	quiet tun -n "$A" l s t1 down # set, as in ip
	same 'false' "$(field "$A" t1 '.flags | any(. == "UP")')"
	refuses 'tun: mt: not a word of tap (tun help tap lists them)' tun -n "$A" link set t1 mt 1400
	quiet tun -n "$A" tunt d t1 mode tap
	absent "$A" t1
}

@test "-4 and -6 choose addresses and routes, and no others are shown" {
	quiet tun -n "$A" addr add 10.0.0.1/24 dev t1
	quiet tun -n "$A" addr add 2001:db8::1/64 dev t1
	quiet tun -n "$A" route add default dev t1
	quiet tun -n "$A" route add default via 2001:db8::2
	prints '10.0.0.1/24 dev t1' tun -n "$A" -4 addr show dev t1
	prints '2001:db8::1/64 dev t1' tun -n "$A" -6 addr show dev t1 scope global
	prints 'default dev t1' tun -n "$A" -4 route show default
	same '["::/0"]' "$(tun -n "$A" -6 -j route show | jq -c 'map(.destination) | map(select(. == "::/0" or . == "default"))')"
	same "$(tun -n "$A" link)" "$(tun -n "$A" -6 link)"
	refuses 'tun: addr: knows only IPv4 and IPv6' tun -n "$A" -0 addr show
}

@test "an interface of another namespace is told by its number, not as the one that has it here" {
	namespaces "$B"
	ip -n "$A" link add name v0 index 77 type veth peer name v0 index 77 netns "$B"
	same "$(ip -n "$A" -br link show v0 | sed 's/ *$//')" "$(tun -n "$A" -br link show v0)"
	same if77 "$(tun -n "$A" -j show v0 | jq -r '.[].state.iflink')"
	tun -n "$A" -d -d show v0 | grep -q ' iflink if77 '
	same '77 null' "$(tun -n "$A" -j link show v0 | jq -r '.[] | "\(.link_index) \(.link)"')"
	prints '' tun -n "$A" link show iflink v0
	ip -n "$A" link add name v1 type veth peer name v2
	same v2 "$(tun -n "$A" -j show v1 | jq -r '.[].state.iflink')"
	same '# v2' "$(tun -n "$A" link show iflink v1 | cut -d' ' -f1,2)"
}

@test "one line, a table, human numbers, colours" {
	tun -n "$A" -o -d -s -s show t1 >"$BATS_TEST_TMPDIR/out"
	same 1 "$(wc -l <"$BATS_TEST_TMPDIR/out")"
	# shellcheck disable=SC1003 # a backslash
	same "$(tun -n "$A" -d -s -s show t1)" "$(tr '\\' '\n' <"$BATS_TEST_TMPDIR/out")"
	tun -n "$A" -d -d show t1 | grep -q 'qdisc'
	tun -n "$A" -d show t1 >"$BATS_TEST_TMPDIR/out"
	run ! grep -q qdisc "$BATS_TEST_TMPDIR/out"

	same "$(ip -n "$A" -br link | sed 's/ *$//')" "$(tun -n "$A" -br link)"
	ip -n "$A" link set t1 down
	same "$(ip -n "$A" -br link show t1 | sed 's/ *$//')" "$(tun -n "$A" -br show t1)"

	ip -n "$A" link set lo up
	in_ns "$A" ping -q -c 2 -i 0.01 -s 1400 127.0.0.1 >/dev/null
	tun -n "$A" -s link show lo | grep -q 'rx_bytes 5712 '
	tun -n "$A" -s -h link show lo | grep -q 'rx_packets 4 rx_bytes 5.7K '
	tun -n "$A" -s -iec link show lo | grep -q 'rx_packets 4 rx_bytes 5.6Ki '
	same 5712 "$(tun -n "$A" -s -h -j show lo | jq '.[].stats.rx_bytes')" # numbers are numbers

	quiet tun -n "$A" addr add 10.0.0.1/24 dev t1
	same $'\033[36mt1\033[0m type tap address \033[33m02:00:00:00:00:01\033[0m mtu 1300' "$(tun -n "$A" -c show t1)"
	same $'\033[35m10.0.0.1/24\033[0m dev \033[36mt1\033[0m' "$(tun -n "$A" -c addr show dev t1)"
	same "$(tun -n "$A" -j show t1)" "$(tun -n "$A" -c -j show t1)"
}

@test "what was made is shown when it is asked for" {
	prints 't2 type tap address 02:00:00:00:00:02 mtu 1500' tun -n "$A" -echo add t2 type tap address 02:00:00:00:00:02
	prints 't2 type tap address 02:00:00:00:00:02 mtu 1400' tun -n "$A" -echo set t2 mtu 1400
	same '["tap0",["tap","persist"]]' "$(tun -n "$A" -j -echo tuntap add mode tap | jq -c '.[] | [.ifname, .flags]')"
}

@test "who holds a tap is told with its details" {
	# shellcheck disable=SC2016 # the inner shell's dollars
	"${CC:-cc}" -std=gnu11 -o "$BATS_TEST_TMPDIR/tapcat" "$BATS_TEST_DIRNAME/tapcat.c"
	nsenter --net="/run/netns/$A" sh -c 'exec "$@" <>/dev/net/tun' sh "$BATS_TEST_TMPDIR/tapcat" t1 tap \
		>"$BATS_TEST_TMPDIR/attached" 3>&- &
	await 10 test -s "$BATS_TEST_TMPDIR/attached"
	same "[[{\"name\":\"tapcat\",\"pid\":$!}]]" "$(tun -n "$A" -j -d tuntap show t1 | jq -c 'map(.processes)')"
	same "	# held by tapcat $!" "$(tun -n "$A" -d tuntap show | grep held)"
}

@test "-echo shows what set changed, as long as it is there" {
	prints 't1 type tap address 02:00:00:00:00:01 mtu 1400 up' tun -n "$A" -echo set t1 mtu 1400
	prints 't3 type tap address 02:00:00:00:00:01 mtu 1400' tun -n "$A" -echo set t1 down name t3
	namespaces "$B"
	quiet tun -n "$A" -echo set t3 netns "$B"
	same 1400 "$(field "$B" t3 .mtu)"
}

@test "a value that looks like an option is a value" {
	while IFS='|' read -r name alias; do
		quiet tun -n "$A" add name "$name" type tap address 02:00:00:00:00:02 alias "$alias"
		line=$(tun -n "$A" show name "$name")
		case $name in --*) words="name $name" ;; *) words=$name ;; esac
		same "$words type tap address 02:00:00:00:00:02 mtu 1500 alias $alias" "$line"
		quiet tun -n "$A" del name "$name"
		# shellcheck disable=SC2086 # words
		quiet tun -n "$A" add $line
		same "$line" "$(tun -n "$A" show name "$name")"
		quiet tun -n "$A" del name "$name"
	done <<-'END'
		t2|--quiet
		t2|--
		t2|--nosuch
		t2|-j
		--json|--json
		--|-
		-j|--dry-run
	END
	# what no kind has a value for, or not every kind, is followed by options
	same '["t1"]' "$(tun -n "$A" show up --json | jq -c '[.[].name]')"
	same '[]' "$(tun -n "$A" show seq --json)"
	refuses 'tun: mtu: --json: not a number (decimal or 0x...)' tun -n "$A" show mtu --json
}

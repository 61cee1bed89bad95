#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# tun monitor, as far as it needs no kind of tunnel but TUN/TAP; monitor_l2tp.bats has the rest.

load lib
load watch

setup() {
	namespaces "$A"
	says=$BATS_TEST_TMPDIR/says
}

# told LINES: this and nothing else, up to the mark.
told() {
	mark
	unwatch
	same "$1" "$(sed '/created mark/,$d' "$says")"
}

@test "what happens is told in lines whose rest is input, with the words that changed" {
	ip -n "$A" tuntap add name old mode tun
	watch
	quiet tun -n "$A" add t type tun mtu 1400 up
	quiet tun -n "$A" set t mtu 1300 alias "it's"
	quiet tun -n "$A" set t alias '' linkgroup 5
	ip -n "$A" link set dev t down
	ip -n "$A" link set dev t name u
	ip -n "$A" link del dev u
	told "present old type tun mtu 1500 txqueuelen 500
# watching
created t type tun mtu 1500 txqueuelen 500
changed t type tun mtu 1400 txqueuelen 500  # mtu 1500 -> 1400
changed t type tun mtu 1400 txqueuelen 500 up  # down -> up
changed t type tun mtu 1300 txqueuelen 500 up  # mtu 1400 -> 1300
changed t type tun mtu 1300 txqueuelen 500 alias 'it'\\''s' up  # alias none -> 'it'\\''s'
changed t type tun mtu 1300 txqueuelen 500 linkgroup 5 up  # linkgroup default -> 5, alias 'it'\\''s' -> none
changed t type tun mtu 1300 txqueuelen 500 linkgroup 5  # up -> down
renamed u type tun mtu 1300 txqueuelen 500 linkgroup 5  # name t -> u
deleted u type tun mtu 1300 txqueuelen 500 linkgroup 5"
	while read -r _ words; do # the rest of each line makes such a link
		eval "quiet tun -n $A add $words"
		quiet tun -n "$A" del "${words%% *}"
	done < <(grep '^\(changed\|renamed\|deleted\)' "$says")
}

@test "what changes nothing that is shown is not told" {
	quiet tun -n "$A" add t type tun up
	watch
	ip -n "$A" link set dev t mtu 1500 # the same
	ip -n "$A" link property add dev t altname another
	ip -n "$A" link set dev t txqueuelen 500
	told 'present t type tun mtu 1500 txqueuelen 500 up
# watching'
}

@test "without --initial only what happens is told" {
	quiet tun -n "$A" add old type tun
	mtu=1000
	heard() { ip -n "$A" link set dev old mtu "$((++mtu))" && grep -q 'changed old' "$says"; }
	timeout 20 tun -n "$A" monitor >"$says" 3>&- &
	await 10 heard
	ip netns del "$A"
	wait $!
	same '' "$(grep -v '^changed old' "$says")"
}

@test "with -d states are told too" {
	quiet tun -n "$A" add t type tun
	watch
	ip -n "$A" link set dev t up
	unwatch
	watch -d
	ip -n "$A" link set dev t down
	await 10 grep -q 'up -> down' "$says"
	unwatch
	same 'changed t type tun mtu 1500 txqueuelen 500  # up -> down' "$(grep -o '^changed.*up -> down' "$says")"
	grep -q '^	# persist on .*state down' "$says"
}

@test "JSON has an object on each line: what happened, to what, and what the words were before" {
	watch -j
	quiet tun -n "$A" add t type tun up
	ip -n "$A" link set dev t mtu 1400 name u
	ip -n "$A" link del dev u
	mark
	unwatch
	same '{"event":"watching"}
{"event":"created","name":"t","type":"tun","mtu":1500,"up":false,"ifindex":2,"was":null}
{"event":"changed","name":"t","type":"tun","mtu":1500,"up":true,"ifindex":2,"was":{"up":false}}
{"event":"changed","name":"t","type":"tun","mtu":1400,"up":true,"ifindex":2,"was":{"mtu":1500}}
{"event":"renamed","name":"u","type":"tun","mtu":1400,"up":true,"ifindex":2,"was":{"name":"t"}}
{"event":"changed","name":"u","type":"tun","mtu":1400,"up":false,"ifindex":2,"was":{"up":true}}
{"event":"deleted","name":"u","type":"tun","mtu":1400,"up":false,"ifindex":2,"was":null}' \
		"$(jq -c 'select(.object.name != "mark") | {event} +
			if .object then (.object | {name, type, mtu, up, ifindex: .state.ifindex}) + {was: (.was // null | if . then del(.state) else . end)}
			else {} end' "$says" | sed 's/,"was":{}//')"
	jq -es '[.[] | select(.object) | .object | keys] | unique | length == 1' "$says"
}

@test "what was told adds up to what show says" {
	ip -n "$A" tuntap add name a mode tap
	watch -j --interval 0.2
	for ((i = 0; i < 40; i++)); do
		cat <<-END
			tuntap add name t$i mode tap
			link set dev t$i mtu $((1400 + i))
			link set dev t$i name u$i
			link set dev u$i alias x$i
		END
		[ $((i % 3)) -ne 0 ] || echo "link del dev u$i"
		[ $((i % 3)) -ne 1 ] || echo "link set dev u$i up"
	done | ip -n "$A" -batch -
	ip -n "$A" link del dev a
	adds_up 10
	unwatch
}

# In a namespace without addresses few things happen at once: only a stopped monitor loses events.
@test "after an overrun it says so, reads again, and all adds up" {
	watch -j --interval 0
	ip -n "$A" tuntap add name gone mode tap
	ip -n "$A" tuntap add name same mode tap
	await 10 grep -q '"created".*"same"' "$says"
	pause STOP
	{
		for ((i = 0; i < 9000; i++)); do
			echo "link set dev same mtu $((1000 + i % 2))"
		done
		printf '%s\n' 'link del dev gone' 'tuntap add name new mode tap' 'link set dev same mtu 1234'
	} | ip -n "$A" -batch -
	pause CONT
	adds_up 60
	unwatch
	same 1 "$(grep -c '^{"event":"overrun"}$' "$says")"
	same '["changed","same"] ["created","new"] ["deleted","gone"]' \
		"$(sed '1,/overrun/d' "$says" | jq -c 'select(.object.mtu != 1000 and .object.mtu != 1001) | [.event, .object.name]' | sort | xargs -d '\n')"
}

@test "what the kernel does not tell is told within the interval" {
	quiet tun -n "$A" add t type tun
	watch --interval 0.2
	ip -n "$A" link set dev t alias silent # of a link that is down: no message
	await 5 grep -q 'alias none -> silent' "$says"
	unwatch
}

@test "links that are no tunnels are told in the link family" {
	watch
	ip -n "$A" link add v0 type veth peer name v1
	ip -n "$A" link del v0
	told '# watching'
	ip -n "$A" link del mark
	for words in 'link monitor' 'monitor link'; do
		# shellcheck disable=SC2086 # words
		begin tun -n "$A" $words --initial
		ip -n "$A" link add v2 type veth peer name v3
		await 10 grep -q 'created # v2 type veth' "$says"
		ip -n "$A" link del v2
		await 10 grep -q 'deleted # v2 type veth' "$says"
		unwatch
		same 'present # lo type loopback mtu 65536' "$(head -n 1 "$says")"
	done
}

@test "-t and -ts say when" {
	quiet tun -n "$A" add t type tun
	TZ=UTC-2 watch -t
	unwatch
	grep -qxE "$(date -u -d '+2 hours' +%F)T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6}\+02:00 present t type tun mtu 1500 txqueuelen 500" "$says"
	watch -ts
	unwatch
	grep -qxE '[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6} present t type tun mtu 1500 txqueuelen 500' "$says"
	TZ=UTC watch -t -j
	unwatch
	same "[\"time\",\"event\",\"object\"] $(date -u +%F)T" "$(head -n 1 "$says" | jq -r '(keys_unsorted | tostring) + " " + .time[:11]')"
}

@test "it ends without a word by a signal, with its reader, and with its namespace" {
	for signal in TERM INT HUP; do
		watch
		unwatch "$signal"
	done
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	timeout 20 tun -n "$A" monitor --initial >"$BATS_TEST_TMPDIR/pipe" 2>"$says.err" 3>&- &
	head -n 1 "$BATS_TEST_TMPDIR/pipe"
	wait $!
	same '' "$(<"$says.err")"
	watch --interval 0
	ip netns del "$A"
	ended
}

@test "output that is lost ends it" {
	quiet tun -n "$A" add t type tun
	full() { tun -n "$A" monitor --initial >/dev/full; }
	ends 4 '' 'tun: standard output: lost' full
}

@test "without privilege links are told" {
	quiet tun -n "$A" add t type tun
	begin nsenter --net="/run/netns/$A" setpriv --bounding-set=-net_admin,-sys_admin tun monitor --initial
	ip -n "$A" link set dev t mtu 1400
	told 'present t type tun mtu 1500 txqueuelen 500
# watching
changed t type tun mtu 1400 txqueuelen 500  # mtu 1500 -> 1400'
}

@test "what cannot be watched is refused in one line" {
	while IFS='|' read -r why words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $why" tun -n "$A" $words
	done <<-'END'
		addr: cannot be watched|addr monitor
		addr: cannot be watched|monitor addr
		route: cannot be watched|monitor route
		l2tp: say tunnel or session|monitor l2tp
		monitor: label: only in ip monitor: here links and L2TP are watched|monitor label
		monitor: file: only in ip monitor: here links and L2TP are watched|monitor file x
		monitor: neigh: only in ip monitor: here links and L2TP are watched|monitor neigh
		monitor: all-nsid: only in ip monitor: here links and L2TP are watched|monitor all-nsid link
		type: nope: unknown kind (tun help lists them)|monitor type nope
		route: cannot be watched|route monitor
		--interval: -1: not a number of seconds (up to 86400)|monitor --interval -1
		--interval: 86401: not a number of seconds (up to 86400)|monitor --interval 86401
		--interval: 1e3: not a number of seconds (up to 86400)|monitor --interval 1e3
		--interval: nan: not a number of seconds (up to 86400)|monitor --interval nan
		--interval: .: not a number of seconds (up to 86400)|monitor --interval .
		--interval: needs a value|monitor --interval
	END
}

@test "only what is selected is told, also when it comes to be or ceases to" {
	quiet tun -n "$A" add a1 type tun
	quiet tun -n "$A" add a2 type tap
	begin tun -n "$A" monitor --initial type tun,gre mtu 1400
	ip -n "$A" link set dev a2 mtu 1400
	ip -n "$A" link set dev a1 mtu 1400
	ip -n "$A" link set dev a1 mtu 1300
	ip -n "$A" link set dev a1 mtu 1200
	ip -n "$A" link del dev a1
	ip -n "$A" tuntap add name mark mode tun
	ip -n "$A" link set dev mark mtu 1400
	await 10 grep -q mark "$says"
	unwatch
	same '# watching
changed a1 type tun mtu 1400 txqueuelen 500  # mtu 1500 -> 1400
changed a1 type tun mtu 1300 txqueuelen 500  # mtu 1400 -> 1300
changed mark type tun mtu 1400 txqueuelen 500  # mtu 1500 -> 1400' "$(<"$says")"
	begin tun -n "$A" monitor --initial 'a*'
	ip -n "$A" link set dev a2 name b2
	ip -n "$A" link del dev b2
	ip -n "$A" tuntap add name a3 mode tun
	await 10 grep -q a3 "$says"
	unwatch
	same 'present a2
# watching
renamed b2
created a3' "$(sed 's/ type.*//' "$says")"
}

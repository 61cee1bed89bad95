#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Batches: ip's grammar, what tun prints, what happens when a line fails.

load lib

setup() {
	namespaces "$A" "$B"
	file=$BATS_TEST_TMPDIR/lines
}

# state NS: all links, without their numbers and random addresses.
state() {
	ip -n "$1" -d -j link | jq -cS '.[] | del(.address, .qdisc, .ifindex)'
}

alias_of() { field "$A" "$1" .ifalias; }

@test "what ip reads from a file, tun reads alike" {
	# shellcheck disable=SC1003 # a backslash at the end of the line
	printf '%s\n' '' '# a comment \' 'tuntap add dev t1 mode tap # one more' '	 tuntap   add	dev t2 mode tun	' \
		'link set dev t1 \' '	alias "two words"' "link set dev t2 alias 'it \"is\"' mtu 1300" '"link" set dev t2 up' \
		'link set dev t2 txqueuelen 7#8' 'tuntap add dev t\' '3 mode tap' "link set dev t3 alias it's\\so" \
		>"$file"
	printf 'link set dev t3 up\r\nlink set dev t3 mtu 1400' >>"$file" # no end of the last line
	quiet ip -n "$A" -batch "$file"
	quiet tun -n "$B" -batch "$file"
	same "$(state "$A")" "$(state "$B")"
	for one in t1 t2 t3; do
		ip -n "$B" link del dev "$one"
	done
	tun -n "$B" -batch - <"$file"
	same "$(state "$A")" "$(state "$B")"
}

@test "what show prints, a batch reads: quotes, signs of comments and of the shell" {
	quiet tun -n "$A" add t type tap
	number=0
	while IFS= read -r text; do
		quiet tun -n "$A" set t alias "$text"
		same "$text" "$(alias_of t)"
		shown=$(tun -n "$A" show t)
		quiet tun -n "$A" del t
		printf 'add %s\n' "$shown" >"$file"
		quiet tun -n "$A" -batch "$file"
		same "$text" "$(alias_of t)"
		number=$((number + 1))
	done <<-'END'
		it's
		'
		''
		a 'b' c
		# no comment
		a#b
		"
		back\slash
		'\''
		 $HOME `id` * ? ; & | < >
		fürÀ
		--quiet
		--
		--json=x
		-j
	END
	same 15 "$number"
}

# shellcheck disable=SC2002 # a pipe is the point
piped() { cat "$file" | tun -n "$A" -batch -; }

@test "the first line that fails ends it, and is named" {
	printf '%s\n' 'add t1 type tap' '' 'add t1 type tap' 'add t2 type tap' >"$file"
	fails "tun: $file:3:1: t1: exists
tun: $file: stopped at line 3: 1 of 3 commands done" tun -n "$A" -batch "$file"
	absent "$A" t2
	fails "tun: $file:1:1: t1: exists
tun: $file: stopped at line 1: 0 of 3 commands done" tun -n "$A" -batch "$file"
	# shellcheck disable=SC1003 # a backslash at the end of the line
	printf '%s\n' 'add t3 type \' tap 'frob' 'add t2 type tap' >"$file" # counted by lines of the file
	refuses "tun: $file:3:1: frob: unknown command (tun help lists them)" tun -n "$A" -batch "$file"
	refuses "tun: -:3:1: frob: unknown command (tun help lists them)" piped
	absent "$A" t3 t2 # all is read first
}

@test "all that is wrong in a file is told, each by line and column" {
	printf '\xef\xbb\xbf' >"$file"
	# shellcheck disable=SC1003 # backslashes at ends of lines
	printf '%b\n' 'add t1 type tap' '\tadd t2 mtu 1x type tap' '' '# comment \\' 'add \\' '\\\r' '  t2 type tap "mtu" \\' \
		"-1\\r" "set t1 alias 'not closed" "frob 'a'b" "set t1 alias 'a'\\\\\\\\'b" 'add\tt2 nosuch 1 type tap # mtu' \
		'set t1 alias a\0b' 'add t2 type \e[m\\' 'tap' '# \v' 'add t2 type tap \r up' '-frob show' '--via nosuch show' \
		'del t1' 'add t2 type tap mtu ""' "add t2 type 'tap frob' mtu" "'' t2" >>"$file"
	cd "$BATS_TEST_TMPDIR"
	refuses 'tun: lines:2:9: mtu: 1x: not a number (decimal or 0x...)
tun: lines:7:15: mtu: -1: not a number (decimal or 0x...)
tun: lines:9:14: a quote is not closed
tun: lines:10:9: no space behind a quoted word
tun: lines:11:17: no space behind a quoted word
tun: lines:12:8: nosuch: not a word of tap (tun help tap lists them)
tun: lines:13:15: a zero byte
tun: lines:14:13: a control byte
tun: lines:16:3: a control byte
tun: lines:17:17: a control byte
tun: lines:18:1: -frob: unknown option (tun help lists them)
tun: lines:19:7: nosuch: not a transport (rtnl, ioctl, genl, tuntap)
tun: lines:21:17: mtu: "": not a number (decimal or 0x...)
tun: lines:22:8: type: tap frob: unknown kind (tun help lists them)
tun: lines:23:1: "": unknown command (tun help lists them)' tun -n "$A" -batch lines
	absent "$A" t1
}

@test "a line is not endless, nor need a file be" {
	{
		printf 'add t1 type tap #'
		head -c 1048559 /dev/zero | tr '\0' x
		printf '\nadd t2 type tap #'
		head -c 1048560 /dev/zero | tr '\0' x
	} >"$file"
	refuses "tun: $file:2:1048577: a line over 1 MiB" tun -n "$A" -batch "$file"
	refuses 'tun: /dev/zero:1:1: a zero byte' tun -n "$A" -batch /dev/zero
	absent "$A" t1
}

@test "with -force all other lines are done, and counted" {
	while IFS='|' read -r line why; do
		printf '%b\n' 'add t1 type tap' "$line" 'add t2 type tap' >"$file"
		fails "tun: $file:2:$why
tun: $file: 2 of 3 commands done" tun -n "$A" -force -batch "$file"
		quiet tun -n "$A" del t1
		quiet tun -n "$A" del t2
	done <<-'END'
		frob|1: frob: unknown command (tun help lists them)
		set t1 mtu 1x|8: mtu: 1x: not a number (decimal or 0x...)
		del nope|1: nope: no such link
		set t1 alias 'not closed|14: a quote is not closed
		set t1 alias "not closed|14: a quote is not closed
		set t1 alias 'a'b|17: no space behind a quoted word
		set t1 alias 'a'\\'|17: no space behind a quoted word
		set t1 alias a\000b|15: a zero byte
		set t1 alias|8: alias: needs a value
		-frob show|1: -frob: unknown option (tun help lists them)
		-n x show|1: -n: is for the whole batch: say it before -batch
		show --dry-run|6: --dry-run: is for the whole batch: say it before -batch
		monitor|1: monitor: not in a batch
	END
	printf '%s\n' frob 'add t1' >"$file"
	refuses "tun: $file:1:1: frob: unknown command (tun help lists them)
tun: $file:2:1: type: missing: say which kind of tunnel (tun help lists them)
tun: $file: 0 of 2 commands done" tun -n "$A" -force -batch "$file"
	printf '%s\n' 'add t1 type tap' 'set t1 up' >"$file"
	quiet tun -n "$A" -force -batch "$file" # nothing to tell
}

@test "lines that change, select or delete are checked too, as far as that does not depend on those in front" {
	printf '%s\n' 'set t1 mtu 1x' 'set t1 frob 1' 'set t1 ttl 300' 'link set dev t1 master nosuch' 'set t1 id 5 ttl 3' \
		'set t1 name t2' 'link set dev t1 ttl' 'link set group 5 up' 'set t1 name t2 name t3' 'del t1' 'del type tap ttl 300' \
		'del type nosuch' 'addr del 10.0.0.1/30 dev t1' 'addr del x dev t1' 'l2tp del tunnel tunnel_id x' \
		'show t1' 'add t1 type vxlan' 'ensure t1 type vxlan' 'tunnel add t1 mode gre local 192.0.2.1 remote 224.0.0.1 key 1' \
		'monitor' 'link monitor' '-batch x' keepalive >"$file"
	cd "$BATS_TEST_TMPDIR"
	refuses 'tun: lines:1:8: mtu: 1x: not a number (decimal or 0x...)
tun: lines:2:8: frob: not a word of any kind
tun: lines:3:8: ttl: 300: out of range (0 to 255)
tun: lines:7:17: ttl: needs a value
tun: lines:9:8: name: the name is said already
tun: lines:11:14: ttl: not a word of tap (tun help tap lists them)
tun: lines:12:5: type: nosuch: unknown kind (tun help lists them)
tun: lines:14:10: x: not a complete IPv4 or IPv6 address
tun: lines:15:17: tunnel_id: x: not a number (decimal or 0x...)
tun: lines:17:1: t1: id: missing: say id or external
tun: lines:18:1: t1: id: missing: say id or external
tun: lines:20:1: monitor: not in a batch
tun: lines:21:6: monitor: not in a batch
tun: lines:22:1: -batch: is for the whole batch: say it before -batch
tun: lines:23:1: keepalive: unknown command (tun help lists them)' tun -n "$A" -batch lines
}

@test "what is made many at a time is made as one by one, and faults go to their lines" {
	# Devices of the same batch, chosen names, words of the interface, addresses, routes, families, options.
	printf '%s\n' 'add t1 type tap address 02:00:00:00:00:01' 'add v1 type vxlan id 1 remote 192.0.2.1 mtu 1400 up' \
		'link add v2 type vxlan id 2 dev t1' 'add v2 type vxlan id 9' 'add v%d type vxlan id 3' 'add a%d type tap' \
		'tuntap add dev t2 mode tun' 'addr add 10.0.0.1/30 dev v1' 'route add 10.1.0.0/24 dev v1' \
		'add v3 type vxlan id 1 remote 192.0.2.1' 'add v4 type vxlan id 4 dev nosuch' 'add v5 type vxlan id 300x' \
		'del v1' 'add v1 type vxlan id 7 alias "a b"' '--via ioctl add v7 type vxlan id 7' 'set v2 up' \
		'add v8 type vxlan id 8 up' 'addr add 10.0.0.1/30 dev v8' 'route add 10.2.0.0/24 dev v8 metric 5' >"$file"
	cd "$BATS_TEST_TMPDIR"
	while IFS= read -r line; do
		tun -n "$A" -batch - <<<"$line" >/dev/null 2>&1 || :
	done <lines
	wanted=$(links "$A" | sed 's/"address":"[0-9a-f:]*",//g; s/"ifindex":[0-9]*,//g')
	for window in 1 2 64 128; do
		ends 2 'v0
a0' 'tun: lines:4:1: v2: exists
tun: lines:10:1: v3: v1 has the same id
tun: lines:11:24: dev: nosuch: no such device
tun: lines:12:19: id: 300x: not a number (decimal or 0x...)
tun: lines:15:7: v7: ioctl: vxlan cannot be sent this way
tun: lines: 14 of 19 commands done' tun -n "$B" -force --window "$window" -batch lines
		same "$wanted" "$(links "$B" | sed 's/"address":"[0-9a-f:]*",//g; s/"ifindex":[0-9]*,//g')" "--window $window"
		tun -n "$B" del all
	done
	refuses 'tun: --window: 0: not a number from 1 to 128' tun -n "$B" -force --window 0 -batch lines
	refuses 'tun: --window: 129: not a number from 1 to 128' tun -n "$B" -force --window 129 -batch lines
	refuses 'tun: --window: 1x: not a number from 1 to 128' tun -n "$B" -force --window 1x -batch lines
}

@test "links of consecutive lines go together, and the first that is refused ends it" {
	printf 'add t%d type tap\n' {1..50} >"$file"
	printf 'del t%d\n' {1..30} >>"$file"
	quiet tun -n "$A" -batch "$file"
	same 20 "$(tun -n "$A" show | wc -l)"
	printf '%s\n' 'del t31' 'del name t32' 'del t31' 'del t33' >"$file"
	fails "tun: $file:3:1: t31: no such link
tun: $file: stopped at line 3: 2 of 4 commands done" tun -n "$A" -batch "$file"
	absent "$A" t31 t32
	printf '%s\n' 'del t33' 'del lo' 'del t34' >"$file"
	fails "tun: $file:2:1: lo: is loopback, no tunnel: left alone
tun: $file: stopped at line 2: 1 of 3 commands done" tun -n "$A" -batch "$file"
	absent "$A" t33
	# whatever it fails for: what stands in front is gone by then, and what stands behind is not
	while read -r line; do
		printf 'add t%d type tap\n' {51..53} >"$file.add"
		quiet tun -n "$A" -batch "$file.add"
		printf '%s\n' 'del t51' 'del t52' "$line" 'del t53' >"$file"
		code=0
		tun -n "$A" -batch "$file" 2>"$BATS_TEST_TMPDIR/err" || code=$?
		same "2 tun: $file: stopped at line 3: 2 of 4 commands done" "$code $(sed 1d "$BATS_TEST_TMPDIR/err")" "$line"
		absent "$A" t51 t52
		quiet tun -n "$A" del t53
	done <<-END
		del nope
		del lo
		del t53 user 7
		set t53 mtu 1
		add t53 type tap
	END
	printf '%s\n' 'del t34' 'del nope' 't35' 'del t36 type tun' 'del t37' 'addr show dev t38' 'del t38' >"$file"
	fails "tun: $file:2:1: nope: no such link
tun: $file:3:1: t35: unknown command (tun help lists them)
tun: $file:4:9: type: tun: it is tap
tun: $file: 4 of 7 commands done" tun -n "$A" -force -batch "$file"
	absent "$A" t34 t37 t38
}


@test "a file that cannot be read is refused" {
	refuses 'tun: /nope: No such file or directory' tun -n "$A" -batch /nope
	refuses 'tun: /tmp: Is a directory' tun -n "$A" -batch /tmp
	refuses 'tun: -b: needs a value' tun -b
}

@test "JSON of a batch is one array, options are each line's own" {
	printf '%s\n' 'add t1 type tap' 'add t2 type tap' 'show t1' '-d show' 'show t2' >"$file"
	tun -n "$A" -j -batch "$file" >"$BATS_TEST_TMPDIR/json"
	same '["t1","t1","t2","t2"]' "$(jq -c '[.[].name]' "$BATS_TEST_TMPDIR/json")"
	printf '%s\n' '-d show t1' 'show t1' >"$file"
	same 2 "$(tun -n "$A" -batch "$file" | grep -c '^t1 ')"
	same 1 "$(tun -n "$A" -batch "$file" | grep -c '^	# ')"
}

@test "with -j there is nothing but JSON" {
	printf '%s\n' 'add t1 type tap' 'add t%d type tap' 'set t1 mtu 1400' >"$file"
	prints '[{"name":"t0","action":"created"}]' tun -n "$A" -j -batch "$file"
	prints '[{"name":"t2","action":"created"}]' tun -n "$A" -j add t%d type tap
	quiet tun -n "$A" -j -q add t%d type tap
	quiet tun -n "$A" -j add t9 type tap
	printf '%s\n' 'set t1 mtu 1300' >"$file"
	prints '[]' tun -n "$A" -j -batch "$file"
	: >"$file"
	prints '[]' tun -n "$A" -j -batch "$file"
}

@test "a dry run in JSON tells each request once" {
	persist='"ioctl TUNSETPERSIST 1"'
	prints '[{"name":"t0","action":"created","requests":["ioctl TUNSETIFF t0 flags 0x9002",'"$persist"']}]' \
		tun -n "$A" -j --dry-run add t%d type tap
	prints '[{"requests":["ioctl TUNSETIFF t0 flags 0x9002",'"$persist"']}]' tun -n "$A" -j -q --dry-run add t%d type tap
	quiet tun -n "$A" add t1 type tap mtu 1400
	prints '[]' tun -n "$A" -j --dry-run show 'x*'
	printf '%s\n' 'set t1 mtu 1300' 'ensure t2 type tap' 'set t1 mtu 1400' 'add t3 type tap' 'set t1 up' >"$file"
	tun -n "$A" -j --dry-run -batch "$file" >"$BATS_TEST_TMPDIR/json"
	same 'null t2:created t3:created null' "$(jq -r 'map(if .name then "\(.name):\(.action)" else "null" end) | join(" ")' "$BATS_TEST_TMPDIR/json")"
	same "$(tun -n "$A" -q --dry-run -batch "$file")" "$(jq -r '.[].requests[]' "$BATS_TEST_TMPDIR/json")"
}

@test "standard input that was read in part goes on from there" {
	printf '%s\n' frob 'add t1 type tap' 'add t2 type tap mtu 1400' >"$file"
	{
		read -r first
		tun -n "$A" -batch -
	} <"$file"
	same frob "$first"
	same 1400 "$(field "$A" t2 .mtu)"
	printf '%s\n' frob 'add t3 type tap' 'add t4 type nosuch' >"$file"
	{
		read -r first
		same 'tun: -:2:8: type: nosuch: unknown kind (tun help lists them)' "$(tun -n "$A" -batch - 2>&1 || :)"
	} <"$file"
	absent "$A" t3
}

@test "a backslash joins lines that end with carriage returns too" {
	printf 'add t1 \\\r\n type tap mtu 1400\r\nset t1 mtu 1300 alias it\\s\r\n' >"$file"
	quiet tun -n "$A" -batch "$file"
	same "1300 it\\s" "$(field "$A" t1 '"\(.mtu) \(.ifalias)"')"
}

@test "a command beside a batch is refused, and no name is obeyed by a terminal" {
	refuses 'tun: -batch: show: commands are in the file alone' tun -n "$A" -b "$file" show x
	printf 'frob\n' >"$BATS_TEST_TMPDIR/$(printf 'a\033b')"
	cd "$BATS_TEST_TMPDIR"
	refuses 'tun: a\x1bb:1:1: frob: unknown command (tun help lists them)' tun -n "$A" -batch "$(printf 'a\033b')"
	prints '\x1b0' tun -n "$A" add "$(printf '\033%%d')" type tap
}

@test "what ip l2tp ignores is said once, and may stand in front" {
	local ends='tunnel_id 1 peer_tunnel_id 2 local 192.0.2.1 remote 192.0.2.2 encap ip'
	printf 'l2tp add offset 8 tunnel %s\n' "$ends" >"$file"
	# shellcheck disable=SC2086 # words
	ends 0 "$(tun --dry-run l2tp add tunnel $ends)" "tun: $file:1:10: l2tp: offset: ignored: Linux has none since 4.16" \
		tun -n "$A" --dry-run -batch "$file"
}

@test "a dry run of a batch sends nothing" {
	printf '%s\n' 'add t1 type tap' 'add t2 type tun user nobody' >"$file"
	prints 'ioctl TUNSETIFF t1 flags 0x9002
ioctl TUNSETPERSIST 1
ioctl TUNSETIFF t2 flags 0x9001
ioctl TUNSETOWNER 65534  (user)
ioctl TUNSETPERSIST 1' tun -n "$A" --dry-run -batch "$file"
	absent "$A" t1 t2
}

@test "a line of thousands of words, and thousands of lines" {
	{
		printf 'add t1 type tap'
		printf ' frob%.0s' {1..5000}
		echo
	} >"$file"
	refuses "tun: $file:1:17: frob: not a word of tap (tun help tap lists them)" tun -n "$A" -batch "$file"
	{
		echo 'add t1 type tap'
		printf 'set t1 mtu %d\n' {1000..3000}
	} >"$file"
	quiet tun -n "$A" -batch "$file"
	same 3000 "$(field "$A" t1 .mtu)"
}

@test "a signal lets the line at hand end, and what was done is counted" {
	has_begun() { [ "$(field "$A" t1 .mtu)" -gt 1010 ]; }
	quiet tun -n "$A" add t1 type tap
	printf 'set t1 mtu %d\n' {1000..60000} >"$file"
	while read -r signal status; do
		quiet tun -n "$A" set t1 mtu 999
		env --default-signal=INT tun -n "$A" -batch "$file" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
		await 10 has_begun
		kill -"$signal" $!
		code=0
		wait $! || code=$?
		same "$status tun: $file: interrupted: $(($(field "$A" t1 .mtu) - 999)) of 59001 commands done" \
			"$code $(cat "$BATS_TEST_TMPDIR/out")"
	done <<-END
		INT 130
		TERM 143
		HUP 129
	END
}

@test "what a signal leaves undone is not counted, whenever it comes" {
	for number in {1..6}; do echo "add v$number type vxlan id $number"; done >"$file.add"
	printf 'del v%d\n' {1..6} >"$file.del"
	for how in 'del -q' 'del -force' 'add -force' 'del --atomic' 'add --atomic'; do
		read -r what option <<<"$how"
		for ((at = 1, code = 130; code; at++)); do
			tun -n "$A" -force -batch "$file.del" 2>/dev/null || :
			[ "$what" = add ] || tun -n "$A" -batch "$file.add"
			before=$(tun -n "$A" show | wc -l)
			code=0
			said=$(ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=sendmsg -e inject=sendmsg:signal=INT:when="$at" \
				env --default-signal=INT tun -n "$A" "$option" -batch "$file.$what" 2>&1) || code=$?
			after=$(tun -n "$A" show | wc -l)
			done=$((before > after ? before - after : after - before))
			case $code:$option:$said in
			130:*:) same 0 "$done" "$how, call $at" ;; # while the lines were checked
			130:--atomic:*) same "0 tun: $file.$what: interrupted: all is undone" "$done $said" "$how, call $at" ;;
			130:*) same "tun: $file.$what: interrupted: $done of 6 commands done" "$said" "$how, call $at" ;;
			*) same '0 6 ' "$code $done $said" "$how, call $at" ;;
			esac
		done
	done
}

# hung NAMESPACE: what hangs on v and no word says.
hung() {
	ip -n "$1" -j link show dev v | jq -c '.[].altnames'
	tc -n "$1" -j qdisc show dev v | jq -c 'map(.kind)'
	ip -n "$1" -j neigh show dev v nud permanent | jq -c 'map(.dst)'
}

@test "what undoing does not bring back is named, whichever line cost it" {
	while IFS='|' read -r line left lost; do
		quiet tun -n "$A" add v type vxlan id 1 up
		ip -n "$A" link property add dev v altname second
		tc -n "$A" qdisc add dev v root handle 1: pfifo limit 7
		ip -n "$A" neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v
		before=$(hung "$A")
		printf '%s\n' 'add 10.0.0.9 type vxlan id 9' "$line" 'set nope up' >"$file" # a name like a neighbour
		code=0
		tun -n "$A" -q --atomic -batch "$file" >/dev/null 2>"$BATS_TEST_TMPDIR/err" || code=$?
		if [ -n "$lost" ]; then
			said="3 tun: not undone: $lost
tun: $file: stopped at line 3: not all is undone"
		else
			said="2 tun: $file: stopped at line 3: all is undone"
			left=$(paste -sd ' ' <<<"$before")
		fi
		same "$said" "$code $(sed '0,/no such link$/d' "$BATS_TEST_TMPDIR/err")" "$line"
		same "$left" "$(hung "$A" | paste -sd ' ')" "$line"
		same 'v type vxlan id 1' "$(tun -n "$A" show | sed 's/ address.*//')"
		quiet tun -n "$A" del v
	done <<-END
		--recreate ensure v type vxlan id 2 up|null ["noqueue"] []|v: lost: altname second; v: lost: neighbour 10.0.0.9; v: lost: qdisc pfifo
		replace v type vxlan id 2 up|null ["noqueue"] []|v: lost: altname second; v: lost: neighbour 10.0.0.9; v: lost: qdisc pfifo
		link set dev v netns $B|["second"] ["noqueue"] []|v: lost: neighbour 10.0.0.9; v: lost: qdisc pfifo
		set v down|["second"] ["pfifo"] []|v: lost: neighbour 10.0.0.9
		set v address 02:00:00:00:00:01|["second"] ["pfifo"] []|v: lost: neighbour 10.0.0.9
		set v arp off|["second"] ["pfifo"] []|v: lost: neighbour 10.0.0.9
		set v mtu 1400||
		del v||
	END
}

# holds FILES-NAMESPACE PROGRAMS-NAMESPACE NAME: a program in one namespace has a TAP of another; its number is $!.
holds() {
	# shellcheck disable=SC2016 # the shell inside
	nsenter --net="/run/netns/$1" sh -c 'exec 4<>/dev/net/tun; exec nsenter --net="$0" "$@" <&4 4<&-' "/run/netns/$2" \
		"$BATS_TEST_TMPDIR/tapcat" "$3" tap >"$BATS_TEST_TMPDIR/attached.$3" 3>&- &
	await 10 grep -q attached "$BATS_TEST_TMPDIR/attached.$3"
}

@test "who holds a TAP is asked of its open file, wherever the program is" {
	"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -o "$BATS_TEST_TMPDIR/tapcat" "$BATS_TEST_DIRNAME/tapcat.c"
	for number in 1 2; do
		quiet tun -n "$A" add t$number type tap
		quiet tun -n "$B" add t$number type tap
	done
	holds "$A" "$B" t1
	for line in 'del t1' 'link del dev t1'; do
		printf '%s\n' "$line" >"$file"
		refuses "tun: $file:1:1: t1: held by tapcat $!: that it is deleted could not be undone" \
			tun -n "$A" --atomic -batch "$file"
		quiet tun -n "$B" --atomic -batch "$file" # its own t1 is nobody's
		quiet tun -n "$B" add t1 type tap
	done
	same "held by tapcat $!" "$(tun -n "$A" -d tuntap show dev t1 | grep -o 'held by .*')"
	holds "$B" "$A" t2
	printf 'del t2\n' >"$file"
	quiet tun -n "$A" --atomic -batch "$file"
	absent "$A" t2
}

@test "a long batch tells a terminal how far it is, and nobody else" {
	printf 'add t%d type tap\n' {1..100} >"$file"
	printf -- '--one-by-one del t%d\n' {1..100} >"$file.del"
	quiet tun -n "$A" -batch "$file"
	script -qefc "tun -n $A -batch $file.del" /dev/null </dev/null >"$BATS_TEST_TMPDIR/shown"
	same '' "$(tun -n "$A" show)"
	tr '\r' '\n' <"$BATS_TEST_TMPDIR/shown" >"$BATS_TEST_TMPDIR/seen"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/seen")" -ge 3 ]
	same '' "$(sed -E '1d; s/^  [0-9]{1,2} of 100$//; s/^ {11}$//' "$BATS_TEST_TMPDIR/seen" | tr -d '\n')"
	sed '1d; $d; s/ of.*//' "$BATS_TEST_TMPDIR/seen" | sort -cnu
	quiet tun -n "$A" -batch "$file"
	quiet tun -n "$A" -batch "$file.del"
	for number in {1..300}; do echo "add v$number type vxlan id $number"; done >"$file" # that go out together
	script -qefc "ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=sendmsg -e inject=sendmsg:delay_enter=300ms \
		tun -n $A -force -batch $file" /dev/null </dev/null >"$BATS_TEST_TMPDIR/shown"
	tr '\r' '\n' <"$BATS_TEST_TMPDIR/shown" | sed -n 's/^  \(.*\) of 300$/\1/p' >"$BATS_TEST_TMPDIR/seen"
	[ -s "$BATS_TEST_TMPDIR/seen" ]
	sort -cnu "$BATS_TEST_TMPDIR/seen"
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/seen")" -le 300 ]
}

@test "a batch without a standard input ends" {
	ends 0 '' '' sh -c "exec tun -n $A -batch - <&-"
}

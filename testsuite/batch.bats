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
	ends 1 '' "tun: $file:3:1: t1: exists" tun -n "$A" -batch "$file"
	absent "$A" t2
	# shellcheck disable=SC1003 # a backslash at the end of the line
	printf '%s\n' 'add t3 type \' tap 'frob' 'add t2 type tap' >"$file" # counted by lines of the file
	ends 1 '' "tun: $file:3:1: frob: unknown command (tun help lists them)" tun -n "$A" -batch "$file"
	ends 1 '' "tun: -:3:1: frob: unknown command (tun help lists them)" piped
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

@test "with -force all other lines are done" {
	while IFS='|' read -r line why; do
		printf '%b\n' 'add t1 type tap' "$line" 'add t2 type tap' >"$file"
		ends 1 '' "tun: $file:2:$why" tun -n "$A" -force -batch "$file"
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
	END
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

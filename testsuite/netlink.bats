#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# A kernel that is busy, and names that somebody chose to do harm.

load lib
load meddler

setup_file() { build_meddler; }

setup() { namespaces "$A"; }

# plain FILE: text that no terminal obeys: UTF-8, without control characters.
plain() {
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
	! LC_ALL=C.UTF-8 grep -nP '[\x{00}-\x{08}\x{0b}-\x{1f}\x{7f}-\x{9f}]' "$1" >&2
}

# Each byte that the kernel takes for a name, as printf says it.
bytes() {
	local byte
	for ((byte = 1; byte < 256; byte++)); do
		case $byte in
		9 | 10 | 11 | 12 | 13 | 32 | 160) ;;  # blanks
		37 | 46 | 47 | 58) ;;                 # % . / :
		*) printf '\\x%02x\n' "$byte" ;;
		esac
	done
}

@test "every name of one byte gives harmless text and valid JSON" {
	text='' json=''
	out=$BATS_TEST_TMPDIR/out
	tun -n "$A" monitor --initial >"$out.monitor" 3>&- &
	tun -n "$A" -j monitor --initial >"$out.monitor.json" 3>&- &
	await 10 grep -q watching "$out.monitor"
	await 10 grep -q watching "$out.monitor.json"
	while read -r byte; do
		name=$(printf '%b' "$byte")
		ip -n "$A" tuntap add name "$name" mode tun
		case $byte in
		'\x'[2-6]? | '\x7'[!f]) shown=$name ;;
		*) shown=$byte ;;
		esac
		case $shown in
		"'") quoted="''\\'''" ;;
		[A-Za-z0-9_@+,-]) quoted=$shown ;;
		*) quoted="'$shown'" ;;
		esac
		text+="$quoted type tun mtu 1500 txqueuelen 500"$'\n'
		json+="$((0x${byte#??}))"$'\n'
		fails "tun: $shown: exists" tun -n "$A" add name "$name" type tun
	done < <(bytes)
	tun -n "$A" show >"$out"
	tun -n "$A" -j show >"$out.json"
	same "$text" "$(<"$out")"$'\n'
	same "$json" "$(jq '.[].name | explode[]' "$out.json")"$'\n'
	await 10 grep -q "created '.xff' " "$out.monitor"
	await 10 grep -q '"created".*"name":"ÿ"' "$out.monitor.json"
	same "$text" "$(sed -n 's/^created //p' "$out.monitor")"$'\n'
	same "$json" "$(jq 'select(.event == "created") | .object.name | explode[]' "$out.monitor.json")"$'\n'
	for file in "$out" "$out.json" "$out.monitor" "$out.monitor.json"; do
		plain "$file"
	done
}

@test "of 50 lists that are read while links come and go none is wrong" {
	"$TOP/testsuite/soak" --here tun 50
}

@test "messages that are lost are said, with nothing on standard output" {
	lose() { ASAN_OPTIONS=detect_leaks=0 strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=recvmsg -e inject=recvmsg:error=ENOBUFS:when=1 "$@"; }
	for words in show 'link show' 'addr show' 'l2tp show tunnel'; do
		# shellcheck disable=SC2086 # words
		ends 4 '' 'tun: no whole answer from the kernel: No buffer space available' lose tun -n "$A" $words
	done
}

@test "a link that is renamed as soon as it is there is read back and gets all its words" {
	meddle rename
	meddled 50 'type tun' 't@_r type tun mtu 1500 txqueuelen 500'
	meddled 50 'type tun user nobody mtu 1400 alias x@' 't@_r type tun user nobody mtu 1400 txqueuelen 500 alias x@'
}

@test "a link whose MAC address is set as soon as it is there is read back, also when another was asked for" {
	meddle address
	meddled 50 'type tap mtu 1400' 't@ type tap address 02:00:00:00:00:99 mtu 1400'
	meddled 50 'type tap mtu 1400 address 02:00:00:00:00:11' # which of the two comes last is open
}

@test "answers that are lost do not leave half of a command done" {
	export ASAN_OPTIONS=detect_leaks=0 # strace is in the way
	add='add t type vxlan id 5 dstport 4789 remote 192.0.2.1'
	for n in {1..9}; do
		for words in "$add" 'set t ttl 9' 'del t'; do
			# shellcheck disable=SC2086 # words
			[ "$words" = "$add" ] || quiet tun -n "$A" $add
			before=$(tun -n "$A" show)
			status=0
			# shellcheck disable=SC2086 # words
			strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=recvmsg -e "inject=recvmsg:error=ENOBUFS:when=$n" \
				tun -n "$A" $words 2>/dev/null || status=$?
			after=$(tun -n "$A" show)
			if [ "$status" -ne 0 ]; then
				same "$before" "$after" "$words, $n"
			else
				[ "$before" != "$after" ] || { echo "$words, $n: exit status 0, and nothing is done"; return 1; }
			fi
			tun -n "$A" del t 2>/dev/null || :
		done
	done
}

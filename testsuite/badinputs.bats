#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Lines that must be refused, each in one line that names what is wrong and without any change, and lines that look
# odd and must work: badinputs.tsv.

load lib

setup_file() {
	modprobe -a ip_gre ipip ip_vti l2tp_eth tun fou
}

setup() { fresh; }

fresh() {
	[ ! -e "/run/netns/$A" ] || ip netns del "$A"
	namespaces "$A"
	ip -n "$A" link set dev lo up
}

state() {
	ip -n "$A" -d -j link | sed 's/"qdisc":"[^"]*"//g'
	ip -n "$A" -j l2tp show tunnel
	ip -n "$A" -j l2tp show session
}

# try GROUP: the lines of a group; all are tried, and said which go wrong.
try() {
	local group status word before line said code clean wrong=0 number=0
	clean=$(state)
	while IFS=$'\t' read -r group status word before line; do
		[ "$group" = "$1" ] || continue
		number=$((number + 1))
		one || { wrong=$((wrong + 1)); echo "tun $line: status $code, wanted $status $word: $said" >&2; }
	done <"$BATS_TEST_DIRNAME/badinputs.tsv"
	same "$clean" "$(state)" 'what the lines changed'
	[ "$number" -gt 0 ]
	[ "$wrong" -eq 0 ]
}

# The line in $line; the rest of a row of the table stands in $status, $word and $before.
one() {
	local words was=$clean part ok=0
	if [ "$before" != - ]; then
		while read -r -d ';' part; do
			# shellcheck disable=SC2086 # words
			tun -n "$A" $part || return 1
		done <<<"$before;"
		was=$(state)
	fi
	eval "words=($line)"
	code=0
	said=$(tun -n "$A" "${words[@]}" 2>&1 </dev/null) || code=$?
	if [ "$status" = 0 ]; then
		[ "$code:$said" = 0: ] && [ "$(state)" != "$was" ] || ok=1
	else
		# One line, which holds the word behind the program's name.
		[[ $code = "$status" && $said = "tun: "* && ${said#tun: } = *"$word"* && $said != *$'\n'* ]] || ok=1
		[ "$before" = - ] || same "$was" "$(state)" "tun $line" || ok=1
	fi
	if [ "$before" != - ] || [ "$status" = 0 ]; then
		fresh
	fi
	return "$ok"
}

@test "numbers are decimal or 0x, whole and in range" { try number; }
@test "addresses are complete and of the right family" { try address; }
@test "names are what the kernel takes for a name, keywords among them" { try name; }
@test "users exist" { try user; }
@test "words are known, whole, given once and with their value, and do not contradict each other" { try word; }
@test "objects that are not there, or not of that kind, are left alone" { try state; }
@test "what L2TP needs is there and free" { try l2tp; }

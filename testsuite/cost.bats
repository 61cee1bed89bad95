#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# What work on many costs in calls of the kernel: as much for each as for the first, and nothing for texts that nobody reads.

# shellcheck disable=SC2317 # each calls them
load lib

setup() {
	namespaces "$A"
	ip -n "$A" link set lo up
	file=$BATS_TEST_TMPDIR/lines
}

# sends COMMAND...: how often it sends.
sends() {
	ASAN_OPTIONS=detect_leaks=0 strace -qq -e trace=sendmsg -o "$BATS_TEST_TMPDIR/trace" "$@" >"$BATS_TEST_TMPDIR/said" ||
		broken "$* failed"
	grep -c sendmsg "$BATS_TEST_TMPDIR/trace"
}

# lines COUNT FORMAT: the file has COUNT lines of it, in which % is the number of the line.
lines() {
	local i
	for ((i = 1; i <= $1; i++)); do echo "${2//%/$i}"; done >"$file"
}

vxlan='add v% type vxlan id % dstport 4789 local 127.0.0.1 remote 127.0.0.2'

# each SENDS BEFORE AFTER COMMAND...: with 30 lines the command sends SENDS times more often than with 10, for each line.
each() {
	local count got=()
	for count in 10 30; do
		$2 "$count"
		got+=("$(sends "${@:4}")")
		$3 "$count"
	done
	same "$((20 * $1))" "$((got[1] - got[0]))" "sends: ${got[*]}"
}

clean() { quiet tun -n "$A" --quiet del all; }

@test "a link with an address and a route in its line" {
	before() { lines "$1" "$vxlan up addr 10.0.%.1/24 route 10.1.%.0/24"; }
	each 2 before clean tun -n "$A" -batch "$file"
}

@test "a line about an address asks for the number of its link" {
	before() {
		quiet tun -n "$A" add v1 type vxlan id 1 dstport 4789 local 127.0.0.1 remote 127.0.0.2 up
		lines "$1" 'addr add 10.1.%.1/24 dev v1'
	}
	each 2 before clean tun -n "$A" -batch "$file"
}

@test "routes that a plan removes are looked for nowhere" {
	before() {
		lines "$1" 'route add 10.1.%.0/24 dev v1'
		sed -i "1i ${vxlan//%/1} up" "$file"
		tun -n "$A" apply "$file" >/dev/null
		sed -i '2,$d' "$file"
	}
	each 1 before clean tun -n "$A" --quiet apply "$file" --prune v1
}

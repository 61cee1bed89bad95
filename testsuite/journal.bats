#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# What an apply that is killed leaves to the next. That nothing is lost, wherever it is killed, is in sweep.bats.

# shellcheck disable=SC2086 # $vx is words
load lib

setup() {
	namespaces "$A"
	file=$BATS_TEST_TMPDIR/state
	trace=$BATS_TEST_TMPDIR/trace
	: >"$BATS_TEST_TMPDIR/empty"
	vx='type vxlan dstport 4789 address 02:00:00:00:00'
	before
}

# before: a link that is made anew and one that goes, with what no file knows.
before() {
	quiet tun -n "$A" add vx0 $vx:01 id 1 up
	quiet tun -n "$A" add vx1 $vx:02 id 2 up
	ip -n "$A" -batch - <<-'END'
		addr add 10.0.0.1/24 dev vx0
		addr add 10.1.0.1/24 dev vx1
		addr add fd00::1/64 dev vx1 nodad
		route add 10.8.0.0/16 via 10.0.0.9
		route add 10.9.0.0/16 dev vx1
	END
	echo "add vx0 $vx:01 id 1001 up" >"$file"
	was=$(there)
}

# there: the links, their addresses and routes, as ip tells them.
there() {
	ip -n "$A" -d -j link | jq -c '.[] | [.ifname, .ifindex, .mtu, .group, .ifalias, .address, any(.flags[]; . == "UP"),
		(.linkinfo.info_data | { id, type })]' | sort
	ip -n "$A" -j addr show scope global | jq -c '.[] | .ifname as $name | .addr_info[] | select(.local) | [$name, .local]' | sort
	ip -n "$A" route | sort
	ip -n "$A" -6 route | sed '/^fe80/d' | sort
}

hung() { there | sed 's/^\["vx0.*"id".*/vx0/'; }

# traced FAULTS ARGUMENT...: apply under strace, which injects these faults.
traced() {
	local fault faults=()
	for fault in $1; do
		faults+=(-e "inject=$fault")
	done
	in_ns "$A" strace -qq -o "$trace" -e trace=sendmsg,poll,fsync,rename "${faults[@]}" \
		tun apply --recreate "${@:2}" >/dev/null 2>&1 </dev/null
}

# killed FAULTS ARGUMENT...
killed() {
	local status=0
	traced "$@" || status=$?
	same 137 "$status" "killed by $1"
}

# The confirmation does not come: at once.
no='poll:signal=INT:when=1'

# point TYPE CALL: which of the calls of sendmsg in the trace is the first with a message of this type, behind another call.
point() {
	awk -v type="nlmsg_type=RTM_$1" -v call="^$2" '
		/^sendmsg/ { n++ }
		$0 ~ call { behind = 1 }
		behind && $0 ~ type { print n; exit }' "$trace"
}

empty() { tun -n "$A" apply "$BATS_TEST_TMPDIR/empty"; }

again() {
	tun -n "$A" del all
	before
}

@test "killed while it is undone, apply gives back what it took, also from links that were to go" {
	traced "$no" --confirm 60 --prune 'vx*' "$file" || :
	same "$was" "$(there)"
	first=$(point DELLINK poll) last=$(grep -c ^sendmsg "$trace")
	[ "$last" -gt "$((first + 5))" ]
	for ((at = first; at <= last; at++)); do
		again
		kept=$(hung)
		killed "$no sendmsg:signal=KILL:when=$at" --confirm 60 --prune 'vx*' "$file"
		empty >/dev/null 2>&1
		same "$kept" "$(hung)" "killed at $at of $first to $last"
		quiet tun -n "$A" apply --check "$BATS_TEST_TMPDIR/empty"
	done
}

@test "what was not touched yet may be changed by hand" {
	traced "$no" --confirm 60 "$file" || :
	del=$(point DELLINK '')
	for at in fsync:signal=KILL:when=2 "sendmsg:signal=KILL:when=$del"; do
		again
		quiet tun -n "$A" add tp type tap
		echo "add tp type tun" >"$BATS_TEST_TMPDIR/two"
		cat "$file" >>"$BATS_TEST_TMPDIR/two"
		killed "$at" "$BATS_TEST_TMPDIR/two"
		ip -n "$A" -batch - <<-'END'
			addr del 10.0.0.1/24 dev vx0
			link set vx0 mtu 1400 alias mine
			link set vx0 down
			link set vx0 name vxr
			link set tp name tpr
		END
		mine=$(there)
		quiet empty
		same "$mine" "$(there)"
	done
}

@test "what comes back is said, and before that, that it will" {
	traced "$no" --confirm 60 "$file" || :
	killed "sendmsg:signal=KILL:when=$(($(point DELLINK '') + 1))" "$file"
	absent "$A" vx0
	ends 6 '' 'tun: vx0: an interrupted apply took something from it, which comes back first' \
		tun -n "$A" apply --check "$BATS_TEST_TMPDIR/empty"
	ends 6 '' 'tun: vx0: an interrupted apply took something from it, which comes back first' \
		tun -n "$A" diff "$BATS_TEST_TMPDIR/empty"
	ends 0 '' 'tun: vx0: recovered' empty
	same "$was" "$(there)"
	quiet empty
}

@test "what cannot come back is said once" {
	ip -n "$A" addr add 10.5.0.1/32 dev lo
	ip -n "$A" route add 10.7.0.0/16 dev vx0 src 10.5.0.1
	traced "$no" --confirm 60 "$file" || :
	killed "sendmsg:signal=KILL:when=$(($(point DELLINK '') + 1))" "$file"
	ip -n "$A" addr del 10.5.0.1/32 dev lo
	ends 3 '' 'tun: vx0: recovered without route 10.7.0.0/16' empty
	same "$was" "$(there)"
	quiet empty
	killed "sendmsg:signal=KILL:when=$(($(point DELLINK '') + 1))" "$file"
	quiet tun -n "$A" add vx0 $vx:09 id 9
	ends 3 '' 'tun: vx0: not recovered: another link has its name; lost with it: address 10.0.0.1/24 if2, address fe80::ff:fe00:1/64 if2, route 10.8.0.0/16' empty
	quiet empty
}

@test "what went as it should is not missed, whoever has its name now" {
	traced "$no" --confirm 60 --prune vx1 "$file" || :
	again
	killed "sendmsg:signal=KILL:when=$(($(point DELLINK '') + 1))" --prune vx1 "$BATS_TEST_TMPDIR/empty"
	absent "$A" vx1
	quiet tun -n "$A" add vx1 $vx:09 id 9
	quiet empty
}

@test "a loss counts, whatever else is wrong" {
	traced "$no" --confirm 60 "$file" || :
	killed "sendmsg:signal=KILL:when=$(($(point DELLINK '') + 1))" "$file"
	quiet tun -n "$A" add vx0 $vx:09 id 9
	echo 'route add 10.20.0.0/16 via 10.66.0.1 dev vx1' >"$file"
	code=0
	tun -n "$A" apply "$file" >/dev/null 2>&1 || code=$?
	same 3 "$code"
}

# journal: the file, which is found by the cookie of the namespace.
journal() {
	in_ns "$A" strace -qq -e trace=rename tun apply --recreate "$file" 2>&1 >/dev/null | sed -n 's/.*, "\(.*\)").*/\1/p'
}

@test "of another boot or damaged, it is not taken for granted" {
	path=$(journal)
	for change in '24 x' '68 \3\0\0\0' '68 \4\0\0\0' '72 \7\0\0\0' '76 \377\377\377\377' '84 genl\0' '0 x'; do
		again
		killed fsync:signal=KILL:when=2 "$file"
		# shellcheck disable=SC2059 # a format
		printf "${change#* }" | dd of="$path" bs=1 seek="${change% *}" conv=notrunc status=none
		was=$(there)
		if [ "$change" = '24 x' ]; then
			quiet empty
			[ ! -e "$path" ]
		else
			refuses "tun: $path: Bad message: delete it to go on without" empty
			refuses "tun: $path: Bad message: delete it to go on without" tun -n "$A" apply --check "$BATS_TEST_TMPDIR/empty"
			rm "$path"
		fi
		same "$was" "$(there)"
	done
}

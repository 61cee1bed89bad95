# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tries the lines of badinputs.tsv, for those who choose them.

fresh() {
	[ ! -e "/run/netns/$A" ] || ip netns del "$A"
	namespaces "$A"
	ip -n "$A" link set dev lo up
}

# All that a refused line could have changed.
state() {
	ip -n "$A" -force -d -j -batch - <<-'END' 2>/dev/null | sed 's/"\(qdisc\|permaddr\)":"[^"]*"//g'
		link show
		addr show
		l2tp show tunnel
		l2tp show session
	END
}

# The links that are there, without what nobody asked for; - for none.
shown() {
	tun -n "$A" show | sed 's/ address [0-9a-f:]*//; s/ mtu [0-9]*$//' | grep . || echo -
}

# Without the capability that everything here needs, yet able to read a checkout of root's.
unprivileged() { in_ns "$A" setpriv --bounding-set=-net_admin,-sys_admin tun "$@"; }
no_descriptors() { (ulimit -n 3 && exec tun -n "$A" "$@"); }
plain() { tun -n "$A" "$@"; }

# A batch file of those bytes.
batch() {
	printf '%b' "$1" >"$BATS_TEST_TMPDIR/batch"
	plain -batch "$BATS_TEST_TMPDIR/batch"
}

# try GROUP [HOW [CHOSEN]]: the lines of a group, run by HOW if CHOSEN says yes; all are tried, and said which go wrong.
try() {
	local clean number=0 wrong=0 careful=
	fresh
	clean=$(state)
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	# shellcheck disable=SC2094 # opening a pipe both ways is the point
	exec 8<>"$BATS_TEST_TMPDIR/pipe" 9>"$BATS_TEST_TMPDIR/pipe" 8>&- # 9: a pipe that nobody reads
	each_line "$@"
	# Looking after each line costs more than the lines: only when something is there at the end, to know whose it is.
	if ! same "$clean" "$(state)" "what the lines of $1 changed"; then
		careful=yes wrong=1
		fresh
		clean=$(state)
		each_line "$@"
	fi
	exec 9>&-
	echo "$number lines"
	[ "$number" -gt 0 ]
	[ "$wrong" -eq 0 ]
}

each_line() {
	local group status word before line code out err
	while IFS=$'\t' read -r group status word before line; do
		[ "$group" = "$1" ] || continue
		"${3:-true}" || continue
		number=$((number + 1))
		one "${2:-plain}" || {
			wrong=$((wrong + 1))
			echo "tun $line: status $code, wanted $status $word: $out$err" >&2
		}
	done <"$BATS_TEST_DIRNAME/badinputs.tsv"
}

# one HOW: the line in $line; the rest of a row of the table stands in $status, $word and $before.
one() {
	local part was=$clean ok=0
	if [ "$before" != - ]; then
		while read -r -d ';' part; do
			# shellcheck disable=SC2086 # words
			tun -n "$A" $part || return 1
		done <<<"$before;"
		was=$(state)
	fi
	execute "$1"
	[[ $code = "$status" && -z $out ]] || ok=1
	if [ "$status" = 0 ]; then
		[ -z "$err" ] || ok=1
		same "${word//; /$nl}" "$(shown)" "tun $line" || ok=1
	else
		blames "$word" || ok=1
		[[ -z $careful && $before = - ]] || same "$was" "$(state)" "tun $line" || ok=1
	fi
	if [[ $before != - || ($status = 0 && $word != -) ]]; then
		fresh
		clean=$(state)
	fi
	return "$ok"
}

# Runs $line by HOW; the outcome is in $code, $out and $err.
execute() {
	local command="$1 $line"
	code=0
	# shellcheck disable=SC2016 # the command expands it
	[ "$1" != batch ] || command='batch "$line"'
	eval "$command" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || code=$?
	# With the newline at the end, and what stands for a NUL.
	IFS= read -r -d '' out < <(tr '\0' '?' <"$BATS_TEST_TMPDIR/out") || :
	IFS= read -r -d '' err <"$BATS_TEST_TMPDIR/err" || :
}

# The error is one line that holds the word behind the program's name; none for a signal.
blames() {
	[[ $1 = - && -z $err ]] ||
		[[ $1 != - && $err = *tun": "*$nl && ${err#*tun: } = *"$1"* && ${err%"$nl"} != *$nl* ]]
}

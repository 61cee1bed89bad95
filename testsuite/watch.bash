# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A monitor of the namespace A, and what it says in the file $says.
# shellcheck disable=SC2154 # the suites and lib.bash set them

# begin COMMAND...: starts a monitor with --initial; returns when it has told what is there. watch OPTIONS...: of A.
begin() {
	: >"$says"
	"$@" >"$says" 2>"$says.err" 3>&- &
	watcher=$!
	await 10 grep -q watching "$says"
}

watch() { begin tun -n "$A" "$@" monitor --initial; }

# unwatch [SIGNAL]: it ends, and says no error. ended: by itself. pause STOP|CONT.
unwatch() {
	kill -"${1:-TERM}" "$watcher"
	ended
}

ended() {
	local status=0
	wait "$watcher" || status=$?
	same '0 ' "$status $(<"$says.err")" 'exit status and standard error'
}

pause() { kill -"$1" "$watcher"; }

# A last thing that is there when all that was before has been told.
mark() {
	ip -n "$A" tuntap add name mark mode tun
	await 10 grep -q 'created.*mark' "$says"
}

# What objects are told apart by; of those that are not links nothing else, as their families have another schema.
told_key='(if .state.ifindex then .state.ifindex else [.tunnel_id, .session_id, .port] end | tostring)'
told_part='if .state.ifindex then . else {tunnel_id, session_id, port} end'

# sums_up [COMMAND]...: what was told in JSON adds up to what these commands show: "show".
sums_up() {
	local sum one
	[ $# -gt 0 ] || set -- show
	# shellcheck disable=SC2016 # jq's dollars
	sum=$(jq -ncS 'reduce (inputs | select(.object)) as $e ({}; ($e.object | '"$told_key"') as $k |
		if $e.event == "deleted" then del(.[$k]) else .[$k] = $e.object end) | .[] | '"$told_part" "$says") || return 1
	# shellcheck disable=SC2086 # words
	same "$(for one; do tun -n "$A" -j $one; done | jq -cS ".[] | $told_part" | sort)" "$(sort <<<"$sum")" 'what was told'
}

# adds_up SECONDS COMMAND...: ... before the time is up.
adds_up() { await "$1" sums_up "${@:2}" || sums_up "${@:2}"; }

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the suites share: namespaces that go with the test, and comparisons of whole outputs.
bats_require_minimum_version 1.5.0

: "${TOP:=$(cd "$BATS_TEST_DIRNAME/.." && pwd -P)}"
case :$PATH: in *:"$TOP/ip":*) ;; *) PATH=$TOP/ip:$PATH ;; esac
export TOP PATH LC_ALL=C.UTF-8

nl=$'\n'

# ---- comparing ----

# same WANT GOT [WHAT]: two texts are equal.
same() {
	[ "$1" != "$2" ] || return 0
	echo "${3:-differs}:" >&2
	diff -u --label expected <(printf '%s\n' "$1") --label got <(printf '%s\n' "$2") >&2
	return 1
}

# ends STATUS STDOUT STDERR COMMAND...: the command ends just so.
ends() {
	local status=0 out err
	"${@:4}" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || status=$?
	IFS= read -r -d '' out <"$BATS_TEST_TMPDIR/out" || :
	IFS= read -r -d '' err <"$BATS_TEST_TMPDIR/err" || :
	same "$2${2:+$nl}--- standard error:$nl$3${3:+$nl}--- status: $1" \
		"$out--- standard error:$nl$err--- status: $status" "${*:4}"
}

quiet() { ends 0 '' '' "$@"; }
prints() { ends 0 "$1" '' "${@:2}"; }
refuses() { ends 1 '' "$1" "${@:2}"; } # nothing was tried
fails() { ends 2 '' "$1" "${@:2}"; }   # the kernel said no

# await SECONDS COMMAND...: the command succeeds before the time is up.
await() {
	local until=$((SECONDS + $1 + 1))
	until "${@:2}" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$until" ] || { echo "in vain: ${*:2}" >&2; return 1; }
		sleep 0.02
	done
}

# ---- namespaces ----

# Names for the namespaces of this test; remove_namespaces takes away those that it made.
# shellcheck disable=SC2034 # the suites use them
A=tun.$$.a B=tun.$$.b C=tun.$$.c D=tun.$$.d E=tun.$$.e

namespaces() {
	printf 'netns add %s\n' "$@" | ip -batch -
}

# Ends what the test left running, by its number, and removes its namespaces.
# shellcheck disable=SC2046 # one word per process
remove_namespaces() {
	local one
	kill $(jobs -p) 2>/dev/null || :
	for one in /run/netns/tun."$$".*; do
		[ ! -e "$one" ] || echo "netns del ${one##*/}"
	done | ip -batch -
}

# in_ns NAMESPACE COMMAND...
in_ns() { nsenter --net="/run/netns/$1" "${@:2}"; }

# wire NS1 DEV1 ADDR1 NS2 DEV2 ADDR2: a cable between two namespaces, up, with addresses (IPv4 or IPv6).
wire() {
	ip -n "$1" link add name "$2" type veth peer name "$5" netns "$4"
	wire_end "$1" "$2" "$3"
	wire_end "$4" "$5" "$6"
}

wire_end() {
	local nodad=
	case $3 in *:*) nodad=nodad ;; esac
	ip -n "$1" -batch - <<-END
		addr add $3 dev $2 $nodad
		link set dev $2 up
	END
}

# underlay: A and B joined by a cable, u0 at both ends, 192.0.2.1 and 192.0.2.2.
underlay() {
	namespaces "$A" "$B"
	wire "$A" u0 192.0.2.1/24 "$B" u0 192.0.2.2/24
}

# join WORDS...: the tunnel t between A and B with these words, 10.0.0.1 and 10.0.0.2 inside.
join() {
	quiet tun -n "$A" add t local 192.0.2.1 remote 192.0.2.2 "$@" up
	quiet tun -n "$B" add t local 192.0.2.2 remote 192.0.2.1 "$@" up
	inside
}

inside() {
	ip -n "$A" addr add 10.0.0.1/30 dev t
	ip -n "$B" addr add 10.0.0.2/30 dev t
}

# pings NAMESPACE ADDRESS: an answer comes. no_ping: none comes, or an error.
pings() { in_ns "$1" ping -n -q -c 1 -W 5 "${@:2}" >/dev/null; }
no_ping() { ! in_ns "$1" ping -n -q -c 1 -W 1 "${@:2}" >/dev/null; }

# ---- looking from outside ----

# kind_of NS LINK: what ip knows of a link's kind and its words, as one line of JSON with sorted keys.
kind_of() {
	ip -n "$1" -d -j link show dev "$2" | jq -cS '.[0].linkinfo | [.info_kind, .info_data]'
}

# every KIND NS: what ip knows of all links of a kind, without what no two links have in common.
every() {
	ip -n "$2" -d -j link show type "$1" |
		jq -cS '.[] | select(.ifname | test("^(gre|tunl|ip_vti)0$") | not) | del(.ifindex, .min_mtu, .max_mtu, .inet6_addr_gen_mode)'
}

# field NS LINK FILTER: one thing of what ip says of a link.
field() { ip -n "$1" -d -s -j link show dev "$2" | jq -r ".[0] | $3"; }

# absent NS LINK...: ip knows no such link.
absent() {
	local one
	for one in "${@:2}"; do
		! ip -n "$1" link show dev "$one" >/dev/null 2>&1 || { echo "$one is there" >&2; return 1; }
	done
}

# counter NS GROUP NAME: a number of /proc/net/snmp.
counter() {
	# shellcheck disable=SC2016 # awk's dollars
	in_ns "$1" awk -v group="$2:" -v name="$3" '
		$1 != group { next }
		!at { for (at = NF; $at != name; at--); next }
		{ print $at }' /proc/net/snmp
}

# links NS: what a refused command must leave alone, without what changes by itself.
links() {
	ip -n "$1" -d -j link | jq -cS '.[] | del(.qdisc)'
	ip -n "$1" -j addr show scope global | jq -c '.[].addr_info[]? | del(.tentative)'
	ip -n "$1" -4 route show table all
	ip -n "$1" -6 route show table all | grep -v '^local\|^anycast\|fe80:\|^multicast ff00' || :
}

# capture NS DEV FILE [EXPRESSION]: records packets until stop_capture; returns when it listens.
capture() {
	nsenter --net="/run/netns/$1" tcpdump -i "$2" --immediate-mode -U -w "$3" "${@:4}" 2>"$3.log" 3>&- &
	capture=$!
	await 10 grep -q 'listening on' "$3.log"
}

# packets FILE EXPRESSION: how many recorded packets match. captured: at least one does.
packets() { tcpdump -n -r "$1" "$2" 2>/dev/null | wc -l; }
captured() { [ "$(packets "$@")" -gt 0 ]; }

stop_capture() {
	kill "$capture"
	wait "$capture" || :
}

teardown() { remove_namespaces; }

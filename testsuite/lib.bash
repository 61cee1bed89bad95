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

# underlay6: the same over IPv6, 2001:db8::1 and 2001:db8::2.
underlay6() {
	namespaces "$A" "$B"
	wire "$A" u0 2001:db8::1/64 "$B" u0 2001:db8::2/64
}

# join WORDS...: the tunnel t between A and B with these words, 10.0.0.1 and 10.0.0.2 inside, fd00::1 and fd00::2 too.
join() {
	join_ends 192.0.2.1 192.0.2.2 "$@"
}

# join6 WORDS...: the same over IPv6.
join6() {
	join_ends 2001:db8::1 2001:db8::2 "$@"
}

join_ends() {
	quiet tun -n "$A" add t local "$1" remote "$2" "${@:3}" up
	quiet tun -n "$B" add t local "$2" remote "$1" "${@:3}" up
	inside
}

inside() {
	inside_of "$A" 1
	inside_of "$B" 2
}

inside_of() {
	ip -n "$1" addr add "10.0.0.$2/30" dev t
	ip -n "$1" addr add "fd00::$2/64" dev t nodad
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
		jq -cS '.[] | select(.ifname | test("^(gre|gretap|erspan|tunl|sit|ip_vti|ip6tnl|ip6gre|ip6_vti)0$") | not) |
			del(.ifindex, .min_mtu, .max_mtu, .inet6_addr_gen_mode, .permaddr)'
}

# as_ip TUN-WORDS IP-WORDS: tun makes the same link m of its words as ip does of these (after "link add m"), and tun
# says the same of both.
as_ip() {
	# shellcheck disable=SC2086 # words
	{
		quiet tun -n "$A" add m $1
		ip -n "$B" link add name m $2
	}
	same "$(as_made "$B")" "$(as_made "$A")" "tun add m $1"
	same "$(as_shown "$B")" "$(as_shown "$A")" "tun show m ($1)"
	ip -n "$B" link del dev m
	quiet tun -n "$A" del m
}

# A chosen MAC address is another one each time.
as_made() {
	ip -n "$1" -d -j link show dev m |
		jq -cS '.[0] | del(.ifindex, .permaddr, if .link_type == "ether" then .address else .none end)'
}

as_shown() { tun -n "$1" show m | sed 's/ address [0-9a-f:]*//'; }

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

# counter6 NS NAME: a number of /proc/net/snmp6.
counter6() {
	# shellcheck disable=SC2016 # awk's dollars
	in_ns "$1" awk -v name="$2" '$1 == name { print $2 }' /proc/net/snmp6
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

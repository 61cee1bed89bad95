#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# A link with its addresses and routes in one line.

load lib

setup_file() { modprobe -a ip_gre ipip sit ip_vti l2tp_eth tun vxlan; }

setup() {
	underlay
	file=$BATS_TEST_TMPDIR/lines
}

ends='local 192.0.2.1 remote 192.0.2.2'
session='tunnel_id 1 peer_tunnel_id 2 session_id 3 peer_session_id 4 encap ip'
kinds=("gre $ends" "ipip $ends" "sit $ends" "vti $ends key 5" "gretap $ends" "vxlan id 5 dstport 4789 $ends" 'tap' 'tun'
	"l2tp $ends $session")
parts='addr 10.0.0.1 peer 10.0.0.2 addr 10.1.0.1/24 addr fd00::1/64 route 10.2.0.0/16 route 10.3.0.0/16 via 10.0.0.2 metric 7
	route 10.4.0.0/16 via 198.51.100.1 onlink table 9 src 10.1.0.1 route fd00:1::/48'

# hangs: what is on t and was not the kernel's.
hangs() {
	ip -n "$A" addr show dev t scope global | sed -n 's/ tentative//; s/^ *inet/inet/p'
	{ # of the carrier the kernel tells in its own time
		ip -n "$A" route show dev t table all
		ip -n "$A" -6 route show dev t table all
	} | sed '/proto kernel/d; s/ linkdown//'
}

@test "the line does what lines of their own do, for every kind" {
	for kind in "${kinds[@]}"; do
		# shellcheck disable=SC2086 # words
		{
			quiet tun -n "$A" add t type $kind up
			tun -n "$A" -batch - <<-END
				addr add 10.0.0.1 peer 10.0.0.2 dev t
				addr add 10.1.0.1/24 dev t
				addr add fd00::1/64 dev t
				route add 10.2.0.0/16 dev t
				route add 10.3.0.0/16 via 10.0.0.2 metric 7 dev t
				route add 10.4.0.0/16 via 198.51.100.1 onlink table 9 src 10.1.0.1 dev t
				route add fd00:1::/48 dev t
			END
			before=$(hangs)
			quiet tun -n "$A" del t
			quiet tun -n "$A" add t type $kind $parts up
			same "$before" "$(hangs)" "$kind"
			prints unchanged tun -n "$A" ensure t type $kind up $parts
			ip -n "$A" addr del 10.0.0.1 peer 10.0.0.2 dev t
			ip -n "$A" route del 10.2.0.0/16
			prints changed tun -n "$A" ensure t $parts type $kind up
			same "$(sort <<<"$before")" "$(hangs | sort)" "$kind"
			prints changed tun -n "$A" ensure t type $kind up mtu 1300 $parts
			prints unchanged tun -n "$A" ensure t type $kind up mtu 1300 $parts
			quiet tun -n "$A" del t
			prints created tun -n "$A" ensure t type $kind up $parts
			same "$before" "$(hangs)" "$kind"
			quiet tun -n "$A" del t
		}
	done
}

# What comes behind a part and is a word of the link is the link's.
@test "words go to whom they belong" {
	quiet tun -n "$A" add addr 10.0.0.1/24 t route 10.2.0.0/16 mtu 1300 type gre local 192.0.2.1 up addr 10.1.0.1/24 scope link \
		remote 192.0.2.2
	prints 't type gre remote 192.0.2.2 local 192.0.2.1 mtu 1300 up' tun -n "$A" show t
	same 'inet 10.1.0.1/24 scope link t
inet 10.0.0.1/24 scope global t' "$(ip -n "$A" -4 addr show dev t | sed -n 's/^ *inet/inet/p')"
	same '10.2.0.0/16 scope link ' "$(ip -n "$A" route show dev t | grep -v kernel)"
	quiet tun -n "$A" add name addr type tap
	quiet tun -n "$A" set addr address 02:00:00:00:00:01
	prints 'name addr type tap address 02:00:00:00:00:01 mtu 1500' tun -n "$A" show addr
	quiet tun -n "$A" add tap9 type tap alias addr
}

@test "the chosen name is printed, and its addresses are its own" {
	prints gre1 tun -n "$A" add type gre local 192.0.2.1 remote 192.0.2.2 up addr 10.0.0.1/24
	same 10.0.0.1 "$(ip -n "$A" -j addr show dev gre1 | jq -r '.[].addr_info[] | select(.family == "inet").local')"
	prints '[{"name":"gre1","action":"unchanged"}]' \
		tun -n "$A" -j ensure gre1 type gre local 192.0.2.1 remote 192.0.2.2 up addr 10.0.0.1/24
}

# undone VERB WORDS...: it fails, and all is as before.
undone() {
	run -2 tun -n "$A" "$1" t type "${@:2}"
	same "$(<"$file")" "$(links "$A")" "$*"
}

@test "if a part fails, all is as before, wherever it stands" {
	ip -n "$A" route add 10.77.0.0/16 dev u0
	links "$A" >"$file"
	# shellcheck disable=SC2086 # words
	for kind in "${kinds[@]}"; do
		undone add $kind up $parts route 10.77.0.0/16
		undone ensure $kind up $parts route 10.77.0.0/16
	done
	for part in 'route 10.77.0.0/16' 'route 10.9.0.0/16 via 203.0.113.1' 'route 10.8.0.0/16 src 203.0.113.7'; do
		# shellcheck disable=SC2086 # words
		for line in "$part $parts" "addr 10.0.0.1/24 $part route 10.2.0.0/16"; do
			undone add tap up $line
		done
	done
	fails 'tun: route 10.77.0.0/16: exists' tun -n "$A" add t type tap up addr 10.0.0.1/24 route 10.77.0.0/16
}

@test "if a part fails, what ensure changed and made anew is as before" {
	quiet tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 mtu 1400 alias old up addr 10.0.0.1/24 route 10.5.0.0/16
	before=$(links "$A")
	fails 'tun: route 10.9.0.0/16: Nexthop has invalid gateway: give dev and onlink, or a route to it first' \
		tun -n "$A" ensure t type gre local 192.0.2.1 remote 192.0.2.3 mtu 1300 alias new up addr 10.1.0.1/24 \
		route 10.9.0.0/16 via 203.0.113.1
	same "$before" "$(links "$A")"
	fails 'tun: route 10.9.0.0/16: Nexthop has invalid gateway: give dev and onlink, or a route to it first' \
		tun -n "$A" ensure --recreate t type ipip local 192.0.2.1 remote 192.0.2.2 up addr 10.1.0.1/24 \
		route 10.9.0.0/16 via 203.0.113.1
	same "$before" "$(links "$A")"
}

@test "what is wrong with a part is refused before anything is sent" {
	before=$(links "$A")
	while IFS='|' read -r words text; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $text" tun -n "$A" add t type gre local 192.0.2.1 $words
		# shellcheck disable=SC2086 # words
		refuses "tun: $text" tun -n "$A" ensure t type gre local 192.0.2.1 $words
	done <<-'END'
		addr|addr: needs a value
		route|route: needs a value
		up addr|addr: needs a value
		addr 10.0.0.300|10.0.0.300: not a complete IPv4 or IPv6 address
		addr 10.0.0.1/33|10.0.0.1/33: not a prefix length of that address family
		addr 10.0.0.1/24 addr 10.0.0.1/24|address 10.0.0.1/24 t: given twice
		addr 10.0.0.1 peer fd00::1|address 10.0.0.1 t: peer: is of another address family
		route 10.0.0.0/8 via fd00::1|route 10.0.0.0/8: via: is of another address family
		route 10.0.0.0/8 via 10.1|via: 10.1: not a complete IPv4 or IPv6 address
		route 10.0.0.0/8 metric 1 metric 2|metric: given twice
		route 10.0.0.0/8 metric 1 route 10.0.0.0/8 metric 1|route 10.0.0.0/8: given twice
		netns other addr 10.0.0.1|netns: cannot stand beside addr or route: say -n instead
		via 10.0.0.1|via: not a word of gre (tun help gre lists them)
		addr 10.0.0.1 ttl 999|ttl: 999: out of range (0 to 255)
	END
	same "$before" "$(links "$A")"
}

@test "in a batch, each line is looked at before and undone with it" {
	before=$(links "$A")
	cat >"$file" <<-END
		add t type gre $ends up addr 10.0.0.1/24 route 10.2.0.0/16
		add t2 type ipip $ends up addr 10.0.1.1/24 addr 10.300.0.1
	END
	ends 1 '' "tun: $file:2:76: 10.300.0.1: not a complete IPv4 or IPv6 address" tun -n "$A" -batch "$file"
	same "$before" "$(links "$A")"
	cat >"$file" <<-END
		add t type gre $ends up addr 10.0.0.1/24 route 10.2.0.0/16
		add t2 type ipip $ends up addr 10.0.1.1/24 route 10.3.0.0/16 via 203.0.113.1
	END
	run -2 tun -n "$A" --atomic -batch "$file"
	same "$before" "$(links "$A")"
	run -2 tun -n "$A" -batch "$file"
	absent "$A" t2
	same '10.2.0.0/16 scope link ' "$(ip -n "$A" route show dev t | grep -v kernel)"
}

@test "a dry run tells all that would be sent, of a link that is not there too" {
	before=$(links "$A")
	prints 'RTM_NEWLINK create,excl
    ifi_flags  (up)
    IFLA_IFNAME t  (name)
  IFLA_LINKINFO, IFLA_INFO_KIND gre, IFLA_INFO_DATA
    IFLA_GRE_LOCAL 192.0.2.1  (local)
    IFLA_GRE_TTL inherit  (ttl)
RTM_NEWADDR create,excl
    prefix length 24  (address)
    ifa_index t  (dev)
    IFA_LOCAL 10.0.0.1  (address)
RTM_NEWROUTE create,excl
    prefix length 16  (destination)
    RTA_DST 10.2.0.0  (destination)
    RTA_OIF t  (dev)' tun -n "$A" --dry-run add t type gre local 192.0.2.1 route 10.2.0.0/16 addr 10.0.0.1/24 up
	same "$before" "$(links "$A")"
}

# Link and question in one call, all else in another. Names of links are asked for beside them.
@test "two calls send it all" {
	strace -o "$BATS_TEST_TMPDIR/trace" -e trace=sendmsg -X raw \
		tun -n "$A" add t type gre local 192.0.2.1 remote 192.0.2.2 up addr 10.0.0.1/24 addr fd00::1/64 route 10.2.0.0/16
	same 2 "$(grep -cE 'nlmsg_type=0x(10|14|18)' "$BATS_TEST_TMPDIR/trace")"
}

# Nothing of it stays, neither those words that stand in front of the one at fault.
@test "30 changes of many words that fail change nothing" {
	quiet tun -n "$A" add g type gre local 192.0.2.1 remote 192.0.2.2 key 5 mtu 1400 alias old up addr 10.0.0.1/24 \
		addr fd00::1/64 route 10.9.0.0/16
	quiet tun -n "$A" add v type vxlan id 5 remote 192.0.2.2 dstport 4789 address 02:00:00:00:00:05 up \
		addr 10.1.0.1/24 route 10.8.0.0/16
	quiet tun -n "$A" add p type tap address 02:00:00:00:00:06 linkgroup 7 up
	quiet tun -n "$A" add other type gre local 192.0.2.1 remote 192.0.2.2 key 6
	await 10 no_carrier
	links "$A" >"$file"
	for link in g v p; do
		for bad in 'mtu 67' 'master lo' 'name u0' 'ifindex 77' 'addrgenmode stable_secret' 'netns nowhere'; do
			for first in 'alias new down' 'txqueuelen 7 linkgroup 9'; do
				# shellcheck disable=SC2086 # words
				changes_nothing "$link" $first $bad
			done
		done
	done
	for bad in 'key 6' 'key 6 alias new down ttl 7' 'alias new mtu 1300 ttl 9 key 6'; do
		# shellcheck disable=SC2086 # words
		changes_nothing g $bad
	done
	[ "$(wc -l <"$file.log")" -ge 30 ]
}

# A TAP that nobody holds has none, of which the kernel tells in its own time.
no_carrier() { ip -n "$A" link show p | grep -q NO-CARRIER; }

# changes_nothing LINK WORDS...: they are not all taken.
changes_nothing() {
	! tun -n "$A" set "$@" 2>>"$file.log" || { echo "set $*" >&2; return 1; }
	await 5 is_as_before || same "$(<"$file")" "$(links "$A")" "set $*: $(tail -n 1 "$file.log")"
}
is_as_before() { links "$A" | cmp -s "$file" -; }

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Save, apply and diff, with the kinds that every kernel has. That each word of each kind is saved and comes back is in
# unit/saved.c; what survives a crash in sweep.bats; the kinds that need modules are in state.bats.

# shellcheck disable=SC2086 # $vx is words
load lib

setup() {
	namespaces "$A"
	file=$BATS_TEST_TMPDIR/state
	vx='type vxlan remote 192.0.2.1 dstport 4789 address 02:00:00:00:00:01'
}

# state LINE...: the file has these lines.
state() { printf '%s\n' "$@" >"$file"; }

apply() { tun -n "$A" apply "$@"; }

# numbers: the links and their numbers.
numbers() { tun -n "$A" -j show | jq -c '[.[] | .name, .state.ifindex]'; }

# unnumbered: what is there, but for the numbers of the links.
unnumbered() { links "$A" | sed 's/"ifindex":[0-9]*,//' | sort; }

# quietly COMMAND...: no link, address or route of the namespace changes meanwhile.
quietly() {
	local events=$BATS_TEST_TMPDIR/events monitor
	in_ns "$A" ip monitor link address route >"$events" 3>&- &
	monitor=$!
	# it hears the marks before and after
	until [ -s "$events" ]; do tun -n "$A" add mark type tun && tun -n "$A" del mark; done
	await 5 grep -q '^Deleted .*mark' "$events"
	quiet tun -n "$A" add mark2 type tun
	await 5 grep -q 'mark2' "$events"
	: >"$events"
	"$@"
	quiet tun -n "$A" del mark2
	await 5 grep -q '^Deleted .*mark2' "$events"
	kill "$monitor"
	same '' "$(grep -v 'mark2\|^ ' "$events" || :)" events
}

@test "what was saved comes back as it was" {
	quiet tun -n "$A" add v1 $vx id 1 mtu 1400 up
	quiet tun -n "$A" add v2 type vxlan id 2 remote 192.0.2.1 dstport 4789 address 02:00:00:00:00:02 mtu 1300 dev v1
	quiet tun -n "$A" add t type tap user 4242 multi_queue address 02:00:00:00:00:03 mtu 1500
	quiet tun -n "$A" set v1 alias "it's" linkgroup 7
	for addr in 10.0.0.1/24 10.0.0.2/24 fd00::2/64 fd00::1/64; do
		quiet tun -n "$A" addr add "$addr" dev v1
	done
	quiet tun -n "$A" route add 10.9.0.0/16 via 10.0.0.9
	quiet tun -n "$A" route add 10.8.0.0/16 dev v1 metric 5 table 100
	saved=$(cat <<-'END'
		tuntap add dev t mode tap user 4242 multi_queue
		link set dev t address 02:00:00:00:00:03 mtu 1500
		link add v1 address 02:00:00:00:00:01 mtu 1400 group 7 type vxlan id 1 remote 192.0.2.1 dstport 4789
		link set dev v1 alias "it's" up
		link add v2 address 02:00:00:00:00:02 mtu 1300 type vxlan id 2 remote 192.0.2.1 dev v1 dstport 4789
		addr add 10.0.0.1/24 dev v1
		addr add 10.0.0.2/24 dev v1
		addr add fd00::2/64 dev v1
		addr add fd00::1/64 dev v1
		route add 10.8.0.0/16 dev v1 metric 5 table 100
		route add 10.9.0.0/16 via 10.0.0.9 dev v1
	END
	)
	prints "$saved" tun -n "$A" save
	quiet tun -n "$A" save -o "$file"
	same "$saved" "$(cat "$file")"
	before=$(unnumbered)
	quiet tun -n "$A" del all
	ends 0 "$(sed -n 's/^/+ /p' <<-'END'
		t type tap user 4242 multi_queue address 02:00:00:00:00:03 mtu 1500
		v1 type vxlan id 1 remote 192.0.2.1 dstport 4789 address 02:00:00:00:00:01 mtu 1400 linkgroup 7 alias 'it'\''s' up
		v2 type vxlan id 2 remote 192.0.2.1 dev v1 dstport 4789 address 02:00:00:00:00:02 mtu 1300
		address 10.0.0.1/24 dev v1
		address 10.0.0.2/24 dev v1
		address fd00::2/64 dev v1
		address fd00::1/64 dev v1
		route 10.8.0.0/16 dev v1 metric 5 table 100
		route 10.9.0.0/16 via 10.0.0.9 dev v1
	END
	)" '' apply "$file"
	prints "$saved" tun -n "$A" save
	# ip reads the same lines, and makes the same of them
	quiet tun -n "$A" del all
	quiet in_ns "$A" ip -batch "$file"
	prints "$saved" tun -n "$A" save
	same "$before" "$(unnumbered)"
}

# comes_back LINE...: ip makes what these say of v1 and v2; saved, deleted and applied it is the same for tun and for ip.
comes_back() {
	local saved before
	quiet tun -n "$A" add v1 $vx id 1 mtu 1500 up
	quiet tun -n "$A" add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 address 02:00:00:00:00:02 mtu 1500 up
	printf '%s\n' "$@" | ip -n "$A" -batch -
	saved=$(tun -n "$A" save)
	same "$(printf '%s\n' "$@")" "$(sed 1,2d <<<"$saved")"
	before=$(ip -n "$A" addr | grep inet; ip -n "$A" route show table all; ip -n "$A" -6 route)
	printf '%s\n' "$saved" >"$file"
	quiet apply --quiet "$file"
	quiet tun -n "$A" del all
	apply "$file" >/dev/null
	same "$saved" "$(tun -n "$A" save)"
	same "$before" "$(ip -n "$A" addr | grep inet; ip -n "$A" route show table all; ip -n "$A" -6 route)"
	quiet tun -n "$A" del all
	quiet tun -n "$A" -batch "$file"
	same "$saved" "$(tun -n "$A" save)" batch
}

@test "addresses and routes come back with all that was said of them" {
	comes_back 'addr add 10.0.0.1/24 broadcast 10.0.0.255 dev v1 label v1:1 metric 5' 'addr add 10.0.5.1/24 dev v1 noprefixroute' \
		'addr add 10.0.7.1/24 dev v1 preferred_lft 0' 'addr add 239.1.1.1 dev v1 autojoin' \
		'addr add 10.0.9.1/31 peer 10.0.9.2/31 broadcast 10.0.9.3 dev v1 label v1:1' \
		'addr add fd00:2::1/64 dev v1 metric 77 preferred_lft 0' 'addr add fd00:1::1/64 dev v1 mngtmpaddr' \
		'addr add fd00::1/64 dev v1 nodad home' 'route add 10.1.0.0/16 dev v1 proto static' \
		'route add 10.2.0.0/16 dev v1 scope host' 'route add 10.3.0.0/16 dev v1 scope global' \
		'route add fd01::/48 dev v1 metric 1024 proto static' 'route add 10.4.0.0/16 via 10.0.0.9 dev v1 metric 3 advmss 1300'
}

@test "routes to one place come back one behind the other" {
	comes_back 'addr add 10.0.0.1/24 dev v1' 'addr add fd00::1/64 dev v1' 'route add 10.1.0.0/16 dev v2' \
		'route append 10.1.0.0/16 dev v1' 'route append 10.1.0.0/16 dev v1 proto static' 'route add fd01::/48 dev v2 metric 5' \
		'route append fd01::/48 dev v1 metric 5' 'route add 10.2.0.0/16 via 10.0.0.9 dev v1' \
		'route append 10.2.0.0/16 dev v2' 'route append 10.2.0.0/16 via 10.0.0.8 dev v1'
	# one that is lost takes its place behind the others; nothing else is touched
	for gone in 'dev v2' 'via 10.0.0.9 dev v1'; do
		ip -n "$A" route del 10.2.0.0/16 $gone
		ends 0 "+ route 10.2.0.0/16 $gone" '' tun -n "$A" --quiet apply "$file"
		quiet tun -n "$A" --quiet apply "$file"
	done
	sed -i '/10.2.0.0.*10.0.0.8/d' "$file"
	ends 0 '- route 10.2.0.0/16 via 10.0.0.8 dev v1	# traffic stops' '' tun -n "$A" --quiet apply "$file" --prune 'v*'
	quiet tun -n "$A" --quiet apply "$file" --prune 'v*'
	# what making a link anew took comes back too
	before=$(ip -n "$A" route | grep 'v1' | sort)
	sed -i 's/type vxlan id 1/type vxlan id 11/' "$file"
	ends 0 '! v1: id 1 -> 11	# traffic stops meanwhile' '' tun -n "$A" --quiet apply --recreate "$file"
	same "$before" "$(ip -n "$A" route | grep 'v1' | sort)"
	quiet tun -n "$A" --quiet apply "$file" --prune 'v*'
}

@test "what the file does not mean is not taken for it" {
	quiet tun -n "$A" add v1 $vx id 1 up
	ip -n "$A" route add 10.2.0.0/16 dev v1 mtu 1300
	state 'route add 10.2.0.0/16 dev v1 mtu 1400'
	quiet apply "$file" --remove
	ends 0 '! route 10.2.0.0/16 dev v1 mtu 1400: mtu 1300 -> 1400	# traffic stops meanwhile' '' apply "$file"
	state 'route add fd01::/48 via fd00::1 dev v1' 'route append fd01::/48 via fd00::2 dev v1'
	refuses "tun: $file:2:24: route fd01::/48: via: IPv6 makes one route of several gateways (multipath), which no word says" \
		tun -n "$A" apply "$file"
}

@test "addresses and routes that words cannot say are comments" {
	quiet tun -n "$A" add v1 $vx id 1 mtu 1500 up
	ip -n "$A" addr add 10.0.0.1/24 dev v1 valid_lft 500 preferred_lft 400
	ip -n "$A" route add 10.4.0.0/16 dev v1 realms 5/6
	ip -n "$A" route add 10.5.0.0/16 dev v1 mtu lock 1300
	ip -n "$A" route add fd01::/48 dev v1 pref high
	ip -n "$A" route add fd02::/48 dev v1 expires 500
	prints '# addr add 10.0.0.1/24 dev v1
# route add 10.4.0.0/16 dev v1
# route add 10.5.0.0/16 dev v1 mtu 1300
# route add fd01::/48 dev v1 metric 1024
# route add fd02::/48 dev v1 metric 1024' sh -c "tun -n $A save | sed 1d"
	tun -n "$A" save >"$file"
	quiet tun -n "$A" --quiet apply "$file" --prune all --check
	# it can be deleted by hand
	quiet tun -n "$A" addr del 10.0.0.1/24 dev v1
}

@test "a selector chooses what is saved, with its addresses and routes" {
	quiet tun -n "$A" add v1 $vx id 1 mtu 1400 up
	quiet tun -n "$A" add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 address 02:00:00:00:00:02 mtu 1400 up
	quiet tun -n "$A" addr add 10.0.1.1/24 dev v1
	quiet tun -n "$A" addr add 10.0.2.1/24 dev v2
	quiet tun -n "$A" route add 10.9.0.0/16 dev v2
	prints "$(cat <<-'END'
		link add v2 address 02:00:00:00:00:02 mtu 1400 up type vxlan id 2 remote 192.0.2.1 dstport 4790
		addr add 10.0.2.1/24 dev v2
		route add 10.9.0.0/16 dev v2
	END
	)" tun -n "$A" save v2
}

@test "what is right already is left alone" {
	state "add v1 $vx id 1 up" "add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 up" 'addr add 10.0.0.1/24 dev v1' \
		'addr add fd00::1/64 dev v1' 'route add 10.9.0.0/16 via 10.0.0.9 dev v1'
	apply "$file" >/dev/null
	before=$(numbers)
	quietly prints "$(cat <<-'END'
		= v1
		= v2
		= address 10.0.0.1/24 dev v1
		= address fd00::1/64 dev v1
		= route 10.9.0.0/16 via 10.0.0.9 dev v1
	END
	)" tun -n "$A" apply "$file"
	quiet tun -n "$A" --quiet apply "$file"
	same "$before" "$(numbers | sed 's/"mark2",[0-9]*,//')"
}

@test "the plan says what changes alive, what is made anew, made and deleted, and whether traffic stops" {
	state "add v1 $vx id 1 ttl 5 up" 'add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 up' \
		'add v3 type vxlan id 3 remote 192.0.2.1 dstport 4791' 'addr add 10.0.0.1/24 dev v2' 'route add 10.9.0.0/16 dev v2'
	apply "$file" >/dev/null
	number=$(field "$A" v2 .ifindex)
	mac=$(field "$A" v2 .address)
	ip -n "$A" link set v2 mtu 1234
	state "add v1 $vx id 1 ttl 6 down" 'add v2 type vxlan id 22 remote 192.0.2.1 dstport 4790 up' \
		'add v4 type tun' 'route add 10.9.0.0/16 dev v2 metric 7'
	plan="~ v1: ttl 5 -> 6, up on -> off	# traffic stops
! v2: id 2 -> 22	# traffic stops meanwhile
+ v4 type tun
+ route 10.9.0.0/16 dev v2 metric 7
- v3
- address 10.0.0.1/24 dev v2	# traffic stops
- route 10.9.0.0/16 dev v2	# traffic stops"
	before=$(tun -n "$A" save)
	ends 6 "$plan" '' apply "$file" --recreate --check --prune 'v*'
	refuses 'tun: v2: id: the kernel cannot change it on a living vxlan: --recreate makes it anew' \
		tun -n "$A" apply "$file" --prune 'v*'
	same "$before" "$(tun -n "$A" save)"
	ends 0 "$plan" '' apply "$file" --recreate --prune 'v*'
	same "[\"$mac\",1234,$number]" "$(ip -n "$A" -j link show v2 | jq -c '.[0] | [.address, .mtu, .ifindex]')"
	ends 0 "$(printf '= %s\n' v1 v2 v4 'route 10.9.0.0/16 dev v2 metric 7')" '' apply "$file" --prune 'v*'
}

@test "links that come with the ends, addresses and routes of others take their place" {
	state 'add v1 type vxlan id 1 remote 192.0.2.1 dstport 4790 up addr 10.0.0.1/24 route 10.9.0.0/16' \
		'add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 up route 10.9.0.0/16 metric 5'
	apply "$file" >/dev/null
	state 'add w1 type vxlan id 1 remote 192.0.2.1 dstport 4790 up addr 10.0.0.1/24 route 10.9.0.0/16 metric 5'
	ends 0 '+ w1 type vxlan id 1 remote 192.0.2.1 dstport 4790 up
+ address 10.0.0.1/24 dev w1
! route 10.9.0.0/16 dev w1 metric 5: dev v2 -> w1	# traffic stops meanwhile
- v1	# traffic stops
- v2	# traffic stops' '' apply "$file" --prune 'v*'
	same '10.0.0.1/24' "$(ip -n "$A" -j -4 addr show w1 | jq -r '.[].addr_info[] | "\(.local)/\(.prefixlen)"')"
	same '10.9.0.0/16 dev w1 scope link metric 5 ' "$(ip -n "$A" route show 10.9.0.0/16)"
}

@test "making a link anew keeps its addresses and routes" {
	state "add v1 $vx id 1 up"
	apply "$file" >/dev/null
	quiet tun -n "$A" addr add 10.0.0.1/24 dev v1
	quiet tun -n "$A" route add 10.9.0.0/16 via 10.0.0.9
	ip -n "$A" route add blackhole 10.7.0.0/16
	before=$(links "$A" | grep -v vxlan)
	state "add v1 $vx id 2 up"
	ends 0 '! v1: id 1 -> 2	# traffic stops meanwhile' '' apply --recreate "$file"
	same "$before" "$(links "$A" | grep -v vxlan)"
}

@test "what making a link anew loses is said" {
	state "add v1 $vx id 1 up"
	apply "$file" >/dev/null
	ip -n "$A" link property add dev v1 altname other
	ip -n "$A" neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev v1
	state "add v1 $vx id 2 up"
	lost='tun: v1: altname other: is lost when it is made anew
tun: v1: neighbour 10.0.0.7: is lost when it is made anew'
	ends 6 '! v1: id 1 -> 2	# traffic stops meanwhile' "$lost" apply --recreate --check "$file"
	ends 0 '! v1: id 1 -> 2	# traffic stops meanwhile' "$lost" apply --recreate "$file"
}

@test "all hops of a route come back with the link of one" {
	for i in 1 2; do
		quiet tun -n "$A" add "v$i" $vx id "$i" up addr "10.0.$i.1/24" addr "fd0$i::1/64"
	done
	ip -n "$A" route add 10.9.0.0/16 nexthop via 10.0.1.2 dev v1 nexthop via 10.0.2.2 dev v2
	ip -n "$A" route add fd09::/64 nexthop via fd01::2 dev v1 nexthop via fd02::2 dev v2
	routes=$(ip -n "$A" route; ip -n "$A" -6 route show fd09::/64)
	state "add v1 $vx id 7 up"
	prints $'! v1: id 1 -> 7\t# traffic stops meanwhile' apply --recreate "$file"
	same "$routes" "$(ip -n "$A" route; ip -n "$A" -6 route show fd09::/64)"
}

@test "routes of an address stay when it is made anew" {
	quiet tun -n "$A" add v1 $vx id 1 up addr 10.0.0.1/24 addr 10.0.1.1/24
	ip -n "$A" -batch - <<-END
		route add 10.8.0.0/16 via 10.0.0.2
		route add 10.9.0.0/16 dev v1 src 10.0.0.1
	END
	state 'addr add 10.0.0.1/24 dev v1 scope link'
	prints $'! address 10.0.0.1/24 dev v1 scope link: scope global -> link\t# traffic stops meanwhile' \
		apply --recreate "$file"
	same '10.8.0.0/16 via 10.0.0.2 dev v1 ,10.9.0.0/16 dev v1 scope link src 10.0.0.1 ' \
		"$(ip -n "$A" route | grep -v kernel | paste -sd,)"
	before=$(ip -n "$A" route)
	state 'addr add 10.0.0.1/24 dev v1 scope link noprefixroute'
	ends 2 $'! address 10.0.0.1/24 dev v1 scope link noprefixroute: noprefixroute off -> on\t# traffic stops meanwhile' \
		'tun: address 10.0.0.1/24 v1: needed as it is by route 10.8.0.0/16' apply --recreate "$file"
	same "$before" "$(ip -n "$A" route)"
}

@test "an address that a link loses as it goes down comes back" {
	state "add v1 $vx id 1 up" 'addr add fd00::1/64 dev v1' 'addr add 10.0.0.1/24 dev v1'
	apply "$file" >/dev/null
	sed -i 's/ up$/ down/' "$file"
	ends 0 '~ v1: up on -> off	# traffic stops
= address fd00::1/64 dev v1
= address 10.0.0.1/24 dev v1' '' apply "$file"
	quiet tun -n "$A" --quiet apply "$file"
}

@test "more lines may speak of one link" {
	state 'tuntap add dev t mode tap multi_queue' 'link set t up mtu 1400' 'link set dev t alias x' \
		'addr add 10.0.0.1/24 dev t'
	ends 0 "$(printf '+ %s\n' 't type tap multi_queue mtu 1400 alias x up' 'address 10.0.0.1/24 dev t')" '' apply "$file"
	state 'set t mtu 1300'
	ends 0 '~ t: mtu 1400 -> 1300' '' apply "$file"
	state 'set t mtu 1300' 'set nix up' 'set t mtu 1200'
	refuses "$(cat <<-END
		tun: $file:2:1: nix: no line makes it, and it is not there
		tun: $file:3:7: t: mtu: given twice, and unlike
	END
	)" tun -n "$A" apply "$file"
}

@test "all that is wrong in the file is said, with its place, and nothing is done" {
	state "add v1 $vx id 1" 'add v2 type vxlan id 2 bogus' 'show' 'del v1' 'addr add 10.0.0.1/24 dev nix' \
		'add v1 type tun' 'add v%d type tun' 'addr add 10.0.0.1/24 dev v1' 'addr add 10.0.0.1/24 dev v1' "add 'x"
	refuses "$(cat <<-END
		tun: $file:2:24: bogus: not a word of vxlan (tun help vxlan lists them)
		tun: $file:3:1: show: does not make anything: a state is lines of add, append, ensure, replace and set
		tun: $file:4:1: del: does not make anything: a state is lines of add, append, ensure, replace and set
		tun: $file:6:1: v1: said twice
		tun: $file:7:1: v%d: name: a pattern does not say which
		tun: $file:9:1: address 10.0.0.1/24 v1: said twice
		tun: $file:10:5: a quote is not closed
	END
	)" tun -n "$A" apply "$file"
	state 'addr add 10.0.0.1/24 dev nix'
	# it may come later: tun@.service tries again
	ends 2 '' 'tun: address 10.0.0.1/24 nix: dev: nix: no such device, and nothing makes it' apply "$file"
	absent "$A" v1 v2
	refuses 'tun: /nix: No such file or directory' tun -n "$A" apply /nix
	refuses 'tun: apply: FILE: missing' tun -n "$A" apply
	refuses 'tun: apply: b: one file at a time' tun -n "$A" apply a b
	refuses 'tun: --wait: x: not a number, or out of range' tun -n "$A" apply --wait x "$file"
	refuses 'tun: --check: only for apply' tun -n "$A" --check save
}

@test "what fails half-way is undone" {
	state "add v1 $vx id 1 up"
	apply "$file" >/dev/null
	before=$(tun -n "$A" save; numbers)
	# a gateway that nobody reaches is found out last
	state "add v1 $vx id 1 ttl 9 down" 'add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 up' 'addr add 10.0.0.1/24 dev v2' \
		'route add 10.9.0.0/16 via 192.0.2.77'
	unreachable=$(tun -n "$A" route add 10.9.0.0/16 via 192.0.2.77 2>&1 | sed 's/.*0.0.16: //')
	ends 2 '~ v1: ttl auto -> 9, up on -> off	# traffic stops
+ v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 up
+ address 10.0.0.1/24 dev v2
+ route 10.9.0.0/16 via 192.0.2.77' 'tun: route 10.9.0.0/16: '"$unreachable" \
		apply "$file"
	same "$before" "$(tun -n "$A" save; numbers)"
}

@test "a program's TAP is not pruned" {
	quiet tun -n "$A" add held type tap
	quiet tun -n "$A" add free type tap
	"${CC:-cc}" -std=gnu11 -o "$BATS_TEST_TMPDIR/tapcat" "$TOP/testsuite/tapcat.c"
	in_ns "$A" sh -c 'exec "$@" <>/dev/net/tun' sh "$BATS_TEST_TMPDIR/tapcat" held tap >"$BATS_TEST_TMPDIR/attached" 3>&- &
	holder=$!
	await 5 [ -s "$BATS_TEST_TMPDIR/attached" ]
	state 'add v4 type tun'
	ends 0 '+ v4 type tun
= held	# left alone: a program holds it
- free' '' apply "$file" --prune 'type tap'
	prints '= held	# left alone: a program holds it' tun -n "$A" --quiet apply --check "$file" --prune 'type tap'
	kill "$holder"
}

# cut_off FORMER FILE: apply of FILE, where that of FORMER was, is killed when it has deleted a link.
cut_off() {
	local trace=$BATS_TEST_TMPDIR/trace call
	local -x ASAN_OPTIONS=detect_leaks=0
	in_ns "$A" strace -qq -o "$trace" -e trace=sendmsg tun --quiet apply --recreate "$2" >/dev/null
	call=$(grep -n RTM_DELLINK "$trace" | tail -1 | cut -d: -f1)
	apply --recreate "$1" >/dev/null
	in_ns "$A" strace -qq -o "$trace" -e trace=sendmsg -e "inject=sendmsg:signal=KILL:when=$((call + 1))" \
		tun --quiet apply --recreate "$2" >/dev/null 2>&1 || :
}

@test "what an apply that was cut off took comes back when another file is right, not before" {
	state "add v1 $vx id 1 mtu 1400 up" 'add v2 type tap' 'addr add 10.0.0.1/24 dev v1' 'route add 10.9.0.0/16 via 10.0.0.9'
	apply "$file" >/dev/null
	before=$(tun -n "$A" save)
	cp "$file" "$file.1"
	sed -i 's/ id 1/ id 2/' "$file"
	cut_off "$file.1" "$file"
	absent "$A" v1
	# a file that is wrong, or cannot be applied, changes nothing
	state 'add v3 type tap' 'bogus'
	refuses "tun: $file:2:1: bogus: unknown command (tun help lists them)" tun -n "$A" apply "$file"
	state 'add v3 type tap' 'set v1 type tap' 'add v2 type tun'
	refuses "tun: $file:2:8: type: tap: it is vxlan" tun -n "$A" apply "$file"
	state 'add v3 type tap' 'set v1 mtu 1300' 'add v2 type tun'
	refuses 'tun: v2: type: it is tap: --recreate makes it anew' tun -n "$A" apply "$file"
	absent "$A" v1 v3
	# what would be done is said
	interrupted='tun: v1: an interrupted apply took something from it, which comes back first'
	state 'set v1 mtu 1300'
	ends 6 '~ v1: mtu 1400 -> 1300' "$interrupted" apply "$file" --check
	ends 6 "$(printf '= %s\n' v1 v2 'address 10.0.0.1/24 dev v1' 'route 10.9.0.0/16 via 10.0.0.9')" "$interrupted" apply "$file.1" --check
	absent "$A" v1
	ends 0 '~ v1: mtu 1400 -> 1300' 'tun: v1: recovered' apply "$file"
	same "${before/mtu 1400/mtu 1300}" "$(tun -n "$A" save)"
	quiet tun -n "$A" --quiet apply "$file" --check
}

@test "links that stand on each other are refused before anything is done" {
	for i in 1 2 3 4; do echo "add v$i type vxlan id $i remote 192.0.2.1 dstport $i dev v$((i < 4 ? i + 1 : 2))"; done >"$file"
	echo 'add w type vxlan id 7 remote 192.0.2.1 dev w' >>"$file"
	echo 'add x type tap' >>"$file"
	refuses "$(for i in 1 2 3 4; do echo "tun: v$i: dev: v$((i < 4 ? i + 1 : 2)): neither can be made first, as they stand on each other"; done)
tun: w: dev: w: neither can be made first, as they stand on each other" tun -n "$A" apply "$file"
	absent "$A" x
	# what is there so already is left
	quiet tun -n "$A" add v1 $vx id 1
	quiet tun -n "$A" add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 dev v1
	state "add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 dev v1" "add v1 $vx id 1"
	quiet tun -n "$A" --quiet apply "$file"
}

@test "another name of a link means it, and is none to make one by" {
	quiet tun -n "$A" add v1 $vx id 1
	ip -n "$A" link property add dev v1 altname alt1
	state 'addr add 10.0.0.1/24 dev alt1' 'addr add 10.0.1.1/24 dev v1' 'add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 dev alt1'
	ends 0 '+ address 10.0.0.1/24 dev v1
+ address 10.0.1.1/24 dev v1
+ v2 type vxlan id 2 remote 192.0.2.1 dev v1 dstport 4790' '' apply "$file"
	quiet tun -n "$A" --quiet apply "$file"
	state 'set alt1 mtu 1400' 'add v3 type tap'
	refuses "tun: $file:1:1: alt1: is another name of v1" tun -n "$A" apply "$file"
	state 'ensure alt1 type tap' 'add v3 type tap' 'addr add 10.0.2.1/24 dev alt1'
	refuses 'tun: alt1: is another name of v1' tun -n "$A" apply "$file"
	absent "$A" v3
}

@test "an order that works is found, and links that depend on others come after them" {
	state 'route add 10.9.0.0/16 via 10.0.0.9' 'addr add 10.0.0.1/24 dev v2' \
		'add v2 type vxlan id 2 remote 192.0.2.1 dstport 4790 dev v1 up' "add v1 $vx id 1 up"
	apply "$file" >/dev/null
	prints "$(tun -n "$A" save)" tun -n "$A" save
	same 'v1' "$(field "$A" v2 .linkinfo.info_data.link)"
	ends 0 '' '' tun -n "$A" --quiet apply "$file"
}

@test "unless it is confirmed, it is undone" {
	state "add v1 $vx id 1 up"
	ends 2 '+ v1 type vxlan id 1 remote 192.0.2.1 dstport 4789 address 02:00:00:00:00:01 up' \
		'Applied. To keep it, run tun apply --accept within 1 seconds
tun: apply: not confirmed: all is undone' apply "$file" --confirm 1
	absent "$A" v1
	apply "$file" --confirm 60 </dev/null >/dev/null 2>&1 3>&- &
	pid=$!
	await 5 tun -n "$A" apply --accept
	wait "$pid"
	prints v1 sh -c "tun -n $A -br show | cut -d' ' -f1"
	state 'add v2 type tun'
	mkfifo "$BATS_TEST_TMPDIR/silent"
	env --default-signal=INT tun -n "$A" apply "$file" --confirm 60 <>"$BATS_TEST_TMPDIR/silent" >/dev/null 2>"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	await 5 grep -q Applied "$BATS_TEST_TMPDIR/said"
	ip -n "$A" link show v2 >/dev/null
	kill -INT "$pid"
	await 5 absent "$A" v2
	echo | ends 2 '+ v2 type tun' 'Applied. To keep it, run tun apply --accept within 1 seconds
tun: apply: not confirmed: all is undone' apply "$file" --confirm 1 # nobody is there who pressed it
	fails 'tun: apply: --accept: no apply waits to be confirmed' tun -n "$A" apply --accept
}

@test "of two in one namespace one waits for the other" {
	state 'add v1 type tun'
	apply "$file" --confirm 60 </dev/null >/dev/null 2>&1 3>&- &
	first=$!
	await 5 ip -n "$A" link show v1
	state 'add v2 type tun'
	ends 5 '' 'tun: apply: another one works in this namespace (--wait SECONDS)' apply "$file" --wait 1
	absent "$A" v2
	apply "$file" --wait 60 >/dev/null 3>&- &
	second=$!
	await 5 tun -n "$A" apply --accept
	wait "$first"
	wait "$second"
	ip -n "$A" link show v2 >/dev/null
}

@test "what a file made is deleted by it again" {
	quiet tun -n "$A" add other type tun
	state "add v1 $vx id 1 up" 'addr add 10.0.0.1/24 dev v1' 'add nix type tun'
	apply "$file" >/dev/null
	quiet tun -n "$A" del nix
	ends 0 "- v1	# traffic stops
- address 10.0.0.1/24 dev v1	# traffic stops" '' apply "$file" --remove
	prints 'other type tun mtu 1500 txqueuelen 500' tun -n "$A" show
	quiet apply "$file" --remove
}

@test "two files differ by what makes the one into the other" {
	state "add v1 $vx id 1 up" 'add v3 type tun' 'addr add 10.0.0.1/24 dev v1'
	cat >"$file.2" <<-END
		addr add 10.0.0.1/24 dev v1
		add v1 $vx id 2
		add v2 type tap
	END
	ends 6 "= address 10.0.0.1/24 dev v1
! v1: id 1 -> 2, up on -> off	# traffic stops meanwhile
+ v2 type tap
- v3" '' tun -n "$A" diff "$file" "$file.2"
	ends 0 "= v1
= v3
= address 10.0.0.1/24 dev v1" '' tun -n "$A" diff "$file" "$file"
	ends 6 "$(printf '+ %s\n' 'v1 type vxlan id 1 remote 192.0.2.1 dstport 4789 address 02:00:00:00:00:01 up' 'v3 type tun' \
		'address 10.0.0.1/24 dev v1')" '' tun -n "$A" diff "$file"
	absent "$A" v1
}

# gist FILE: a plan, each object by what identifies it alone.
gist() { sed -E 's/\t# .*//; s/^(. (address|route) [^ ]+) .*: /\1: /; s/^([+-] [^ ]+) type .*/\1/' "$1" | sort; }

# mirror: that plan, as it has to be from the other side.
mirror() { sed -E 's/^\+ /< /; s/^- /+ /; s/^< /- /; s/([^ ]+) -> ([^,]+)/\2 -> \1/g' | sort; }

@test "from the other side, the difference of two files is mirrored" {
	state 'add v1 type vxlan id 1 remote 192.0.2.1 mtu 1400 ttl 5 dev eth7 up' 'add v2 type vxlan id 2' 'add v3 type tap' 'add v4 type tap' \
		'addr add 10.0.0.1/24 dev v1 label v1:1' 'addr add 10.0.1.1/24 dev v1 broadcast +' 'add g type gre remote 192.0.2.2 mtu 1400' \
		'addr add 10.0.2.1/24 dev v1' 'route add 10.9.0.0/16 dev v1 metric 5' 'route add 10.8.0.0/16 via 10.0.0.9' \
		'route add 10.7.0.0/16 dev v1' 'route append 10.7.0.0/16 dev v2' 'add v6 type tun user 5'
	cp "$file" "$file.1"
	state 'add v1 type vxlan id 1 remote 192.0.2.3 txqueuelen 7 up' 'add v2 type vxlan id 3' 'add v3 type tun' \
		'addr add 10.0.0.1/24 dev v1' 'addr add 10.0.1.1/24 dev v1 metric 5' 'add g type gre remote 192.0.2.2 encap fou encap-dport 5' \
		'addr add 10.0.2.1/24 dev v1' 'route add 10.9.0.0/16 dev v1 metric 6' 'route add 10.8.0.0/16 via 10.0.0.9 src 10.0.0.1' \
		'route append 10.7.0.0/16 dev v3' 'add v6 type tun' 'add v7 type tap'
	cp "$file" "$file.2"
	tun -n "$A" diff "$file.1" "$file.2" >"$file.12" || [ $? = 6 ]
	tun -n "$A" diff "$file.2" "$file.1" >"$file.21" || [ $? = 6 ]
	same "$(gist "$file.12")" "$(gist "$file.21" | mirror)"
	same '!!!!!!++---=~~~' "$(cut -c1 "$file.12" | LC_ALL=C sort | tr -d '\n')"
	for one in 1 2; do
		quiet tun -n "$A" --quiet diff "$file.$one" "$file.$one"
	done
}

@test "JSON of a plan" {
	state "add v1 $vx id 1 up ttl 5" 'add v3 type tun'
	apply "$file" >/dev/null
	state "add v1 $vx id 1 up ttl 6" 'add v2 type tap'
	ends 6 "$(cat <<-'END'
		{"action":"change","type":"vxlan","object":"v1","stops":false,"changes":[{"word":"ttl","from":"5","to":"6"}]}
		{"action":"create","type":"tap","object":"v2","stops":false,"changes":[]}
		{"action":"delete","type":"tun","object":"v3","stops":false,"changes":[]}
	END
	)" '' sh -c "tun -n $A -j apply --check --prune all $file >$file.json; code=\$?; jq -c '.[]' $file.json; exit \$code"
}

@test "a file is replaced as a whole, or not at all" {
	quiet tun -n "$A" add v1 $vx id 1
	printf 'old\n' >"$file"
	chmod 640 "$file"
	ln -s "$file" "$file.link"
	quiet tun -n "$A" save -o "$file.link"
	same "$(tun -n "$A" save)" "$(cat "$file")"
	same '640 regular file' "$(stat -c '%a %F' "$file")"
	[ -L "$file.link" ]
	quiet tun -n "$A" --secrets save -o "$file"
	same 600 "$(stat -c %a "$file")"
	refuses 'tun: -o: /dev/full: is not a file: use > to write there' tun -n "$A" save -o /dev/full
	ends 4 '' 'tun: standard output: No space left on device' sh -c "tun -n $A save >/dev/full"
	refuses 'tun: save: -o: needs a value' tun -n "$A" save -o
	refuses 'tun: -o: /nix/file: No such file or directory' tun -n "$A" save -o /nix/file
}

@test "words of a link may stand before it, and its addresses and routes in its line" {
	state 'set v1 mtu 1300' "add v1 $vx id 1 up addr 10.0.0.1/24 route 10.9.0.0/16 via 10.0.0.9"
	ends 0 "+ v1 type vxlan id 1 remote 192.0.2.1 dstport 4789 address 02:00:00:00:00:01 mtu 1300 up
+ address 10.0.0.1/24 dev v1
+ route 10.9.0.0/16 via 10.0.0.9 dev v1" '' apply "$file"
	quiet tun -n "$A" --quiet apply "$file"
	# what the file hangs something on stays
	state 'addr add 10.0.0.1/24 dev v1'
	ends 0 '= address 10.0.0.1/24 dev v1
- route 10.9.0.0/16 via 10.0.0.9 dev v1	# traffic stops' '' apply "$file" --prune all
}

@test "nothing is saved over a file where nothing is selected" {
	echo old >"$file"
	fails 'tun: save: no tunnel is selected' tun -n "$A" save nix -o "$file"
	same old "$(cat "$file")"
	refuses 'tun: save: -j: a batch is text: show prints JSON' tun -n "$A" -j save
}

@test "what is not confirmed is undone also when nobody listens any more" {
	state 'add v2 type tun'
	mkfifo "$BATS_TEST_TMPDIR/ear"
	head -c 1 "$BATS_TEST_TMPDIR/ear" >/dev/null 3>&- &
	apply "$file" --confirm 1 </dev/null >/dev/null 2>"$BATS_TEST_TMPDIR/ear" || :
	absent "$A" v2
}

@test "what no file can say is left out, said and a comment" {
	namespaces "$B"
	ip -n "$A" link add ve1 type veth peer name ve2
	ip -n "$A" link add vx1 type vxlan id 7 dev ve1 group 239.1.1.1 dstport 4789
	ip -n "$A" link set vx1 netns "$B"
	ip -n "$B" addr add 10.0.0.1/24 dev vx1
	ip -n "$B" link add v2 address 02:00:00:00:00:02 type vxlan id 9 remote 192.0.2.1 dstport 4789
	ip -n "$B" link set v2 alias "$(printf 'a\033b')"
	saved='link add v2 address 02:00:00:00:00:02 mtu 1500 type vxlan id 9 remote 192.0.2.1 dstport 4789
# a word with control characters is not saved
# not saved, as its underlay is in another namespace: vx1'
	ends 4 "$saved" 'tun: vx1: its underlay is in another namespace' tun -n "$B" save
	ends 4 '' 'tun: vx1: its underlay is in another namespace' tun -n "$B" save -o "$file"
	same "$saved" "$(cat "$file")"
}

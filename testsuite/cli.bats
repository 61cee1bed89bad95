#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# What every command has in common: refusals, options, output. Needs no kind of tunnel but TUN/TAP.

load lib

setup() { namespaces "$A"; }

# Without the capability that everything here needs, yet able to read a checkout of root's.
unprivileged() { in_ns "$A" setpriv --bounding-set=-net_admin,-sys_admin "$@"; }

# All words of a kind, those of every link too if it is one.
help_of() {
	local one of=("$1")
	! tun help "$1" | grep -q ': tun help link$' || of+=(link)
	for one in "${of[@]}"; do tun help "$one" | sed '/^shown only:/,$d'; done
	echo 'shown only:'
	for one in "${of[@]}"; do tun help "$one" | sed '1,/^shown only:/d'; done
}

full() { "$@" >/dev/full; }
closed() { "$@" >&-; }

# traced FILE CALLS COMMAND...
traced() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -o "$1" -e "trace=$2" "${@:3}"
}

@test "a wrong word or value is refused in one line that names it, and nothing changes" {
	before=$(links "$A")
	while IFS='|' read -r says words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $says" tun -n "$A" $words
	done <<-'END'
		ttl: 256: out of range (0 to 255)|add g type gre remote 192.0.2.2 ttl 256
		key: 4294967296: out of range (0 to 4294967295)|add g type gre remote 192.0.2.2 key 4294967296
		local: 10.1: not a complete IPv4 address|add g type gre remote 192.0.2.2 local 10.1
		remote: ::1: an IPv6 address, but this kind wants IPv4|add g type gre remote ::1
		dev: nope: no such device|add g type gre remote 192.0.2.2 dev nope
		type: greX: unknown kind (tun help lists them)|add g type greX remote 192.0.2.2
		mode: greX: unknown kind (tun help lists them)|tunnel add g mode greX
		type: missing: say which kind of tunnel (tun help lists them)|add g remote 192.0.2.2
		type: given twice|add g type gre type gre
		mode: ipip: it is gre|add g type gre mode ipip
		rem: not a word of gre (tun help gre lists them)|add g type gre rem 192.0.2.2
		h: not a word of gre (tun help gre lists them)|add g h type gre
		ttl: needs a value|add g type gre ttl
		ttl: given twice|add g type gre ttl 5 ttl 6
		ikey: given already, as key|add g type gre key 5 ikey 5
		key: given already, as ikey|add g type gre ikey 5 key 5
		nokey: given already, as key|add g type gre key 5 nokey
		down: given already, as up|add g type gre up down
		group: given already, as remote|add v type vxlan id 5 remote 192.0.2.1 group 239.0.0.1
		port: given already, as dstport|add v type geneve id 5 dstport 6081 port 6081
		group: given twice|add t type tap alias group group 0 group 0
		user: nosuchuser: no such user|add t type tap user nosuchuser
		rx_packets: can be read, not set|add t type tap rx_packets 5
		frob: unknown command (tun help lists them)|frob
		frob: unknown command (tun help lists them)|link frob
		frob: no command, family or kind (tun help lists them)|help frob
		frob: no command, family or kind (tun help lists them)|link help frob
		help: add: too many words|help gre add
		foo: say tunnel or session|l2tp add foo
		b: neither a link nor a word of any kind|show lo b
		-j: neither a link nor a word of any kind (options stand in front of the command)|show lo -j
		-j: not a word of tap (options stand in front of the command)|add t type tap -j
		del: say which: a name, a pattern, words that it has, or all|del
		name: missing|set
		--frob: unknown option (tun help lists them)|add g type gre --frob
		-frob: unknown option (tun help lists them)|-frob show
		foo: not a transport (rtnl, ioctl, genl, tuntap)|--via foo show
		t: rtnl: tap cannot be made this way|--via rtnl add t type tap
		addr: cannot be changed: delete it and add it anew|addr set 10.0.0.1 dev lo
	END
	fails 'tun: -j: no such link (options stand in front of the command)' tun -n "$A" show -j
	fails 'tun: -d: no such link (options stand in front of the command)' tun -n "$A" del -d
	same "$before" "$(links "$A")"
}

@test "an option without its value is refused in one line" {
	refuses 'tun: -n: needs a value' tun -n
	refuses 'tun: --via: needs a value' tun show --via
}

@test "a name that cannot be one is refused, wherever it stands" {
	before=$(links "$A")
	for name in 0123456789abcdef a/b . .. 'a b' a:b x%s x%d%d; do
		case $name in
		0*) why='name too long (at most 15 characters)' ;;
		x*) why='the only pattern in a name is one %d' ;;
		*) why='not a name for an interface' ;;
		esac
		refuses "tun: name: $name: $why" tun -n "$A" add name "$name" type tap
		refuses "tun: $name: $why" tun -n "$A" add "$name" type tap
	done
	refuses 'tun: "": not a name for an interface' tun -n "$A" add '' type tap
	same "$before" "$(links "$A")"
	quiet tun -n "$A" add 0123456789abcde type tap
	quiet tun -n "$A" add name type type tap # keywords are names where a name is wanted
	quiet tun -n "$A" del type
}

@test "addresses are added, shown and deleted" {
	ip -n "$A" link set lo up
	quiet tun -n "$A" addr add 10.0.0.1/24 dev lo
	quiet tun -n "$A" addr add dev lo 10.0.1.1 peer 10.0.1.2 scope link
	quiet tun -n "$A" addr add 10.0.2.1 peer 10.0.2.128/25 dev lo
	quiet tun -n "$A" addr add 2001:db8::1/64 dev lo
	same '127.0.0.1/8 null host
10.0.1.1/32 10.0.1.2 link
10.0.0.1/24 null global
10.0.2.1/25 10.0.2.128 global
2001:db8::1/64 null global
::1/128 null host' "$(ip -n "$A" -j addr show dev lo | jq -r '.[].addr_info[] | "\(.local)/\(.prefixlen) \(.address) \(.scope)"')"
	shown='127.0.0.1/8 dev lo scope host
10.0.1.1 peer 10.0.1.2 dev lo scope link
10.0.0.1/24 dev lo
10.0.2.1/25 peer 10.0.2.128/25 dev lo'
	prints "$shown
2001:db8::1/64 dev lo
::1 dev lo scope host" tun -n "$A" addr
	prints '10.0.1.1 peer 10.0.1.2 dev lo scope link' tun -n "$A" addr show scope link

	# Newer kernels say it in their own words.
	fails 'tun: address 10.0.0.1/24 lo: ipv4: Address already assigned' tun -n "$A" addr add 10.0.0.1/24 dev lo ||
		fails 'tun: address 10.0.0.1/24 lo: exists' tun -n "$A" addr add 10.0.0.1/24 dev lo
	quiet tun -n "$A" addr del 10.0.0.1/24 dev lo
	quiet tun -n "$A" addr del 10.0.1.1 dev lo
	quiet tun -n "$A" addr del 10.0.2.1/25 dev lo
	quiet tun -n "$A" addr del 2001:db8::1/64 dev lo
	prints '127.0.0.1/8 dev lo scope host
::1 dev lo scope host' tun -n "$A" addr
}

@test "an address is deleted with its own prefix length, or without any if it is the only one" {
	quiet tun -n "$A" addr add 10.9.0.1/24 dev lo
	quiet tun -n "$A" addr add 10.9.0.1/16 dev lo
	refuses 'tun: address 10.9.0.1 lo: there are 2: say which prefix length' tun -n "$A" addr del 10.9.0.1 dev lo
	fails 'tun: address 10.9.0.1/30 lo: no such address' tun -n "$A" addr del 10.9.0.1/30 dev lo
	quiet tun -n "$A" addr del 10.9.0.1/16 dev lo
	prints '10.9.0.1/24 dev lo' tun -n "$A" addr show dev lo scope global
	refuses 'tun: address 10.9.0.1/24 lo: scope: it has another: not deleted' \
		tun -n "$A" addr del 10.9.0.1/24 dev lo scope link
	quiet tun -n "$A" addr del 10.9.0.1 dev lo
	prints '' tun -n "$A" addr show dev lo scope global
}

@test "a wrong address is refused in one line that names the word, and nothing changes" {
	before=$(links "$A")
	while IFS='|' read -r says words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $says" tun -n "$A" addr add $words
	done <<-'END'
		10.0.0.1/33: not a prefix length of that address family|10.0.0.1/33 dev lo
		::1/129: not a prefix length of that address family|::1/129 dev lo
		10.0.0/24: not a complete IPv4 or IPv6 address|10.0.0/24 dev lo
		address lo: address: missing|dev lo
		address 10.0.0.1: dev: missing|10.0.0.1
		dev: nope: no such device|10.0.0.1 dev nope
		address 10.0.0.1 lo: peer: is of another address family|10.0.0.1 peer ::1 dev lo
		peer: 10.0.0.2/16: another prefix length was given|10.0.0.1/24 peer 10.0.0.2/16 dev lo
		scope: frob: not one of its values: global, site, link, host, nowhere|10.0.0.1 dev lo scope frob
		scope: 256: out of range (0 to 255)|10.0.0.1 dev lo scope 256
	END
	fails 'tun: address 10.0.0.1 lo: no such address' tun -n "$A" addr del 10.0.0.1 dev lo
	same "$before" "$(links "$A")"
}

@test "routes are added, shown and deleted" {
	quiet tun -n "$A" add tap0 type tap up
	ip -n "$A" addr add 192.0.2.1/24 dev tap0
	ip -n "$A" addr add 2001:db8::1/64 dev tap0 nodad
	quiet tun -n "$A" route add 10.0.0.0/24 dev tap0
	quiet tun -n "$A" route add 10.0.1.0/24 via 192.0.2.2
	quiet tun -n "$A" route add 10.0.1.0/24 via 192.0.2.3 metric 50
	quiet tun -n "$A" route add 10.0.2.2 via 198.51.100.1 dev tap0 onlink
	quiet tun -n "$A" route add default via 192.0.2.2 src 192.0.2.1 mtu 1400 table 100
	same '10.0.0.0/24 dev tap0 scope link 
10.0.1.0/24 via 192.0.2.2 dev tap0 
10.0.1.0/24 via 192.0.2.3 dev tap0 metric 50 
10.0.2.2 via 198.51.100.1 dev tap0 onlink 
192.0.2.0/24 dev tap0 proto kernel scope link src 192.0.2.1 ' "$(ip -n "$A" route | sed 's/linkdown //')"
	same 'default via 192.0.2.2 dev tap0 src 192.0.2.1 mtu 1400 ' "$(ip -n "$A" route show table 100 | sed 's/linkdown //')"
	prints '10.0.0.0/24 dev tap0' tun -n "$A" route show to 10.0.0.0/24
	prints '10.0.1.0/24 via 192.0.2.3 dev tap0 metric 50' tun -n "$A" route show metric 50
	prints '10.0.2.2 via 198.51.100.1 dev tap0 onlink' tun -n "$A" route show onlink
	prints 'default via 192.0.2.2 dev tap0 src 192.0.2.1 table 100 mtu 1400' tun -n "$A" route show table 100

	quiet tun -n "$A" route add 2001:db8:1::/48 via 2001:db8::2 metric 7 mtu 1300
	quiet tun -n "$A" route add 2001:db8:2::1 dev tap0
	same '2001:db8:1::/48 via 2001:db8::2 metric 7 1300
2001:db8:2::1 via null metric 1024 null' "$(ip -n "$A" -6 -j route | jq -r '.[] | select(.protocol == null or .protocol == "boot") |
		"\(.dst) via \(.gateway) metric \(.metric) \(.metrics[0].mtu)"')"
	prints '2001:db8:1::/48 via 2001:db8::2 dev tap0 metric 7 mtu 1300' tun -n "$A" route show metric 7

	fails 'tun: route 10.0.0.0/24: exists' tun -n "$A" route add 10.0.0.0/24 dev tap0
	quiet tun -n "$A" route del 10.0.1.0/24 metric 50
	quiet tun -n "$A" route del 10.0.1.0/24 via 192.0.2.2
	fails 'tun: route 10.0.1.0/24: no such route' tun -n "$A" route del 10.0.1.0/24
	quiet tun -n "$A" route del 10.0.0.0/24 dev tap0
	quiet tun -n "$A" route del 10.0.2.2
	quiet tun -n "$A" route del default table 100
	quiet tun -n "$A" route del 2001:db8:1::/48
	quiet tun -n "$A" route del 2001:db8:2::1
	same '192.0.2.0/24 dev tap0 proto kernel scope link src 192.0.2.1 ' "$(ip -n "$A" route | sed 's/linkdown //')"
}

@test "a wrong route is refused in one line that names the word, and nothing changes" {
	before=$(links "$A")
	while IFS='|' read -r says words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $says" tun -n "$A" route add $words
	done <<-'END'
		route 10.0.0.0/24: dev: missing: say dev or via|10.0.0.0/24
		route 10.0.0.0/24: via: is of another address family|10.0.0.0/24 via ::1
		10.0.0.0/33: not a prefix length of that address family|10.0.0.0/33 dev lo
		dev: nope: no such device|10.0.0.0/24 dev nope
		metric: -1: not a number (decimal or 0x...)|10.0.0.0/24 dev lo metric -1
		table: 4294967296: out of range (0 to 4294967295)|10.0.0.0/24 dev lo table 4294967296
		route: destination: missing|dev lo
	END
	same "$before" "$(links "$A")"
}

@test "link shows every link and leaves alone what is not a tunnel" {
	ip -n "$A" link add name v0 type veth peer name v1
	ip -n "$A" link add name br0 type bridge
	quiet tun -n "$A" add tap0 type tap
	# What add would not take is a comment.
	same '# lo type loopback mtu 65536
# v1 type veth mtu 1500
# v0 type veth mtu 1500
# br0 type bridge mtu 1500
tap0 type tap' "$(tun -n "$A" link | sed 's/^\(tap0 type tap\) .*/\1/')"
	same '["br0","lo","tap0","v0","v1"]' "$(tun -n "$A" -j link | jq -c '[.[].ifname] | sort')"
	same tap0 "$(tun -n "$A" show | awk '{ print $1 }')"
	before=$(links "$A")
	while read -r name kind; do
		refuses "tun: $name: is $kind, no tunnel: left alone" tun -n "$A" link set "$name" up
		refuses "tun: $name: is $kind, no tunnel: left alone" tun -n "$A" link del "$name"
		refuses "tun: $name: is $kind, no tunnel: left alone" tun -n "$A" del "$name"
	done <<-END
		lo loopback
		v0 veth
		br0 bridge
	END
	for kind in dummy bridge veth; do
		refuses "tun: type: $kind: unknown kind (tun help lists them)" tun -n "$A" link add x type "$kind"
	done
	same "$before" "$(links "$A")"
}

@test "without privilege the kernel says no, and tun says the cure" {
	quiet tun -n "$A" add tap0 type tap
	before=$(links "$A")
	cure='not permitted: run it as root (it needs CAP_NET_ADMIN)'
	fails "tun: t: $cure" unprivileged tun add t type tap
	fails "tun: t: $cure" unprivileged tun add t type gre remote 192.0.2.2
	fails "tun: tap0: $cure" unprivileged tun set tap0 mtu 1300
	fails "tun: tap0: $cure" unprivileged tun del tap0
	fails "tun: address 10.0.0.1 lo: $cure" unprivileged tun addr add 10.0.0.1 dev lo
	fails "tun: route 10.0.0.0/24: $cure" unprivileged tun route add 10.0.0.0/24 dev lo
	fails "tun: $A: $cure" unprivileged tun -n "$A" show
	same "$before" "$(links "$A")"
	same tap0 "$(unprivileged tun show | awk '{ print $1 }')"
}

@test "a kernel without the module is named with its cure" {
	before=$(links "$A")
	for kind in gre:ip_gre ipip:ipip vti:ip_vti; do
		if ip -n "$A" link add name t type "${kind%:*}" remote 192.0.2.2 2>"$BATS_TEST_TMPDIR/ip"; then
			ip -n "$A" link del dev t
			quiet tun -n "$A" add t type "${kind%:*}" remote 192.0.2.2
			quiet tun -n "$A" del t
		else
			grep -q 'Unknown device type' "$BATS_TEST_TMPDIR/ip"
			fails "tun: t: kernel has no kind ${kind%:*}: modprobe ${kind#*:}" \
				tun -n "$A" add t type "${kind%:*}" remote 192.0.2.2
			same "$before" "$(links "$A")"
		fi
	done
}

@test "an absent namespace is refused" {
	refuses 'tun: tun.nope: no such namespace' tun -n tun.nope show
	refuses 'tun: tun.nope: no such namespace' tun add t type tap --netns tun.nope
	refuses 'tun: /dev/null: not a network namespace' tun -n /dev/null show
	quiet tun -n "/run/netns/$A" add t type tap
	ip -n "$A" link show dev t
}

@test "output that is lost is an error" {
	quiet tun -n "$A" add tap0 type tap
	for command in 'link' '-j link' 'show' 'help' 'help gre' '-V' '--dry-run del tap0' 'add type tap'; do
		# shellcheck disable=SC2086 # words
		{
			ends 4 '' 'tun: standard output: No space left on device' full tun -n "$A" $command
			ends 4 '' 'tun: standard output: Bad file descriptor' closed tun -n "$A" $command
		}
	done
	quiet closed tun -n "$A" del tap0 # has nothing to say
}

@test "with closed descriptors output does not go into a socket" {
	trace=$BATS_TEST_TMPDIR/trace
	ends 4 '' 'tun: standard output: Bad file descriptor' closed traced "$trace" socket,write,writev tun -n "$A" link
	same 0 "$(grep -c 'socket(.* = [012]$' "$trace")"
	all_closed() { traced "$trace" socket,write,writev sh -c 'exec "$@" <&- >&- 2>&-' sh tun -n "$A" link; }
	ends 4 '' '' all_closed
	same 0 "$(grep -c 'socket(.* = [012]$' "$trace")"
	same '' "$(grep 'write' "$trace" | grep -v 'write(.* = -1 EBADF')"
}

@test "success says nothing" {
	quiet tun -n "$A" add tap0 type tap
	quiet tun -n "$A" set tap0 up mtu 1300
	quiet tun -n "$A" set tap0 mtu 1300
	quiet tun -n "$A" link set tap0 down
	quiet tun -n "$A" addr add 10.0.0.1 dev tap0
	quiet tun -n "$A" del tap0
	prints '' tun -n "$A" show
	prints '[]' tun -n "$A" -j show
}

@test "a dry run prints what would be sent and sends nothing" {
	trace=$BATS_TEST_TMPDIR/trace
	quiet tun -n "$A" add tap0 type tap mtu 1400
	before=$(links "$A")
	dry() { traced "$trace" network,ioctl,openat tun -n "$A" "$@"; }
	sent_nothing() {
		! grep -E 'RTM_(NEW|DEL|SET)|TUNSET|SIOC[ACD]|"/dev/net/tun"' "$trace"
		same "$before" "$(links "$A")"
	}
	prints 'RTM_NEWLINK create,excl
    ifi_flags  (up)
    IFLA_IFNAME g  (name)
  IFLA_LINKINFO, IFLA_INFO_KIND gre, IFLA_INFO_DATA
    IFLA_GRE_REMOTE 192.0.2.2  (remote)
    IFLA_GRE_TTL 64  (ttl)' dry add g type gre remote 192.0.2.2 ttl 64 up --dry-run
	sent_nothing
	prints 'ioctl TUNSETIFF t flags 0x9002
ioctl TUNSETOWNER 65534  (user)
ioctl TUNSETPERSIST 1' dry --dry-run add t type tap user nobody
	sent_nothing
	for words in 'set tap0 mtu 1300' 'del tap0' 'addr add 10.0.0.1 dev tap0' 'route add 10.0.0.0/24 dev lo' \
		'--via ioctl add g type gre remote 192.0.2.2'; do
		# shellcheck disable=SC2086 # words
		dry --dry-run $words >"$BATS_TEST_TMPDIR/said"
		[ -s "$BATS_TEST_TMPDIR/said" ]
		sent_nothing
	done
	refuses 'tun: ttl: 256: out of range (0 to 255)' tun -n "$A" --dry-run add g type gre remote 192.0.2.2 ttl 256
}

@test "JSON of what was done tells what has no name by its words" {
	quiet tun -n "$A" add t0 type tap up
	prints '[{"type":"address","address":"10.0.0.1/24","dev":"t0","action":"created"}]' \
		tun -n "$A" -j addr ensure 10.0.0.1/24 dev t0
	prints '[{"type":"address","address":"10.0.0.1/24","dev":"t0","action":"unchanged"}]' \
		tun -n "$A" -j addr ensure 10.0.0.1/24 dev t0
	prints '[{"type":"route","destination":"default","action":"created"}]' tun -n "$A" -j route ensure default dev t0
	prints '[{"type":"fou","port":5555,"action":"created"}]' \
		sh -c "tun -n $A -j --dry-run fou add port 5555 ipproto 47 | jq -c 'map(del(.requests))'"
	for line in 'add t1 type tap' 'set t0 mtu 1300' 'replace t0 type tap mtu 1300' 'ensure t0 type tap mtu 1300' 'del t0' \
		'link set t0 mtu 1300' 'tuntap del t0' 'addr del 10.0.0.1/24 dev t0' 'route add 10.1.0.0/16 dev t0'; do
		# shellcheck disable=SC2086 # words
		tun -n "$A" -j --dry-run $line >"$BATS_TEST_TMPDIR/json"
		same 'array object true' \
			"$(jq -r '"\(type) \(.[0] | type) \(.[0].requests | length > 0)"' "$BATS_TEST_TMPDIR/json")" "$line"
	done
}

@test "a pattern is no new name, and a link may have a name like an option" {
	quiet tun -n "$A" add -j type tap up
	same -j "$(tun -n "$A" show -j | cut -d' ' -f1)"
	for name in t%d -%d; do
		refuses 'tun: -j: name: a pattern is for new interfaces: say a name' tun -n "$A" set -j name "$name"
		refuses 'tun: -j: name: a pattern is for new interfaces: say a name' tun -n "$A" link set -j name "$name" mtu 1300
	done
	same 1500 "$(field "$A" -j .mtu)"
	quiet tun -n "$A" set -j down
	quiet tun -n "$A" set -j name t0
	same t0 "$(tun -n "$A" show t0 | cut -d' ' -f1)"
}

@test "the default routes of IPv4 and IPv6 are two" {
	quiet tun -n "$A" add t0 type tap up
	quiet tun -n "$A" route add ::/0 dev t0
	fails 'tun: route default: no such route' tun -n "$A" route del default
	quiet tun -n "$A" route add default dev t0
	quiet tun -n "$A" route del ::/0 dev t0
	fails 'tun: route ::/0: no such route' tun -n "$A" route del ::/0
	quiet tun -n "$A" route add ::/0 via fd00::1 dev t0 onlink
	quiet tun -n "$A" route del default
	same '::/0 via fd00::1' "$(tun -n "$A" route show | grep -o -e '^::/0 via [^ ]*' -e '^default')"
	quiet tun -n "$A" route del default via fd00::1
}

@test "addresses are shown by the name of their device alone" {
	quiet tun -n "$A" add t0 type tap
	quiet tun -n "$A" add abe.1 type tap
	quiet tun -n "$A" addr add 10.0.0.1/24 dev t0
	quiet tun -n "$A" addr add 10.0.1.1/24 dev abe.1
	prints '10.0.0.1/24 dev t0' tun -n "$A" addr show t0
	prints '10.0.1.1/24 dev abe.1' tun -n "$A" addr show abe.1
	prints '10.0.1.1/24 dev abe.1' tun -n "$A" addr show 10.0.1.1/24
	same t0 "$(tun -n "$A" -j addr show t0 | jq -r '.[].dev')"
	prints '' tun -n "$A" addr show lo
	refuses 'tun: t1: neither a link nor an address' tun -n "$A" addr show t1
	refuses 'tun: 10.1: not a complete IPv4 or IPv6 address' tun -n "$A" addr show 10.1
	refuses 'tun: dev: needs a value' tun -n "$A" addr show dev
}

@test "a namespace that nobody may open is refused with the reason" {
	: >"$BATS_TEST_TMPDIR/netns"
	chmod 0 "$BATS_TEST_TMPDIR/netns"
	for word in netns link-netns; do
		refuses "tun: $word: $BATS_TEST_TMPDIR/netns: permission denied" in_ns "$A" \
			setpriv --bounding-set=-dac_override,-dac_read_search tun add t type vxlan id 5 "$word" "$BATS_TEST_TMPDIR/netns"
	done
}

@test "words stand in any order, type and mode are the same word, options with two dashes stand anywhere" {
	want='[{"name":"t","type":"tap","user":"nobody","mtu":1300,"up":true}]'
	while read -r words; do
		# shellcheck disable=SC2086 # words
		quiet tun $words
		same "$want" "$(tun -n "$A" show t --json | jq -c '[.[] | {name, type, user, mtu, up}]')"
		quiet tun -n "$A" tuntap del t
	done <<-END
		-n $A add t type tap user nobody mtu 1300 up
		-n $A add user nobody type tap t up mtu 1300
		--netns $A add up mtu 1300 mode tap name t user nobody
		add mode tap --netns $A mtu 1300 t user nobody up
		tuntap add t mode tap user nobody mtu 1300 up --netns $A
		link add name t mtu 1300 up type tap user nobody --netns $A
		-n $A tuntap add dev t type tap owner nobody mtu 0x514 up
	END
}

@test "JSON has one schema, with every word that can be given" {
	ip -n "$A" link set lo up
	quiet tun -n "$A" add a type tap user nobody group nogroup multi_queue alias x up
	quiet tun -n "$A" add b type tap
	quiet tun -n "$A" route add 10.0.0.0/24 dev lo
	for kind in 'tap:show type tap' 'address:addr' 'route:route'; do
		# The words of a kind; the name of the group of links stands back behind the tap's group.
		words=$(help_of "${kind%%:*}" | sed -n '/shown as state/d; 2,/^shown only/s/^  \([a-z][a-z_-]*\).*/\1/p' |
			awk '{ print seen[$1]++ ? "link_" $1 : $1 } END { print "type"; print "state" }' | tr - _ | sort)
		# shellcheck disable=SC2086 # words
		tun -n "$A" -j ${kind#*:} >"$BATS_TEST_TMPDIR/json"
		same "$words" "$(jq -r '[.[] | keys_unsorted | sort] | unique | if length == 1 then .[0][] else . end' "$BATS_TEST_TMPDIR/json")" "$kind"
	done
	same "$(tun -n "$A" -j show | jq -S .)" "$(tun -n "$A" -j -p show | jq -S .)"
	same '[{"name":"a","alias":"x","user":"nobody","up":true},{"name":"b","alias":null,"user":null,"up":false}]' \
		"$(tun -n "$A" -j show | jq -c '[.[] | {name, alias, user, up}]')"
	shown=$(help_of tap | sed -n '/shown as state/s/^  \([a-z_]*\).*/\1/p; /^shown only/,$s/^  \([a-z_]*\).*/\1/p' | sort)
	same "$shown" "$(tun -n "$A" -j -s show a | jq -r '.[] | .state + .stats | keys_unsorted[]' | sort)"
}

@test "strange names and aliases give harmless text and valid JSON" {
	while IFS='|' read -r name text json; do
		name=$(printf '%b' "$name")
		ip -n "$A" link add name "$name" type veth peer name peer
		ip -n "$A" link set dev "$name" alias "$name"
		same "$text" "$(tun -n "$A" link show "$name")"
		same "[$json,$json]" "$(tun -n "$A" -j link show "$name" | jq -c '.[0] | [.ifname, .ifalias]')"
		tun -n "$A" link >"$BATS_TEST_TMPDIR/text"
		iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/text" >/dev/null
		same 0 "$(tr -d '\n\t\040-\176\200-\377' <"$BATS_TEST_TMPDIR/text" | wc -c)" 'control characters'
		ip -n "$A" link del dev "$name"
	done <<-'END'
		a\033[31mb|# 'a\x1b[31mb' type veth mtu 1500 alias 'a\x1b[31mb'|"a\u001b[31mb"
		a\001\177|# 'a\x01\x7f' type veth mtu 1500 alias 'a\x01\x7f'|"a\u0001\u007f"
		a"b|# 'a"b' type veth mtu 1500 alias 'a"b'|"a\"b"
		f\303\274r\303\200|# 'fürÀ' type veth mtu 1500 alias 'fürÀ'|"fürÀ"
		\377\376|# '\xff\xfe' type veth mtu 1500 alias '\xff\xfe'|"ÿþ"
	END
}

@test "help names every kind and every kind's words" {
	tun help >"$BATS_TEST_TMPDIR/help"
	kinds=$(sed -n '/^Kinds/,$s/^  \([a-z0-9-]*\) .*/\1/p' "$BATS_TEST_TMPDIR/help")
	same 'address erspan fou geneve gre gretap ip6erspan ip6gre ip6gretap ip6tnl ipip l2tp l2tp-session l2tp-tunnel prl route sit tap tun vti vti6 vxlan xfrm' \
		"$(sort <<<"$kinds" | xargs)"
	for kind in $kinds; do
		tun help "$kind" >"$BATS_TEST_TMPDIR/words" 2>"$BATS_TEST_TMPDIR/err"
		same '' "$(cat "$BATS_TEST_TMPDIR/err")"
		same "$kind: $(sed -n "/^Kinds/,\$s/^  $kind  *//p" "$BATS_TEST_TMPDIR/help")" "$(head -n 1 "$BATS_TEST_TMPDIR/words")"
		# Each word has its explanation, on its line or on the next.
		same '' "$(awk 'FNR > 1 && !/^(shown only:|Usage: tun .*|and the words of every link: tun help link|and, in add and ensure, any number of: addr .*)$/ &&
			!/^  [^ ].*  [^ ]/ && !/^ +[^ ]/' "$BATS_TEST_TMPDIR/words")"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/words")" -ge 4 ]
	done
	grep -q '^  key KEY, nokey  ' <(tun help gre)
	prints "$(cat "$BATS_TEST_TMPDIR/help")" tun --help
}

@test "without a command the usage is short, and the long one begins with it" {
	usage=$(tun 2>&1 || :)
	ends 1 '' "$usage" tun
	[ "$(wc -l <<<"$usage")" -le 16 ]
	same "$usage" "$(tun help | head -n "$(wc -l <<<"$usage")")"
}

@test "each command and family has a usage of its own" {
	prints 'ensure: make one, or change what is there only as the line differs
Usage: tun [OPTIONS] ensure NAME type KIND [WORD [VALUE]]...
       tun [OPTIONS] addr ensure PREFIX dev DEV [WORD [VALUE]]...
       tun [OPTIONS] route ensure PREFIX [WORD [VALUE]]...
       tun [OPTIONS] link ensure NAME type KIND [WORD [VALUE]]...
       tun [OPTIONS] l2tp ensure tunnel tunnel_id ID [WORD [VALUE]]...
       tun [OPTIONS] l2tp ensure session tunnel_id ID session_id ID peer_session_id ID [WORD [VALUE]]...
       tun [OPTIONS] fou ensure port PORT [WORD [VALUE]]...
       tun [OPTIONS] tunnel ensure NAME type KIND [WORD [VALUE]]...
       tun [OPTIONS] tuntap ensure NAME type KIND [WORD [VALUE]]...' tun help ensure
	prints 'tuntap: those of ip tuntap
Usage: tun [OPTIONS] tuntap add [NAME] type KIND [WORD [VALUE]]...
       tun [OPTIONS] tuntap ensure NAME type KIND [WORD [VALUE]]...
       tun [OPTIONS] tuntap set NAME WORD [VALUE]...
       tun [OPTIONS] tuntap replace NAME type KIND [WORD [VALUE]]...
       tun [OPTIONS] tuntap del SELECTOR...
       tun [OPTIONS] tuntap show [SELECTOR...]
       tun [OPTIONS] tuntap monitor [SELECTOR...]' tun help tuntap
	prints 'delete what is selected' sed -n '1s/^del: //p' <(tun tunnel delete help)
	for family in addr route link l2tp fou tunnel tuntap; do
		same "$(tun $family help | grep 'tun \[OPTIONS\]')" "$(tun help $family | grep 'tun \[OPTIONS\]')"
		for verb in $(tun help $family | sed -n "s/.* tun \[OPTIONS\] $family \([^ ]*\) .*/\1/p" | uniq); do
			help=$(tun help $family "$verb")
			same "$(tun help $family | sed 's/^Usage:/      /' | grep -F " tun [OPTIONS] $family $verb ")" \
				"$(sed '1d; s/^Usage:/      /' <<<"$help")"
			prints "$help" tun $family "$verb" help
			prints "$help" tun $family help "$verb"
			same '' "$(sed '1d; s/^Usage:/      /' <<<"$help" |
				grep -vxFf <(tun help "$verb" | sed 's/^Usage:/      /') || :)" "help $verb"
		done
	done
	for verb in add ensure set replace del show monitor; do
		prints "$(tun help $verb)" tun "$verb" help
	done
	prints "$(tun help selectors)" tun link help selectors
	prints '' tun -n "$A" show # help made nothing
}

@test "the version is said" {
	version=$(sed -n 's/^VERSION = //p' "$TOP/Makefile")
	prints "tun $version" tun -V
	prints "tun $version" tun --version
}

@test "routes that say more than tun can are comments, and left alone" {
	quiet tun -n "$A" add tap0 type tap up
	ip -n "$A" addr add 192.0.2.1/24 dev tap0
	ip -n "$A" route add blackhole 10.1.0.0/16
	ip -n "$A" route add 10.2.0.0/16 nexthop via 192.0.2.2 nexthop via 192.0.2.3
	before=$(links "$A")
	prints '# 10.1.0.0/16' tun -n "$A" route show 10.1.0.0/16
	prints '# 10.2.0.0/16' tun -n "$A" route show 10.2.0.0/16
	refuses 'tun: route 10.1.0.0/16: there is more to it than words can say (multipath, blackhole ...): left alone' \
		tun -n "$A" route del 10.1.0.0/16
	fails 'tun: route 10.2.0.0/16: no such route' tun -n "$A" route del 10.2.0.0/16 via 192.0.2.2
	same "$before" "$(links "$A")"
}

@test "names that are chosen at the same time do not collide" {
	pids=
	for one in {1..20}; do
		tun -n "$A" add type tap >"$BATS_TEST_TMPDIR/$one" &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid"
	done
	same "$(printf 'tap%d\n' {0..19} | sort)" "$(cat "$BATS_TEST_TMPDIR"/[0-9]* | sort)"
}

@test "words of ip link set that tunnels have no use for are refused by their name, in any place" {
	quiet tun -n "$A" add t0 type tap linkgroup 5
	before=$(links "$A")
	while IFS='|' read -r says words; do
		# shellcheck disable=SC2086 # words
		refuses "tun: $says" tun -n "$A" $words
	done <<-'END'
		group: needs a value|link set group
		group: needs a value|link show group
		group: needs a value|link del up group
		type: needs a value|link show type
		mode: needs a value|tunnel show mode
		mode: dormant: not a mode of tap|link set mode dormant dev t0
		mode: default: not a mode of tap|link set t0 mode default
		state: can be read, not set|link set dev t0 state up
		xdp: not a word of tap (tun help tap lists them)|link set dev t0 xdp off
		protodown: not a word of tap (tun help tap lists them)|link set protodown on dev t0
		vf: not a word of tap (tun help tap lists them)|link set t0 vf 0 mac 02:00:00:00:00:01
	END
	same "$before" "$(links "$A")"
	fails 'tun: group: 4711: no tunnel is in it' tun -n "$A" link set up group 4711
	quiet tun -n "$A" link set up mtu 1400 group 5
	same '1400 ["BROADCAST","MULTICAST","UP"]' "$(field "$A" t0 '"\(.mtu) \(.flags - ["LOWER_UP", "NO-CARRIER"])"')"
	quiet tun -n "$A" link set group 7 dev t0
	same 7 "$(field "$A" t0 .group)"
}

@test "in the link family group is the link's, also of a TAP, whose own is of users" {
	quiet tun -n "$A" add tap0 type tap
	quiet tun -n "$A" link set dev tap0 group 7
	same '7 null' "$(field "$A" tap0 '"\(.group) \(.linkinfo.info_data.group)"')"
	quiet tun -n "$A" set tap0 group nogroup
	same '7 nogroup' "$(field "$A" tap0 '"\(.group) \(.linkinfo.info_data.group)"')"
}

@test "a word that is told as state is changed too, alone and beside others" {
	state() { tun -n "$A" -j show t | jq -c '.[] | [.mtu, .state.gso_max_segs, .state.gso_max_size]'; }
	quiet tun -n "$A" add t type tap gso_max_segs 9
	same '[1500,9,65536]' "$(state)"
	quiet tun -n "$A" set t gso_max_segs 8
	same '[1500,8,65536]' "$(state)"
	quiet tun -n "$A" set t mtu 1400 gso_max_size 30000
	same '[1400,8,30000]' "$(state)"
	same '' "$(tun -n "$A" --dry-run set t gso_max_size 30000)"
}

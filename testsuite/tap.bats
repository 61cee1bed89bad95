#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here

load lib
load watch

setup_file() {
	# Where other users can run it.
	export BIN
	BIN=$(mktemp -d)
	chmod 755 "$BIN"
	"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -o "$BIN/tapcat" "$BATS_TEST_DIRNAME/tapcat.c"
}

teardown_file() { rm -rf "$BIN"; }

setup() { namespaces "$A"; }

# A program of a user with its standard input open in the namespace: as much as it needs of root.
# shellcheck disable=SC2016 # the inner shell's dollars
tapcat='exec setpriv --reuid "$1" --regid daemon --clear-groups "$BIN/tapcat" "$2" "$3" "$4" "$5" <>/dev/net/tun'

# attach_as USER NAME MODE FLAGS...: a program of the user answers at the other end.
attach_as() {
	nsenter --net="/run/netns/$A" sh -c "$tapcat" sh "$@" >"$BATS_TEST_TMPDIR/attached" 3>&- &
	program=$!
	await 5 grep -qx "attached $2" "$BATS_TEST_TMPDIR/attached"
}

attach() { attach_as root "$@"; }

leave() {
	kill "$program"
	wait "$program" || :
}

# may USER, may_not USER: attach to tap0.
may() { attach_as "$1" tap0 tap && leave; }
may_not() { ends 1 '' 'tapcat: tap0: Operation not permitted' in_ns "$A" sh -c "$tapcat" sh "$1" tap0 tap; }

@test "the README's line makes a tap that its user's program answers on" {
	quiet tun -n "$A" add tap0 type tap user nobody multi_queue up
	same '["tun",{"multi_queue":true,"numdisabled":0,"numqueues":0,"persist":true,"pi":false,"type":"tap","user":"nobody","vnet_hdr":false}]' \
		"$(kind_of "$A" tap0)"
	mac=$(field "$A" tap0 .address)
	prints "tap0 type tap user nobody multi_queue address $mac mtu 1500 up" tun -n "$A" show
	quiet tun -n "$A" addr add 10.0.0.1/24 dev tap0
	attach tap0 tap multi_queue
	pings "$A" 10.0.0.2
	same '02:00:00:00:00:02' "$(ip -n "$A" -j neigh show dev tap0 | jq -r '.[0].lladdr')"
	same 'true true' "$(field "$A" tap0 '"\(.stats64.rx.packets >= 2) \(.stats64.tx.packets >= 2)"')"
	same 1 "$(tun -n "$A" -j show tap0 | jq '.[0].state.numqueues')"
	leave
	quiet tun -n "$A" del tap0
	absent "$A" tap0
}

@test "pi and vnet_hdr are before every frame when they are asked for" {
	quiet tun -n "$A" add tap0 type tap pi vnet_hdr address 02:00:00:00:00:01 mtu 1400 up
	same '["tun",{"multi_queue":false,"persist":true,"pi":true,"type":"tap","vnet_hdr":true}]' \
		"$(kind_of "$A" tap0)"
	same '02:00:00:00:00:01 1400' "$(field "$A" tap0 '"\(.address) \(.mtu)"')"
	ip -n "$A" addr add 10.0.0.1/24 dev tap0
	attach tap0 tap pi vnet_hdr
	pings "$A" 10.0.0.2
}

@test "a tun carries packets without an Ethernet header" {
	quiet tun -n "$A" add tun0 type tun user nobody up
	same '["tun",{"multi_queue":false,"persist":true,"pi":false,"type":"tun","user":"nobody","vnet_hdr":false}]' \
		"$(kind_of "$A" tun0)"
	quiet tun -n "$A" addr add 10.0.0.1 peer 10.0.0.2 dev tun0
	attach tun0 tun
	pings "$A" 10.0.0.2
	refuses 'tun: address: not a word of tun (tun help tun lists them)' \
		tun -n "$A" add tun1 type tun up address 02:00:00:00:00:01
}

@test "its user may attach and another may not" {
	quiet tun -n "$A" add tap0 type tap user nobody
	may_not daemon
	may nobody
	quiet tun -n "$A" del tap0
	quiet tun -n "$A" add tap0 type tap owner 1 # daemon's number
	may daemon
	may_not nobody
}

@test "members of its group may attach and others may not" {
	quiet tun -n "$A" add tap0 type tap group daemon
	same daemon "$(field "$A" tap0 .linkinfo.info_data.group)"
	may nobody
	quiet tun -n "$A" set tap0 group nogroup
	may_not nobody
}

@test "a change of the user keeps flags, address and the rest" {
	quiet tun -n "$A" add tap0 type tap user nobody group nogroup vnet_hdr pi multi_queue mtu 1300 address 02:00:00:00:00:01 up
	quiet tun -n "$A" set tap0 user daemon
	same '["tun",{"group":"nogroup","multi_queue":true,"numdisabled":0,"numqueues":0,"persist":true,"pi":true,"type":"tap","user":"daemon","vnet_hdr":true}]' \
		"$(kind_of "$A" tap0)"
	same '02:00:00:00:00:01 1300 ["BROADCAST","MULTICAST","UP"]' \
		"$(field "$A" tap0 '"\(.address) \(.mtu) \(.flags | map(select(. != "NO-CARRIER" and . != "LOWER_UP")))"')"
	refuses 'tun: tap0: novnet_hdr: the kernel cannot change it on a living tap: delete and add it anew' \
		tun -n "$A" set tap0 user nobody novnet_hdr
	same daemon "$(field "$A" tap0 .linkinfo.info_data.user)"
}

held='a program holds it (--via rtnl deletes it all the same)'

@test "while a program holds it, del refuses, unlike link del" {
	quiet tun -n "$A" add tap0 type tap multi_queue up
	attach tap0 tap multi_queue
	fails "tun: tap0: $held" tun -n "$A" del tap0
	fails "tun: tap0: $held" tun -n "$A" tuntap del dev tap0 mode tap
	quiet tun -n "$A" link del dev tap0
	absent "$A" tap0
}

@test "while a program holds it, what needs to attach is refused and the rest works" {
	quiet tun -n "$A" add tap0 type tap user nobody up
	attach tap0 tap
	fails 'tun: tap0: a program holds it' tun -n "$A" set tap0 user daemon
	same nobody "$(field "$A" tap0 .linkinfo.info_data.user)"
	quiet tun -n "$A" set tap0 mtu 1300
	same 1300 "$(field "$A" tap0 .mtu)"
	fails "tun: tap0: $held" tun -n "$A" del tap0
	leave
	quiet tun -n "$A" set tap0 user daemon
	same 'daemon true' "$(field "$A" tap0 '"\(.linkinfo.info_data | "\(.user) \(.persist)")"')"
}

@test "del needs no room for the queue" {
	quiet tun -n "$A" add tap0 type tap txqueuelen 1048575
	quiet tun -n "$A" del tap0
	absent "$A" tap0
}

@test "del sees a program also where /sys is another namespace's" {
	quiet tun -n "$A" add tap0 type tap
	attach tap0 tap
	fails "tun: tap0: $held" nsenter --net="/run/netns/$A" tun del tap0
	leave
	refuses "tun: tap0: its flags cannot be read: /sys is not this namespace's" \
		nsenter --net="/run/netns/$A" tun set tap0 user daemon
	quiet nsenter --net="/run/netns/$A" tun del tap0
	absent "$A" tap0
}

@test "what was set before a failure is set back, also words that are told as state" {
	quiet tun -n "$A" add tap0 type tap user nobody up
	whole() { tun -n "$A" -d -j show tap0 | jq 'del(.[].state["carrier", "state", "carrier_changes", "flags"])'; }
	before=$(whole)
	attach tap0 tap
	fails 'tun: tap0: a program holds it' tun -n "$A" set tap0 gso_max_size 30000 mtu 1300 user daemon
	leave
	same "$before" "$(whole)"
	namespaces "$B"
	# shellcheck disable=SC2016 # the inner shell's dollars
	ends 2 1500 'tun: tap0: not permitted: run it as root (it needs CAP_NET_ADMIN)' unshare -rn sh -c \
		'tun add tap0 type tap; tun set tap0 mtu 1400 netns "$1"; status=$?; tun -j show tap0 | jq ".[0].mtu"; exit $status' \
		sh "$B"
}

@test "the tuntap family takes dev and mode, deleting needs neither" {
	quiet tun -n "$A" tuntap add dev tap0 mode tap user nobody
	quiet tun -n "$A" tuntap add name tun0 mode tun one_queue
	same 'tap0: tap persist user 65534
tun0: tun one_queue persist' "$(ip netns exec "$A" ip tuntap show | sort)"
	refuses 'tun: mode: tun: it is tap' tun -n "$A" tuntap del dev tap0 mode tun
	quiet tun -n "$A" tuntap del dev tap0
	quiet tun -n "$A" tuntap del mode tun dev tun0
	absent "$A" tap0 tun0
}

@test "a name that is taken is refused, whoever has it" {
	ip -n "$A" link add name v0 type veth peer name v1
	quiet tun -n "$A" add tap0 type tap user nobody
	before=$(links "$A")
	for name in lo v0 tap0; do
		for mode in tap tun; do
			fails "tun: $name: exists" tun -n "$A" add "$name" type "$mode" user daemon
		done
	done
	same "$before" "$(links "$A")"
}

@test "when a word cannot be had nothing stays" {
	before=$(links "$A")
	fails 'tun: tap0: mtu: 60: mtu less than device minimum' tun -n "$A" add tap0 type tap user nobody mtu 60
	fails 'tun: tap0: master: lo: operation not supported (usual cure: name a bridge or VRF)' tun -n "$A" add tap0 type tap master lo
	refuses 'tun: user: nosuchuser: no such user' tun -n "$A" add tap0 type tap user nosuchuser
	same "$before" "$(links "$A")"
}

@test "ip's JSON of a link has no key that ip has not" {
	quiet tun -n "$A" add t0 type tap
	quiet tun -n "$A" add t1 type tun
	for link in t0 t1 lo; do
		same "$(ip -n "$A" -j link show "$link" | jq -S '.[0]')" "$(tun -n "$A" -j link show "$link" | jq -S '.[0]')"
	done
}

@test "a name that was chosen is printed" {
	prints tap0 tun -n "$A" add type tap
	prints tap1 tun -n "$A" add type tap
	prints vm0 tun -n "$A" add vm%d type tap
	prints vm1 tun -n "$A" add name vm%d type tun
	quiet tun -n "$A" del vm0
	prints vm0 tun -n "$A" add type tun name vm%d
	same '["tap0","tap1","vm0","vm1"]' "$(ip -n "$A" -j link show type tun | jq -c '[.[].ifname] | sort')"
}

@test "napi, napi_frags and one_queue are in sysfs, shown, and kept when the user changes" {
	quiet tun -n "$A" add t type tap napi napi_frags one_queue user nobody
	same 0x3832 "$(ip netns exec "$A" cat /sys/class/net/t/tun_flags)"
	quiet tun -n "$A" set t user root
	same 0x3832 "$(ip netns exec "$A" cat /sys/class/net/t/tun_flags)"
	same '[true,true,true,"root"]' "$(tun -n "$A" -j show t | jq -c '.[0] | [.napi, .napi_frags, .one_queue, .user]')"
}

@test "a monitor tells the flag that a program brings along" {
	quiet tun -n "$A" add t type tap address 02:00:00:00:00:01
	says=$BATS_TEST_TMPDIR/says
	watch --interval 0.2
	attach t tap one_queue
	await 10 grep -q '# no one_queue -> one_queue' "$says"
	leave
	quiet tun -n "$A" del t
	unwatch
	same 'changed t type tap one_queue address 02:00:00:00:00:01 mtu 1500' \
		"$(grep -o '^changed .*mtu 1500  # no one_queue' "$says" | sed 's/  #.*//')"
}

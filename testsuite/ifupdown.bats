#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Debian's ifupdown and the hook that make install gives it. The package is only unpacked (testsuite/packages).

load lib

package=${TUN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/libtunnel}/ifupdown

setup_file() {
	make -s -C "$TOP" install DESTDIR="$BATS_FILE_TMPDIR/root" sbindir="$TOP/ip" >/dev/null
}

setup() {
	namespaces "$A"
	ip -n "$A" link set lo up
	ip -n "$A" link add u0 type dummy
	ip -n "$A" link set u0 up
	etc=$BATS_TEST_TMPDIR/etc
	cp -R "$BATS_FILE_TMPDIR/root/etc" "$etc"
	hook=$etc/network/if-pre-up.d/tun
	mkdir "$BATS_TEST_TMPDIR/state" "$etc/network/if-up.d" "$etc/network/if-down.d"
}

# debian COMMAND...: with ifupdown's files and our /etc/network over those of this system.
debian() {
	# shellcheck disable=SC2016 # the inner shell's dollars
	in_ns "$A" unshare --mount sh -ec '
		mount -t overlay -o "lowerdir=$1:/etc" etc /etc
		mount -t overlay -o "lowerdir=$2/lib:/usr/lib" lib /usr/lib
		shift 2
		exec "$@"' sh "$etc" "$package" "$@" 3>&-
}
ifup() { debian "$package/sbin/ifup" --state-dir="$BATS_TEST_TMPDIR/state" "$@"; }
ifdown() { debian "$package/sbin/ifdown" --state-dir="$BATS_TEST_TMPDIR/state" "$@"; }

# stanzas: standard input becomes /etc/network/interfaces.
stanzas() { cat >"$etc/network/interfaces"; }

# stanza LINK "WORD VALUE"...
stanza() {
	{
		echo "iface $1 inet manual"
		printf '\ttun-%s\n' "${@:2}"
	} | stanzas
}

addresses() { ip -n "$A" -j addr show dev "$1" scope global | jq -r '.[].addr_info[] | select(.local) | "\(.local)/\(.prefixlen)"'; }

# now_is LINK KIND DATA: what ip says of it.
now_is() { same "[\"$2\",$3]" "$(kind_of "$A" "$1")" "$1"; }

gre='"local":"192.0.2.1","pmtudisc":true,"remote":"192.0.2.2"'

@test "a stanza makes its tunnel and takes it away" {
	stanzas <<-'END'
		iface gre1 inet static
			address 10.0.0.1/30
			mtu 1400
			tun-type gre
			tun-local 192.0.2.1
			tun-remote 192.0.2.2
			tun-key 0.0.0.5
			tun-ttl 64
			up ip route add 10.1.0.0/16 dev gre1
	END
	quiet ifup gre1
	now_is gre1 gre '{"ikey":"0.0.0.5","local":"192.0.2.1","okey":"0.0.0.5","pmtudisc":true,"remote":"192.0.2.2","ttl":64}'
	same 10.0.0.1/30 "$(addresses gre1)"
	same '1400 true' "$(field "$A" gre1 '"\(.mtu) \(any(.flags[]; . == "UP"))"')"
	same '10.1.0.0/16 scope link ' "$(ip -n "$A" route show dev gre1 10.1.0.0/16)"
	quiet ifdown gre1
	absent "$A" gre1
}

@test "ifup again leaves what is right, with its number" {
	stanzas <<-'END'
		iface gre1 inet manual
			tun-type gre
			tun-local 192.0.2.1
			tun-remote 192.0.2.2
			tun-up yes
	END
	quiet ifup gre1
	index=$(field "$A" gre1 .ifindex)
	ends 0 '' 'ifup: interface gre1 already configured' ifup gre1
	quiet ifup --force gre1
	now_is gre1 gre "{$gre,\"ttl\":0}"
	same "$index" "$(field "$A" gre1 .ifindex)"
	# somebody made it before
	quiet ifdown --force gre1
	ip -n "$A" link add gre1 type gre local 192.0.2.1 remote 192.0.2.2 ttl 9
	quiet ifup gre1
	now_is gre1 gre "{$gre,\"ttl\":0}"
	quiet ifdown gre1
	absent "$A" gre1
}

@test "a stanza that was changed changes the tunnel, or makes it anew with its number and addresses" {
	stanza t 'type gre' 'local 192.0.2.1' 'remote 192.0.2.2' 'up yes'
	quiet ifup t
	ip -n "$A" addr add 10.0.0.1/24 dev t
	index=$(field "$A" t .ifindex)
	stanza t 'type gre' 'local 192.0.2.1' 'remote 192.0.2.2' 'ttl 9' 'nopmtudisc no'
	quiet ifup --force t
	now_is t gre "{$gre,\"ttl\":9}"
	stanza t 'type vti' 'local 192.0.2.1' 'remote 192.0.2.2' 'key 5'
	quiet ifup --force t
	now_is t vti '{"ikey":"0.0.0.5","local":"192.0.2.1","okey":"0.0.0.5","remote":"192.0.2.2"}'
	same "$index 10.0.0.1/24" "$(field "$A" t .ifindex) $(addresses t)"
}

@test "stanzas of both families for one interface" {
	for second in '' 'tun-type gre'$'\n''tun-remote 192.0.2.2'; do
		stanzas <<-END
			iface t inet static
				address 10.0.0.1/24
				tun-type gre
				tun-remote 192.0.2.2
			iface t inet6 static
				address fd00::1/64
				$second
		END
		prints 'Waiting for DAD... Done' ifup t
		same "10.0.0.1/24 fd00::1/64" "$(addresses t | paste -sd" ")"
		# ifupdown takes the addresses away of what went with the first stanza; it says so, and that is all
		ifdown t
		absent "$A" t
	done
}

@test "all that is auto, a tunnel in a tunnel with its underlay" {
	stanzas <<-'END'
		auto lo d0 gre1 vx1
		iface lo inet loopback
		iface d0 inet static
			address 192.0.2.1/24
			pre-up ip link add d0 type dummy
			post-down ip link del d0
		iface gre1 inet static
			address 10.0.0.1/24
			tun-type gre
			tun-local 192.0.2.1
			tun-remote 192.0.2.2
			tun-dev d0
		iface vx1 inet manual
			tun-type vxlan
			tun-id 7
			tun-dstport 4789
			tun-srcport 5000 6000
			tun-remote 10.0.0.2
			tun-dev gre1
			tun-up yes
	END
	quiet ifup -a
	same '"d0"' "$(field "$A" gre1 .link | jq -R .)"
	same '4789 5000 6000 gre1 true' \
		"$(field "$A" vx1 '"\(.linkinfo.info_data | "\(.port) \(.port_range | "\(.low) \(.high)") \(.link)") \(any(.flags[]; . == "UP"))"')"
	quiet ifdown -a
	absent "$A" vx1 gre1 d0
}

@test "an L2TP tunnel with its session, a TAP of a user" {
	ip -n "$A" addr add 192.0.2.1/24 dev u0
	stanza l2 'type l2tp' 'local 192.0.2.1' 'remote 192.0.2.2' 'tunnel_id 1' 'peer-tunnel-id 2' 'session_id 3' \
		'peer_session_id 4' 'encap udp' 'udp_sport 5000' 'udp_dport 5001' 'cookie 0123456789abcdef'
	quiet ifup l2
	same '[1,2,3,4,"l2"]' "$(ip -n "$A" -j l2tp show session |
		jq -c '.[] | [.tunnel_id, .peer_tunnel_id, .session_id, .peer_session_id, .interface]')"
	quiet ifdown l2
	same '' "$(ip -n "$A" l2tp show tunnel)"
	stanza tap0 'type tap' 'user nobody' 'multi_queue yes' 'up no'
	quiet ifup tap0
	now_is tap0 tun "$(ip -n "$A" tuntap add w mode tap user nobody multi_queue && kind_of "$A" w | jq -c '.[1]')"
	quiet ifdown tap0
	absent "$A" tap0
}

@test "values are only values" {
	cd "$BATS_TEST_TMPDIR"
	# shellcheck disable=SC2016 # they shall stay
	alias='a  b "$(touch t)" `touch t`; touch t # \t'"' --recreate type vti"
	stanza gre1 'type gre' 'remote 192.0.2.2' "alias $alias"
	quiet ifup gre1
	same "$alias" "$(field "$A" gre1 .ifalias)"
	[ ! -e t ]
	# names that are words of tun's
	for name in type 'gre*' name del; do
		stanza "$name" 'type gre' 'remote 192.0.2.3'
		quiet ifup "$name"
		now_is "$name" gre '{"local":"any","pmtudisc":true,"remote":"192.0.2.3","ttl":0}'
		quiet ifdown "$name"
		absent "$A" "$name"
	done
	same "$alias" "$(field "$A" gre1 .ifalias)"
}

# no_ifup LINK TEXT: it fails, as the hook does with this text.
no_ifup() {
	refuses "tun: $2
run-parts: /etc/network/if-pre-up.d/tun exited with return code 1
ifup: failed to bring up $1" ifup "$1"
}

@test "what cannot be stays undone, and says why" {
	while IFS=/ read -r words said; do
		stanza t 'type gre' 'remote 192.0.2.2' "$words"
		no_ifup t "$said"
		absent "$A" t
	done <<-'END'
		remot 192.0.2.2/IF_TUN_REMOT=192.0.2.2: not a word of gre (tun help gre lists them)
		nopmtudisc ttl/IF_TUN_NOPMTUDISC=ttl: say yes or no
		ttl 256/ttl: 256: out of range (0 to 255)
	END
	stanza t 'type grep' 'remote 192.0.2.2'
	no_ifup t 'type: grep: unknown kind (tun help lists them)'
}

@test "what is of another kind, or gone, is left alone" {
	stanza u0 'type gre' 'remote 192.0.2.2'
	before=$(links "$A")
	no_ifup u0 'u0: is dummy, no tunnel: left alone'
	same "$before" "$(links "$A")"
	stanza t 'type gre' 'remote 192.0.2.2'
	quiet ifup t
	ip -n "$A" link del dev t
	ip -n "$A" link add name t type vxlan id 7 dstport 4789
	ends 0 '' 'tun: type: gre: it is vxlan
run-parts: /etc/network/if-post-down.d/tun exited with return code 1' ifdown t
	same 7 "$(field "$A" t .linkinfo.info_data.id)"
	ip -n "$A" link del dev t
	quiet ifup t
	ip -n "$A" link del dev t
	quiet ifdown t
}

@test "without tun-type it does nothing; under dash and busybox" {
	for shell in dash 'busybox sh' 'bash --posix'; do
		for phase in pre-up post-down; do
			# shellcheck disable=SC2086 # words
			quiet in_ns "$A" env -i IFACE=--all PHASE=$phase $shell "$hook"
		done
		same 'lo u0' "$(ip -n "$A" -j link | jq -r '[.[].ifname | select(test("^(lo|u0)$"))] | join(" ")')"
		# shellcheck disable=SC2086 # words
		for phase in pre-up pre-up post-down post-down; do
			quiet in_ns "$A" env -i IFACE=t PHASE=$phase IF_TUN_TYPE=gre IF_TUN_REMOTE=192.0.2.2 $shell "$hook"
		done
		absent "$A" t
	done
}

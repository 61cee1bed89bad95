#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Save, apply and diff, with what needs modules: L2TP, FOU, ISATAP, GRE. The rest is in apply.bats.

load lib

setup() {
	underlay
	modprobe -a ip_gre ipip sit l2tp_eth l2tp_ip fou
	file=$BATS_TEST_TMPDIR/state
}

# comes_back: what is there is saved, deleted, made again by tun, and by ip.
comes_back() {
	local saved
	saved=$(tun -n "$A" --secrets save)
	same "$1" "$saved"
	printf '%s\n' "$saved" >"$file"
	quiet tun -n "$A" --quiet apply "$file"
	tun -n "$A" apply --remove "$file" >/dev/null
	same '' "$(tun -n "$A" --secrets save)"
	tun -n "$A" apply "$file" >/dev/null
	same "$saved" "$(tun -n "$A" --secrets save)" 'applied again'
	tun -n "$A" apply --remove "$file" >/dev/null
	quiet in_ns "$A" ip -batch "$file"
	same "$saved" "$(tun -n "$A" --secrets save)" 'made by ip'
	quiet tun -n "$A" --quiet apply "$file"
}

@test "L2TP: tunnels, sessions, their interfaces and addresses" {
	quiet tun -n "$A" add l2 type l2tp local 192.0.2.1 remote 192.0.2.2 tunnel_id 1 peer_tunnel_id 2 session_id 3 \
		peer_session_id 4 encap udp udp_sport 5000 udp_dport 5001 cookie 01234567 peer_cookie 89abcdef \
		address 02:00:00:00:00:01 up
	quiet tun -n "$A" l2tp add tunnel tunnel_id 7 peer_tunnel_id 8 local 192.0.2.1 remote 192.0.2.2 encap ip
	quiet tun -n "$A" addr add 10.0.0.1/24 dev l2
	comes_back "$(cat <<-'END'
		l2tp add tunnel tunnel_id 1 peer_tunnel_id 2 local 192.0.2.1 remote 192.0.2.2 udp_sport 5000 udp_dport 5001
		l2tp add tunnel tunnel_id 7 peer_tunnel_id 8 local 192.0.2.1 remote 192.0.2.2 encap ip
		l2tp add session name l2 tunnel_id 1 session_id 3 peer_session_id 4 cookie 01234567 peer_cookie 89abcdef
		# the kernel does not tell its l2spec_type
		link set dev l2 address 02:00:00:00:00:01 mtu 1442 up
		addr add 10.0.0.1/24 dev l2
	END
	)"
	same '# its cookies are not saved: --secrets' "$(tun -n "$A" save | grep secrets)"
	same '' "$(tun -n "$A" save | grep 0123 || :)"
}

@test "L2TP: a session that differs is made anew, with its addresses" {
	quiet tun -n "$A" add l2 type l2tp local 192.0.2.1 remote 192.0.2.2 tunnel_id 1 peer_tunnel_id 2 session_id 3 \
		peer_session_id 4 encap udp udp_sport 5000 udp_dport 5001 address 02:00:00:00:00:01 up
	quiet tun -n "$A" addr add 10.0.0.1/24 dev l2
	tun -n "$A" save | sed 's/peer_session_id 4/peer_session_id 5/' >"$file"
	refuses 'tun: l2tp-session 1 3: peer_session_id: the kernel cannot change it on a living l2tp-session: --recreate makes it anew' \
		tun -n "$A" --quiet apply "$file"
	tun -n "$A" apply --recreate "$file" >/dev/null
	same '5 02:00:00:00:00:01 10.0.0.1' "$(tun -n "$A" -j show l2 | jq -r '.[0] | "\(.peer_session_id) \(.address)"') \
$(ip -n "$A" -j -4 addr show dev l2 | jq -r '.[0].addr_info[0].local')"
	quiet tun -n "$A" --quiet apply "$file"
}

@test "L2TP: a tunnel over another, between addresses that the file makes, in any order" {
	cat >"$file" <<-'END'
		addr add 10.0.1.1/24 dev l2
		set l2 mtu 1300 up
		l2tp add session name l2 tunnel_id 1 session_id 3 peer_session_id 4
		l2tp add tunnel tunnel_id 1 peer_tunnel_id 2 encap udp local 10.0.0.1 remote 10.0.0.2 udp_sport 5000 udp_dport 5001
		addr add 10.0.0.1/24 dev g
		add v type vxlan id 7 remote 10.0.1.2 dstport 4789 dev l2
		route add 10.9.0.0/16 via 10.0.1.9
		add g type gre local 192.0.2.1 remote 192.0.2.2 up
	END
	tun -n "$A" apply "$file" >/dev/null
	same '1300 up 10.0.1.1' "$(ip -n "$A" -j addr show l2 | jq -r '.[0] | "\(.mtu) \(if .flags | index("UP") then "up" else "down" end) \(.addr_info[0].local)"')"
	quiet tun -n "$A" --quiet apply "$file"
	tun -n "$A" save >"$file.saved"
	tun -n "$A" apply --remove "$file" >/dev/null
	tun -n "$A" apply "$file.saved" >/dev/null
	same "$(cat "$file.saved")" "$(tun -n "$A" save)"
	same "$(grep -v "^link add [gv]\|10.0.0.1/24\|10.9.0.0" "$file.saved")" "$(tun -n "$A" save l2 | grep -v 10.9.0.0)"
}

@test "FOU ports, and tunnels that use them" {
	quiet tun -n "$A" fou add port 5555 ipproto gre
	quiet tun -n "$A" fou add port 5556 encap gue
	quiet tun -n "$A" add g type gre local 192.0.2.1 remote 192.0.2.2 encap fou encap-sport auto encap-dport 5555 mtu 1400 up
	comes_back "$(cat <<-'END'
		fou add port 5555 ipproto gre
		fou add port 5556 gue
		link add g mtu 1400 up type gre remote 192.0.2.2 local 192.0.2.1 encap fou encap-dport 5555
	END
	)"
}

@test "ISATAP and the routers in its list" {
	quiet tun -n "$A" add is0 type sit local 192.0.2.1 isatap mtu 1400 up
	quiet tun -n "$A" tunnel prl dev is0 prl-default 192.0.2.2
	quiet tun -n "$A" tunnel prl dev is0 prl-nodefault 192.0.2.3
	saved=$(cat <<-'END'
		link add is0 mtu 1400 up type sit local 192.0.2.1 isatap mode ip6ip
		tunnel prl dev is0 prl-default 192.0.2.2
		tunnel prl dev is0 prl-nodefault 192.0.2.3
	END
	)
	prints "$saved" tun -n "$A" save
	printf '%s\n' "$saved" >"$file"
	quiet tun -n "$A" --quiet apply "$file"
	quiet tun -n "$A" del is0
	tun -n "$A" apply "$file" >/dev/null
	prints "$saved" tun -n "$A" save
}

@test "link-local addresses that the kernel makes of IPv4 ones are its own" {
	cat >"$file" <<-'END'
		link add g1 mtu 1400 up type gre remote 192.0.2.4
		link add s1 mtu 1400 up type sit remote 192.0.2.2 local 192.0.2.1
		link add s2 mtu 1400 up type sit remote 192.0.2.3
		addr add fe80::1/64 dev s1 scope link
		addr add fd00::1/64 dev s1
	END
	tun -n "$A" apply "$file" >/dev/null
	ip -n "$A" -6 addr show dev s1 | grep -q fe80::c000:201
	same "$(grep ^addr "$file")" "$(tun -n "$A" save | grep ^addr)"
	quiet tun -n "$A" --quiet apply "$file" --prune '*' --check
}

@test "fallback devices are never saved, pruned or deleted" {
	printf '' >"$file"
	tun -n "$A" show --all type gre,ipip,sit >"$file.before"
	[ -s "$file.before" ]
	quiet tun -n "$A" save
	quiet tun -n "$A" --quiet apply "$file" --prune all
	same "$(cat "$file.before")" "$(tun -n "$A" show --all type gre,ipip,sit)"
}

@test "two tunnels may change places" {
	printf 'add g%s type gre local 192.0.2.1 remote 192.0.2.2 key %s\n' 1 1 2 2 >"$file"
	tun -n "$A" apply "$file" >/dev/null
	printf 'add g%s type gre local 192.0.2.1 remote 192.0.2.2 key %s\n' 3 1 2 2 >"$file"
	ends 0 '+ g3 type gre remote 192.0.2.2 local 192.0.2.1 key 1
= g2
- g1' '' tun -n "$A" apply "$file" --prune 'g*'
}

@test "two files that are applied at once end as one after the other" {
	for one in 1 2; do
		for i in 1 2 3 4 5; do
			echo "add g$i type gre local 192.0.2.1 remote 192.0.2.2 key $i ttl $one$i up"
			echo "addr add 10.0.$i.$one/24 dev g$i"
		done >"$file.$one"
	done
	for _ in 1 2 3; do
		for one in 1 2; do
			tun -n "$A" apply "$file.$one" --prune 'g*' >"$file.$one.out" 2>&1 3>&- &
			pids[one]=$!
		done
		wait "${pids[1]}" || cat "$file.1.out" >&2
		wait "${pids[2]}" || cat "$file.2.out" >&2
		tun -n "$A" --quiet apply "$file.1" --prune 'g*' --check >/dev/null && last=1 || last=2
		quiet tun -n "$A" --quiet apply "$file.$last" --prune 'g*' --check
	done
}

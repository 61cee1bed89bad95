#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# The init script and what the unit of systemd calls, as make install puts them.

load lib

setup() {
	namespaces "$A"
	root=$BATS_TEST_TMPDIR
	make -s -C "$TOP" prefix="$root" sysconfdir="$root/etc" install
	echo 'add vx1 type vxlan id 1 dstport 4789 remote 192.0.2.1 ttl 5 up' >"$root/etc/tun/site.conf"
	cat >"$root/etc/tun/taps.conf" <<-'END'
		add tap1 type tap user 1
		add tap2 type tap user 2
	END
	echo 'not a command' >"$root/etc/tun/old.conf.bak"
}

# names: the links that are there.
names() { ip -n "$A" -j link | jq -r '.[].ifname' | grep -vE '^(lo|(gre|gretap|erspan|tunl|sit|ip_vti|ip6tnl|ip6gre|ip6_vti)0)$' | paste -sd' '; }

@test "the init script starts, tells, reloads and stops, in each shell" {
	for shell in dash 'busybox sh' 'bash --posix'; do
		# shellcheck disable=SC2206 # words
		init=(in_ns "$A" $shell "$root/etc/init.d/tun")
		ends 3 "$root/etc/tun/site.conf: not as it should be (tun diff $root/etc/tun/site.conf tells in what)
$root/etc/tun/taps.conf: not as it should be (tun diff $root/etc/tun/taps.conf tells in what)" '' "${init[@]}" status
		quiet "${init[@]}" start
		same 'vx1 tap1 tap2' "$(names)" "$shell"
		prints "$root/etc/tun/site.conf: as it should be
$root/etc/tun/taps.conf: as it should be" "${init[@]}" status
		# again: nothing; another one that is not in the files stays
		quiet "${init[@]}" start
		quiet tun -n "$A" add other type tun
		sed -i 's/ttl 5/ttl 6/' "$root/etc/tun/site.conf"
		for word in reload force-reload restart; do
			quiet "${init[@]}" "$word"
			same 6 "$(field "$A" vx1 .linkinfo.info_data.ttl)"
		done
		quiet "${init[@]}" stop
		same other "$(names)"
		quiet "${init[@]}" stop
		quiet tun -n "$A" del other
		sed -i 's/ttl 6/ttl 5/' "$root/etc/tun/site.conf"
	done
}

@test "a file that is wrong does not keep the others from being done" {
	echo 'add vx1 type vxlam' >"$root/etc/tun/site.conf"
	script=$root/etc/init.d/tun
	ends 1 '' "tun: $root/etc/tun/site.conf:1:9: type: vxlam: unknown kind (tun help lists them)" in_ns "$A" "$script" start
	same 'tap1 tap2' "$(names)"
	ends 2 '' "usage: $script start|stop|restart|reload|force-reload|status" in_ns "$A" "$script" again
	# removed, its configuration not
	mv "$root/sbin/tun" "$root/sbin/tun.gone"
	PATH=/usr/sbin:/usr/bin:/sbin:/bin quiet in_ns "$A" "$script" stop
	same 'tap1 tap2' "$(names)"
}

# unit LINE: does what the unit has there, for site.
unit() {
	local words
	words=$(sed -n "s/^$1=//p" "$root/lib/systemd/system/tun@.service")
	# shellcheck disable=SC2086 # words
	in_ns "$A" ${words//%i/site}
}

@test "what the unit calls makes the tunnels of its file, changes and deletes them" {
	unit ExecStart
	same vx1 "$(names)"
	sed -i 's/ttl 5/ttl 6/' "$root/etc/tun/site.conf"
	unit ExecReload
	same 6 "$(field "$A" vx1 .linkinfo.info_data.ttl)"
	unit ExecStop
	same '' "$(names)"
}

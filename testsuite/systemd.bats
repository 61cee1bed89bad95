#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# The unit, as make install puts it, under a systemd of its own in namespaces of its own, where all that is written is in /run.

load lib

setup() {
	cat >"$BATS_TEST_TMPDIR/boot" <<-'END'
		mount -t tmpfs run /run
		umount /sys/fs/cgroup # as it is from outside
		mount -t cgroup2 cgroup /sys/fs/cgroup
		ip link set lo up
		units=/run/systemd/system
		make -s -C "$TOP" prefix=/run/i sysconfdir=/run/i/etc unitdir=$units install
		mkdir $units/tun@.service.d
		printf '[Service]\nStandardError=append:/run/said\n' >$units/tun@.service.d/said.conf
		# No other unit: those of this system would clean /tmp, set sysctls and more.
		for target in test sysinit basic shutdown network network-pre; do
			printf '[Unit]\nDefaultDependencies=no\n' >$units/$target.target
		done
		mount -t tmpfs tmp /tmp
		mount --bind /proc/sys /proc/sys
		mount -o remount,bind,ro /proc/sys
		exec env -i PATH="$PATH" container=other SYSTEMD_UNIT_PATH=$units SYSTEMD_GENERATOR_PATH=/nonexistent \
			/lib/systemd/systemd --system --unit=test.target
	END
	# A control group of its own, so that it meets no process of this system.
	# shellcheck disable=SC2016 # the inner shell's dollars
	unshare --mount sh -ec '
		mount -t cgroup2 cgroup /sys/fs/cgroup
		mkdir /sys/fs/cgroup/tun.$$
		echo $$ >/sys/fs/cgroup/tun.$$/cgroup.procs
		exec unshare --fork --pid --kill-child=KILL --mount --mount-proc --cgroup --uts --net sh -e "$1"' \
		sh "$BATS_TEST_TMPDIR/boot" >"$BATS_TEST_TMPDIR/log" 2>&1 </dev/null 3>&- &
	host=$!
	await 30 within systemctl is-active test.target || { cat "$BATS_TEST_TMPDIR/log"; return 1; }
}

teardown() {
	remove_namespaces
	kill -KILL "$host"
	wait "$host" 2>/dev/null || :
	# shellcheck disable=SC2016 # the inner shell's dollars
	await 10 unshare --mount sh -ec '
		mount -t cgroup2 cgroup /sys/fs/cgroup
		find "/sys/fs/cgroup/tun.$1" -depth -type d -delete' sh "$host"
}

# within COMMAND...: where that systemd is.
within() {
	local pid
	read -r pid _ <"/proc/$host/task/$host/children" || [ -n "$pid" ] # no end of line
	nsenter -t "$pid" --mount --net --pid -- "$@"
}

# state LINE...: the file has these lines.
state() { printf '%s\n' "$@" | within tee /run/i/etc/tun/site.conf >/dev/null; }

links() { within ip -br link show | awk '$1 ~ /^t[0-9]/ { sub(/@.*/, "", $1); print $1 }' | paste -sd' '; }

@test "the unit makes the tunnels of its file, changes and deletes them" {
	state 'add t1 type gre local 192.0.2.1 remote 192.0.2.2 ttl 5 up' 'add t2 type tap user 1' \
		'addr add 10.0.0.1/24 dev t1' 'route add 10.1.0.0/16 dev t1'
	within systemctl start tun@site || { within cat /run/said; return 1; }
	same 't1 t2' "$(links)"
	same 'gre 5 192.0.2.2' "$(within ip -d -j link show dev t1 | jq -r '.[0].linkinfo | "\(.info_kind) \(.info_data | "\(.ttl) \(.remote)")"')"
	same '10.1.0.0/16 scope link ' "$(within ip route show dev t1 10.1.0.0/16)"
	state 'add t1 type vti local 192.0.2.1 remote 192.0.2.2 up' 'add t2 type tap user 1'
	# what cannot change alive is refused, and it stays what it is
	run ! within systemctl reload tun@site
	same active "$(within systemctl is-active tun@site)"
	state 'add t1 type gre local 192.0.2.1 remote 192.0.2.2 ttl 6 up' 'add t2 type tap user 1' 'add t3 type ipip remote 192.0.2.3'
	within systemctl reload tun@site
	same 't1 t2 t3' "$(links)"
	same 6 "$(within ip -d -j link show dev t1 | jq -r '.[0].linkinfo.info_data.ttl')"
	within systemctl stop tun@site
	same '' "$(links)"
}

@test "what the kernel refuses is tried again, a file that is wrong is not" {
	state 'add t1 type l2tp local 192.0.2.1 remote 192.0.2.2 encap udp udp_sport 5000 udp_dport 5001 tunnel_id 1 peer_tunnel_id 2 session_id 3 peer_session_id 4'
	run ! within systemctl start tun@site
	same activating "$(within systemctl is-active tun@site || :)"
	within ip addr add 192.0.2.1/24 dev lo
	await 30 within systemctl is-active tun@site
	same t1 "$(links)"
	within systemctl stop tun@site
	state 'add t1 type gro'
	run ! within systemctl start tun@site
	same failed "$(within systemctl is-active tun@site || :)"
	same 'tun: /run/i/etc/tun/site.conf:1:8: type: gro: unknown kind (tun help lists them)' "$(within tail -n 1 /run/said)"
}

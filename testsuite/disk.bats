#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Save and apply where a disk is full, may not be written, or nobody takes the output.

load lib

setup() {
	namespaces "$A"
	for i in {1..100}; do
		echo "add v$i type vxlan id $i dstport 4789 remote 192.0.2.$i"
	done | tun -n "$A" -b -
	saved=$(tun -n "$A" save)
	[ ${#saved} -gt 4096 ]
	disk=$BATS_TEST_TMPDIR/disk
	kept=$'old\nwhat was there'
	mkdir "$disk"
}

# on OPTIONS COMMAND: a shell does it in a folder on a small disk of its own, with the file "old"; then what is in the folder.
on() {
	# shellcheck disable=SC2016 # the inner shell's dollars
	unshare --mount sh -c '
		mount -t tmpfs -o size=4k,mode=755 disk "$1" && cd "$1" && echo "what was there" >old &&
			mount -o "remount,$2" "$1" || exit 99
		eval "$3"
		status=$?
		ls -A
		cat old
		exit $status' sh "$disk" "$@"
}

@test "a full disk leaves the former file, and nothing beside it" {
	ends 4 "$kept" "tun: $disk/old: No space left on device" on size=4k "tun -n $A save -o $disk/old"
	ends 4 "$kept" "tun: $disk/new: No space left on device" on size=4k "tun -n $A save -o $disk/new"
	# there is room, but not for both at once
	ends 4 "$kept" "tun: $disk/old: No space left on device" on size=8k "tun -n $A save -o $disk/old"
	ends 0 $'old\n'"$saved" '' on size=64k "tun -n $A save -o $disk/old"
}

@test "a folder that may not be written leaves the former file" {
	ends 4 "$kept" "tun: $disk/old: Read-only file system" on ro "tun -n $A save -o $disk/old"
	ends 4 "$kept" "tun: $disk/new: Read-only file system" on ro "tun -n $A save -o $disk/new"
}

@test "output that nobody takes is an error" {
	ends 4 '' 'tun: standard output: Bad file descriptor' sh -c "tun -n $A save >&-"
	ends 4 '' 'tun: standard output: No space left on device' sh -c "tun -n $A save >/dev/full"
	ends 0 $'old\n'"$saved" '' on size=64k "tun -n $A save -o $disk/old >&-"
}

# anew OPTIONS [COMMAND]: apply makes a link anew, with a small disk for its journal.
anew() {
	printf '%s\n' "$saved" | sed 's/ id 7 / id 1007 /' >"$BATS_TEST_TMPDIR/file"
	# shellcheck disable=SC2016 # the inner shell's dollars
	in_ns "$A" unshare --mount sh -c '
		mount -t tmpfs -o size=4k run /run
		eval "$3"
		mount -o "remount,$2" /run
		exec tun --quiet apply --recreate "$1"' sh "$BATS_TEST_TMPDIR/file" "$@"
}

@test "what cannot be kept on a disk is not begun" {
	refuses 'tun: /run/tun: Read-only file system' anew ro
	same "$saved" "$(tun -n "$A" save)"
	same '! v7: id 7 -> 1007
tun: /run/tun/net-N.journal: No space left on device
status 1' "$({ anew size=4k 'cat /dev/zero >/run/full 2>/dev/null' || echo "status $?"; } 2>&1 | sed 's/net-[0-9]*/net-N/')"
	same "$saved" "$(tun -n "$A" save)"
	ends 0 '! v7: id 7 -> 1007' '' anew size=64k
	same "${saved/ id 7 / id 1007 }" "$(tun -n "$A" save)"
}

@test "a new file is its owner's and no program, and no link that leads nowhere" {
	touch "$disk/old"
	chown 1234:1234 "$disk/old"
	chmod 6754 "$disk/old"
	quiet tun -n "$A" save -o "$disk/old"
	same '754 1234 1234' "$(stat -c '%a %u %g' "$disk/old")"
	ln -s nowhere "$disk/link"
	refuses "tun: -o: $disk/link: is a link that leads nowhere" tun -n "$A" save -o "$disk/link"
	same $'link\nold' "$(ls "$disk")"
}

@test "a signal leaves the former file, and nothing beside it" {
	echo 'what was there' >"$disk/old"
	ends 143 "$kept" '' on size=64k "ASAN_OPTIONS=detect_leaks=0 strace -o /dev/null -e inject=fsync:signal=TERM:when=1 tun -n $A save -o $disk/old"
}

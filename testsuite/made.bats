#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Links that are made while others rename them; netlink.bats has TUN/TAP.

load lib
load meddler

setup_file() { build_meddler; }

setup() {
	modprobe -a ip_gre ipip ip_vti
	namespaces "$A"
}

@test "links of all kinds that are renamed as soon as they are there are read back and get all their words" {
	meddle rename
	meddled 20 'type gre remote 192.0.2.@ key @' 't@_r type gre remote 192.0.2.@ key @ mtu 1472'
	meddled 10 'type gre remote 192.0.2.@ ttl 5 alias x@' 't@_r type gre remote 192.0.2.@ ttl 5 mtu 1476 alias x@'
	meddled 10 'type gre external' 't@_r type gre external mtu 1476'
	meddled 10 'type ipip remote 192.0.2.@ mtu 1400' 't@_r type ipip remote 192.0.2.@ mtu 1400'
	meddled 10 'type vti remote 192.0.2.@' 't@_r type vti remote 192.0.2.@ mtu 1480'
	meddled 10 '--via ioctl type gre remote 192.0.2.@ mtu 1400' 't@_r type gre remote 192.0.2.@ mtu 1400'
}

@test "the name that came meanwhile is printed when it was to be chosen" {
	meddle rename
	for ((i = 0; i < 10; i++)); do
		name=$(tun -n "$A" add type gre remote 192.0.2.9)
		await 10 grep -q '^done gre1: Success' "$BATS_TEST_TMPDIR/meddler"
		[[ $name =~ ^gre1(_r)?$ ]]
		quiet tun -n "$A" del gre1_r
	done
}

@test "a link that somebody renamed is taken away again when not all is as asked" {
	meddle rename
	for ((i = 0; i < 10; i++)); do
		fails "tun: t$i: mtu: asked for 67, the kernel made it 68" \
			tun -n "$A" add "t$i" type gre remote 192.0.2.9 mtu 67
		prints '' tun -n "$A" show
	done
}

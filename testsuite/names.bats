#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Names that administrators give to numbers: /etc/iproute2.

load lib

setup() {
	namespaces "$A"
	etc=$BATS_TEST_TMPDIR/iproute2
	mkdir "$etc"
}

# with_etc COMMAND...: with $etc in place of /etc/iproute2.
with_etc() {
	# shellcheck disable=SC2016 # the inner shell's dollars
	unshare -m sh -c 'mount --bind "$1" /etc/iproute2 && shift && exec "$@"' sh "$etc" "$@"
}

# tuned WORDS...: tun there.
tuned() { with_etc "$TOP/ip/tun" -n "$A" "$@"; }

@test "groups, tables, scopes and values of the TOS have names" {
	printf '%s\n' '# comment' '' '7	servers # of the cellar' '0x8 clients' >"$etc/group"
	printf '%s\n' '100 blue' >"$etc/rt_tables"
	mkdir "$etc/rt_tables.d"
	printf '%s\n' '200 green' >"$etc/rt_tables.d/more.conf"
	printf '%s\n' '201 red' >"$etc/rt_tables.d/README"
	printf '%s\n' '77 yard' >"$etc/rt_scopes"
	printf '%s\n' '0x10 lowdelay' '0xB8 EF' >"$etc/rt_dsfield"

	quiet tuned add t1 type tap linkgroup servers
	same 7 "$(field "$A" t1 .group)"
	same 'linkgroup servers' "$(tuned show t1 | grep -o 'linkgroup.*' | cut -d' ' -f1,2)"
	same 'linkgroup 7' "$(tuned -N show t1 | grep -o 'linkgroup.*' | cut -d' ' -f1,2)"
	quiet tuned set t1 up
	quiet tuned link set t1 group clients
	same '"8"' "$(tuned -j show t1 | jq '.[].link_group')" # the one schema knows no machine
	quiet tuned link set t1 group 9
	same 'linkgroup 9' "$(tuned show t1 | grep -o 'linkgroup.*' | cut -d' ' -f1,2)"
	refuses 'tun: linkgroup: nobody: not one of its values: default' tuned link set t1 group nobody

	quiet tuned addr add 10.0.0.1/24 dev t1 scope yard
	prints '10.0.0.1/24 dev t1 scope yard' tuned addr show 10.0.0.1/24
	prints '10.0.0.1/24 dev t1 scope 77' tuned -N addr show 10.0.0.1/24
	quiet tuned route add 10.1.0.0/16 dev t1 table blue
	quiet tuned route add 10.2.0.0/16 dev t1 table green
	prints '10.1.0.0/16 dev t1 table blue' tuned route show table 100
	prints '10.2.0.0/16 dev t1 table green' tuned route show table green
	prints '10.2.0.0/16 dev t1 table 200' tuned -N route show table 200
	refuses 'tun: table: red: not one of its values: main, local, default' tuned route show table red

	for tos in lowdelay:0x10 EF:0xb8 inherit/EF:inherit/0xb8 ef:inherit/0xee 10:0x10; do
		tuned -N --dry-run add g type gre remote 192.0.2.1 tos "${tos%:*}" >"$BATS_TEST_TMPDIR/sent"
		grep -q "IFLA_GRE_TOS ${tos#*:}  (tos)" "$BATS_TEST_TMPDIR/sent"
	done
	refuses 'tun: tos: AF41: not a TOS (inherit, or hexadecimal 00 to ff)' tuned add g type gre remote 192.0.2.1 tos AF41
}

@test "without the files everything works by number, and EF is one" {
	quiet tuned add t1 type tap linkgroup 7
	same 'linkgroup 7' "$(tuned show t1 | grep -o 'linkgroup.*' | cut -d' ' -f1,2)"
	tuned -N --dry-run add g type gre remote 192.0.2.1 tos EF | grep -q 'IFLA_GRE_TOS inherit/0xee'
}

@test "what is no name in a file is passed over" {
	{
		printf '%s\n' 'servers' '7' '7 8' '7 7up' 'x y' '99999999999 many' "7 $(printf '%040d' 0 | tr 0 a)"
		printf '7\tservers' # no end of the last line
	} >"$etc/group"
	quiet tuned add t1 type tap linkgroup servers
	same 'linkgroup servers' "$(tuned show t1 | grep -o 'linkgroup.*' | cut -d' ' -f1,2)"
	refuses 'tun: linkgroup: many: not one of its values: default' tuned add t2 type tap linkgroup many
	refuses 'tun: linkgroup: 7up: not a number (decimal or 0x...)' tuned add t2 type tap linkgroup 7up
	head -c 100000 /dev/urandom >"$etc/group"
	quiet tuned add t2 type tap linkgroup 7
}

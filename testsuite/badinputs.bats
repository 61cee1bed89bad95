#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# Lines that must be refused, each in one line that names what is wrong and without any change, and lines that look
# odd and must work: badinputs.tsv.

load lib
load badinputs

setup_file() {
	modprobe -a ip_gre ipip ip_vti l2tp_eth tun fou
}

@test "numbers are decimal or 0x, whole and in range" { try number; }
@test "addresses are complete and of the right family" { try address; }
@test "names are what the kernel takes for a name, keywords among them" { try name; }
@test "users exist" { try user; }
@test "words are known, whole, given once and with their value, and do not contradict each other" { try word; }
@test "objects that are not there, or not of that kind, are left alone" { try state; }
@test "what L2TP needs is there and free" { try l2tp; }
@test "a batch is read wholly before its first line is done" { try batch batch; }
@test "output that cannot be written is an error" { try output; }
@test "without privilege nothing is done" { try privilege unprivileged; }
@test "without descriptors nothing is done" { try descriptors no_descriptors; }

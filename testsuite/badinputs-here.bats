#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Those lines of badinputs.tsv that need no kind of tunnel but TUN/TAP: refused before any change, they end alike on
# every kernel.

load lib
load badinputs

# shellcheck disable=SC2154 # try's variables
# Whether the line in $line comes to the kernel with words that this one may not know.
everywhere() {
	[[ $status = 1 && $before = - ]] || [[ "$before $line" != *gre* && "$before $line" != *l2tp* ]]
}

@test "the same lines are refused, and the same odd ones done" {
	for group in number address name user word state l2tp; do
		rm -f "$BATS_TEST_TMPDIR/pipe"
		try "$group" plain everywhere
	done
}
@test "the same batches" { try batch batch; }
@test "the same lost output" { try output; }
@test "the same privilege" { try privilege unprivileged everywhere; }
@test "the same lack of descriptors" { try descriptors no_descriptors; }

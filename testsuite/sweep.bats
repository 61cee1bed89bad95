#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel
#
# A little of what make sweep does.

@test "killed or hindered at eight calls, with links of all kinds, apply leaves the old state or the new one, or comes to it" {
	"$BATS_TEST_DIRNAME/sweep" --here modules 8
}

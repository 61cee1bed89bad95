#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# A little of what make sweep does.

@test "killed or hindered at twenty calls, apply leaves the old state or the new one, or comes to it" {
	"$BATS_TEST_DIRNAME/sweep" --here own 20
}

@test "two applies at once end as one after the other would" {
	"$BATS_TEST_DIRNAME/sweep" --pairs 5
}

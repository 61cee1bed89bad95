#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: kernel

load lib

@test "what the manual pages tell people to do works and says what they show" {
	"$TOP/testsuite/examples" "$TOP"/man/*.8
}

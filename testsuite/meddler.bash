# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Links that somebody else renames, or gives another MAC address, as soon as they are there.
# shellcheck disable=SC2154 # lib.bash sets them

build_meddler() {
	export MEDDLER=$BATS_FILE_TMPDIR/meddler
	"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -o "$MEDDLER" "$BATS_TEST_DIRNAME/meddler.c" -lmnl
}

meddle() {
	nsenter --net="/run/netns/$A" "$MEDDLER" "$1" >"$BATS_TEST_TMPDIR/meddler" 3>&- &
	await 10 grep -q ready "$BATS_TEST_TMPDIR/meddler"
}

# meddled TIMES WORDS [LINE]: adds a link with these words so many times, @ being its number. When somebody else has done
# what he does, show prints this line.
meddled() {
	local i
	for ((i = 0; i < $1; i++)); do
		: $((number += 1))
		# shellcheck disable=SC2086 # words
		quiet tun -n "$A" add "t$number" ${2//@/$number}
		await 10 grep -q "^done t$number: Success" "$BATS_TEST_TMPDIR/meddler"
		[ $# -lt 3 ] || prints "${3//@/$number}" tun -n "$A" show
		ip -n "$A" link del dev "$(tun -n "$A" show | cut -d ' ' -f 1)"
	done
}

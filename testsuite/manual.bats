#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here

load lib

pages=("$TOP"/man/*.8)

# All kinds, as the program lists them.
kinds() { tun help | awk '/^(Kinds|Objects)/ { on = 1; next } on { print $1 }'; }

# The words of a kind, or of every link, as the help lists them, in all their forms.
words_of() {
	tun help "$1" | awk '
	/^shown only:/ { shown = 1 }
	/^  [a-z0-9]/ { sub(/,$/, "", $1); print $1 }
	!shown && match($0, /, no?[a-z0-9-]+ /) && RSTART < 36 { print substr($0, RSTART + 2, RLENGTH - 3) }'
}

@test "the tables of the manual are what the rows say" {
	same '' "$("$TOP/man/words" -n "${pages[@]}" || :)" 'stale: make man'
}

@test "each kind is in one page, and tun.8 says in which" {
	for kind in $(kinds); do
		page=$(grep -lE "^\.\\\\\" words of $kind( |\$)" "${pages[@]}") || { echo "no page has $kind"; continue; }
		page=$(basename "$page" .8)
		awk -v kind="$kind" -v page="$page" '
			/^\.It / { at = $3 == kind }
			at && $1 == ".Xr" && $2 == page { found = 1 }
			END { exit !found }' "$TOP/man/tun.8" || echo "tun.8: $kind is in $page"
	done >"$BATS_TEST_TMPDIR/faults"
	same '' "$(cat "$BATS_TEST_TMPDIR/faults")"
}

@test "each word of each kind is in its page or among those of every link" {
	for kind in link $(kinds); do
		page=$(grep -lE "^\.\\\\\" words of $kind( |\$)" "${pages[@]}" || echo "$TOP/man/tun-link.8")
		while read -r word; do
			grep -Eq "^\.It Cm (.* )?$word( |\$)" "$page" "$TOP/man/tun-link.8" || echo "$page: $kind: $word"
		done < <(words_of "$kind")
	done >"$BATS_TEST_TMPDIR/missing"
	same '' "$(cat "$BATS_TEST_TMPDIR/missing")"
}

@test "tun.8 explains the values that the tables mention" {
	same '' "$(sed -n '/^\.\\" words of/,/^\.\\" end/s/^\.It Cm .* Ar \([a-z0-9_-]*\).*/\1/p' "${pages[@]}" | sort -u |
		comm -23 - <(sed -n '/^\.Sh VALUES/,/^\.Sh JSON/s/^\.It Ar //p' "$TOP/man/tun.8" | tr -s ', ' '\n' | sort -u))"
}

@test "each page has examples, which examples.bats runs" {
	same '' "$(grep -L '^\.Bd -literal' "${pages[@]}")"
}

@test "the pages that pages refer to are there, and no page has a fault" {
	same '' "$(sed -n 's/^\.Xr \(tun[^ ]*\) 8.*/\1/p' "${pages[@]}" | sort -u |
		comm -23 - <(basename -s .8 "${pages[@]}" | sort))" 'pages that are missing'
	same '' "$(mandoc -Tlint -W warning "${pages[@]}" 2>&1)" mandoc
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Words from the environment (--env), as ifupdown hands them to its scripts.

load lib

# words KIND: each word that can be said, in each of its forms, behind "value" if it takes one, else behind "yes".
words() {
	tun help "$1" | awk '
	/^shown only:/ { exit }
	!/^  [a-z0-9]/ { next }
	{
		left = substr($0, 36, 1) == " " ? substr($0, 3, 33) : substr($0, 3)
		sub(/ *$/, "", left)
		takes = left ~ /^[^, ]+ / ? "value" : "yes"
		count = split(left, form, /, /)
		sub(/ .*/, "", form[1])
		print takes, form[1]
		if (count > 1)
			print "yes", form[2]
	}
	match($0, /\(also [^)]*\)/) {
		count = split(substr($0, RSTART + 6, RLENGTH - 7), form, /, /)
		for (i = 1; i <= count; i++)
			print takes, form[i]
	}'
}

# said COMMAND...: whatever it says, and how it ends.
said() { "$@" 2>&1 || echo "exit status $?"; }

@test "each word of each kind comes back as it is spelled" {
	count=0
	for kind in $(tun help | awk '/^Kinds/ { on = 1; next } /^Objects/ { exit } on { print $1 }'); do
		while read -r takes word; do
			name=${word^^}
			set -- "$word"
			[ "$takes" = yes ] || set -- "$word" 1
			same "$(said tun --dry-run add x type "$kind" "$@")" \
				"$(TYPE=$kind said env "W_TYPE=$kind" "W_${name//-/_}=${takes/value/1}" tun --dry-run --env W_ add x)" \
				"$kind $word"
			count=$((count + 1))
		done < <(words "$kind" && words link)
	done
	[ "$count" -gt 500 ]
}

@test "words without a value are said, or not, or their opposite" {
	while read -r variable word; do
		# shellcheck disable=SC2086 # words
		same "$(tun --dry-run add x type gre remote 192.0.2.1 $word)" \
			"$(env W_TYPE=gre W_REMOTE=192.0.2.1 "W_$variable" tun --dry-run --env W_ add x)" "$variable"
	done <<-'END'
		NOPMTUDISC=yes nopmtudisc
		NOPMTUDISC=off pmtudisc
		PMTUDISC=no nopmtudisc
		UP=on up
		UP=no down
		NOKEY=on nokey
		NOKEY=off
		EXTERNAL=no
		ENCAP_UDP6_CSUM=on encap-udp6-csum
	END
	refuses 'tun: W_NOPMTUDISC=1: say yes or no' env W_TYPE=gre W_NOPMTUDISC=1 tun --dry-run --env W_ add x
}

@test "values are one word each, whatever is in them" {
	# shellcheck disable=SC1003,SC2016 # they shall stay
	alias='--recreate  "type" '\''vti'\'' $(x) `x` \\'
	same "$(tun --dry-run add x type gre alias "$alias" ttl 5)" \
		"$(env W_TYPE=gre "W_ALIAS=$alias" tun --dry-run --env W_ add x ttl 5)"
	same "$(tun --dry-run add x type vxlan id 5 dstport 1 srcport 5 6)" \
		"$(env W_TYPE=vxlan W_ID=5 W_DSTPORT=1 W_SRCPORT='5 6' tun --dry-run --env W_ add x)"
}

@test "what it cannot mean is refused" {
	refuses 'tun: W_REMOT=1: not a word of gre (tun help gre lists them)' \
		env W_TYPE=gre W_REMOT=1 tun --dry-run --env W_ add x
	refuses 'tun: type: missing: say which kind of tunnel (tun help lists them)' env W_TTL=1 tun --dry-run --env W_ add x
	refuses 'tun: type: "": unknown kind (tun help lists them)' env W_TYPE= tun --dry-run --env W_ add x
	refuses 'tun: ttl: given twice' env W_TYPE=gre W_TTL=1 tun --dry-run --env W_ add x ttl 2
	for command in 'set x' 'del x' show 'tunnel add x' 'addr add 192.0.2.1 dev lo'; do
		# shellcheck disable=SC2086 # words
		refuses 'tun: --env: only for add, ensure and replace' env W_TYPE=gre tun --env W_ $command
	done
}

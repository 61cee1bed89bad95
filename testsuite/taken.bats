#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# Names and numbers that another link has: here, where the new one goes, or beside its first name.

load lib

setup() { namespaces "$A" "$B"; }

# other NS NAME WORDS...: a link that is no tunnel, and its peer.
other() { ip -n "$1" link add name "$2" "${@:3}" type veth peer name "$2-peer"; }

@test "a name is chosen that is free here and where the link goes" {
	other "$A" vxlan2
	other "$B" vxlan1
	prints tap0 tun -n "$A" add type tap netns "$B"
	prints tap1 tun -n "$A" add type tap netns "$B"
	prints vxlan0 tun -n "$A" add type vxlan id 5 netns "$B"
	prints vxlan3 tun -n "$A" add type vxlan id 6 netns "$B"
	same "$(printf '%s\n' tap0 tap1 vxlan0 vxlan3)" "$(tun -n "$B" show | cut -d' ' -f1 | sort)"
	same '' "$(tun -n "$A" show)"
}

@test "a name that is taken where the link goes is said to be taken there" {
	other "$A" zz
	other "$B" t
	for words in 'tap' 'vxlan id 5'; do
		# shellcheck disable=SC2086 # words
		{
			fails "tun: t: exists in $B" tun -n "$A" add t type $words netns "$B"
			fails "tun: t: exists in $B" tun -n "$A" --dry-run add t type $words netns "$B"
		}
		absent "$A" t
	done
	fails 'tun: zz: exists' tun -n "$A" add zz type tap netns "$B"
	fails 'tun: zz: exists' tun -n "$A" --dry-run add zz type tap netns "$B"
	ends 0 "RTM_NEWLINK create,excl
    IFLA_IFNAME zz  (name)
  IFLA_LINKINFO, IFLA_INFO_KIND vxlan, IFLA_INFO_DATA
    IFLA_VXLAN_ID 5  (id)
    IFLA_NET_NS_FD $B  (netns)" '' tun -n "$A" --dry-run add zz type vxlan id 5 netns "$B"
	quiet tun -n "$A" add u type tap
	ip -n "$B" link set dev t name u
	fails "tun: u: exists in $B" tun -n "$A" set u netns "$B"
	tun -n "$A" show u
}

@test "a number that is taken is refused, and nobody else suffers" {
	other "$A" here index 61
	other "$B" there index 62
	for words in 'tap' 'vxlan id 5'; do
		# shellcheck disable=SC2086 # words
		fails 'tun: t: ifindex: here has it' tun -n "$A" add t type $words ifindex 61 up
	done
	fails 'tun: t: ifindex: there has it' tun -n "$A" add t type vxlan id 5 ifindex 62 up netns "$B"
	fails 'tun: t: ifindex: another link has it there' tun -n "$A" add t type tap ifindex 62 up netns "$B"
	absent "$A" t
	absent "$B" t
	same 'veth false' "$(ip -n "$B" -d -j link show dev there | jq -r '.[0] | "\(.linkinfo.info_kind) \(.flags | any(. == "UP"))"')"
	quiet tun -n "$A" add t type tap ifindex 63 up netns "$B"
	same 63 "$(field "$B" t .ifindex)"
}

@test "another name of a link is taken too" {
	other "$A" zz
	for name in tap0 tap2 tap03 xtap4 tap5x; do
		ip -n "$A" link property add dev zz altname "$name"
	done
	for name in tap1 tap3 tap4 tap5; do
		prints "$name" tun -n "$A" add type tap
	done
	fails 'tun: tap2: exists' tun -n "$A" add tap2 type tap
}

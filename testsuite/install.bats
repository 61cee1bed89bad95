#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# runs: here
#
# make install, make uninstall: which files are where, and what is filled in.

load lib

setup() { root=$BATS_TEST_TMPDIR/root; }

# into_root TARGET VARIABLE=VALUE...
into_root() { make -s -C "$TOP" DESTDIR="$root" "$@"; }

files() { (cd "$root" && find . \( -type f -o -type l \) ! -name '*.8' -printf '%m %p %l\n' | LC_ALL=C sort -k 2); }

@test "everything has its place, and its pages" {
	quiet into_root install prefix=/usr
	same '755 ./etc/init.d/tun 
777 ./etc/network/if-post-down.d/tun ../if-pre-up.d/tun
755 ./etc/network/if-pre-up.d/tun 
644 ./usr/include/libtunnel.h 
644 ./usr/lib/libtunnel.a 
777 ./usr/lib/libtunnel.so libtunnel.so.0
755 ./usr/lib/libtunnel.so.0 
644 ./usr/lib/pkgconfig/libtunnel.pc 
644 ./usr/lib/systemd/system/tun@.service 
755 ./usr/sbin/tun ' "$(files)"
	same "$(cd "$TOP/man" && echo *.8)" "$(cd "$root/usr/share/man/man8" && echo *)"
	[ -d "$root/etc/tun" ]
	same '' "$(grep -rl '@[a-z]*@' "$root" --include='*.pc' --include='tun*' --exclude-dir=sbin)" 'not filled in'
}

@test "directories can be chosen" {
	quiet into_root install prefix=/p sysconfdir=/c unitdir=/u sbindir=/s
	same '/c/init.d/tun
/c/network/if-pre-up.d/tun
/p/lib/pkgconfig/libtunnel.pc
/s/tun
/u/tun@.service' "$(cd "$root" && find . -type f \( -name 'tun' -o -name '*.pc' -o -name '*.service' \) | sed 's/^.//' | LC_ALL=C sort)"
	same 3 "$(grep -c '^Exec[A-Z][a-z]*=/s/tun apply .*/c/tun/%i.conf$' "$root/u/tun@.service")"
	same PATH=/s: "$(grep -o '^PATH=/s:' "$root/c/network/if-pre-up.d/tun")"
	same 'folder=/c/tun' "$(grep ^folder= "$root/c/init.d/tun")"
	same prefix=/p "$(grep ^prefix= "$root/p/lib/pkgconfig/libtunnel.pc")"
	# and ./configure passes them on
	cp "$TOP/configure" "$BATS_TEST_TMPDIR"
	(cd "$BATS_TEST_TMPDIR" && ./configure --prefix=/p --sysconfdir /c --unitdir=/u >/dev/null)
	same 'prefix = /p
sysconfdir = /c
unitdir = /u' "$(grep -E '^(prefix|sysconfdir|unitdir) ' "$BATS_TEST_TMPDIR/config.mk")"
}

@test "uninstall takes all of it away, and leaves what people wrote" {
	into_root install
	touch "$root/etc/tun/mine.conf"
	quiet into_root uninstall
	same '644 ./etc/tun/mine.conf ' "$(files)"
	same '' "$(find "$root" -name '*.8')"
}

@test "a program can be built with what is installed" {
	make -s -C "$TOP" prefix="$root" sysconfdir="$root/etc" install
	cat >"$BATS_TEST_TMPDIR/p.c" <<-'END'
		#include <libtunnel.h>
		#include <stdio.h>
		int main(void)
		{
			return puts(tnl_version()) < 0;
		}
	END
	export PKG_CONFIG_PATH=$root/lib/pkgconfig
	flags=$(sed -n 's/^\(CFLAGS\|LDFLAGS\) = //p' "$TOP/config.mk") # instruments must be the same in all of a program
	# shellcheck disable=SC2046,SC2086 # words
	quiet cc $flags -o "$BATS_TEST_TMPDIR/p" "$BATS_TEST_TMPDIR/p.c" $(pkg-config --cflags --libs libtunnel)
	same "tun $(LD_LIBRARY_PATH=$root/lib "$BATS_TEST_TMPDIR/p")" "$(tun -V)"
}

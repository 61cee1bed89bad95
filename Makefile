# SPDX-License-Identifier: GPL-2.0-or-later
# make: builds. make demo, make check: what a newcomer types. make help lists the rest.
.DEFAULT_GOAL := all
VERSION = 0.1
SOVERSION = 0

# Targets that bring what they need with them; the others take the system as it is.
ifneq ($(filter check demo lint check-asan check-valgrind soak sweep,$(MAKECMDGOALS)),)
$(shell testsuite/packages build $(if $(filter demo,$(MAKECMDGOALS)),demo) >&2 || touch .packages-failed)
ifneq ($(wildcard .packages-failed),)
$(shell rm -f .packages-failed)
$(error packages are missing, see above)
endif
endif

ifneq ($(filter-out clean distclean help,$(or $(MAKECMDGOALS),all)),)
-include config.mk
endif

config.mk: configure
	./configure

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers
BASE = -std=gnu11 -D_GNU_SOURCE -Iinclude $(WARN) $(HARDEN) -MMD -MP
LIB_FLAGS = $(BASE) -Ilib -fPIC -fvisibility=hidden -DTNL_VERSION='"$(VERSION)"' $(MNL_CFLAGS) $(BSD_CFLAGS)
TUN_FLAGS = $(BASE) -fPIE -DJSON_C='"$(JSON_C)"' $(JSON_CFLAGS) $(BSD_CFLAGS)
UNIT_FLAGS = $(BASE) -fPIE $(MNL_CFLAGS)

LIB_OBJECTS = $(patsubst %.c,%.o,$(sort $(wildcard lib/*.c)))
TUN_OBJECTS = $(patsubst %.c,%.o,$(sort $(wildcard ip/*.c)))
UNITS = $(patsubst %.c,%,$(sort $(wildcard testsuite/unit/*.c)))
SO = lib/libtunnel.so.$(SOVERSION)

all: ip/tun lib/libtunnel.a $(SO)

lib/%.o: lib/%.c config.mk
	$(CC) $(CPPFLAGS) $(LIB_FLAGS) $(CFLAGS) -c -o $@ $<

ip/%.o: ip/%.c config.mk
	$(CC) $(CPPFLAGS) $(TUN_FLAGS) $(CFLAGS) -c -o $@ $<

lib/libtunnel.a: $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $(LIB_OBJECTS)

$(SO): $(LIB_OBJECTS) lib/libtunnel.map
	$(CC) -shared -Wl,-soname,$(@F) -Wl,--version-script,lib/libtunnel.map -Wl,-z,defs $(CFLAGS) $(LDFLAGS) $(HARDEN_LD) \
		-o $@ $(LIB_OBJECTS) $(MNL_LIBS) $(BSD_LIBS)

# The program takes the archive: one library less to load is a tenth of the time of a one-shot command.
ip/tun: $(TUN_OBJECTS) lib/libtunnel.a
	$(CC) -pie $(CFLAGS) $(LDFLAGS) $(HARDEN_LD) -o $@ $(TUN_OBJECTS) lib/libtunnel.a $(MNL_LIBS) $(BSD_LIBS)

testsuite/unit/%: testsuite/unit/%.c lib/libtunnel.a config.mk
	$(CC) $(CPPFLAGS) $(UNIT_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< lib/libtunnel.a $(MNL_LIBS) $(BSD_LIBS) -lcmocka

# Writes what the rows know into the manual pages; the tests ask it whether they are up to date.
man/words: man/words.c lib/libtunnel.a config.mk
	$(CC) $(CPPFLAGS) $(BASE) -fPIE $(CFLAGS) $(LDFLAGS) -o $@ $< lib/libtunnel.a $(MNL_LIBS) $(BSD_LIBS)

man: man/words
	@man/words man/*.8

units: $(UNITS) man/words

# What an installation puts elsewhere, with the directories filled in.
FILL = sed -e 's|@prefix@|$(prefix)|g;s|@libdir@|$(libdir)|g;s|@includedir@|$(includedir)|g;s|@sbindir@|$(sbindir)|g' \
	-e 's|@sysconfdir@|$(sysconfdir)|g;s|@VERSION@|$(VERSION)|g;s|@BSD_LIBS@|$(BSD_LIBS)|g'
CONF = $(DESTDIR)$(sysconfdir)
PAGES = $(sort $(wildcard man/*.8))

install: all
	install -d $(DESTDIR)$(sbindir) $(DESTDIR)$(libdir)/pkgconfig $(DESTDIR)$(includedir) $(DESTDIR)$(mandir)/man8 \
		$(DESTDIR)$(unitdir) $(CONF)/tun $(CONF)/init.d $(CONF)/network/if-pre-up.d $(CONF)/network/if-post-down.d
	install -m 755 ip/tun $(DESTDIR)$(sbindir)/tun
	install -m 644 lib/libtunnel.a $(DESTDIR)$(libdir)/libtunnel.a
	install -m 755 $(SO) $(DESTDIR)$(libdir)/libtunnel.so.$(SOVERSION)
	ln -sf libtunnel.so.$(SOVERSION) $(DESTDIR)$(libdir)/libtunnel.so
	install -m 644 include/libtunnel.h $(DESTDIR)$(includedir)/libtunnel.h
	install -m 644 $(PAGES) $(DESTDIR)$(mandir)/man8
	$(FILL) etc/libtunnel.pc.in >$(DESTDIR)$(libdir)/pkgconfig/libtunnel.pc
	$(FILL) etc/tun@.service.in >$(DESTDIR)$(unitdir)/tun@.service
	$(FILL) etc/init.in >$(CONF)/init.d/tun
	$(FILL) etc/ifupdown.in >$(CONF)/network/if-pre-up.d/tun
	chmod 755 $(CONF)/init.d/tun $(CONF)/network/if-pre-up.d/tun
	ln -sf ../if-pre-up.d/tun $(CONF)/network/if-post-down.d/tun

# What people wrote stays: $(sysconfdir)/tun, if there is anything in it.
uninstall:
	rm -f $(DESTDIR)$(sbindir)/tun $(DESTDIR)$(libdir)/libtunnel.a $(DESTDIR)$(libdir)/libtunnel.so* \
		$(DESTDIR)$(includedir)/libtunnel.h $(patsubst man/%,$(DESTDIR)$(mandir)/man8/%,$(PAGES)) \
		$(DESTDIR)$(libdir)/pkgconfig/libtunnel.pc $(DESTDIR)$(unitdir)/tun@.service \
		$(CONF)/init.d/tun $(CONF)/network/if-pre-up.d/tun $(CONF)/network/if-post-down.d/tun
	rmdir $(CONF)/tun 2>/dev/null || :

check: all
	@testsuite/packages check vm
	@$(MAKE) --no-print-directory units
	@testsuite/run

demo: all
	@testsuite/demo

bench: all
	@testsuite/packages check vm
	@testsuite/bench/oneshot
	@testsuite/bench/bulk

lint:
	@testsuite/packages lint
	@testsuite/lint

# A tree of its own for each sanitizer, so that the plain build stays.
check-asan:
	@testsuite/packages check vm
	@testsuite/instrumented asan

check-valgrind: all
	@testsuite/packages check vm valgrind
	@testsuite/instrumented valgrind

# Lists that are read while others come and go, of every kind of list.
soak: all
	@testsuite/packages check vm
	@testsuite/soak

# apply, killed or hindered at every call that it makes.
sweep: all
	@testsuite/packages check vm
	@testsuite/sweep

clean:
	rm -f lib/*.o lib/*.d lib/*.a lib/*.so.* ip/*.o ip/*.d ip/tun testsuite/unit/*.d $(UNITS) man/words man/*.d

distclean: clean
	rm -f config.mk

help:
	@echo 'make           build the library and tun'
	@echo 'make demo      two routers joined by tunnels, on a real kernel'
	@echo 'make check     every test, on a real kernel (KERNEL=bookworm, trixie: on this one)'
	@echo 'make install   (DESTDIR=, after ./configure --prefix=); make uninstall'
	@echo 'make man       the word tables of the manual pages, from the rows'
	@echo 'make bench     figures beside ip'
	@echo 'make lint      compilers, clang-format, manual pages, shell'
	@echo 'make check-asan, make check-valgrind, make soak, make sweep'

.PHONY: all man units install uninstall check demo bench lint check-asan check-valgrind soak sweep clean distclean help
-include $(wildcard lib/*.d ip/*.d man/*.d testsuite/unit/*.d)

# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Installing and removing. What is installed is listed once, as pairs of a
# directory and its files, so that uninstall removes the same.

PREFIX		?= /usr/local
BINDIR		?= $(PREFIX)/bin
LIBDIR		?= $(PREFIX)/lib
INCLUDEDIR	?= $(PREFIX)/include
MANDIR		?= $(PREFIX)/share/man
DOCDIR		?= $(PREFIX)/share/doc/pramin

public_headers	:= $(sort $(wildcard include/pramin/*.h))
man1_pages	:= $(sort $(wildcard man/*.1))
man1_built	= $(patsubst %,$(B)/%,$(man1_pages))
doc_files	:= $(sort $(wildcard README.md CHANGES.md LICENSE \
		     LICENSES/*.txt docs/*.md))

# Kept out of $(BUILD)/: it depends on where it will be installed
pc_edit = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
	      -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|'

# $(call into,DIRECTORY,MODE,FILES)
into = $(if $3,install -d "$(DESTDIR)$1" && \
	install -m $2 $3 "$(DESTDIR)$1/")

.PHONY: install uninstall docs
# The pages name no version: it is written in the Makefile only.
$(B)/man/%.1: man/%.1 $(B)/flags
	$(Q)mkdir -p $(@D)
	$(Q)sed '/^\.TH /s/"pramin"/"pramin $(VERSION)"/' $< >$@

docs: $(patsubst man/%,$(B)/docs/%.txt,$(man1_pages)) ## man pages as text
$(B)/docs/%.txt: $(B)/man/%
	$(Q)scripts/need.sh groff=groff-base
	$(call say,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)groff -wall -man -T utf8 -P -c -P -b -P -u $< >$@ 2>$@.err
	$(Q)! grep . $@.err

install: all $(man1_built) ## install below DESTDIR and PREFIX
	$(Q)$(call into,$(BINDIR),755,$(B)/pramin $(B)/pramin-gpu)
	$(Q)$(call into,$(LIBDIR),755,$(shared_lib))
	$(Q)$(call into,$(LIBDIR),644,$(static_lib))
	$(Q)ln -sf $(shared_name) "$(DESTDIR)$(LIBDIR)/$(soname)"
	$(Q)ln -sf $(soname) "$(DESTDIR)$(LIBDIR)/libpramin.so"
	$(Q)$(call into,$(INCLUDEDIR)/pramin,644,$(public_headers))
	$(Q)install -d "$(DESTDIR)$(LIBDIR)/pkgconfig"
	$(Q)$(pc_edit) lib/pramin.pc.in \
		>"$(DESTDIR)$(LIBDIR)/pkgconfig/pramin.pc"
	$(Q)$(call into,$(MANDIR)/man1,644,$(man1_built))
	$(Q)$(call into,$(DOCDIR),644,$(doc_files))

uninstall: ## remove what install put there
	$(Q)rm -f "$(DESTDIR)$(BINDIR)/pramin" \
		"$(DESTDIR)$(BINDIR)/pramin-gpu" \
		"$(DESTDIR)$(LIBDIR)/$(shared_name)" \
		"$(DESTDIR)$(LIBDIR)/$(soname)" \
		"$(DESTDIR)$(LIBDIR)/libpramin.so" \
		"$(DESTDIR)$(LIBDIR)/libpramin.a" \
		"$(DESTDIR)$(LIBDIR)/pkgconfig/pramin.pc" \
		$(foreach f,$(man1_pages),"$(DESTDIR)$(MANDIR)/man1/$(notdir $f)")
	$(Q)rm -rf "$(DESTDIR)$(INCLUDEDIR)/pramin" "$(DESTDIR)$(DOCDIR)"

# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# pramin: one Makefile, not recursive by directory. Sources are found by
# wildcard; everything that is made is below $(BUILD).
#
# A configuration is a compiler and a set of flags (mk/config.mk). The plain
# one is built in $(BUILD), each other one in $(BUILD)/NAME by CONFIG=NAME, so
# that they never share an object.
#
# Variables for the command line:
#	V=1		show the commands
#	BUILD=DIR	build somewhere else
#	CONFIG=NAME	asan, asan-gcc, tsan, tsan-gcc, clang, coverage, fuzz
#	WERROR=0	warnings do not stop the build
#	PREFIX=, DESTDIR=, LIBDIR=, ...	where install puts things

# The version, written here only.
VERSION	:= 0.1.0
SOMAJOR	:= $(firstword $(subst ., ,$(VERSION)))

BUILD	?= build
CONFIG	?=
B	:= $(BUILD)$(if $(CONFIG),/$(CONFIG))

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

include mk/config.mk
include mk/build.mk
include mk/server.mk
include mk/tests.mk
include mk/sim.mk
include mk/torture.mk
include mk/slow.mk
include mk/vm.mk
include mk/install.mk

.PHONY: help clean FORCE
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | \
		awk -F ':.*## ' '{ printf "%-12s %s\n", $$1, $$2 }'
	@sed -n '/^# Variables/,/^$$/{s/^# *//;s/^\t//;p}' Makefile

clean: ## remove everything that was built
	rm -rf $(BUILD)

FORCE:

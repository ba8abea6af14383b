# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Compilers and flags. What all configurations share comes first, then what
# each of them adds; CPPFLAGS, CFLAGS and LDFLAGS are left to the user.

ifeq ($(origin CC),default)
CC	:= gcc
endif
CXX	?= g++
LD	?= ld
OBJCOPY	?= objcopy
WERROR	?= 1
CFLAGS	?= -O2 -g

warnings := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual \
	    -Wstrict-prototypes -Wmissing-prototypes
ifneq ($(WERROR),0)
warnings += -Werror
endif

# Objects serve the shared library too, so all are position independent.
base_cflags := -std=c11 $(warnings) -fPIC -fno-semantic-interposition

config_cflags	:=
config_ldflags	:=
# The builds that look for mistakes check the order of locks too.
debug		:= -DPRAMIN_DEBUG
sanitizers	:= -fsanitize=address,undefined -fno-sanitize-recover=all \
		   -fno-omit-frame-pointer -O1 -g1 $(debug)

ifeq ($(CONFIG),)
else ifeq ($(CONFIG),clang)
CC		:= clang
else ifeq ($(CONFIG),asan)
# What the tests reach is counted in the same run.
CC		:= clang
counted		:= -fprofile-instr-generate=$(abspath $(B))/profile/%4m.profraw
config_cflags	:= $(sanitizers) $(counted) -fcoverage-mapping
# Whether a condition was ever true is a difference of two counts: in core/, which is
# looked at, threads may not lose any.
core_cflags	:= -fprofile-update=atomic
config_ldflags	:= $(sanitizers) $(counted)
else ifeq ($(CONFIG),asan-gcc)
config_cflags	:= $(sanitizers)
config_ldflags	:= $(sanitizers)
else ifneq ($(filter tsan tsan-gcc,$(CONFIG)),)
ifeq ($(CONFIG),tsan)
CC		:= clang
endif
config_cflags	:= -fsanitize=thread -O1 -g1 $(debug)
config_ldflags	:= -fsanitize=thread
else ifeq ($(CONFIG),fuzz)
CC		:= clang
config_cflags	:= $(sanitizers) -fsanitize=fuzzer-no-link
config_ldflags	:= $(sanitizers)
else
$(error CONFIG=$(CONFIG) is not one of: clang asan asan-gcc tsan tsan-gcc \
	fuzz)
endif

# Which part may see which headers: the arrows of docs/design.md.
inc_core	:= -Iinclude
inc_lib		:= -Iinclude -Ilib
inc_model	:= -Iinclude
inc_cli		:= -Iinclude -Icli
inc_server	:= -Iinclude
inc_tests	:= -Iinclude -Itests
version_define	:= -DPRAMIN_VERSION='"$(VERSION)"'

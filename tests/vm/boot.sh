#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# A guest without a GPU: that the bench itself works.
#: kernels 6.1 6.12
#: limit 240

. /in-guest.sh

check "the kernel is the one that was asked for" \
	grep -q "job=test" /proc/cmdline
equal "a guest without a GPU has none" "" "$(gpus)"
check "modules of this kernel are found" modinfo nouveau
check "the host answers" host nothing

// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What makes core/ a module: the words that modpost demands. It has no init
 * function and is never loaded; that it compiles and links is the test.
 */
#include <linux/module.h>

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("pramin core, compiled for the kernel");

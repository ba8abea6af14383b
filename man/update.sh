#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Puts the OPTIONS and COMMANDS sections, which the command prints from its own
# tables, into a copy of pramin.1 on standard output.
#
#	update.sh PRAMIN PAGE

set -eu
begin='^\.\\" generated: begin'
end='^\.\\" generated: end'
sed -n "1,/$begin/p" "$2"
"$1" help --man
sed -n "/$end/,\$p" "$2"

#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Golden tests of the command. A test is a function of a *_test.sh file whose
# name is a sentence that is true when it passes; a helper has a comment behind
# its name. Each test runs in a shell and a directory of its own, with an empty
# environment.
#
#	run.sh BUILD_DIR [TEST...]

set -u
[ $# -ge 1 ] || { echo "usage: run.sh BUILD_DIR [TEST...]" >&2; exit 2; }

# The user's environment ends here.
if [ "${PRAMIN_TESTS_CLEAN:-}" != 1 ]; then
	exec env -i PATH="$PATH" TMPDIR="${TMPDIR:-/tmp}" HOME=/nonexistent \
		LC_ALL=C TERM=dumb PRAMIN_TESTS_CLEAN=1 /bin/bash "$0" "$@"
fi
unset PRAMIN_TESTS_CLEAN

PRAMIN=$(cd "$1" && pwd)/pramin
SRC=$(cd "$(dirname "$0")/../.." && pwd)
shift
[ -x "$PRAMIN" ] || { echo "$PRAMIN is not there" >&2; exit 2; }
PATH=$(dirname "$PRAMIN"):$PATH
export PATH PRAMIN SRC

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0 skipped=0

# Of the GPUs of this machine, none is looked at.
export PRAMIN_SYSROOT=$tmp/system
mkdir "$PRAMIN_SYSROOT" || exit 2

wanted()	# TEST [NAME...]
{
	local name=$1 each
	shift
	[ $# -eq 0 ] && return 0
	for each; do
		[ "$each" = "$name" ] && return 0
	done
	return 1
}

for file in "$SRC"/tests/cli/*_test.sh; do
	for name in $(sed -n 's/^\([a-z][a-z0-9_]*\)()$/\1/p' "$file"); do
		wanted "$name" "$@" || continue
		mkdir "$tmp/$name"
		log=$(cd "$tmp/$name" &&
			. "$SRC/tests/cli/lib.sh" && . "$file" &&
			"$name" 2>&1)
		case $? in
		0)	passed=$((passed + 1)) ;;
		77)	skipped=$((skipped + 1))
			echo "$name: skipped: $log" ;;
		*)	failed=$((failed + 1))
			echo "$name: FAILED"
			echo "$log" ;;
		esac
		rm -rf "${tmp:?}/$name"
	done
done

echo "$passed passed, $failed failed, $skipped skipped"
# A name that matches no test is a mistake, not a success.
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]

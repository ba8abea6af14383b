#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The analyzers: clang-tidy (.clang-tidy), cppcheck, gcc -fanalyzer, and one for
# the shell. All are clean; an exception is written in the source, beside the
# line it is for, with its reason.
#
#	lint.sh BUILD_DIR

set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:?usage: lint.sh BUILD_DIR}
passed=0 failed=0
mkdir -p "$build/lint"
out=$build/lint/out
defines=-DPRAMIN_VERSION='"0"'

# lint NAME COMMAND...: clean if the status is 0 and nothing is said
lint()
{
	name=$1
	shift
	if "$@" >"$out" 2>&1 && [ ! -s "$out" ]; then
		passed=$((passed + 1))
	else
		echo "$name: FAILED"
		cat "$out"
		failed=$((failed + 1))
	fi
}

sources=$(find core lib model cli server tests -name '*.c' ! -path 'tests/install/*' |
	sort)
parts=$(find core lib model cli server -name '*.c' | sort)
includes='-Iinclude -Ilib -Icli -Itests'

# Files in parallel. xargs gives each run a file name; the rest is in the
# environment. In tests, which the sanitizers execute from end to end, nobody looks
# for paths that an input could take: that is nine tenths of the time.
tidy()
{
	# shellcheck disable=SC2016,SC2086 # expanded by the inner shell; words
	printf '%s\n' $sources |
		INCLUDES=$includes DEFINES=$defines xargs -P "$(nproc)" -n 1 sh -c '
			checks=
			case $0 in tests/*) checks=-clang-analyzer-* ;; esac
			text=$(clang-tidy --quiet --checks="$checks" "$0" -- \
				-std=c11 $INCLUDES "$DEFINES" 2>&1) && exit 0
			printf "%s\n" "$text"
			exit 1'
}

lint "clang-tidy finds nothing" tidy
# shellcheck disable=SC2086 # words
lint "cppcheck finds nothing" \
	cppcheck --quiet --std=c11 --language=c --platform=unix64 \
	--enable=warning,performance,portability --inline-suppr \
	--suppress=missingIncludeSystem --error-exitcode=1 \
	-D__LP64__ -D__linux__ -D__BYTE_ORDER__=1 -D__ORDER_LITTLE_ENDIAN__=1 \
	-j "$(nproc)" $includes "$defines" $parts
analyze()
{
	# shellcheck disable=SC2016,SC2086 # expanded by the inner shell; words
	printf '%s\n' $parts |
		INCLUDES=$includes DEFINES=$defines xargs -P "$(nproc)" -n 1 sh -c '
			gcc -std=c11 -O2 -fanalyzer -Werror \
				-fdiagnostics-path-format=none $INCLUDES \
				"$DEFINES" -c -o /dev/null "$0"'
}
lint "gcc -fanalyzer finds nothing" analyze
# SC1090, SC1091: it does not find files that a script reads by a computed name
# shellcheck disable=SC2046 # words
lint "shellcheck finds nothing" \
	shellcheck -x -S warning -e SC1090,SC1091 $(grep -slE '^#!/bin/(sh|bash)' scripts/* scripts/vm/* .ci/run tests/*/*.sh)

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]

#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Runs test programs and sums their closing lines.
#
#	run-tests.sh [-j N] COMMAND...
#
# N of them run at a time, or one; they are reported in the order given.
# Each COMMAND is one argument and ends its output with the line "N passed,
# N failed, N skipped". Output is shown in full only for a program that failed
# or skipped something. One that ends without that line, or ends with a status
# that does not fit it, counts as one failure. The last line is the sum; the
# status is 0 if nothing failed and something passed.

set -u
passed=0 failed=0 skipped=0 jobs=1
if [ "${1:-}" = -j ]; then
	jobs=$2
	shift 2
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

three()
{
	p=$1 f=$2 s=$3
}

# NUMBER COMMAND: run it; what it printed and its status are files of that number.
# In the background of a shell SIGINT is ignored, which is not for the programs.
# Programs may have one signature and different counters, so that a profile of one
# cannot be merged with that of another, and is lost: each has files of its own.
cat >"$tmp/one" <<'EOS'
if [ -n "${LLVM_PROFILE_FILE:-}" ]; then
	export LLVM_PROFILE_FILE="${LLVM_PROFILE_FILE%/*}/$1-${LLVM_PROFILE_FILE##*/}"
fi
env --default-signal=INT,QUIT sh -c "exec $2" </dev/null >"${0%/*}/$1" 2>&1
echo $? >"${0%/*}/$1.new"
mv "${0%/*}/$1.new" "${0%/*}/$1.status"
EOS
if [ "$jobs" -gt 1 ]; then
	number=0
	for command in "$@"; do
		number=$((number + 1))
		printf '%s\0%s\0' "$number" "$command"
	done | xargs -0 -n 2 -P "$jobs" sh "$tmp/one" &
fi

number=0
for command in "$@"; do
	number=$((number + 1))
	out=$tmp/$number
	printf '%s: ' "$command"
	[ "$jobs" -gt 1 ] || sh "$tmp/one" "$number" "$command"
	until [ -e "$out.status" ]; do
		sleep 0.1
	done
	status=$(cat "$out.status")
	# What make says about a recipe that failed is not the program's.
	last=$(grep -vE '^make(\[[0-9]+\])?: ' "$out" | tail -n 1)
	counts=$(printf '%s\n' "$last" | sed -n \
		's/^\([0-9]\{1,9\}\) passed, \([0-9]\{1,9\}\) failed, \([0-9]\{1,9\}\) skipped$/\1 \2 \3/p')
	if [ -z "$counts" ]; then
		echo "FAILED: no closing line (status $status)"
		cat "$out"
		failed=$((failed + 1))
		continue
	fi

	printf '%s\n' "$last"
	# shellcheck disable=SC2086 # three numbers
	three $counts
	[ "$f$s" = 00 ] || sed '$d' "$out"
	if [ "$f" -eq 0 ] && [ "$status" -ne 0 ]; then
		echo "FAILED: $command: status $status after that line"
		[ "$f$s" != 00 ] || sed '$d' "$out"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

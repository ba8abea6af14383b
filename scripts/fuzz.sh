#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Runs every fuzzer for a bounded time, as many at once as there are cores.
#
#	fuzz.sh BUILD_DIR SECONDS NAME...
#
# BUILD_DIR/fuzz_NAME starts from tests/fuzz/corpus/NAME, which it leaves
# alone, and keeps what it finds in BUILD_DIR/found/NAME. An input that
# crashes it is kept in BUILD_DIR/crash/; copied into the corpus it becomes a
# test of "make check".

set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:?usage: fuzz.sh BUILD_DIR SECONDS NAME...}
seconds=${2:?usage: fuzz.sh BUILD_DIR SECONDS NAME...}
shift 2
passed=0 failed=0
mkdir -p "$build/found" "$build/crash" "$build/log"

one()
{
	name=$1
	mkdir -p "$build/found/$name"
	set -- "$build/found/$name"
	[ ! -d "tests/fuzz/corpus/$name" ] ||
		set -- "$@" "tests/fuzz/corpus/$name"
	"$build/fuzz_$name" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$build/crash/$name-" "$@" \
		>"$build/log/$name" 2>&1 </dev/null
	echo $? >"$build/log/$name.status"
}

running=0
for name in "$@"; do
	rm -f "$build/log/$name.status"
	one "$name" &
	running=$((running + 1))
	if [ "$running" -ge "$(nproc)" ]; then
		wait
		running=0
	fi
done
wait

for name in "$@"; do
	if [ "$(cat "$build/log/$name.status")" = 0 ]; then
		passed=$((passed + 1))
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' \
			"$build/log/$name")
		echo "fuzz_$name: $runs inputs in $seconds s"
	else
		failed=$((failed + 1))
		echo "fuzz_$name: FAILED"
		tail -n 60 "$build/log/$name"
		echo "inputs: $(ls "$build/crash/$name-"* 2>/dev/null)"
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]

#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The conformance suite against models of each kind of window and page tables, in
# both forms, with handles that share a file; and against GPUs that are broken,
# where it has to fail.
#
#	run.sh BUILD_DIR

set -u
build=$(cd "${1:?usage: run.sh BUILD_DIR}" && pwd) || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
passed=0 failed=0 skipped=0

three()
{
	p=$1 f=$2 s=$3
}

# What the suite says, added up: skips that are told here are no news.
suite()		# SKIPS ARG...
{
	want=$1
	shift
	timeout 60 "$build/conformance" "$@" >out 2>&1
	status=$?
	# shellcheck disable=SC2046 # three numbers
	three $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' out) 0 0 0
	if [ "$p" -eq 0 ] || [ "$f" -ne 0 ] || [ "$status" -ne 0 ] ||
	   [ "$s" -ne "$want" ]; then
		echo "conformance $*: FAILED, status $status, $want skips expected"
		cat out
		[ "$f" -gt 0 ] || f=1
	fi
	passed=$((passed + p)) failed=$((failed + f))
}

# TEXT is a sentence that is true if the command before it worked.
works()		# STATUS TEXT
{
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$2: FAILED"
		cat out
	fi
}

# A model without a file is another GPU for each handle; Tesla has no page tables.
suite 3 model:g92
suite 3 model:gt218,vram=512M
suite 1 model:gf100,vram=1G
suite 1 model:gm107,vram=2G
suite 1 model:gp102
suite 1 model:tu102
suite 1 model:ga100,flat
suite 1 model:gh100
suite 1 model:gb202
suite 1 model:gb202,flat
suite 2 --alone model:tu102

# Handles that share a file: alone is not possible then, and the file is put back.
suite 0 --range 16M,4M model:gh100,vram=1G,file=one
suite 2 model:tu102,vram=2G,file=two
"$build/pramin" -q -d model:tu102,vram=64M,file=three fill 30M 4M 0x12345678
cp three before
suite 2 model:tu102,vram=64M,file=three
cmp three before >>out 2>&1
works $? "what the suite has overwritten is put back"

# The budget is kept.
suite 2 --reads 5000 model:tu102,vram=2G,file=two
[ "$(sed -n 's/.*: \([0-9]*\) of 5000 reads$/\1/p' out)" -le 5000 ]
works $? "a budget of 5000 reads is kept"


# What is recorded is replayed, access by access; and a replay that differs fails.
for gpu in model:g92 model:tu102,vram=1G model:gh100,flat model:gb202; do
	rm -f session.*
	skips=2
	[ "$gpu" != model:g92 ] || skips=4
	suite $skips --record session "$gpu"
	suite $skips --replay session
done
timeout 60 "$build/conformance" --replay session --reads 50000 >out 2>&1
[ $? -eq 1 ] && grep -q "the recording" out
works $? "a replay of another session fails and says where"

# Without leave to write nothing is written to VRAM; a recording counts as a GPU
# that is no model, so there it is the same.
suite 11 --read-only --record quiet model:tu102,vram=1G
cat quiet.* | grep -c '^w.* vram=' >out
[ "$(cat out)" -eq 0 ]
works $? "a run that may only read writes nothing to VRAM"
timeout 60 "$build/conformance" trace:quiet.1 >out 2>&1
grep -q "^skipped: it writes to VRAM, and that was not allowed" out
works $? "what is no model is not written to unless that was said"

# GPUs that break what is promised
for fault in gone@900 stuck@300 moved=0x40@2000 read=0xbad0b012@12000; do
	timeout 60 "$build/conformance" "model:tu102,fault=$fault" >out 2>&1
	[ $? -eq 1 ]
	works $? "the suite fails on a GPU with fault=$fault"
done
for args in "" "nonsense" "--reads 3999 model:tu102" "--range 1M model:tu102" \
	    "--range 1M,1M model:tu102" "model:tu102 --what" "model:a model:b" \
	    "--range"; do
	# shellcheck disable=SC2086 # several words
	timeout 60 "$build/conformance" $args >out 2>&1
	status=$?
	[ $status -eq 2 ] || [ $status -eq 1 ]
	works $? "conformance $args is refused"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The policy of sharing, in every order of events: the model in tests/spin,
# beside the C code.
#
#	spin.sh BUILD_DIR
#
# Searches each line of tests/spin/runs in full, then tries the mistakes in
# tests/spin/mutants and mutants-c, each of which must be found. Wants
# BUILD_DIR/obj/core.a and tie.o. Two at a time, each within 500 MB.
#
#	spin.sh BUILD_DIR run|mutant|mutants-c LINE	one of these, for itself

set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:?usage: spin.sh BUILD_DIR}
what=${2:-all} line=${3:-}
top=$build/spin
include="-Itests/spin -Iinclude"
# Partial order reduction knows nothing of C code that is called.
cc_all="-O2 -w -DNOREDUCE -DCOLLAPSE -DMEMLIM=500"

# parts COUNT: of $line into $name, $two, $three, $four. The last one takes what
# is left, as a sed expression has bars of its own.
parts()
{
	name=${line%% |*}
	rest=${line#*| }
	two=$rest
	three=''
	four=''
	[ "$1" -gt 2 ] || return 0
	two=${rest%%|*}
	rest=${rest#*|}
	three=${rest# }
	[ "$1" -gt 3 ] || return 0
	three=${rest%%|*}
	four=${rest#*| }
}

# defines WORDS: as options of spin
defines()
{
	for word in "$@"; do
		printf ' -D%s' "$word"
	done
}

# translate DIR DEFINES...: the model becomes DIR/pan.c, and that DIR/pan.o
translate()
{
	dir=$1
	shift
	rm -rf "$dir"
	mkdir -p "$dir"
	cp tests/spin/*.pml "$dir/"
	case " $* " in
	*' ENDS '*) search= ;;
	*) search=-DSAFETY ;;
	esac
	# shellcheck disable=SC2046,SC2086 # words
	(cd "$dir" && spin -a $(defines "$@") room.pml) >"$dir/out" 2>&1 &&
		gcc $cc_all $search $include -c -o "$dir/pan.o" "$dir/pan.c" \
			>>"$dir/out" 2>&1
}

# search DIR OPTIONS... : runs DIR/pan there; says what it found in DIR/out
search()
{
	dir=$1
	shift
	(cd "$dir" && exec timeout 300 ./pan "$@") >"$dir/out" 2>&1
}

# is_complete FILE: nothing was found, and nothing left out
is_complete()
{
	grep -q 'errors: 0$' "$1" && ! grep -qiE \
		'not completed|depth too small|out of memory|memlim|aborted' "$1"
}

# found FILE PATTERN
found()
{
	grep -q 'errors: 1$' "$1" && grep -qE "^pan:[0-9]+: $2" "$1"
}

pass()
{
	echo "PASS $1"
}

# fail NAME [FILE]: with what was said
fail()
{
	echo "FAIL $1"
	[ $# -lt 2 ] || grep -vE 'unreached|^[[:space:]]*(room.pml|policy.pml|calls.pml):' "$2" |
		sed 's/^/     /' | head -n 40
}

# number FILE PATTERN: the number that \1 of the pattern is
number()
{
	sed -n "s/^.*$2.*/\\1/p" "$1" | head -n 1
}

run()
{
	parts 4
	out=$top/$name/out
	# shellcheck disable=SC2086 # words
	translate "$top/$name" $two &&
		gcc -o "$top/$name/pan" "$top/$name/pan.o" \
			"$build/obj/tests/spin/tie.o" "$build/obj/core.a" &&
		search "$top/$name" $three
	if is_complete "$out"; then
		pass "$name ($four): $(
			number "$out" ' \([0-9]*\) states, stored') states, $(
			number "$out" ' \([0-9]*\) transitions') steps, $(
			number "$out" 'elapsed time \([0-9.]*\)') s"
	else
		fail "$name ($four)" "$out"
	fi
}

mutant()
{
	parts 4
	dir=$top/mutant/$(echo "$name $two" | tr -c 'A-Za-z0-9_\n' -)
	# shellcheck disable=SC2086 # words
	translate "$dir" "$name" UNTIED $two &&
		gcc -o "$dir/pan" "$dir/pan.o" &&
		search "$dir" -m200000 -w20 $three
	if found "$dir/out" "$four"; then
		pass "$name is found: $four"
	else
		fail "$name ($two) is not found" "$dir/out"
	fi
}

# mutate DIR SED: core/room*.c, as objects in DIR; false if nothing changes
mutate()
{
	rm -rf "$1"
	mkdir -p "$1"
	changed=false
	for file in core/room*.c; do
		sed -E "$2" "$file" >"$1/${file#core/}" || return 1
		cmp -s "$file" "$1/${file#core/}" || changed=true
		gcc -std=c11 -O1 -w -iquote core -Iinclude -c \
			-o "$1/$(basename "$file" .c).o" \
			"$1/${file#core/}" || return 1
	done
	$changed
}

# try_mutant NUMBER
try_mutant()
{
	dir=$top/mutants-c/$1
	parts 3
	if ! mutate "$dir" "$three" >"$dir.out" 2>&1; then
		fail "$name: does not apply to core/room*.c" "$dir.out"
		return
	fi
	gcc -o "$dir/pan" "$top/mutants-c/${two% }/pan.o" "$dir"/room*.o \
		"$build/obj/tests/spin/tie.o" "$build/obj/core.a" &&
		search "$dir" -m200000 -w20
	if found "$dir/out" 'assertion violated .*differs'; then
		pass "C: $name: is found"
	else
		fail "C: $name: is not found" "$dir/out"
	fi
}

mutants_c()
{
	if ! translate "$top/mutants-c/plain" USERS=3 KINDS=4 FEW=1 ||
		! translate "$top/mutants-c/free" USERS=3 KINDS=1 ||
		! translate "$top/mutants-c/nested" USERS=3 KINDS=3 FEW=1 NEST; then
		fail "the model for mutants-c" "$dir/out"
		return
	fi
	count=0
	grep -vE '^(#|$)' tests/spin/mutants-c >"$top/mutants-c/list"
	while read -r line; do
		count=$((count + 1))
		try_mutant "$count"
	done <"$top/mutants-c/list"
}

lines()
{
	grep -vE '^(#|$)' "tests/spin/$2" | while read -r line; do
		printf '%s\0%s\0' "$1" "$line"
	done
}

all()
{
	rm -rf "$top"
	mkdir -p "$top"
	{
		lines run runs
		printf 'mutants-c\0\0'
		lines mutant mutants
	} | xargs -0 -P 2 -n 2 "$0" "$build" >"$top/results" 2>&1
	sed 's/^PASS //' "$top/results" | sort
	passed=$(grep -c '^PASS ' "$top/results")
	failed=$(grep -c '^FAIL ' "$top/results")
	# A job that died has said neither.
	want=$(cat tests/spin/runs tests/spin/mutants tests/spin/mutants-c |
		grep -cvE '^(#|$)')
	if [ "$((passed + failed))" -ne "$want" ]; then
		echo "$want lines to try, $((passed + failed)) results: FAILED"
		failed=$((failed + 1))
	fi
	echo "$passed passed, $failed failed, 0 skipped"
	[ "$failed" -eq 0 ]
}

case $what in
all) all ;;
run) run ;;
mutant) mutant ;;
mutants-c) mutants_c ;;
*) echo "spin.sh: what is $what?" >&2; exit 2 ;;
esac

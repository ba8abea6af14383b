#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Line and branch coverage of core/ by all tests of a build that counts (asan), which
# have run with LLVM_PROFILE_FILE below BUILD_DIR/profile/.
#
#	coverage.sh BUILD_DIR [EXCEPTIONS]
#
# Prints every line that never ran and every condition that was never true or
# never false, in the form in which EXCEPTIONS (tests/coverage-exceptions.txt)
# lists them:
#
#	core/window.c: `if (a && b)`: condition 2 is never false
#		why no test can make it so
#
# What only happens if two threads meet, and is covered in some runs and not in
# others, begins with "chance: ".
#
# An entry is one line at the margin; its reason is indented below it. Fails if
# something is not covered and not listed, if an entry has no reason, or if an
# entry is covered after all. The source line stands for its number, which
# changes too often; two equal lines need two entries.

set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C
build=${1:?usage: coverage.sh BUILD_DIR [EXCEPTIONS]}
exceptions=${2:-tests/coverage-exceptions.txt}
report=$build/coverage.txt
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

llvm-profdata merge -o "$tmp/profile" "$build"/profile/*.profraw || exit 1
llvm-cov show "$build/libpramin.so" -instr-profile="$tmp/profile" \
	--show-branches=count --show-expansions --show-instantiations=false \
	core/*.c core/*.h core/mmu/*.[ch] >"$report" || exit 1

# The report shows a source line as "NUMBER|COUNT|TEXT" and below it its
# conditions, those of macros deeper nested. One file after the other, each
# with its name in front, if there are several. An inline function of a header is
# shown once for each file that it is different in: a condition of it counts as
# what it was in any of them.
awk -v top="$PWD/" '
	/^\/.*:$/ {
		judge()
		file = substr($0, 1, length($0) - 1)
		sub("^" top, "", file)
		next
	}
	/^ *[0-9]+\|/ {
		judge()
		split($0, part, "|")
		number = part[1] + 0
		count = part[2]
		gsub(/ /, "", count)
		text = $0
		sub(/^[^|]*\|[^|]*\|/, "", text)
		gsub(/^[ \t]+|[ \t]+$/, "", text)
		if (count != "") {
			lines++
			if (count == "0") {
				print file ": `" text "`: never runs\t" number
				lines_bad++
			}
		}
		next
	}
	/Branch \(.*\[Folded/ { next }
	/Branch \(/ {
		match($0, /\([0-9]+:[0-9]+\)/)
		place = substr($0, RSTART, RLENGTH)
		at = 0
		for (i = 1; file ~ /\.h$/ && i <= conditions; i++)
			if (places[i] == place)
				at = i
		if (!at) {
			at = ++conditions
			places[at] = place
			was_true[at] = was_false[at] = 0
		}
		was_true[at] += $0 !~ /True: 0[],]/
		was_false[at] += $0 !~ /False: 0[],]/
	}
	function never(condition, name) {
		branches_bad++
		print file ": `" text "`: condition " condition \
			" is never " name "\t" number
	}
	# The conditions of a source line, when all have been seen
	function judge() {
		for (i = 1; i <= conditions; i++) {
			branches += 2
			if (!was_true[i])
				never(i, "true")
			if (!was_false[i])
				never(i, "false")
		}
		conditions = 0
	}
	END {
		judge()
		printf "%d %d %d %d\n", lines - lines_bad, lines, \
			branches - branches_bad, branches >"/dev/stderr"
	}
' "$report" >"$tmp/found" 2>"$tmp/sums"

read -r lines_good lines branches_good branches <"$tmp/sums"
echo "core/: $lines_good of $lines lines, $branches_good of $branches branches" \
	"(report: $report)"

touch "$tmp/listed"
if [ -f "$exceptions" ]; then
	: >"$tmp/chance"
	awk -v chance="$tmp/chance" '
		/^(chance: )?core\// {
			if (entry)
				print entry >"/dev/stderr"
			entry = $0
			if (sub(/^chance: /, ""))
				print >chance
			else
				print
			next
		}
		/^[ \t]+[^ \t]/ { entry = "" }
		END { if (entry) print entry >"/dev/stderr" }
	' "$exceptions" >"$tmp/listed" 2>"$tmp/unexplained"
fi

touch "$tmp/chance"
cut -f 1 "$tmp/found" | grep -vxFf "$tmp/chance" | sort >"$tmp/found.sorted"
sort "$tmp/listed" >"$tmp/listed.sorted"
comm -23 "$tmp/found.sorted" "$tmp/listed.sorted" >"$tmp/new"
comm -13 "$tmp/found.sorted" "$tmp/listed.sorted" >"$tmp/stale"

passed=0 failed=0
# empty NAME FILE
empty()
{
	if [ -s "$2" ]; then
		echo "$1: FAILED"
		sed 's/^/  /' "$2"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
}

[ "${lines:-0}" -gt 0 ] || echo "the report shows no line" >"$tmp/none"
empty "core/ is in the report" "$tmp/none"
# In the order of the source and with line numbers, for whoever has to look
awk -F '\t' 'FILENAME == ARGV[1] { new[$0]; next }
	$1 in new { print $1 "  (line " $2 ")" }' "$tmp/new" "$tmp/found" \
	>"$tmp/shown"
empty "all of core/ is covered, or listed with its reason" "$tmp/shown"
empty "what is listed as not covered is not covered" "$tmp/stale"
empty "every exception has a reason" "$tmp/unexplained"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]

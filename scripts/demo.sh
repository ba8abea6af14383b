#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The main job, shown on one chip of each kind of window: a 64 MiB file goes
# into VRAM at an odd address above 4 GiB, comes back by another process, and
# is the same, with one move of the window per MiB.
#
#	demo.sh BUILD_DIR

set -u
build=${1:?usage: demo.sh BUILD_DIR}
pramin=$build/pramin
mib=1048576
size=$((64 * mib))
address=$((5 * 1024 * mib + 12345))
# Every MiB that the file touches is shown once.
moves=$(((address + size - 1) / mib - address / mib + 1))

work=$(mktemp -d "$build/demo.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

fail()
{
	echo "demo: $*" >&2
	exit 1
}

# json_value FILE KEY: the value of a key that occurs once
json_value()
{
	sed -n 's/.*"'"$2"'": *"\{0,1\}\([^",}]*\).*/\1/p' "$1"
}

head -c "$size" /dev/urandom >"$work/original" || fail "no test file"

for chip in tu102 gh100 gb202 gb10b; do
	gpu=model:$chip,vram=24G,file=$work/vram

	"$pramin" -d "$gpu" --json info >"$work/info" ||
		fail "$chip: info: status $?"
	"$pramin" -d "$gpu" --json --stats load "$address" "$work/original" \
		>"$work/out" 2>"$work/load" ||
		fail "$chip: load: status $?: $(cat "$work/load")"
	"$pramin" -d "$gpu" --json --stats dump "$address" "$size" \
		"$work/copy" >"$work/out" 2>"$work/dump" ||
		fail "$chip: dump: status $?: $(cat "$work/dump")"
	cmp "$work/original" "$work/copy" ||
		fail "$chip: the copy is not the original"

	up=$(json_value "$work/load" moves)
	down=$(json_value "$work/dump" moves)
	vram=$(json_value "$work/info" vram_size)
	register=$(json_value "$work/info" window_register)
	[ "$up" = "$moves" ] || fail "$chip: load: ${up:-no} moves, not $moves"
	[ "$down" = "$moves" ] ||
		fail "$chip: dump: ${down:-no} moves, not $moves"

	printf '%-6s %2d GiB  %-8s  %d MiB at 0x%x identical  %s+%s moves\n' \
		"$chip" $((vram / 1024 / mib)) "$register" $((size / mib)) \
		"$address" "$up" "$down"
	rm -f "$work/vram" "$work/vram.state" "$work/copy"
done

# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
#
# What the tests say. run() keeps standard output, standard error and the exit
# status of one command in out, err and $code; the others look at them and end
# the test with the whole story if they do not like what they see.

command_line=

fail()		# WHAT
{
	echo "$1"
	echo "  command: $command_line"
	echo "  status:  ${code:-none}"
	[ -s out ] && { echo "  stdout:"; head -c 2000 out | cat -v; }
	[ -s err ] && { echo "  stderr:"; head -c 2000 err | cat -v; }
	exit 1
}

skip()		# REASON
{
	echo "$1"
	exit 77
}

run()		# ARG...
{
	command_line="pramin $*"
	code=0
	timeout 60 "$PRAMIN" "$@" >out 2>err </dev/null || code=$?
}

status_is()	# N
{
	[ "$code" -eq "$1" ] || fail "status is not $1"
}

# The command works and says nothing on standard error.
ok()		# ARG...
{
	run "$@"
	status_is 0
	[ ! -s err ] || fail "it said something on standard error"
}

# The command refuses: standard output empty, one sentence on standard error.
refused()	# STATUS TEXT ARG...
{
	local status=$1 text=$2
	shift 2
	run "$@"
	status_is "$status"
	[ ! -s out ] || fail "standard output is not empty"
	err_has "$text"
	err_has "pramin"
}

out_is()	# TEXT
{
	[ "$(cat out)" = "$1" ] || fail "standard output is not: $1"
}

out_is_empty()
{
	[ ! -s out ] || fail "standard output is not empty"
}

err_is_empty()
{
	[ ! -s err ] || fail "standard error is not empty"
}

out_has()	# TEXT
{
	grep -qF -- "$1" out || fail "standard output does not say: $1"
}

err_has()	# TEXT
{
	grep -qF -- "$1" err || fail "standard error does not say: $1"
}

err_has_not()	# TEXT
{
	! grep -qF -- "$1" err || fail "standard error says: $1"
}

same()		# FILE FILE
{
	cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

size_is()	# FILE BYTES
{
	[ "$(stat -c %s "$1")" -eq "$2" ] ||
		fail "$1 has $(stat -c %s "$1") bytes, not $2"
}

missing()	# FILE...
{
	local each
	for each; do
		[ ! -e "$each" ] || fail "$each exists"
	done
}

# @1 is N in the text of --stats
stat_is()	# NAME N
{
	err_has "$1 $2"
}

# A model whose VRAM and registers outlive the command
kept=model:tu102,vram=8G,file=gpu.img

# Put 32 bits into a file, little-endian.
poke()		# FILE OFFSET VALUE
{
	local v=$(($3))
	printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((v & 255)) \
		$((v >> 8 & 255)) $((v >> 16 & 255)) $((v >> 24 & 255)))" |
		dd of="$1" bs=1 seek=$(($2)) conv=notrunc 2>/dev/null
}

peek()		# FILE OFFSET
{
	od -An -tx4 -j $(($2)) -N 4 "$1" | tr -d ' '
}

# A TU102 with 11 GiB in a tree of files of this test's own; BAR0 is a sparse file.
# With a word behind it, nouveau is bound.
fake_gpu()	# ADDRESS [driver]
{
	local zero=0x0000000000000000
	export PRAMIN_SYSROOT=$PWD/system
	dev=$PRAMIN_SYSROOT/sys/bus/pci/devices/$1
	mkdir -p "$dev/power" "$PRAMIN_SYSROOT/run" \
		"$PRAMIN_SYSROOT/usr/share/misc"
	echo 0x10de >"$dev/vendor"
	echo 0x1e07 >"$dev/device"
	echo 0x10de >"$dev/subsystem_vendor"
	echo 0x12a4 >"$dev/subsystem_device"
	echo 0x030000 >"$dev/class"
	echo D0 >"$dev/power_state"
	echo active >"$dev/power/runtime_status"
	echo auto >"$dev/power/control"
	ln -s ../../../kernel/iommu_groups/17 "$dev/iommu_group"
	{
		echo 0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200
		echo 0x00000000e0000000 0x00000000efffffff 0x000000000014220c
		echo $zero $zero $zero
		echo 0x00000000f0000000 0x00000000f1ffffff 0x000000000014220c
		echo $zero $zero $zero
		echo 0x000000000000e000 0x000000000000e07f 0x0000000000040101
	} >"$dev/resource"
	truncate -s 4096 "$dev/config"
	poke "$dev/config" 0 0x1e0710de
	poke "$dev/config" 4 0x00100002
	truncate -s 16M "$dev/resource0"
	poke "$dev/resource0" 0 0x162000a1
	poke "$dev/resource0" 0xa00 0x162a1000
	poke "$dev/resource0" 0x118128 0xffffffff
	poke "$dev/resource0" 0x118234 0xff
	poke "$dev/resource0" 0x100ce0 $((11 << 4 | 10))
	poke "$dev/resource0" 0x1700 0x0002bff0
	{
		echo "10de  NVIDIA Corporation"
		printf '\t1e07  TU102 [GeForce RTX 2080 Ti Rev. A]\n'
	} >"$PRAMIN_SYSROOT/usr/share/misc/pci.ids"
	[ $# -eq 1 ] || ln -s ../../drivers/nouveau "$dev/driver"
}

# Bytes that repeat nowhere soon, the same on every machine
noise()		# BYTES
{
	awk -v n="$1" 'BEGIN {
		x = 12345
		while (n > 0) {
			x = (x * 16807) % 2147483647
			line = sprintf("%010d", x)
			printf "%s", substr(line, 1, n)
			n -= 10
		}
	}'
}

window_base()
{
	"$PRAMIN" -d "$kept" window --json |
		sed 's/.*"base":"\([^"]*\)".*/\1/'
}

# Wait up to ten seconds for a condition; what is waited for comes at once.
until_true()	# COMMAND...
{
	local i
	for ((i = 0; i < 1000; i++)); do
		"$@" && return 0
		sleep 0.01
	done
	fail "this did not come: $*"
}

# The command's pid is in $pid; $code is set by ended().
start()		# ARG...
{
	command_line="pramin $* &"
	# With job control, a background job does not ignore SIGINT.
	set -m
	"$PRAMIN" "$@" >out 2>err &
	pid=$!
	set +m
}

# A command that does not end is killed, and then has another status.
ended()
{
	local i
	for ((i = 0; i < 2000; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.01
	done
	kill -KILL "$pid" 2>/dev/null
	code=0
	wait "$pid" || code=$?
}

# A dump into a FIFO that is full uses the GPU until the FIFO is read.
start_a_user()
{
	mkfifo fifo
	exec 9<>fifo
	start -d "$kept" dump 0 64M fifo
	user=$pid
	until_true user_waits
}

# It sleeps only where it waits for the other end of the FIFO.
user_waits()
{
	local comm state
	read -r _ comm state _ 2>/dev/null <"/proc/$user/stat" &&
		[ "$comm" = "(pramin)" ] && [ "$state" = S ]
}

# The rest of the dump goes nowhere.
end_the_user()
{
	kill -KILL "$user" 2>/dev/null
	wait "$user" 2>/dev/null
	exec 9>&-
}

# What is ignored here, by nohup or in the background of a script, the command
# ignores too.
needs_signal()	# NAME
{
	local ignored
	ignored=$(sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status)
	((0x$ignored >> ($(kill -l "$1") - 1) & 1)) &&
		skip "SIG$1 is ignored here"
	return 0
}

needs_json_reader()
{
	command -v python3 >/dev/null || command -v node >/dev/null ||
		skip "neither python3 nor node is there to read JSON"
}

# Paths and types of the JSON objects in files, one per line, sorted
json_shape()	# FILE...
{
	[ "$1" != -- ] || shift
	if command -v python3 >/dev/null; then
		python3 /dev/fd/3 "$@" 3<<-'END' >shape.tmp || return 1
		import json, sys
		def walk(x, path):
		    if isinstance(x, dict):
		        for k in x:
		            walk(x[k], path + "." + k)
		    elif isinstance(x, list):
		        print(path + "[]")
		        for y in x:
		            walk(y, path + "[]")
		    else:
		        print(path, type(x).__name__)
		def one(pairs):
		    assert len(dict(pairs)) == len(pairs), "a key comes twice"
		    return dict(pairs)
		for name in sys.argv[1:]:
		    text = open(name, encoding="utf-8").read()
		    walk(json.loads(text, object_pairs_hook=one), name)
		END
	elif command -v node >/dev/null; then
		node - "$@" <<-'END' >shape.tmp || return 1
		const walk = (x, path) => {
			if (Array.isArray(x)) {
				console.log(path + "[]");
				x.forEach(y => walk(y, path + "[]"));
			} else if (x !== null && typeof x === "object") {
				for (const k in x)
					walk(x[k], path + "." + k);
			} else {
				console.log(path, x === null ? "null" : typeof x);
			}
		};
		const fs = require("fs");
		for (const name of process.argv.slice(2))
			walk(JSON.parse(fs.readFileSync(name, "utf8")), name);
		END
	else
		return 1
	fi
	sort -u shape.tmp
	rm -f shape.tmp
}

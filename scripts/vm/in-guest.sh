# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# What the test scripts have inside a guest. To be sourced. Descriptor 3 is the
# second serial port: verdicts go out there, one a line, and answers of the
# host come in.

pass()
{
	echo "pass $*" >&3
}

# NAME [WHY]
fail()
{
	name=$1
	shift
	echo "fail $name" >&3
	[ $# -eq 0 ] || printf '%s\n' "$*" | sed 's/^/     /' >&3
}

# NAME WHY
skip()
{
	echo "skip $1: $2" >&3
}

# What is worth seeing in the log, whatever the verdict.
note()
{
	printf '%s\n' "$*" | sed 's/^/note /' >&3
}

# NAME COMMAND...: a test that passes when the command's status is 0.
# What it printed is in /tmp/out.
check()
{
	name=$1
	shift
	if "$@" >/tmp/out 2>&1; then
		pass "$name"
	else
		fail "$name" "$* ended with status $?:
$(tail -n 20 /tmp/out)"
	fi
}

# NAME STATUS TEXT COMMAND...: passes when the command ends with that status
# and prints something that matches the extended regular expression TEXT.
refuses()
{
	name=$1 want=$2 text=$3
	shift 3
	"$@" >/tmp/out 2>&1
	status=$?
	if [ "$status" = "$want" ] && grep -qE -- "$text" /tmp/out; then
		pass "$name"
	else
		fail "$name" "$* ended with status $status, wanted $want and '$text':
$(tail -n 20 /tmp/out)"
	fi
}

# NAME WANTED GOT
equal()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "wanted: $2
got:    $3"
	fi
}

# WORD...: have the host do something, and wait until it has.
host()
{
	echo "host $*" >&3
	read -r answer <&3
	[ "$answer" = done ]
}

# SECONDS COMMAND...: until it succeeds, within a limit
within()
{
	limit=$(($1 * 5))
	shift
	until "$@" >/dev/null 2>&1; do
		limit=$((limit - 1))
		[ "$limit" -gt 0 ] || return 1
		sleep 0.2
	done
}

# The addresses of the NVIDIA devices, in order.
gpus()
{
	for device in /sys/bus/pci/devices/*; do
		[ "$(cat "$device/vendor")" != 0x10de ] || basename "$device"
	done
}

# DEVICE
driver_of()
{
	basename "$(readlink "/sys/bus/pci/devices/$1/driver")"
}

#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Cards that vanish while pramin reads them: taken out in order, fallen off the bus,
# and with the end of the program that models them.
#: gpu --chip tu102 --vram 1G
#: gpu --chip tu102 --vram 1G --fault gone@20000
#: gpu --chip tu102 --vram 1G
#: program pramin
#: limit 240

. /in-guest.sh

# DEVICE: dump until it fails; the message and the status are files.
dump()
{
	pramin -d "$1" dump 0 64M /tmp/dumped >/tmp/said 2>&1
	echo $? >/tmp/status
}

# NAME: what is to be seen of a dump that was broken off
broken_off()
{
	within 60 [ -e /tmp/status ]
	equal "$1: the command ends with 1" 1 "$(cat /tmp/status)"
	note "$1: $(cat /tmp/said)"
	check "$1: it says that the GPU is gone" \
		grep -qiE "does not answer|is lost|is gone|was removed" /tmp/said
	[ ! -e /tmp/dumped ]
	equal "$1: no file looks complete" 0 $?
	check "$1: no SIGBUS" sh -c "! grep -qi 'bus error' /tmp/said"
	rm -f /tmp/status /tmp/said /tmp/dumped*
}

dump 0000:01:00.0 &
sleep 1
check "the host unplugs the first card" host unplug gpu0
check "the guest lets go of it" within 30 \
	[ ! -e /sys/bus/pci/devices/0000:01:00.0 ]
broken_off "unplugged in order"
refuses "the next command says that there is none" 1 "0000:01:00.0" \
	pramin -d 0000:01:00.0 read 0 16

dump 0000:02:00.0 &
broken_off "fallen off the bus"
refuses "the next command says so" 1 "0000:02:00.0|all ones|gone|answer" \
	pramin -d 0000:02:00.0 read 0 16

# QEMU does not live through the end of a model that owes it an answer, so there
# must be no access on its way: the command is stopped meanwhile.
dump 0000:03:00.0 &
sleep 1
kill -STOP "$(pidof pramin)"
sleep 0.2
check "the host kills the model of the third card" host kill gpu2
kill -CONT "$(pidof pramin)"
broken_off "killed"
check "the list does not fail over them" pramin list

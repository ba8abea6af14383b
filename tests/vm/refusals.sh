#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Why a GPU cannot be used, each said in words: permissions, sleep, drivers,
# modes, and a kernel that is locked down.
#: gpu --chip tu102 --vram 1G
#: gpu --chip gh100 --vram 80G --fault cc
#: gpu --chip tu102 --vram 1G --fault notready
#: gpu --chip gh100 --vram 80G --fault coherent
#: gpu --chip tu102 --vram 1G --fault vf
#: program pramin
#: limit 240

. /in-guest.sh

good=0000:01:00.0
cc=0000:02:00.0
notready=0000:03:00.0
coherent=0000:04:00.0
vf=0000:05:00.0

check "a GPU with nothing wrong works" pramin -d $good read 0 16
refuses "confidential computing" 1 "confidential" pramin -d $cc read 0 16
refuses "firmware that has not finished" 1 "firmware|boot" \
	pramin -d $notready read 0 16
refuses "a coherent platform" 1 "coherent" pramin -d $coherent read 0 16
refuses "a virtual function" 1 "virtual function" pramin -d $vf read 0 16
check "the list is not stopped by them" pramin list
equal "the list has all five" 5 "$(grep -c '0000:0[1-5]:00.0' /tmp/out)"
refuses "a device that is not there" 1 "0000:09:00.0" \
	pramin -d 0000:09:00.0 read 0 16
refuses "a device that is not NVIDIA's" 2 "vendor 0x8086" \
	pramin -d 0000:00:00.0 read 0 16

refuses "a user who is not root" 1 "root|permission" \
	su user -c "pramin -d $good read 0 16"
check "a user who is not root has a list" su user -c "pramin list"

# Suspended by the kernel: the list does not wake it, opening it does.
power=/sys/bus/pci/devices/$good/power
suspended()
{
	[ "$(cat $power/runtime_status)" = suspended ]
}

echo auto >$power/control
check "the kernel suspends a GPU without a driver" within 20 suspended
pramin list >/tmp/list 2>&1
note "$(cat /tmp/list)"
check "the list says that it sleeps" sh -c \
	"grep '$good' /tmp/list | grep -qiE 'sleep|suspended|D3'"
check "the list has not woken it" suspended
check "a GPU that is suspended is woken for a read" pramin -d $good read 0 16
equal "its power control is as before" auto "$(cat $power/control)"
check "and it is suspended again" within 20 suspended
echo on >$power/control

# Asleep behind the kernel's back
setpci -s ${good#0000:} CAP_PM+4.W=3:3
refuses "a GPU that does not answer is not used" 1 "PMC_BOOT_0|answer|asleep" \
	pramin -d $good read 0 16
equal "nobody has woken it" 3 \
	"$((0x$(setpci -s ${good#0000:} CAP_PM+4.W) & 3))"
setpci -s ${good#0000:} CAP_PM+4.W=0:3
sleep 0.1
check "awake, it works" pramin -d $good read 0 16

# Bound to some driver
modprobe uio_pci_generic
echo uio_pci_generic >/sys/bus/pci/devices/$good/driver_override
echo $good >/sys/bus/pci/drivers_probe
refuses "a driver is named, whichever it is" 1 "uio_pci_generic" \
	pramin -d $good read 0 16
echo $good >/sys/bus/pci/drivers/uio_pci_generic/unbind
check "unbound, it works" pramin -d $good read 0 16

# Locked down: sysfs gives no mapping, VFIO is the way.
for level in integrity confidentiality; do
	echo $level >/sys/kernel/security/lockdown
	refuses "a kernel locked down for $level is said" 1 \
		"locked down \($level\)" pramin -d $good read 0 16
	refuses "locked down for $level, VFIO is the way" 1 "VFIO" \
		pramin -d $good read 0 16
done

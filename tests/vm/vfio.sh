#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The conformance suite and the command through VFIO, as root and as a user who
# may open the group, behind an IOMMU and under lockdown.
#: kernels 6.12
#: qemu -device intel-iommu,intremap=on,caching-mode=on
#: boot intel_iommu=on lockdown=integrity
#: gpu --chip tu102 --vram 8G
#: gpu --chip gh100 --vram 80G
#: program pramin conformance
#: limit 240

. /in-guest.sh

tu102=0000:01:00.0
gh100=0000:02:00.0

check "modules of VFIO load" sh -c "modprobe vfio-pci && modprobe vfio_iommu_type1"
check "the kernel is locked down" grep -q '\[integrity\]' \
	/sys/kernel/security/lockdown
refuses "a GPU that is not bound to vfio-pci is explained" 1 "vfio-pci" \
	pramin -d vfio:$tu102 read 0 16
for gpu in $tu102 $gh100; do
	echo vfio-pci >/sys/bus/pci/devices/$gpu/driver_override
	echo $gpu >/sys/bus/pci/drivers_probe
	equal "$gpu is bound to vfio-pci" vfio-pci "$(driver_of $gpu)"
done

for gpu in $tu102 $gh100; do
	conformance "vfio:$gpu" --reads 50000 --yes-overwrite >/tmp/suite 2>&1
	equal "the suite on $gpu has status 0" 0 $?
	# shellcheck disable=SC2046 # three numbers
	set -- $(tail -n 1 /tmp/suite | sed 's/[^0-9 ]//g') 0 0 0
	check "tests of the suite pass on $gpu" [ "$1" -ge 10 ]
	equal "no test of the suite fails on $gpu" 0 "$2"
	note "$gpu: $(tail -n 1 /tmp/suite)"
done

check "pramin writes and reads" sh -c "
	pramin -q -d vfio:$tu102 write 0x100000 0x12345678 &&
	pramin -d vfio:$tu102 read 0x100000 4 | grep -q 12345678"
check "no bus master" sh -c "[ \$((0x\$(setpci -s 01:00.0 COMMAND) & 4)) = 0 ]"

# A user who may open the group
group=$(basename "$(readlink /sys/bus/pci/devices/$tu102/iommu_group)")
refuses "a user who may not is told" 1 "permission|may not|root|group" \
	su user -c "pramin -d vfio:$tu102 read 0x100000 4"
chown user "/dev/vfio/$group"
chmod 666 /dev/vfio/vfio
check "a user who may reads" su user -c "pramin -d vfio:$tu102 read 0x100000 4"

# One process at a time. (The shell has made it ignore SIGINT.)
pramin -q -d vfio:$tu102 dump 0 64M /tmp/dumped >/tmp/said 2>&1 &
first=$!
sleep 1
refuses "the next process is told who has it" 1 "$first" \
	pramin -d vfio:$tu102 read 0 16
kill -TERM $first
wait $first
equal "the first ends with 143 when it is terminated" 143 $?
refuses "through sysfs the driver is named" 1 "vfio-pci" \
	pramin -d $tu102 read 0 16

# Whoever unbinds a device waits until it is not open any more.
pramin -q -d vfio:$tu102 dump 0 64M /tmp/dumped >/tmp/said 2>&1 &
first=$!
sleep 1
check "a GPU in use is unbound when the kernel asks for it" \
	within 30 sh -c "echo $tu102 >/sys/bus/pci/drivers/vfio-pci/unbind"
equal "no driver has it then" "" "$(driver_of $tu102)"
wait $first
equal "the command that had it ends with 1" 1 $?
check "it says that it was asked for it" grep -q "asked for the GPU back" \
	/tmp/said
note "unbound: $(cat /tmp/said)"
echo $tu102 >/sys/bus/pci/drivers_probe
check "bound again it works again" pramin -d vfio:$tu102 read 0x100000 4

# The same for a card that is pulled out in order.
pramin -q -d vfio:$gh100 dump 0 64M /tmp/dumped >/tmp/said 2>&1 &
first=$!
sleep 1
check "the host unplugs the other card" host unplug gpu1
check "the guest lets go of it" within 60 \
	[ ! -e /sys/bus/pci/devices/$gh100 ]
wait $first
equal "the command that had it ends with 1 too" 1 $?
note "unplugged: $(cat /tmp/said)"
refuses "the next command says that there is none" 1 "$gh100" \
	pramin -d vfio:$gh100 read 0 16

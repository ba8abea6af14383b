#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Debian's nouveau, as it is, on a G92 and a G84: it binds, reads the VBIOS through
# PRAMIN and gets to its end. Meanwhile pramin leaves these GPUs alone; after
# nouveau has gone, pramin reads what it left.
#: kernels 6.1 6.12
#: gpu --chip g92 --vram 256M --trace $dir/g92.trace
#: gpu --chip g84 --vram 256M
#: boot nouveau.debug=bios=debug
#: program pramin
#: limit 280

. /in-guest.sh

g92=0000:01:00.0
g84=0000:02:00.0

said()
{
	dmesg | grep -qE "$1"
}

check "modprobe nouveau works" modprobe nouveau
for gpu in $g92 $g84; do
	within 60 said "Initialized nouveau .* (for )?$gpu"
	check "nouveau gets to its end on $gpu" \
		said "Initialized nouveau .* (for )?$gpu"
	equal "nouveau is bound to $gpu" nouveau "$(driver_of $gpu)"
	check "the VBIOS of $gpu is read through PRAMIN" \
		said "nouveau $gpu: bios: using image from PRAMIN"
	check "nouveau finds the VRAM of $gpu" \
		said "nouveau $gpu: (drm|DRM): VRAM: 256 MiB"
done
check "nouveau names the G92" said "nouveau $g92: NVIDIA G92 \(092000"
check "nouveau names the G84" said "nouveau $g84: NVIDIA G84 \(084000"
note "$(dmesg | grep -E 'nouveau|drm')"

refuses "pramin refuses a GPU of nouveau's by its name" 1 "nouveau" \
	pramin -d $g92 read 0xff00000 16
check "pramin list names the driver" \
	sh -c "pramin list | grep $g92 | grep -q nouveau"

check "nouveau can be unbound from the G92" \
	sh -c "echo $g92 >/sys/bus/pci/drivers/nouveau/unbind"
check "pramin reads the VBIOS that nouveau read" sh -c "
	echo 1 >/sys/bus/pci/devices/$g92/rom
	head -c 32768 /sys/bus/pci/devices/$g92/rom >/tmp/rom
	pramin -q -d $g92 dump 0xff00000 32K /tmp/vram
	cmp /tmp/rom /tmp/vram"
# The host knows from the recording what has to be there; rows of zeros are left out.
for at in 0xfde0000 0xfee0000; do
	check "pramin dumps the memory that nouveau used at $at" \
		pramin -q -d $g92 dump $at 64K /tmp/left
	od -A d -v -t x4 /tmp/left | sed "s/^/left $at /" |
		grep -v ' 00000000 00000000 00000000 00000000$' >&3
done
refuses "the G84 is nouveau's still" 1 "nouveau" pramin -d $g84 read 0 16

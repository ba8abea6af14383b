#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# What lspci, setpci and Linux see of a TU102 and a GH100.
#: kernels 6.1 6.12
#: gpu --chip tu102 --vram 8G
#: gpu --chip gh100 --vram 80G
#: limit 240

. /in-guest.sh

tu102=01:00.0
gh100=02:00.0
sysfs=/sys/bus/pci/devices/0000:

# ADDRESS TEXT: lspci says so
says()
{
	lspci -vv -s "$1" >/tmp/lspci
	grep -qE -- "$2" /tmp/lspci || {
		cat /tmp/lspci
		return 1
	}
}

# ADDRESS REGISTER: as setpci reads it
register()
{
	setpci -s "$1" "$2"
}

# ADDRESS OFFSET: a register of BAR0, 32 bits
bar0()
{
	bar=$(sed -n 1p "$sysfs$1/resource" | cut -d ' ' -f 1)
	devmem $((bar + $2)) 32
}

equal "there are two GPUs" "0000:$tu102
0000:$gh100" "$(gpus)"
equal "the TU102 has its class and ids" "$tu102 0300: 10de:1e04 (rev a1)" \
	"$(lspci -n -s $tu102)"
equal "the GH100 has its class and ids" "$gh100 0300: 10de:2330 (rev a1)" \
	"$(lspci -n -s $gh100)"
for gpu in $tu102 $gh100; do
	check "$gpu: BAR0 has 16 MiB below 4 GiB" says $gpu \
		"Region 0: Memory at [0-9a-f]{8} \(32-bit, non-prefetchable\).*\[size=16M\]"
	check "$gpu: BAR1 is wide and prefetchable" says $gpu \
		"Region 1: Memory at [0-9a-f]+ \(64-bit, prefetchable\)"
	check "$gpu: BAR3 has 32 MiB" says $gpu \
		"Region 3: Memory at [0-9a-f]+ \(64-bit, prefetchable\).*\[size=32M\]"
	check "$gpu: power management" says $gpu "\[60\] Power Management version 3"
	check "$gpu: MSI" says $gpu "\[68\] MSI: Enable- Count=1/1 Maskable- 64bit\+"
	check "$gpu: PCI Express" says $gpu "\[78\] Express \(v2\) Endpoint"
	check "$gpu: no bus master" says $gpu "Control: .*BusMaster-"
	check "$gpu: configuration space has 4 KiB" sh -c \
		"lspci -xxxx -s $gpu | grep -q '^ff0:'"
	equal "$gpu: no driver" "" "$(driver_of 0000:$gpu)"
done

# What can be written, and what cannot
setpci -s $tu102 VENDOR_ID=1234 DEVICE_ID=5678 REVISION=99
equal "the ids cannot be written" "10de" "$(register $tu102 VENDOR_ID)"
setpci -s $tu102 COMMAND=0:2
equal "memory decoding can be switched off" 0 \
	"$((0x$(register $tu102 COMMAND) & 2))"
# What a read gives that nobody answers is QEMU's affair.
check "BAR0 does not answer then" [ "$(bar0 $tu102 0)" != 0x162000A1 ]
setpci -s $tu102 COMMAND=2:2
equal "BAR0 answers with decoding on" 0x162000A1 "$(bar0 $tu102 0)"
equal "the other GPU is not meant" 0x180000A1 "$(bar0 $gh100 0)"

setpci -s $tu102 CAP_PM+4.W=3:3
check "asleep, it does not answer" [ "$(bar0 $tu102 0)" != 0x162000A1 ]
check "lspci says so" says $tu102 "Status: D3"
setpci -s $tu102 CAP_PM+4.W=0:3
sleep 0.1
equal "it wakes with its registers" 0x162000A1 "$(bar0 $tu102 0)"

equal "the mirror at 0x88000 shows configuration space" 0x1E0410DE \
	"$(bar0 $tu102 0x88000)"
before=$(bar0 $tu102 0x9400)
equal "time goes on" 1 "$([ "$before" != "$(bar0 $tu102 0x9400)" ] && echo 1)"

echo 1 >${sysfs}$tu102/rom
head -c 32768 ${sysfs}$tu102/rom >/tmp/rom
equal "the expansion ROM has a VBIOS" "55 aa 40 cb" \
	"$(od -A n -t x1 -N 4 /tmp/rom | sed 's/^ *//')"
echo 0 >${sysfs}$tu102/rom

echo 1 >${sysfs}$tu102/remove
equal "Linux can let go of it" "0000:$gh100" "$(gpus)"
echo 1 >/sys/bus/pci/rescan
equal "and finds it again" "0000:$tu102
0000:$gh100" "$(gpus)"

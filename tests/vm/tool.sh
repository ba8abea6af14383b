#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The command on cards without a driver, through sysfs: one user, several, and
# one that is killed.
#: gpu --chip tu102 --vram 8G
#: gpu --chip gh100 --vram 80G
#: program pramin
#: limit 240

. /in-guest.sh

tu102=0000:01:00.0
gh100=0000:02:00.0

# DEVICE OFFSET: a register of BAR0, past pramin
bar0()
{
	bar=$(sed -n 1p "/sys/bus/pci/devices/$1/resource" | cut -d ' ' -f 1)
	devmem $((bar + $2)) 32
}

command()
{
	setpci -s "$1" COMMAND
}

# The firmware of a PC decodes VGA cards: both ways have to be left as found.
setpci -s ${tu102#0000:} COMMAND=0:2
setpci -s ${gh100#0000:} COMMAND=2:2
before_tu102=$(command ${tu102#0000:})
before_gh100=$(command ${gh100#0000:})
window_gh100=$(bar0 $gh100 0x10fd40)

check "pramin list shows both" pramin list
cp /tmp/out /tmp/list
check "the TU102 is in the list by its chip or name" \
	grep -qiE "$tu102.*tu102" /tmp/list
check "the GH100 is in the list by its chip or name" \
	grep -qiE "$gh100.*gh100" /tmp/list
equal "the list leaves decoding as it was" "$before_tu102" \
	"$(command ${tu102#0000:})"

for gpu in $tu102 $gh100; do
	export PRAMIN_GPU=$gpu
	check "$gpu: info" pramin info
	check "$gpu: window" pramin window
	check "$gpu: write" pramin -q write 0x140003038 0x12345678 0xcafe
	check "$gpu: read gives what was written" \
		sh -c "pramin read 0x140003030 16 | grep -q '12345678 0000cafe'"
	# Over the end of a MiB, at an address that is odd
	head -c 20001 /bin/busybox >/tmp/file
	check "$gpu: load" pramin -q load 0x1ffff1 /tmp/file
	check "$gpu: dump" pramin -q dump 0x1ffff1 20001 /tmp/back
	check "$gpu: what was dumped is what was loaded" cmp /tmp/file /tmp/back
	check "$gpu: compare" pramin -q compare 0x1ffff1 /tmp/file
	check "$gpu: fill" pramin -q fill 3M 16K str:ABCD
	check "$gpu: find" sh -c "pramin find 2M 2M str:ABCD |
		grep -q 0x0*300000"
	check "$gpu: map" pramin -q mmu map any 4G 8M --new --tables 1G,1M
	check "$gpu: walk" pramin mmu list --root 1G
	refuses "$gpu: past the end of VRAM" 2 "VRAM ends" \
		pramin read 0x7ffffffffff0 16
done
unset PRAMIN_GPU
equal "the TU102's decoding is put back" "$before_tu102" \
	"$(command ${tu102#0000:})"
equal "the GH100's decoding is put back" "$before_gh100" \
	"$(command ${gh100#0000:})"
equal "the window is put back" "$window_gh100" "$(bar0 $gh100 0x10fd40)"

# Several at once, each with a MiB of its own; one of them does not live to its end.
for user in 1 2 3; do
	(pramin -q -d $gh100 fill ${user}0M 8K $user &&
		pramin -q -d $gh100 dump ${user}0M 8K /tmp/of$user
	echo $? >/tmp/status$user) &
done
pramin -q -d $gh100 fill 50M 1M 5 &
victim=$!
sleep 0.5
kill -9 $victim
wait
for user in 1 2 3; do
	equal "user $user of several succeeds" 0 "$(cat /tmp/status$user)"
	equal "user $user finds what it wrote" "$user" \
		"$(od -A n -v -t u4 /tmp/of$user | tr -s ' ' '\n' | grep . |
			sort -u)"
done
check "after one was killed the next one works" \
	pramin -d $gh100 read 50M 16
equal "and puts the window back" "$window_gh100" "$(bar0 $gh100 0x10fd40)"

# Alone, and killed while the window is elsewhere
pramin -q -d $gh100 fill 70M 1M 7 &
victim=$!
sleep 0.5
kill -9 $victim
wait
check "after the only user was killed the next one works" \
	pramin -d $gh100 read 1M 16
equal "it has found and repaired the window" "$window_gh100" \
	"$(bar0 $gh100 0x10fd40)"
pramin -q -d $gh100 fill 70M 1M 7 &
sleep 0.5
kill -TERM $!
wait $!
equal "terminated, it ends with 143" 143 $?
equal "and the window is back at once" "$window_gh100" "$(bar0 $gh100 0x10fd40)"

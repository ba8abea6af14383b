# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# What pramin says of vfio: GPUs that it cannot open, on trees in the place of sysfs.

gpu=0000:41:00.0

# A GPU that no driver is bound to, in IOMMU group 7, below $PRAMIN_SYSROOT
a_tree()	# [ADDR CLASS VENDOR]
{
	local addr=${1:-$gpu} dir
	export PRAMIN_SYSROOT=$PWD/root
	dir=root/sys/bus/pci/devices/$addr
	mkdir -p "$dir" "root/sys/kernel/iommu_groups/7/devices/$addr" root/dev
	echo "${3:-0x10de}" >"$dir/vendor"
	echo 0x1e07 >"$dir/device"
	echo "${2:-0x030000}" >"$dir/class"
	{
		echo 0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200
		echo 0x00000000e0000000 0x00000000efffffff 0x000000000014220c
		for _ in 2 3 4 5 6; do
			echo 0x0000000000000000 0x0000000000000000 \
				0x0000000000000000
		done
	} >"$dir/resource"
	ln -sfn ../../../../kernel/iommu_groups/7 "$dir/iommu_group"
}

bound_to()	# DRIVER [ADDR]
{
	ln -sfn "../../drivers/$1" "root/sys/bus/pci/devices/${2:-$gpu}/driver"
}

a_string_that_is_no_vfio_gpu_is_refused()
{
	refused 2 "needs a PCI address" -d vfio: info
	refused 2 "not followed by a PCI address" -d vfio:41:00.0 info
	refused 2 "not followed by a PCI address" -d vfio:0000:41:00.0x info
	refused 2 "key of the model only" -d vfio:$gpu,flat info
	refused 2 "is given twice" -d vfio:$gpu,vram=1G,vram=1G info
}

a_device_that_is_not_there_is_refused()
{
	a_tree
	refused 1 "0000:42:00.0" -d vfio:0000:42:00.0 info
	err_has "pramin list"
}

a_device_that_is_not_nvidias_is_refused()
{
	a_tree $gpu 0x030000 0x1002
	run -d vfio:$gpu info
	[ "$code" -ne 0 ] || fail "it was opened"
	err_has "0x1002"
}

a_device_that_is_no_gpu_is_refused()
{
	a_tree $gpu 0x040300
	run -d vfio:$gpu info
	[ "$code" -ne 0 ] || fail "it was opened"
	err_has "$gpu"
}

without_an_iommu_it_says_how_to_enable_one()
{
	a_tree
	rm root/sys/bus/pci/devices/$gpu/iommu_group
	refused 1 "$gpu is in no IOMMU group" -d vfio:$gpu info
	err_has "intel_iommu=on"
}

without_vfio_pci_it_prints_the_commands_that_bind_it()
{
	a_tree
	refused 1 "$gpu is not bound to vfio-pci" -d vfio:$gpu read 0 4
	err_has "cd /sys/bus/pci/devices/$gpu; echo vfio-pci >driver_override; echo $gpu >/sys/bus/pci/drivers_probe"
	bound_to nouveau
	refused 1 "bound to the driver nouveau" -d vfio:$gpu read 0 4
	err_has "echo $gpu >driver/unbind"
}

# What it prints is done here, with files in the place of sysfs.
the_commands_that_it_prints_run()
{
	a_tree
	bound_to nouveau
	mkdir -p root/sys/bus/pci/drivers/nouveau
	refused 1 "nouveau" -d vfio:$gpu info
	sed -n "s|.*\(cd /sys.*\) (docs.*|\1|p" err |
		sed "s|/sys/|$PWD/root/sys/|g" >commands
	[ -s commands ] || fail "no commands"
	command_line=$(cat commands)
	sh -e commands >out 2>err || fail "they fail"
	grep -qx vfio-pci root/sys/bus/pci/devices/$gpu/driver_override &&
		grep -qx $gpu root/sys/bus/pci/drivers/nouveau/unbind &&
		grep -qx $gpu root/sys/bus/pci/drivers_probe ||
		fail "they do something else"
}

the_commands_of_the_page_bind_all_of_a_group()
{
	local d
	a_tree
	a_tree 0000:41:00.1 0x040300
	bound_to snd_hda_intel 0000:41:00.1
	mkdir -p root/sys/bus/pci/drivers/snd_hda_intel
	sed -n '/^# modprobe/,/^```/{s/^# //;/^```/d;p}' "$SRC/docs/vfio.md" |
		sed "s|/sys/|$PWD/root/sys/|g; s|^modprobe|: |" >commands
	grep -q drivers_probe commands || fail "no commands"
	command_line=$(cat commands)
	sh -e commands >out 2>err || fail "they fail"
	for d in $gpu 0000:41:00.1; do
		grep -qx vfio-pci root/sys/bus/pci/devices/$d/driver_override ||
			fail "$d has no override"
	done
	grep -qx 0000:41:00.1 root/sys/bus/pci/drivers/snd_hda_intel/unbind ||
		fail "the sound is not unbound"
	[ ! -e root/sys/bus/pci/devices/$gpu/driver ] || fail "what is it?"
}

the_page_names_the_reasons_that_there_are()
{
	sed -n '/^## What can go wrong/,/^## /s/^|[^|]*|[^|]*|\(.*\)|$/\1/p' \
		"$SRC/docs/vfio.md" | grep -o '`[a-z_0-9]*`' | tr -d '`' |
		grep -v allow_unsafe >reasons
	[ "$(wc -l <reasons)" -gt 10 ] || fail "no table"
	while read -r reason; do
		grep -q "\"$reason\"" "$SRC"/lib/why*.c ||
			fail "there is no reason $reason"
	done <reasons
}

others_of_the_group_are_named_with_the_commands()
{
	a_tree
	a_tree 0000:41:00.1 0x040300
	bound_to vfio-pci
	bound_to snd_hda_intel 0000:41:00.1
	refused 1 "IOMMU group 7 are in use: 0000:41:00.1 (snd_hda_intel)" \
		-d vfio:$gpu info
	err_has "for d in 0000:41:00.1; do echo vfio-pci >\$d/driver_override"
}

a_kernel_without_vfio_is_told()
{
	a_tree
	bound_to vfio-pci
	refused 1 "/dev/vfio/7 is not there" -d vfio:$gpu info
	err_has "modprobe vfio-pci"
}

a_node_of_somebody_else_is_told_with_the_way_out()
{
	[ "$(id -u)" -eq 0 ] || skip "only root can be somebody else"
	command -v setpriv >/dev/null || skip "setpriv is not there"
	a_tree
	bound_to vfio-pci
	mkdir -p root/dev/vfio
	: >root/dev/vfio/7
	chmod 755 . ..
	chmod -R go+rX root
	chmod 600 root/dev/vfio/7
	cp "$PRAMIN" pramin
	chmod 755 pramin
	command_line="pramin -d vfio:$gpu info, as nobody"
	code=0
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		./pramin -d vfio:$gpu info >out 2>err </dev/null || code=$?
	status_is 1
	err_has "this user may not open /dev/vfio/7"
	err_has "chown USER /dev/vfio/7"
}

json_of_a_refusal_is_empty()
{
	a_tree
	refused 1 "not bound" --json -d vfio:$gpu info
}

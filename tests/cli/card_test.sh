# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Cards, as files that stand in for sysfs: the list, what is refused, what is forced.

gpu=0000:41:00.0

list_shows_cards_before_the_models()
{
	fake_gpu 0000:41:00.0
	fake_gpu 0000:01:00.0 driver
	ok list
	grep -n '^0000:' out >order
	[ "$(sed -n 's/^\([0-9]*\):0000:01:00.0 .*/\1/p' order)" -eq 1 ] ||
		fail "0000:01:00.0 is not first"
	out_has "0000:41:00.0  10de:1e07 TU102 [GeForce RTX 2080 Ti Rev. A]"
	out_has "chip    tu102 (turing), 11 GiB of VRAM"
	out_has "chip    tu102 (turing), by its name"
	out_has "driver none, power D0, IOMMU group 17"
	out_has "driver nouveau, power D0, IOMMU group 17"
	out_has "BARs    16 MiB, 256 MiB, 32 MiB"
	out_has "PRAMIN  yes"
	out_has "PRAMIN  no: the driver nouveau is bound to 0000:01:00.0"
	out_has "echo 0000:01:00.0 > /sys/bus/pci/drivers/nouveau/unbind"
	out_has "model:tu102"
}

list_says_that_there_is_no_card()
{
	ok list
	out_has "No NVIDIA GPU in this machine"
	ok list --json
	out_has '{"gpus":[],"models":[{'
}

list_does_not_wake_a_card()
{
	fake_gpu $gpu
	echo D3cold >"$dev/power_state"
	rm "$dev/config" "$dev/resource0"
	ok list
	out_has "power D3cold"
	out_has "PRAMIN  not known: $gpu sleeps (D3cold)"
	out_has "opening it wakes it"
	ok --json list
	out_has '"usable":null,"why":{"reason":"asleep"'
	[ "$(cat "$dev/power/control")" = auto ] || fail "control was changed"
}

list_json_has_every_card()
{
	fake_gpu 0000:41:00.0
	fake_gpu 0000:01:00.0 driver
	ok list --json
	out_has '"address":"0000:01:00.0"'
	out_has '"driver":"nouveau"'
	out_has '"usable":false,"why":{"reason":"driver"'
	out_has '"boot0":"0x162000a1","vram_size":11811160064,"driver":null'
	out_has '"usable":true,"why":null'
}

a_broken_card_does_not_hide_the_others()
{
	fake_gpu 0000:41:00.0
	fake_gpu 0000:01:00.0
	head -c 100000 /dev/zero >"$dev/resource"
	ok list
	out_has "PRAMIN  no: the system's file \"resource\" of 0000:01:00.0"
	out_has "PRAMIN  yes"
}

a_card_is_read_and_written_and_put_back()
{
	fake_gpu $gpu
	ok -d $gpu info
	out_has "sysfs"
	out_has "tu102 (turing)"
	out_has "raw pointer  yes"
	ok -d $gpu write 0x123456784 0x01234567
	[ "$(peek "$dev/resource0" 0x756784)" = 01234567 ] ||
		fail "the word is elsewhere"
	ok -d $gpu read 0x123456784 4
	out_has 01234567
	[ "$(peek "$dev/resource0" 0x1700)" = 0002bff0 ] ||
		fail "the window was not put back"
	[ "$(head -c 4 "$dev/power/control")" = auto ] ||
		fail "control was not put back"
	[ "$(stat -c %a "$PRAMIN_SYSROOT/run/pramin")" = 700 ] ||
		fail "others may use the directory"
	[ "$(stat -c %a "$PRAMIN_SYSROOT/run/pramin/$gpu")" = 600 ] ||
		fail "others may use the file"
}

list_and_info_and_window_leave_a_card_as_it_is()
{
	fake_gpu $gpu
	cp "$dev/resource0" before
	for c in list "-d $gpu info" "-d $gpu window" "-d $gpu read 0 0"; do
		# shellcheck disable=SC2086 # words
		ok $c
		same before "$dev/resource0"
	done
}

a_card_with_a_driver_is_refused_by_its_name()
{
	fake_gpu $gpu driver
	cp "$dev/resource0" before
	for c in info "read 0 4" "write 0 1" "dump 0 4 f" window; do
		# shellcheck disable=SC2086 # words
		refused 1 "the driver nouveau is bound to $gpu" -d $gpu $c
		err_has "/sys/bus/pci/drivers/nouveau/unbind"
		err_has "--force-shared"
	done
	same before "$dev/resource0"
	missing f
}

force_shared_only_looks()
{
	fake_gpu $gpu driver
	poke "$dev/resource0" 0x700040 0x89abcdef
	cp "$dev/resource0" before
	ok -d $gpu --force-shared info
	out_has "raw pointer  no"
	ok -d $gpu --force-shared read 0x2bff00040 4
	out_has 89abcdef
	ok -d $gpu --force-shared dump 0x2bff00000 1M bytes
	size_is bytes 1048576
	refused 1 "does not move it" -d $gpu --force-shared read 0 4
	refused 1 "does not move it" -d $gpu --force-shared dump 0x2bfeff000 \
		8K more
	missing more
	same before "$dev/resource0"
}

force_shared_writes_nothing()
{
	fake_gpu $gpu driver
	cp "$dev/resource0" before
	printf four >four
	for c in "write 0x2bff00000 1" "fill 0x2bff00000 4 0" \
		 "load 0x2bff00000 four" "copy 0x2bff00000 0x2bff00100 4"; do
		# shellcheck disable=SC2086 # words
		refused 1 "writes nothing" -d $gpu --force-shared $c
	done
	refused 1 "does not move it" -d $gpu --force-shared read 0 4
	same before "$dev/resource0"
}

force_move_moves_and_its_help_says_what_that_can_do()
{
	fake_gpu $gpu driver
	ok -d $gpu --force-move write 0x10 7
	[ "$(peek "$dev/resource0" 0x700010)" = 00000007 ] || fail "not written"
	[ "$(peek "$dev/resource0" 0x1700)" = 0002bff0 ] ||
		fail "the window was not put back"
	ok help
	tr -s ' \n' ' ' <out >words
	grep -q -- "--force-move.*can corrupt the memory of the driver" words ||
		fail "the help does not say it"
	refused 2 "choose one" -d $gpu --force-move --force-shared info
}

the_last_mib_is_not_written()
{
	fake_gpu $gpu
	refused 1 "the last MiB" -d $gpu write 0x2bff00000 1
	err_has "--force-reserved"
	ok -d $gpu --force-reserved write 0x2bff00000 1
	ok -d $gpu write 0x2bfeffffc 1
	# The model asks for it.
	ok -d model:tu102,vram=64M write 0x3f00000 1
	refused 1 "the last MiB" -d model:tu102,vram=64M,real \
		write 0x3f00000 1
}

what_firmware_protects_is_not_written()
{
	fake_gpu $gpu
	# WPR2 from 0x10000000 to 0x10100000
	poke "$dev/resource0" 0x1fa824 0x00100000
	poke "$dev/resource0" 0x1fa828 0x00101000
	refused 1 "(WPR2)" -d $gpu fill 0xffffffc 8 0
	refused 1 "(WPR2)" -d $gpu write 0x100ffffc 1
	ok -d $gpu write 0x10100000 1
	refused 2 "what firmware has locked" -d $gpu mmu map 2M 32M 4K --new \
		--tables 0x10000000,1M
}

addresses_that_are_no_gpu_are_refused()
{
	fake_gpu $gpu
	refused 1 "there is no PCI device 0000:42:00.0" -d 0000:42:00.0 info
	echo 0x8086 >"$dev/vendor"
	refused 2 "vendor 0x8086" -d $gpu info
	echo 0x10de >"$dev/vendor"
	echo 0x040300 >"$dev/class"
	refused 2 "(audio)" -d $gpu info
	refused 2 "is not a GPU" -d 41:00.0 info
	refused 2 "of the model only" -d $gpu,flat info
}

# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Trees that are made and changed by commands of their own, one after the other.

begin()		# CHIP: a helper
{
	PRAMIN_GPU=model:$1,vram=1G,file=mmu.img
	export PRAMIN_GPU
	ok mmu map 2M 64M 6M --new --tables 16M,1M
}

sound()		# a helper
{
	ok mmu check --root 16M
	out_has ": 0 findings"
}

a_new_tree_maps_by_the_largest_pages_on_every_chip()
{
	for chip in tu102 ga102 gh100; do
		begin $chip
		out_is "$(grep -o '^mapped 0x0*200000' out), 6 MiB, root 0x1000000: $(grep -o 'stores.*' out)"
		ok mmu list --root 16M
		out_has "3 x 2 MiB        page at 0x4000000 in vram"
		sound
		ok mmu walk --root 16M 0x212345
		out_has "=> 0x4012345 in vram, by a page of 2 MiB"
		rm mmu.img mmu.img.state
	done
	for chip in gf100 gm204; do
		begin $chip
		ok mmu list --root 16M
		out_has "48 x 128 KiB     page at 0x4000000 in vram"
		sound
		rm mmu.img mmu.img.state
	done
}

a_tree_is_changed_only_if_nobody_else_does()
{
	begin ga102
	refused 2 "changed only with --exclusive" \
		mmu map 16M 128M 4K --root 16M
	refused 2 "changed only with --exclusive" mmu unmap 2M 2M --root 16M
	ok mmu unmap 2M 2M --root 16M --exclusive
	out_is "unmapped 0x0000000200000, 2 MiB, root 0x1000000: stores 1, flushes 1, invalidates 1, tables +0 -0"
	sound
	ok mmu list --root 16M
	out_is "0x0000000400000-0x00000007fffff  4 MiB      2 x 2 MiB        page at 0x4200000 in vram"
}

tables_are_made_only_where_the_tree_has_none()
{
	begin ga102
	# Beside those that the MiB has already
	ok mmu map 1G 128M 4K --root 16M --exclusive --tables 16M,1M
	out_has "tables +2 -0"
	ok mmu find --root 16M 16M 1M
	grep -q "table at 0x1004000" out || fail "no table at 0x1004000"
	sound
	# Without --tables what needs none works.
	ok mmu map 0x40001000 256M 4K --root 16M --exclusive
	out_has "tables +0 -0"
	refused 1 "new tables need VRAM: --tables PA,LEN" mmu map 2G 128M 4K \
		--root 16M --exclusive
	# Mapped VRAM is none for tables.
	refused 1 "these page tables map all of --tables" \
		mmu map 2G 128M 4K --root 16M --exclusive --tables 64M,1M
	sound
}

tables_that_commands_have_made_are_freed_when_they_are_empty()
{
	begin ga102
	ok mmu map 1G 128M 8K --root 16M --exclusive --tables 17M,1M
	out_has "tables +2 -0"
	# Without --tables they are somebody else's.
	ok mmu unmap 1G 4K --root 16M --exclusive
	ok mmu unmap 0x40001000 4K --root 16M --exclusive
	out_has "tables +0 -0"
	ok mmu find --root 16M 17M 1M
	ok mmu map 1G 128M 8K --root 16M --exclusive --tables 17M,1M
	out_has "tables +0 -0"
	ok mmu unmap 1G 8K --root 16M --exclusive --tables 17M,1M
	out_has "tables +0 -2"
	"$PRAMIN" mmu find --root 16M 17M 1M >out && fail "they are there"
	sound
	# There is room for them again, and it is the same room.
	for i in 1 2 3; do
		ok mmu map 1G 128M 8K --root 16M --exclusive --tables 17M,1M
		out_has "tables +2 -0"
		ok mmu find --root 16M 17M 1M
		grep -q "table at 0x1100000" out || fail "not at 17 MiB: $i"
		ok mmu unmap 1G 8K --root 16M --exclusive --tables 17M,1M
		out_has "tables +0 -2"
	done
	# Of the MiB with the root too, which stays
	ok mmu unmap 2M 6M --root 16M --exclusive --tables 16M,1M
	out_has "tables +0 -3"
	sound
	ok mmu list --root 16M
	out_is ""
}

a_page_is_split_unless_that_is_refused()
{
	begin ga102
	refused 2 "would split the page of 2097152 bytes" mmu unmap 3M 4K \
		--root 16M --exclusive --no-split --tables 18M,1M
	ok mmu unmap 3M 4K --root 16M --exclusive --tables 18M,1M
	out_has "flushes 3, invalidates 2, tables +2 -0"
	sound
	ok mmu walk --root 16M 3M
	out_has "not mapped: invalid, for 4 KiB around it"
	ok mmu map --sparse 3M 4K --root 16M --exclusive
	ok mmu walk --root 16M 3M
	out_has "not mapped: sparse"
	ok mmu unmap 3M 4K --root 16M --exclusive
	ok mmu map 3M 65M 4K --root 16M --exclusive --attributes read_only
	ok mmu walk --root 16M 3M
	out_has "=> 0x4100000 in vram, by a page of 4 KiB, read_only"
	sound
}

pages_are_what_was_asked_for()
{
	begin ga102
	ok mmu map 16M 128M 64K --root 16M --exclusive --page 4K \
		--tables 18M,1M --kind 6 --attributes read_only,privilege
	ok mmu list --root 16M 16M 64K
	out_has "16 x 4 KiB       page at 0x8000000 in vram, privilege, read_only, kind 0x6"
	ok mmu map any 0x10000000000 4K --root 16M --exclusive \
		--tables 19M,1M --aperture sys_coh
	ok mmu find 0x10000000000 --aperture sys_coh --root 16M
	out_has "in sys_coh, volatile"
	refused 2 "--attributes 'x' is not known: volatile" \
		mmu map 32M 128M 4K --root 16M --exclusive --attributes x
	refused 2 "--kind 256 is more than 255" \
		mmu map 32M 128M 4K --root 16M --exclusive --kind 256
	refused 2 "pages of 8192 bytes" \
		mmu map 32M 128M 8K --root 16M --exclusive --page 8K
	refused 2 "--page 0 is no size" \
		mmu map 32M 128M 8K --root 16M --exclusive --page 0
	sound
}

a_change_that_makes_no_sense_is_refused()
{
	begin ga102
	cp mmu.img before
	refused 1 "is mapped already" mmu map 2M 128M 4K --root 16M --exclusive
	refused 1 "is not mapped" mmu unmap 1G 4K --root 16M --exclusive
	refused 2 "is not a multiple of the page" \
		mmu map 16M 1000 4K --root 16M --exclusive
	refused 2 "0x40000000 (1 GiB)" \
		mmu map 16M 1G 4K --root 16M --exclusive
	refused 2 "LEN 0 is no range" mmu map 16M 0 0 --root 16M --exclusive
	refused 2 "LEN 0 is no range" mmu unmap 16M 0 --root 16M --exclusive
	refused 2 "do not end within the address space" \
		mmu map 0x2000000000000 64M 4K --root 16M --exclusive
	refused 2 "VA '0xffffffffffffffff' is no multiple" \
		mmu map 0xffffffffffffffff 64M 4K --root 16M --exclusive
	refused 2 "overlap" mmu map 1G 64M 4K --root 16M --exclusive \
		--tables 64M,1M
	refused 2 "--tables '1M' is not PA,LEN" mmu map 1G 64M 4K --new \
		--tables 1M
	refused 2 "--tables of 0 bytes" mmu map 1G 64M 4K --new --tables 1M,0
	refused 2 "--tables 0x3ff00000" mmu map 1G 64M 4K --new \
		--tables 1023M,2M
	refused 2 "--new needs --tables" mmu map 1G 64M 4K --new
	refused 2 "leave out --root" mmu map 1G 64M 4K --new --root 16M
	refused 2 "--sparse takes VA LEN" mmu map 1G 64M 4K --new --sparse \
		--tables 18M,1M
	refused 2 "an argument is missing" mmu map 1G 64M --new --tables 18M,1M
	same before mmu.img
}

a_dry_run_changes_no_table()
{
	begin ga102
	cp mmu.img before
	ok -n mmu map 1G 128M 4K --root 16M --exclusive --tables 18M,1M
	out_is "would map 4096 bytes of vram at 0x8000000 at VA 1G, through the root at 0x1000000"
	ok -n mmu map any 128M 4K --new --tables 18M,1M
	out_is "would map 4096 bytes of vram at 0x8000000 at VA any, below a new root in VRAM from 0x1200000 on"
	ok -n mmu unmap 2M 2M --root 16M --exclusive
	out_is "would unmap 2097152 bytes at VA 0x200000, through the root at 0x1000000"
	same before mmu.img
}

a_map_that_ends_in_the_middle_leaves_a_sound_tree()
{
	local n
	for n in 400 700 1000 1300; do
		begin ga102
		run mmu map 1G 128M 4M --page 4K --root 16M --exclusive \
			--tables 18M,1M \
			-d "model:ga102,vram=1G,fault=dead@$n,file=mmu.img"
		status_is 1
		sound
		rm mmu.img mmu.img.state
	done
}

what_is_mapped_is_replaced_only_if_that_is_asked_for()
{
	begin ga102
	refused 1 "is mapped already" \
		mmu map 4M 128M 2M --root 16M --exclusive
	grep -q "or ask to replace it" err || fail "no next step"
	ok mmu map 4M 128M 2M --root 16M --exclusive --replace
	out_has "stores 1, flushes 1, invalidates 1, tables +0 -0"
	ok mmu walk 4M --root 16M
	out_has "=> 0x8000000 in vram"
	refused 2 "would split the page" mmu map 2M 64M 4K --root 16M \
		--exclusive --replace --no-split
	ok mmu map 2M 65M 4K --root 16M --exclusive --replace --tables 20M,1M
	out_has "invalidates 2"
	ok mmu walk 2M --root 16M
	out_has "=> 0x4100000 in vram, by a page of 4 KiB"
	ok mmu walk 0x201000 --root 16M
	out_has "=> 0x4001000 in vram"
	sound
	refused 2 "--replace needs a VA" mmu map any 64M 4K --root 16M \
		--exclusive --replace
	refused 2 "--no-split goes with --replace" mmu map 16M 64M 4K \
		--root 16M --exclusive --no-split
}

permissions_of_pages_are_changed()
{
	begin tu102
	ok mmu protect 2M 4M --root 16M --exclusive \
		--attributes read_only,privilege
	out_has "protected 0x0000000200000, 4 MiB, root 0x1000000: stores 2"
	ok mmu list --root 16M
	out_has "2 x 2 MiB        page at 0x4000000 in vram, privilege, read_only"
	out_has "1 x 2 MiB        page at 0x4400000 in vram"
	refused 2 "would split the page" mmu protect 2M 4K --root 16M \
		--exclusive --no-split
	ok mmu protect 2M 4K --root 16M --exclusive --tables 20M,1M
	ok mmu walk 2M --root 16M
	! grep -q "=>.*read_only" out || fail "still restricted"
	sound
	refused 1 "is not mapped" mmu protect 64M 4K --root 16M --exclusive
	refused 2 "those that restrict" mmu protect 2M 4K --root 16M \
		--exclusive --attributes volatile
	refused 2 "changed only with --exclusive" mmu protect 2M 4K --root 16M
	ok -n mmu protect 2M 4K --root 16M --exclusive --attributes read_only
	out_is "would restrict 4096 bytes at VA 0x200000 to read_only, through the root at 0x1000000"
	ok -n mmu protect 2M 4K --root 16M --exclusive
	out_has "to nothing"
}

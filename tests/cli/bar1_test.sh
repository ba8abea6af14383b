# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# BAR1: what it shows, and VRAM shown there while a command runs.

bar1_chip()	# CHIP: a helper
{
	PRAMIN_GPU=model:$1,vram=1G,file=bar1.img
	export PRAMIN_GPU
}

# BAR1 shows 64 KiB at 64 MiB until hold_no_more.
hold_bar1()	# a helper
{
	mkfifo input
	exec 9<>input
	command_line="pramin bar1 map &"
	"$PRAMIN" bar1 map 64M 64K --tables 16M,1M <input >held 2>&1 9>&- &
	holder=$!
	until_true grep -q 'instance block' held
}

hold_no_more()	# a helper
{
	exec 9>&-
	code=0
	wait "$holder" || code=$?
	status_is 0
}

bar1_shows_vram_as_the_window_does_on_every_chip()
{
	for chip in gf100 gm204 gp102 tu102 ga102 gh100 gb202; do
		bar1_chip $chip
		ok -w 64 write 64M 0x123456789abcdef0
		ok bar1 map 64M 64K --tables 16M,1M
		out_has "BAR1 0x0-0xffff, 64 KiB: VRAM at 0x4000000, instance block at 0x1"
		ok bar1 status
		out_has "VRAM from address 0 on"
		out_has "nobody"
		ok bar1 map 64M 1M 8M --tables 16M,1M
		out_has "BAR1 0x800000-0x8fffff, 1 MiB"
		rm bar1.img bar1.img.state
	done
}

what_bar1_shows_can_be_looked_at()
{
	bar1_chip ga102
	refused 1 "BAR1 shows VRAM from address 0 on, without page tables" \
		mmu list --bar1
	hold_bar1
	ok bar1 status
	out_has "process $holder"
	out_has "page tables, instance block at 0x1"
	ok mmu list --bar1
	out_has "1 x 64 KiB       page at 0x4000000 in vram"
	ok mmu walk --bar1 0x1234
	out_has "=> 0x4001234 in vram, by a page of 64 KiB"
	ok mmu check --bar1
	ok -n mmu check --bar1
	out_is "would check the page tables, through the tables of BAR1"
	hold_no_more
	refused 1 "without page tables" mmu list --bar1
}

a_bar1_of_somebody_is_refused_by_name()
{
	bar1_chip tu102
	hold_bar1
	refused 1 "BAR1 from 0x0 to 0xffffffffffffffff belongs to process $holder" \
		bar1 map 128M 64K --tables 20M,1M
	refused 1 "VRAM from 0x4000000 to 0x400ffff belongs to process $holder" \
		bar1 map 64M 64K --tables 20M,1M
	refused 1 "process $holder has BAR1" \
		mmu unmap --bar1 0 64K --exclusive
	hold_no_more
	ok bar1 map 128M 64K --tables 20M,1M
}

a_bar1_map_ends_with_a_signal_and_gives_bar1_back()
{
	needs_signal TERM
	bar1_chip gh100
	hold_bar1
	kill -TERM "$holder"
	code=0
	wait "$holder" || code=$?
	status_is 143
	exec 9>&-
	ok bar1 status
	out_has "VRAM from address 0 on"
}

a_bar1_that_cannot_be_had_is_refused()
{
	refused 1 "BAR1" bar1 map 64M 64K --tables 16M,1M \
		-d model:ga102,vram=1G,bar1=0
	refused 1 "are needed" bar1 map 64M 512M --tables 16M,1M \
		-d model:ga102,vram=1G
	refused 1 "older than GF100" bar1 status -d model:g80
	refused 1 "does not get done" bar1 map 64M 64K --tables 16M,1M \
		-d model:ga102,vram=1G,fault=bindstuck@1
	refused 2 "BAR1 needs page tables: --tables PA,LEN" bar1 map 64M 64K
	refused 2 "LEN 0 is no range" bar1 map 64M 0 --tables 16M,1M
	refused 2 "not a multiple of the page" bar1 map 64M 100 \
		--tables 16M,1M
	refused 2 "overlap" bar1 map 16M 64K --tables 16M,1M
	refused 2 "VRAM ends at" bar1 map 1G 64K --tables 16M,1M \
		-d model:ga102,vram=1G
	refused 2 "VRAM ends at" bar1 map 64M 64K --tables 1G,1M \
		-d model:ga102,vram=1G
	refused 2 "bar1 is the first word of a command" bar1
	ok -n bar1 map 64M 64K --tables 16M,1M -d model:ga102,vram=1G
	out_is "would show 65536 bytes of VRAM at 0x4000000 in BAR1"
}

bar1_shows_vram_without_page_tables_if_asked()
{
	bar1_chip ga102
	ok -w 64 write 64M 0x123456789abcdef0
	ok bar1 map 64M 64K --physical </dev/null
	out_is "BAR1 0x4000000-0x400ffff, 64 KiB: VRAM at 0x4000000, without page tables"
	ok --json bar1 map 64M 64K --physical </dev/null
	out_has '"inst":null'
	refused 1 "are needed" bar1 map 256M 64K --physical
	refused 2 "leave out OFF and --tables" bar1 map 64M 64K 0 --physical
	refused 2 "leave out OFF and --tables" bar1 map 64M 64K --physical \
		--tables 16M,1M
	ok bar1 status
	out_has "VRAM from address 0 on"
}

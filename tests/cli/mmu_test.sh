# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Commands around page tables. Trees are written by hand, entry by entry.

# A tree of Ampere below 1 MiB in VRAM: 2 MiB at 0, small pages from 2 MiB on,
# and 512 MiB at 1 GiB.
tree()		# a helper
{
	PRAMIN_GPU=model:ga102,vram=1G,file=mmu.img
	export PRAMIN_GPU
	put 0x100000 0x10102			# PD3[0]
	put 0x101000 0x10202			# PD2[0]
	put 0x102000 0x10302 0 0x2000001	# PD1[0], [2]
	put 0x103000 0x1000001 0 0 0x10402	# PD0[0], [1]
	put 0x104000 0x400041 0x400141 0 8 5	# PT4K[0] ...
}

put()		# ADDR WORD...: a helper
{
	ok -w 64 write "$@"
}

a_walk_shows_every_level_of_an_address()
{
	tree
	ok mmu walk --root 1M 0x201234
	cat >want <<-'END'
	0x0000000201234  v2-ga100, root 0x100000
	PD3[0]                 0x0000100000  0000000000010102  table at 0x101000 in vram
	  PD2[0]               0x0000101000  0000000000010202  table at 0x102000 in vram
	    PD1[0]             0x0000102000  0000000000010302  table at 0x103000 in vram
	      PD0[1]           0x0000103010  0000000000000000  big: invalid
	                                     0000000000010402  small: table at 0x104000 in vram
	        PT4K[1]        0x0000104008  0000000000400141  page at 0x4001000 in vram, read_only
	=> 0x4001234 in vram, by a page of 4 KiB, read_only
	END
	same out want
	ok mmu walk --root 1M 0x400000000
	out_has "=> not mapped: invalid, for 512 MiB around it"
	ok mmu walk --root 1M 0x203000
	out_has "=> not mapped: sparse, for 4 KiB around it"
	ok mmu walk --root 1M 0x50000000
	out_has "=> 0x30000000 in vram, by a page of 512 MiB"
}

a_walk_says_where_it_cannot_go_on()
{
	tree
	put 0x101008 0x40000002 0x10204
	ok mmu walk --root 1M 0x4000000000
	out_has "=> not known: the next table is not inside VRAM"
	ok mmu walk --root 1M 0x8000000000
	out_has "=> not known: the next table is not in VRAM"
}

a_list_folds_pages_into_runs()
{
	tree
	ok mmu list --root 1M
	cat >want <<-'END'
	0x0000000000000-0x00000001fffff  2 MiB      1 x 2 MiB        page at 0x10000000 in vram
	0x0000000200000-0x0000000201fff  8 KiB      2 x 4 KiB        page at 0x4000000 in vram, read_only
	0x0000000203000-0x0000000203fff  4 KiB                       sparse
	0x0000000204000-0x0000000204fff  4 KiB      1 x 4 KiB        page at 0x0 in sys_coh
	0x0000040000000-0x000005fffffff  512 MiB    1 x 512 MiB      page at 0x20000000 in vram
	END
	same out want
	ok mmu list --root 1M 0x201000 0x1800
	out_is "0x0000000201000-0x0000000201fff  4 KiB      1 x 4 KiB        page at 0x4001000 in vram, read_only"
	ok mmu list --root 1M 0x60000000
	out_is_empty
}

find_names_the_entries_that_refer_to_memory()
{
	tree
	ok mmu find --root 1M 0x4001fff
	cat >want <<-'END'
	VA 0x0000000201000  4 KiB    PT4K entry at 0x104008: page at 0x4001000 in vram, read_only
	    by way of 0x100000 0x101000 0x102000 0x103010
	END
	same out want
	ok mmu find --root 1M 0 256M
	[ "$(grep -c ' entry at ' out)" -eq 6 ] || fail "not six entries"
	out_has "the root itself"
	ok mmu find --root 1M --aperture sys_coh 0xfff
	out_has "VA 0x0000000204000"
	run mmu find --root 1M 0x5000000 4K
	status_is 1
	out_is_empty
	err_is_empty
}

a_check_fails_only_if_it_finds_something()
{
	tree
	ok mmu check --root 1M
	out_is "5 tables, 1796 entries: 0 findings"
	run mmu check --root 1M --aperture vram,peer
	status_is 1
	out_has "memory that"
	out_has "5 tables, 1796 entries: 1 finding"
	put 0x104ff8 0x4000001
	run mmu check --root 1M
	status_is 1
	err_is_empty
	out_has "PT4K entry at 0x104ff8 is 0000000004000001"
	ok mmu check --root 1M --aperture vram,sys_coh -n
	out_is "would check the page tables, through the root at 0x100000"
}

tables_of_any_content_end_in_a_report()
{
	PRAMIN_GPU=model:gh100,vram=16G,file=mmu.img
	export PRAMIN_GPU
	ok fill 1M 1M hex:ff
	run mmu check --root 1M
	status_is 1
	err_is_empty
	ok mmu list --root 1M
	ok mmu walk --root 1M 0
	# Every entry of every table leads to the table itself, or to the next
	ok fill 2M 4K hex:0a00200000000000
	run mmu check --root 2M
	status_is 1
	out_has "lies in a table above it"
	ok fill 4M 4K hex:0a10400000000000
	ok fill 0x401000 4K hex:0a20400000000000
	ok fill 0x402000 4K hex:0a30400000000000
	ok fill 0x403000 4K hex:0a40400000000000
	run mmu list --root 4M --budget 100000
	status_is 1
	err_has "entries were looked at, and there are more, from VA 0x"
	err_has "--budget N allows more"
}

a_dump_is_read_like_a_gpu()
{
	tree
	ok mmu list --root 1M
	cp out want
	ok dump 0 2M vram.bin
	unset PRAMIN_GPU
	ok mmu list --root 1M --dump vram.bin --chip ga102
	same out want
	ok mmu list --root 1M --dump vram.bin --format v2-ga100
	same out want
	# Where the dump ends VRAM ends.
	run mmu check --root 1M --dump vram.bin --chip GA102
	status_is 1
	out_has "4 findings"
	refused 2 "--dump needs --chip NAME" mmu list --root 1M --dump vram.bin
	refused 2 "opens no GPU" mmu list --root 1M --dump vram.bin \
		--chip ga102 -d model:ga102
	refused 2 "--bar1 reads a register" mmu list --bar1 --dump vram.bin \
		--chip ga102
	refused 2 "--chip 'xy' is not known" mmu list --root 1M \
		--dump vram.bin --chip xy
	refused 2 "--chip 'g80' has page tables of a format" mmu list \
		--root 1M --dump vram.bin --chip g80
	refused 2 "No such file" mmu list --root 1M --dump none --chip ga102
	refused 2 "Is a directory" mmu list --root 1M --dump . --chip ga102
	mkfifo fifo
	refused 2 "neither a regular file nor" mmu list --root 1M --dump fifo \
		--chip ga102
}

an_instance_block_leads_to_the_tree()
{
	tree
	# PAGE_DIR_BASE with USE_VER2_PT_FORMAT and BIG_PAGE_SIZE, and the limit
	ok write 0x10200 0x100c00 0 0xffffffff 0x1ffff
	ok mmu list --inst 64K
	cp out got
	ok mmu list --root 1M
	same out got
	ok write 0x20200 0x100c01
	refused 1 "says INVALID" mmu list --inst 128K --format v2-tu102
	ok write 0x20200 0x100c02
	refused 1 "names a root at 0x100000 in sys_coh" mmu list --inst 128K
	ok write 0x20200 0x100800
	refused 1 "version 1" mmu list --inst 128K
	ok write 0x20200 0x40000c00
	refused 1 "which is not inside VRAM" mmu list --inst 128K
	refused 2 "--inst 0x10001 is not a multiple" mmu list --inst 0x10001
	refused 2 "--inst 0x40000000 is not inside VRAM" mmu list --inst 1G
}

big_pages_of_maxwell_have_two_sizes()
{
	PRAMIN_GPU=model:gm204,vram=1G,file=mmu.img
	export PRAMIN_GPU
	# PD[0]: tables of big and of small pages; a big page, and one small
	ok -w 64 write 0x100000 0x1201
	ok -w 64 write 0x120000 0x100001
	ok mmu list --root 1M
	out_has "128 KiB"
	ok mmu list --root 1M --big-page 64K
	out_has "64 KiB"
	refused 2 "has no big pages" mmu list --root 1M --big-page 4K
	refused 2 "ga102 has no big pages of that size" mmu list --root 1M \
		--big-page 128K -d model:ga102
}

mmu_arguments_that_make_no_sense_are_refused()
{
	tree
	refused 2 "no root: which page tables?" mmu list
	refused 2 "too many roots" mmu list --root 1M --inst 1M
	refused 2 "--root 'x' is not a number" mmu list --root x
	refused 2 "--root 0x100008 is not a multiple of 0x1000" \
		mmu check --root 0x100008
	refused 2 "is not inside VRAM, which ends at 0x40000000" \
		mmu check --root 1G
	refused 2 "is not a number" mmu walk --root 1M y
	refused 2 "are not all addresses of this space" \
		mmu walk --root 1M 0x2000000000000
	refused 2 "are not all addresses of this space" \
		mmu list --root 1M 0x1000 0x2000000000000
	refused 2 "LEN 0 is no range" mmu list --root 1M 0 0
	refused 2 "LEN 0 is no range" mmu find --root 1M 0 0
	refused 2 "pass 2^64" mmu find --root 1M --aperture peer 4K 0xffffffffffffffff
	refused 2 "are not inside VRAM" mmu find --root 1M 1G 1
	refused 2 "--aperture 'x' is not known" mmu find --root 1M 0 --aperture x
	refused 2 "--aperture '' is not known" mmu check --root 1M --aperture ""
	refused 2 "--aperture 'vram,y' is not known" mmu check --root 1M \
		--aperture vram,y
	refused 2 "--budget 0 would look at nothing" mmu check --root 1M \
		--budget 0
	refused 2 "--format 'v9' is not known: v1-128k" mmu check --root 1M \
		--format v9
	refused 2 "--chip goes with --dump" mmu check --root 1M --chip ga102
	refused 1 "the MMU of g80 and its page tables are older" \
		mmu check --root 1M -d model:g80
}

a_gpu_that_is_lost_ends_a_walk()
{
	tree
	ok dump 0 2M vram.bin
	refused 1 "does not answer" mmu check --root 1M \
		-d model:ga102,vram=1G,fault=gone@10,file=mmu.img
	refused 2 "neither a regular file nor" mmu check --root 0 --dump /dev/null \
		--chip ga102
}

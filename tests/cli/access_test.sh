# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Commands that work on VRAM alone: read, write, fill, copy, find, window.

what_one_command_writes_the_next_one_reads()
{
	ok -d "$kept" write 0x140003038 0x12345678 0xcafe
	out_is_empty
	ok -d "$kept" read 0x140003030 16
	out_is "0x0000000140003030: 00000000 00000000 12345678 0000cafe"
}

read_prints_one_line_per_16_bytes_at_each_width()
{
	ok -d "$kept" -w 8 write 0x1000 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 \
		16 17 18 19 20 21 22 23 24
	ok -d "$kept" -w 8 read 0x1001 18
	out_is "0x0000000000001001: 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11
0x0000000000001011: 12 13"
	ok -d "$kept" -w 16 read 0x1002 18
	out_is "0x0000000000001002: 0403 0605 0807 0a09 0c0b 0e0d 100f 1211
0x0000000000001012: 1413"
	ok -d "$kept" read 0x1004 20
	out_is "0x0000000000001004: 08070605 0c0b0a09 100f0e0d 14131211
0x0000000000001014: 18171615"
	ok -d "$kept" -w 64 read 0x1000 24
	out_is "0x0000000000001000: 0807060504030201 100f0e0d0c0b0a09
0x0000000000001010: 1817161514131211"
}

the_width_of_read_and_write_is_the_width_on_the_bus()
{
	run -d model:tu102 --stats -w 8 read 1 8
	stat_is "reads 8:8 16:0 32:0" "64:0"
	run -d model:tu102 --stats -w 16 read 2 8
	stat_is "reads 8:0 16:4 32:0" "64:0"
	run -d model:tu102 --stats -w 32 read 4 8
	stat_is "reads 8:0 16:0 32:2" "64:0"
	run -d model:tu102 --stats -w 64 read 8 8
	stat_is "reads 8:0 16:0 32:0" "64:1"
	run -d model:tu102 --stats -w 16 write 8 1 2 3
	stat_is "writes 8:0 16:3 32:0" "64:0"
	run -d model:tu102 --stats -w 64 write 8 1 2 3
	stat_is "writes 8:0 16:0 32:0" "64:3"
}

addresses_and_lengths_that_the_width_does_not_divide_are_refused()
{
	refused 2 "ADDR 0x2 is not a multiple of 4" read 2 4
	refused 2 "LEN 0x6 is not a multiple of 4" read 0 6
	refused 2 "ADDR 0x4 is not a multiple of 8" -w 64 read 4 8
	refused 2 "ADDR 0x1 is not a multiple of 2" -w 16 write 1 1
	refused 2 "ADDR 0x2 is not a multiple of 4" read --raw 2 4
	ok -q -w 8 read 1 3
}

read_raw_sends_the_bytes()
{
	ok -d "$kept" fill 0x1000 8 str:abcd1234
	ok -d "$kept" read --raw 0x1000 8
	out_is abcd1234
}

values_that_do_not_fit_the_width_write_nothing()
{
	ok -d "$kept" write 0x1000 1 2
	refused 2 "VALUE '0x100' is too large for 8 bits" \
		-d "$kept" -w 8 write 0x1000 9 0x100
	refused 2 "VALUE '65536' is too large for 16 bits" \
		-d "$kept" -w 16 write 0x1000 9 65536
	refused 2 "VALUE '4G' is too large for 32 bits" \
		-d "$kept" write 0x1000 9 4G
	refused 2 "VALUE 'x' is not a number" -d "$kept" write 0x1000 9 x
	ok -d "$kept" read 0x1000 8
	out_is "0x0000000000001000: 00000001 00000002"
}

a_range_past_vram_writes_nothing()
{
	refused 2 "VRAM ends" -d "$kept" write 0x1fffffffc 1 2
	ok -d "$kept" read 0x1fffffffc 4
	out_is "0x00000001fffffffc: 00000000"
}

write_proves_what_it_wrote_with_one_read()
{
	run -d model:tu102 --stats write 0 1 2 3
	status_is 0
	err_has "flushes 1"
	err_has "writes 8:0 16:0 32:3 64:0"
}

writes_to_a_gpu_that_is_gone_are_an_error()
{
	refused 1 "does not answer" -d model:tu102,fault=gone@30 write 0 1 2 3 \
		4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25
	err_has "not certain"
}

suspects_are_named_and_remain_data()
{
	ok -d "$kept" write 0x1000 0xbad0b012 7 0xbad0da00
	run -d "$kept" read 0x1000 12
	status_is 0
	out_is "0x0000000000001000: bad0b012 00000007 bad0da00"
	err_has "0x1000: 0xbad0b012"
	err_has "HOST_FB_ACK_TIMEOUT"
	err_has "0x1008: 0xbad0da00"
	err_has_not "0x1004"
	run -d "$kept" -w 64 read 0x1000 8
	err_has "0x1000: 0xbad0b012"
	ok -q -d "$kept" read 0x1000 12
	run -d "$kept" -w 16 read 0x1000 12
	err_is_empty
}

one_suspect_is_one_word()
{
	run -d model:tu102,fault=read=0xbad0b000@20 dump 0 4K f
	status_is 0
	err_has "1 word looks like a PRI error"
}

many_suspects_are_counted()
{
	ok -d "$kept" fill 0x1000 4K 0xbadf1000
	run -d "$kept" read 0x1000 4K
	status_is 0
	[ "$(wc -l <err)" -eq 9 ] || fail "not eight and a count"
	err_has "1016 more"
	run -d "$kept" dump 0x1000 4K
	status_is 0
	err_has "1024 words"
	err_has "0x1000"
}

fill_repeats_patterns_of_1_2_4_and_8_bytes()
{
	ok -d "$kept" fill 0x1001 3 hex:aB
	ok -d "$kept" -w 8 read 0x1000 5
	out_is "0x0000000000001000: 00 ab ab ab 00"
	ok -d "$kept" fill 0x1001 4 str:xy
	ok -d "$kept" -w 8 read 0x1000 6
	out_is "0x0000000000001000: 00 78 79 78 79 00"
	ok -d "$kept" fill 0x1001 8 0x11223344
	ok -d "$kept" -w 8 read 0x1000 10
	out_is "0x0000000000001000: 00 44 33 22 11 44 33 22 11 00"
	ok -d "$kept" -w 64 fill 0x1001 16 1
	ok -d "$kept" -w 8 read 0x1000 18
	out_is "0x0000000000001000: 00 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00
0x0000000000001010: 00 00"
	ok -d "$kept" -w 16 fill 0x1000 2 0xffff
	ok -d "$kept" -w 8 read 0x1000 2
	out_is "0x0000000000001000: ff ff"
}

fill_refuses_patterns_and_lengths_that_do_not_match()
{
	refused 2 "has 3 bytes; fill takes 1, 2, 4 or 8" fill 0 3 hex:112233
	refused 2 "has 5 bytes; fill takes" fill 0 5 str:hello
	refused 2 "has 16 bytes; fill takes" fill 0 16 str:0123456789abcdef
	refused 2 "LEN 6 is not a multiple of the 4 bytes" fill 0 6 1
	refused 2 "PATTERN 'hello' is not a pattern" fill 0 5 hello
	refused 2 "PATTERN 'hex:123'" fill 0 2 hex:123
	refused 2 "PATTERN '256' is too large for 8 bits" -w 8 fill 0 1 256
}

copy_moves_bytes_also_where_the_ranges_overlap()
{
	ok -d "$kept" fill 0x1000 8 str:abcdefgh
	ok -d "$kept" copy 0x1000 0x2001 8
	ok -d "$kept" read -w 8 0x2000 10
	out_is "0x0000000000002000: 00 61 62 63 64 65 66 67 68 00"
	ok -d "$kept" copy 0x1000 0x1003 8
	ok -d "$kept" dump 0x1000 11
	out_is abcabcdefgh
	ok -d "$kept" copy 0x1003 0x1000 8
	ok -d "$kept" dump 0x1000 8
	out_is abcdefgh
}

find_prints_the_first_occurrence()
{
	ok -d "$kept" fill 0x12345 5 hex:5a
	ok -d "$kept" fill 0xfffff 2 str:YZ
	ok -d "$kept" find 0 2M hex:5a5a
	out_is 0x0000000000012345
	ok -d "$kept" find 0 2M str:YZ
	out_is 0x00000000000fffff
	ok -d "$kept" -w 16 find 0 2M 0x5a59
	out_is 0x00000000000fffff
}

find_exits_with_1_where_there_is_nothing()
{
	ok -d "$kept" fill 0x1000 4 str:MARK
	run -d "$kept" find 0 0x1003 str:MARK
	status_is 1
	out_is_empty
	err_is_empty
	ok -d "$kept" find 0 0x1004 str:MARK
	run -d "$kept" find 0x1001 1M str:MARK
	status_is 1
	run -d "$kept" find 0 2 str:MARK
	status_is 1
	out_is_empty
}

find_all_prints_every_occurrence_once()
{
	ok -d "$kept" fill 0xffffe 5 hex:77
	ok -d "$kept" fill 0x180000 1 hex:77
	ok -d "$kept" find --all 0xf0003 1M hex:7777
	out_is "0x00000000000ffffe
0x00000000000fffff
0x0000000000100000
0x0000000000100001"
	ok -d "$kept" find --all 0 2M hex:77
	[ "$(wc -l <out)" -eq 6 ] || fail "not six lines"
	run -d "$kept" find --all 0 2M hex:78
	status_is 1
	out_is_empty
}

find_all_reads_each_byte_once()
{
	run -q --stats -d model:tu102,vram=8G find --all 0x140003039 4M \
		hex:11111111
	status_is 1
	out_is_empty
	err_has "moves 5,"
	n=$(sed -n 's/^reads 8:\([0-9]*\) 16:\([0-9]*\) 32:\([0-9]*\) 64:\([0-9]*\)$/\1 \2 \3 \4/p' err)
	# shellcheck disable=SC2086
	set -- $n
	[ $(($1 + 2 * $2 + 4 * $3 + 8 * $4)) -eq 4194304 ] ||
		fail "other bytes were read"
}

patterns_of_find_have_1_to_4096_bytes()
{
	local hex
	hex=$(printf '%08192d' 0)
	ok -q -d model:tu102 find 0 4K "hex:$hex"
	refused 2 "at most 4096 bytes" -d model:tu102 find 0 8K "hex:00$hex"
	refused 2 "one byte or more" -d model:tu102 find 0 8K hex:
	refused 2 "one character or more" -d model:tu102 find 0 8K str:
}

window_shows_the_register()
{
	ok -d model:tu102 window
	out_has "NV_PBUS_BAR0_WINDOW (0x1700)"
	out_has "target    vram"
	ok -d model:gh100 window
	out_has "(0x10fd40)"
	ok -d model:tu102 window --json
	grep -Eqx '\{"register":"0x1700","raw":"0x[0-9a-f]{8}","base":"0x[0-9a-f]+","target":"vram"\}' out ||
		fail "another object"
}

commands_that_only_look_do_not_move_the_window()
{
	local c
	for c in info window; do
		run -d model:tu102 --stats $c
		status_is 0
		err_has "moves 0, proofs 0"
		err_has "reads 8:0 16:0 32:0 64:0"
	done
}

the_window_is_where_it_was_after_every_command()
{
	local before c
	before=$(window_base)
	[ "$before" != 0x0 ] || fail "the window is at 0 to begin with"
	printf 'four' >four
	for c in "read 5M 4" "write 5M 1" "dump 5M 1K f" "load 5M four" \
		 "fill 5M 4 0" "compare 5M f" "copy 5M 9M 4" "find 5M 1K 5" \
		 "read 8G 4"; do
		# shellcheck disable=SC2086
		run -d "$kept" $c
		[ "$(window_base)" = "$before" ] || fail "the window moved"
	done
}

list_shows_the_models_and_opens_nothing()
{
	PRAMIN_GPU=model:bogus run list
	status_is 0
	err_is_empty
	grep -q '^GPU .*FAMILY .*WINDOW .*REACH .*VRAM' out ||
		fail "no header"
	grep -Eq '^model:tu102 +turing +0x001700 +1 TiB' out || fail "no tu102"
	grep -Eq '^model:gh100 +hopper +0x10fd40 +256 GiB' out ||
		fail "no gh100"
	grep -Eq '^model:gm107 +maxwell .* none; give vram=$' out || fail "no gm107"
}

every_gpu_of_the_list_can_be_opened()
{
	local g
	ok list
	cp out all
	for g in $(sed -n 's/^model:\([a-z0-9]*\) .* 0x[0-9a-f]*$/\1/p' all); do
		ok -d "model:$g" info
		out_has "$g"
	done
	for g in $(sed -n 's/^model:\([a-z0-9]*\) .* none.*/\1/p' all); do
		ok -d "model:$g,vram=1G" info
		out_has "$g"
	done
}

info_says_what_the_gpu_is()
{
	ok -d model:tu102,vram=8G info
	out_has "tu102 (turing)"
	out_has "0x162000a1"
	out_has "0x200000000 (8 GiB), from 0x100ce0"
	out_has "0x10000000000 (1 TiB)"
	ok -d model:gm107,vram=3G info
	out_has "0xc0000000 (3 GiB), given by hand"
}

a_gpu_that_does_not_answer_is_told_with_the_next_step()
{
	refused 1 "does not answer" -d model:tu102,fault=gone info
	refused 1 "firmware" -d model:tu102,fault=notready read 0 4
	refused 1 "virtual function" -d model:tu102,fault=vf read 0 4
	err_has "  use the physical function"
}

a_window_that_does_not_move_is_an_error()
{
	refused 1 "window register" -d model:tu102,fault=stuck write 0 1
}

a_window_that_stays_where_it_was_put_is_told()
{
	refused 1 "the window was not restored" \
		-d model:tu102,fault=gone@20 dump 0 4K f
	refused 1 "the window was not restored" \
		-d model:tu102,fault=dead@20 dump 0 4K f
	refused 1 "does not answer" -d model:tu102,fault=gone dump 0 4K f
	err_has_not "restored"
}

verify_sees_another_agent_that_moves_the_window()
{
	local g=model:tu102,fault=moved=0x500000@60
	refused 1 "window register" -d $g --verify read --raw 0 4K
}

stats_count_what_the_gpu_was_asked()
{
	run -d model:tu102 --stats fill 0x100000 128K 0
	status_is 0
	out_is_empty
	err_has "moves 1, proofs 2"
	err_has "writes 8:0 16:0 32:0 64:16384"
	err_has "simulated "
	run --stats list
	status_is 0
	err_has "moves 0"
}

stats_are_printed_after_a_failure_too()
{
	run -d model:tu102,fault=dead@200 --stats read 0 4K
	status_is 1
	err_has "moves 1"
}

# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# --json: what the help and pramin(1) show is what comes out.

# Keep what came out, and what the help shows.
keep()		# COMMAND...
{
	[ "$(wc -l <out)" -eq 1 ] || fail "not one line"
	mkdir -p got want
	mv out "got/$*"
	"$PRAMIN" help "$@" | sed '1,/^with --json:$/d' >"want/$*"
	[ -s "want/$*" ] || fail "help shows no object"
}

json_of_page_tables()	# a helper
{
	PRAMIN_GPU=model:ga102,vram=1G,file=mmu.img
	export PRAMIN_GPU
	# 512 MiB at VA 1 GiB, volatile, and below the first PD1 4 KiB beyond VRAM
	for word in "0x100000 0x1010a" "0x101000 0x10202" \
		    "0x102000 0x10302 0 0x2000049" "0x103008 0x10402" \
		    "0x104000 0x4000049"; do
		# shellcheck disable=SC2086 # words
		ok -w 64 write $word
	done
	ok --json mmu walk --root 1M 0x40000000
	keep mmu walk
	ok --json mmu list --root 1M 0x40000000 4K
	keep mmu list
	ok --json mmu find --root 1M 512M
	keep mmu find
	run --json mmu check --root 1M
	status_is 1
	keep mmu check
	ok --json mmu show --root 1M --svg a.svg
	keep mmu show
	ok --json mmu map 2M 256M 4K --new --tables 16M,1M
	keep mmu map
	ok --json mmu unmap 2M 4K --root 16M --exclusive
	keep mmu unmap
	ok --json bar1 status
	keep bar1 status
	ok --json bar1 map 256M 64K --tables 20M,1M
	keep bar1 map
	unset PRAMIN_GPU
}

json_of_every_command_has_the_documented_shape()
{
	needs_json_reader
	ok -d "$kept" write 0x1000 0x01234567 0xbad0b012
	ok -d "$kept" fill 0x2000 4 hex:deadbeef
	printf 'four' >four

	fake_gpu 0000:41:00.0 driver
	ok --json list
	# Chips without a size register have null there.
	sed -i 's/"vram_register":null/"vram_register":"0x0"/g' out
	keep list
	ok --json -d "$kept" info
	keep info
	ok --json -d "$kept" window
	keep window
	ok -q --json -d "$kept" read 0x1000 8
	keep read
	ok --json -d "$kept" write 0x3000 1 2
	keep write
	ok --json -d "$kept" dump 0x2000 16 f
	keep dump
	ok --json -d "$kept" load 0x3000 four
	keep load
	ok --json -d "$kept" fill 0x3000 4 1
	keep fill
	run --json -d "$kept" compare 0x1000 four
	status_is 1
	keep compare
	ok --json -d "$kept" copy 0x1000 0x4000 4
	keep copy
	ok --json -d "$kept" find 0 1M hex:deadbeef
	keep find
	# With somebody to show
	start_a_user
	ok --json -d "$kept" top
	keep top
	end_the_user

	json_of_page_tables
	(cd want && json_shape -- *) >wanted || fail "the help shows no JSON"
	(cd got && json_shape -- *) >shape || fail "this is not JSON"
	diff wanted shape || fail "the help shows another shape"
}

json_says_what_the_text_says()
{
	ok -d "$kept" write 0x1000 0x01234567 0xbad0b012
	ok -q --json -d "$kept" read 0x1000 8
	out_is '{"address":"0x1000","length":8,"width":32,"values":["0x01234567","0xbad0b012"],"suspects":[{"address":"0x1004","value":"0xbad0b012","name":"HOST_FB_ACK_TIMEOUT"}],"suspect_count":1}'
	ok --json -d "$kept" find 0 1M 0x01234567
	out_is '{"address":"0x0","length":1048576,"pattern":"67452301","matches":["0x1000"],"count":1,"found":true}'
}

json_of_an_answer_that_is_no_is_printed()
{
	run --json -d "$kept" find 0 4K 1
	status_is 1
	err_is_empty
	out_is '{"address":"0x0","length":4096,"pattern":"01000000","matches":[],"count":0,"found":false}'
	printf 'x' >f
	run --json -d "$kept" compare 4 f
	status_is 1
	out_is '{"address":"0x4","length":1,"file":"f","same":false,"first_difference":{"address":"0x4","offset":0,"vram":"0x00","file":"0x78"}}'
	ok -d "$kept" load 4 f
	ok --json -d "$kept" compare 4 f
	out_is '{"address":"0x4","length":1,"file":"f","same":true,"first_difference":null}'
}

json_of_window_has_exactly_four_keys()
{
	ok --json -d "$kept" window
	grep -Eqx '\{"register":"0x1700","raw":"0x[0-9a-f]{8}","base":"0x[0-9a-f]+","target":"vram"\}' out ||
		fail "another object"
}

json_of_a_dry_run_names_the_command()
{
	ok -n --json -d "$kept" fill 0x1000 4K 0
	out_is '{"dry_run":true,"command":"fill","address":"0x1000","length":4096,"would":"fill 4096 bytes at 0x1000 with 0"}'
	missing gpu.img
}

json_of_stats_is_on_standard_error()
{
	needs_json_reader
	run --json --stats -d "$kept" write 0 1
	status_is 0
	cp err stats
	grep -Eqx '\{"moves":1,"reads":\{"8":[0-9]+,"16":[0-9]+,"32":[0-9]+,"64":[0-9]+\},"writes":\{"8":0,"16":0,"32":1,"64":0\},"simulated_ns":[0-9]+,"proofs":2,"flushes":1,"liveness":[0-9]+\}' stats ||
		fail "another object"
	json_shape stats >/dev/null || fail "this is not JSON"
}

json_quotes_any_file_name()
{
	needs_json_reader
	local name
	name=$(printf 'a"b\\c\td\303\251\377\342\202')
	printf 'four' >"$name"
	ok --json -d "$kept" load 0 "$name"
	json_shape out >/dev/null || fail "this is not JSON"
	out_has 'a\"b\\c\u0009d'
	out_has "$(printf 'd\303\251\\ufffd\\ufffd')"
}

json_of_many_words_is_one_object()
{
	needs_json_reader
	ok -q --json -d model:tu102 read 0 256K
	json_shape out >got || fail "this is not JSON"
	[ "$(tr ',' '\n' <out | grep -c '"0x00000000"')" -eq 65536 ] ||
		fail "not 65536 words"
}

json_of_a_read_that_fails_late_is_not_printed()
{
	refused 1 "bytes were read" --json -d model:tu102,fault=dead@60000 \
		read 0 256K
}

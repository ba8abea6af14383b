# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Commands that take files: dump, load, compare.

load_dump_and_compare_agree_at_an_odd_address()
{
	noise 3000001 >in.bin
	ok -d "$kept" load 0x140003039 in.bin
	out_is_empty
	ok -d "$kept" dump 0x140003039 3000001 out.bin
	out_is_empty
	same in.bin out.bin
	missing out.bin.part
	ok -d "$kept" compare 0x140003039 in.bin
	out_is_empty
	ok -d "$kept" dump 0x140003038 3000003
	cmp -s <(printf '\0'; cat in.bin; printf '\0') out ||
		fail "the neighbours changed"
}

dump_moves_the_window_once_per_mib()
{
	run -q --stats -d model:tu102 dump 0x140003039 64M f
	status_is 0
	err_has "moves 65,"
	size_is f 67108864
	run -q --stats -d model:tu102 load 0x140003039 f
	err_has "moves 65,"
	run -q --stats -d model:tu102 compare 0x140003039 f
	err_has "moves 65,"
	run -q --stats -d model:tu102 dump 0x1ffff0 32 f
	err_has "moves 1,"
}

dump_sends_bytes_to_a_pipe()
{
	ok -d "$kept" fill 0 8 str:abcdefgh
	"$PRAMIN" -d "$kept" dump 2 4 | cat >piped
	[ "$(cat piped)" = cdef ] || fail "other bytes"
	ok -d "$kept" dump 2 4 -
	out_is cdef
}

dump_leaves_out_zeros_as_holes()
{
	ok -d model:tu102 dump 0x3039 64M f
	size_is f 67108864
	[ "$(du -k f | cut -f1)" -lt 1024 ] || fail "the file is not sparse"
	cmp -s -n 67108864 f /dev/zero || fail "not zeros"
	ok -d "$kept" fill 0x100000 4 str:mark
	ok -d "$kept" dump 0xffff9 2M g
	[ "$(od -An -c -j7 -N4 g | tr -d ' ')" = mark ] || fail "no mark"
}

dump_replaces_a_file_only_when_it_succeeds()
{
	echo old >f
	refused 1 "" -d model:tu102,fault=gone@9000 dump 0 1M f
	[ "$(cat f)" = old ] || fail "the old file is gone"
	ok -d model:tu102 dump 0 16 f
	size_is f 16
	missing f.part
}

a_dump_that_fails_keeps_what_it_has()
{
	noise 300000 >in.bin
	ok -d "$kept" load 0 in.bin
	refused 1 "holds the first" -d "${kept/,file/,fault=gone@20000,file}" \
		dump 0 300000 f
	err_has "bytes were read"
	missing f
	n=$(sed -n "s/.*holds the first \([0-9]*\) bytes.*/\1/p" err)
	[ "$n" -gt 0 ] || fail "nothing is kept"
	size_is f.part "$n"
	cmp -s -n "$n" in.bin f.part || fail "other bytes are kept"
	ok -d "$kept" dump 0 300000 f
	same in.bin f
	missing f.part
}

a_dump_that_fails_at_once_leaves_nothing()
{
	refused 1 "0 of 4096 bytes were read" -d model:tu102,fault=dead@40 \
		dump 0 4K f
	err_has_not "holds the first"
	missing f f.part
}

dump_keeps_the_mode_and_the_link_of_the_file_it_replaces()
{
	echo old >target
	chmod 640 target
	ln -s target link
	ok -d model:tu102 dump 0 16 link
	[ -L link ] || fail "the link was replaced"
	size_is target 16
	[ "$(stat -c %a target)" = 640 ] || fail "another mode"
}

dump_refuses_a_link_to_nothing()
{
	ln -s nowhere link
	refused 2 "FILE 'link' is a link to a file that does not exist" \
		-d model:tu102 dump 0 16 link
	[ -L link ] || fail "the link was replaced"
	missing nowhere link.part nowhere.part
}

load_refuses_the_image_that_it_writes()
{
	ok -d "$kept" write 0 1
	refused 2 "keeps its VRAM" -d "$kept" load 0 gpu.img 4096
	refused 2 "keeps its VRAM" -d "$kept" load 0 ./gpu.img.state
	command_line="pramin load 0 - 16 <gpu.img"
	code=0
	"$PRAMIN" -d "$kept" load 0 - 16 <gpu.img >out 2>err || code=$?
	status_is 2
	err_has "keeps its VRAM"
}

dump_refuses_what_it_cannot_write()
{
	mkdir dir
	refused 2 "FILE 'dir': Is a directory" -d model:tu102 dump 0 16 dir
	refused 2 "FILE 'no/f': No such file" -d model:tu102 dump 0 16 no/f
	echo x >plain
	refused 2 "FILE 'plain/f': Not a directory" \
		-d model:tu102 dump 0 16 plain/f
	refused 2 "FILE '': No such file" -d model:tu102 dump 0 16 ""
	mkdir f.part
	refused 2 "FILE 'f.part'" -d model:tu102 dump 0 16 f
	ln -s elsewhere g.part
	refused 2 "FILE 'g.part'" -d model:tu102 dump 0 16 g
	missing f g elsewhere
}

files_without_permission_are_refused()
{
	local as=""
	if [ "$(id -u)" -eq 0 ]; then
		command -v setpriv >/dev/null || skip "root needs setpriv"
		as="setpriv --reuid 65534 --clear-groups"
		chmod 755 ..
		$as "$PRAMIN" --version >/dev/null 2>&1 ||
			skip "another user cannot run the command"
	fi
	echo old >readonly
	echo secret >unreadable
	chmod 444 readonly
	chmod 000 unreadable
	for c in "dump 0 16 readonly" "dump 0 16 new" "load 0 unreadable" \
		 "compare 0 unreadable"; do
		chmod 777 .
		[ "$c" != "dump 0 16 new" ] || chmod 555 .
		command_line="$as pramin $c"
		code=0
		# shellcheck disable=SC2086
		$as "$PRAMIN" -d model:tu102 $c >"$TMPDIR/o.$$" 2>"$TMPDIR/e.$$" ||
			code=$?
		chmod 755 .
		mv "$TMPDIR/o.$$" out
		mv "$TMPDIR/e.$$" err
		status_is 2
		err_has "Permission denied"
	done
	[ "$(cat readonly)" = old ] || fail "a read-only file changed"
	missing readonly.part new new.part
}

dump_never_writes_over_the_image_it_reads()
{
	ok -d "$kept" write 0 1
	refused 2 "keeps its VRAM" -d "$kept" dump 0 16 gpu.img
	refused 2 "keeps its VRAM" -d "$kept" dump 0 16 gpu.img.state
	ln gpu.img other
	refused 2 "keeps its VRAM" -d "$kept" dump 0 16 other
	refused 2 "keeps its VRAM" -d model:tu102,vram=8G,file=f.part dump 0 4 f
	rm -f f.part f.part.state
	refused 2 "keeps its VRAM" -d model:tu102,vram=8G,file=new.img \
		dump 0 4 ./new.img
	size_is new.img 8589934592
	missing ./new.img.part
	ok -d "$kept" read 0 4
	out_is "0x0000000000000000: 00000001"
}

dump_to_what_is_not_a_file_writes_it_directly()
{
	ok -d model:tu102 dump 0 1M /dev/null
	[ -c /dev/null ] || fail "/dev/null is gone"
	missing /dev/null.part
	ok -d "$kept" fill 0 4 str:abcd
	mkfifo fifo
	timeout 10 cat fifo >got &
	ok -d "$kept" dump 0 4 fifo
	wait
	[ "$(cat got)" = abcd ] || fail "other bytes"
	missing fifo.part
}

two_dumps_to_one_file_do_not_mix()
{
	command -v flock >/dev/null || skip "flock is not there"
	command_line="flock f.part pramin dump"
	code=0
	flock f.part "$PRAMIN" -d model:tu102 dump 0 16 f >out 2>err || code=$?
	status_is 1
	err_has "another dump"
	missing f
}

a_full_disk_is_an_error()
{
	[ -c /dev/full ] || skip "/dev/full is not there"
	for c in "read 0 4" "dump 0 1M" "info" "list" "help" "--version" \
		 "info --json" "read --raw 0 4" "find 0 4 0"; do
		command_line="pramin $c >/dev/full"
		code=0
		# shellcheck disable=SC2086
		"$PRAMIN" -q -d model:tu102 $c >/dev/full 2>err || code=$?
		status_is 1
		err_has "No space left"
	done
	refused 1 "No space left" -d model:tu102 dump 0 1M /dev/full
}

a_file_that_may_not_grow_keeps_what_fits()
{
	noise 1000000 >in.bin
	ok -d "$kept" load 0 in.bin
	command_line="ulimit -f 400; pramin dump"
	code=0
	(ulimit -f 400
	 "$PRAMIN" -d "$kept" dump 0 1000000 f >out 2>err) || code=$?
	status_is 1
	err_has "File too large"
	err_has "holds the first 409600 bytes"
	size_is f.part 409600
	cmp -s -n 409600 in.bin f.part || fail "other bytes are kept"
	missing f
}

a_closed_pipe_ends_the_command_silently_with_1()
{
	local before
	before=$(window_base)
	for c in "dump 0 8M" "read 0 4M" "read --raw 0 8M" \
		 "find --all 0 4M hex:00"; do
		command_line="pramin $c | head -c1"
		# shellcheck disable=SC2086
		{ "$PRAMIN" -d "$kept" $c 2>err; echo $? >status; } |
			head -c1 >/dev/null
		code=$(cat status)
		status_is 1
		err_is_empty
		[ "$(window_base)" = "$before" ] || fail "the window moved"
	done
}

# poll() takes no descriptor at all then.
a_pipe_that_cannot_be_waited_for_ends_the_command()
{
	command -v prlimit >/dev/null || skip "prlimit is not there"
	mkfifo pipe
	start -d model:tu102 dump 0 8G pipe
	exec 7<pipe
	prlimit --pid "$pid" --nofile=0
	timeout 10 cat <&7 >/dev/null
	exec 7<&-
	ended
	status_is 1
	err_has "FILE 'pipe': Invalid argument"
}

load_refuses_files_that_are_missing_or_directories_or_too_big()
{
	mkdir dir
	truncate -s 9G big
	refused 2 "FILE 'none': No such file" -d "$kept" load 0 none
	refused 2 "FILE 'dir': Is a directory" -d "$kept" load 0 dir
	refused 2 "VRAM ends" -d "$kept" load 0 big
	printf 'four' >four
	refused 2 "VRAM ends" -d "$kept" load 0x1fffffffd four
	refused 2 "FILE 'none': No such file" -d "$kept" compare 0 none
	refused 2 "FILE 'dir': Is a directory" -d "$kept" compare 0 dir
	refused 2 "VRAM ends" -d "$kept" compare 0 big
	ok -d "$kept" load 0x1fffffffc four
	ok -d "$kept" dump 0x1fffffffc 4
	out_is four
}

a_file_that_hides_its_length_needs_one()
{
	[ -s /proc/self/status ] || [ -n "$(head -c1 /proc/self/status)" ] ||
		skip "/proc is not there"
	refused 2 "does not tell" -d "$kept" load 0 /proc/self/status
	refused 2 "does not tell" -d "$kept" compare 0 /proc/self/status
	ok -d "$kept" load 0 /proc/self/status 5
	ok -d "$kept" dump 0 5
	out_is Name:
}

an_empty_file_is_loaded_with_a_notice()
{
	: >empty
	run -d model:tu102 load 0 empty
	status_is 0
	err_has "nothing was written"
	ok -q -d model:tu102 load 0 empty
	ok -d model:tu102 compare 0 empty
}

load_takes_a_part_of_a_file()
{
	printf 'abcdefgh' >f
	ok -d "$kept" load 0 f 4
	ok -d "$kept" dump 0 8
	cmp -s <(printf 'abcd\0\0\0\0') out || fail "other bytes"
	refused 2 "LEN 9 is more than the 8 bytes of FILE 'f'" \
		-d "$kept" load 0 f 9
}

standard_input_needs_a_length()
{
	refused 2 "standard input" -d "$kept" load 0 -
	refused 2 "standard input" -d "$kept" compare 0 -
	mkfifo fifo
	refused 2 "not a regular file" -d "$kept" load 0 fifo
	refused 2 "not a regular file" -d "$kept" load 0 /dev/zero
	noise 100000 >in.bin
	cat in.bin | "$PRAMIN" -d "$kept" load 0x33 - 100000 || fail "load"
	ok -d "$kept" compare 0x33 in.bin
	cat in.bin | "$PRAMIN" -d "$kept" compare 0x33 - 100000 ||
		fail "compare"
}

standard_input_that_ends_early_is_an_error_that_says_how_far()
{
	command_line="printf abc | pramin load 0 - 8"
	code=0
	printf abc | "$PRAMIN" -d "$kept" load 0 - 8 >out 2>err || code=$?
	status_is 1
	err_has "3 of 8 bytes were loaded"
	ok -d "$kept" dump 0 4
	cmp -s <(printf 'abc\0') out || fail "other bytes"
}

load_verify_reads_back()
{
	noise 200000 >in.bin
	run -d model:tu102 --stats load --verify 0x1001 in.bin
	status_is 0
	reads=$(sed -n 's/^reads .* 64:\([0-9]*\)$/\1/p' err)
	[ "$reads" -ge 24999 ] || fail "it read only $reads times"
	run -d model:tu102 --stats load 0x1001 in.bin
	reads=$(sed -n 's/^reads .* 64:\([0-9]*\)$/\1/p' err)
	[ "$reads" -lt 100 ] || fail "it read $reads times without --verify"
}

load_verify_notices_a_byte_that_did_not_arrive()
{
	printf 'abcdefgh' >f
	local n
	for n in $(seq 5 40); do
		run -d "model:tu102,fault=read=0x1122334455667788@$n" \
			load --verify 0 f
		[ "$code" -eq 1 ] || continue
		grep -qF "0x0 does not hold what was written" err || continue
		err_has "the first 0 of 8 bytes are loaded"
		return
	done
	fail "a wrong byte was not noticed"
}

a_load_that_fails_says_how_far_it_came()
{
	noise 300000 >in.bin
	refused 1 "of 300000 bytes are loaded" \
		-d model:tu102,fault=gone@20000 load 0 in.bin
	err_has "not certain"
	n=$(sed -n 's/.*first \([0-9]*\) of 300000.*/\1/p' err)
	[ "$n" -gt 0 ] && [ "$n" -lt 300000 ] || fail "it says $n"
}

compare_shows_the_first_difference_and_exits_with_1()
{
	noise 2000000 >in.bin
	ok -d "$kept" load 0x77 in.bin
	ok -d "$kept" -w 8 write $((0x77 + 1500000)) 0
	run -d "$kept" compare 0x77 in.bin
	status_is 1
	err_is_empty
	out_has "$(printf '0x%016x: VRAM has 0x00, the file has 0x3' \
		$((0x77 + 1500000)))"
	out_has "at 1500000"
}

compare_gives_no_answer_where_two_reads_disagree()
{
	head -c 4096 /dev/zero >zeros
	refused 1 "two reads of" -d model:tu102,fault=blip@20 compare 0 zeros
	err_has "of 4096 bytes are the same"
	refused 1 "two reads of" --json -d model:tu102,fault=blip@20 \
		compare 0 zeros
}

a_dry_run_changes_nothing()
{
	printf 'four' >four
	ok -d "$kept" write 0 0x11111111
	for c in "write 0 2" "fill 0 64 0xff" "load 0 four" "copy 4 0 4" \
		 "dump 0 4 new" "read 0 4" "compare 0 four" "find 0 4 5"; do
		# shellcheck disable=SC2086
		run -n --stats -d "$kept" $c
		status_is 0
		grep -q '^would ' out || fail "it does not say what it would do"
		err_has "reads 8:0 16:0 32:0 64:0"
		err_has "writes 8:0 16:0 32:0 64:0"
	done
	missing new new.part
	ok -d "$kept" read 0 4
	out_is "0x0000000000000000: 11111111"
}

a_dry_run_checks_as_the_real_one_does()
{
	mkdir dir
	refused 2 "VRAM ends" -n -d model:tu102 fill 64G 4 0
	refused 2 "Is a directory" -n -d model:tu102 dump 0 4 dir
	refused 2 "No such file" -n -d model:tu102 dump 0 4 no/f
	refused 2 "No such file" -n -d model:tu102 load 0 none
	refused 2 "too large for 8 bits" -n -w 8 -d model:tu102 write 0 256
}

a_dry_run_creates_no_image()
{
	ok -n -d "$kept" write 0 1
	out_has "would write 1 values of 32 bits at 0x0"
	missing gpu.img gpu.img.state
	refused 2 "VRAM ends" -n -d "$kept" write 8G 1
	: >lone.img.state
	refused 2 "lone.img.state exists, but" \
		-n -d model:tu102,file=lone.img write 0 1
	missing lone.img
	refused 2 "no/gpu.img" -d model:tu102,file=no/gpu.img write 0 1
	refused 2 "'no/gpu.img' could not be created: No such file" \
		-n -d model:tu102,file=no/gpu.img write 0 1
}

an_image_of_another_gpu_is_refused_and_left_alone()
{
	ok -d "$kept" write 0 1
	cp gpu.img.state state
	refused 2 "gpu.img" -d model:gh100,file=gpu.img read 0 4
	refused 2 "gpu.img" -d model:tu102,vram=4G,file=gpu.img read 0 4
	same state gpu.img.state
	size_is gpu.img 8589934592
	printf x | dd of=gpu.img.state conv=notrunc bs=1 seek=20 status=none
	refused 2 "gpu.img" -d "$kept" read 0 4
	truncate -s 4G gpu.img
	cp state gpu.img.state
	refused 2 "gpu.img" -d "$kept" read 0 4
	size_is gpu.img 4294967296
}

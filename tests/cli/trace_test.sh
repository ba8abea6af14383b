# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# --record, trace:FILE, and the commands that read recordings.

recorded()	# a helper: session.txt of one write and one read
{
	ok -q -d model:tu102,vram=1G --record session.txt \
		write 0x12340010 0x11223344 0x55667788
}

a_command_is_recorded_and_replayed()
{
	recorded
	[ "$(stat -c %a session.txt)" = 600 ] || fail "mode"
	grep -q '^pramin-trace 1 by=pramin-' session.txt || fail "no header"
	grep -q '^w32 bar0 0x740010 0x11223344 vram=0x12340010$' session.txt ||
		fail "no access"
	tail -n 1 session.txt | grep -q '^event end accesses=' || fail "no end"
	ok -d trace:session.txt write 0x12340010 0x11223344 0x55667788
	# Of anything else it says where it differs.
	run -d trace:session.txt write 0x12340010 0x11223344 0x55667789
	status_is 1
	err_has "of the recording: w32 bar0 0x740014 0x55667788 is what it has"
	err_has "w32 bar0 0x740014 0x55667789 is what came"
	run -d trace:session.txt info
	status_is 1
	err_has "the recording goes on where the session ends: line 11 has"
}

every_command_with_a_gpu_can_be_recorded()
{
	local n=0 command
	for command in info window "read 0 64" "dump 0 4K out.bin" \
		       "fill 1M 64 1" "copy 0 2M 1M" "find 0 64 1" \
		       "mmu map 2M 256M 4K --new --tables 16M,1M" \
		       "bar1 status" "bar1 map 256M 64K --tables 20M,1M"; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # words
		run -q -d model:gh100,vram=1G --record rec.$n $command
		mv out first
		was=$code
		# shellcheck disable=SC2086 # words
		run -q -d trace:rec.$n $command
		status_is "$was"
		grep -v '^backend' out >again
		grep -v '^backend' first >once
		same once again
	done
}

a_dump_is_the_same_from_a_recording()
{
	noise 100000 >noise
	ok -q -d "$kept" load 0xffff3 noise
	ok -q -d "$kept" --record dump.txt dump 0xffff3 100000 one
	ok -q -d trace:dump.txt dump 0xffff3 100000 two
	same one noise
	same one two
}

what_cannot_be_recorded_is_refused()
{
	echo mine >exists
	refused 2 "no recording in exists: File exists" \
		-d model:tu102 --record exists info
	[ "$(cat exists)" = mine ] || fail "it was changed"
	refused 2 "No such file" -d model:tu102 --record no/where info
	refused 2 "needs a value" info --record
	refused 2 "belongs to the commands" list --record x
	refused 2 "belongs to the commands" trace show x --record y
	refused 2 "nothing to --record" mmu walk --dump exists --chip tu102 --root 0 0 \
		--record x
	missing x y
}

a_gpu_that_does_not_answer_leaves_its_recording()
{
	run -d model:tu102,fault=gone@3 --record gone.txt info
	status_is 1
	mv err first
	run -d trace:gone.txt info
	status_is 1
	same err first
	ok trace show gone.txt
	out_has 0xffffffff
}

show_names_registers_and_follows_the_window()
{
	recorded
	ok trace show session.txt
	out_has "NV_PMC_BOOT_0"
	out_has "NV_PBUS_BAR0_WINDOW shows VRAM 0x12300000"
	out_has "0x740010-0x740017  0x11223344..0x55667788  VRAM 0x12340010-0x12340017  x 2"
	out_has "2 moves of the window; tu102"
	run trace show - <session.txt
	status_is 2	# lib.sh gives no input: an empty file is no recording
	"$PRAMIN" trace show - <session.txt >piped || fail "standard input"
	"$PRAMIN" trace show session.txt >file || fail "file"
	same piped file
}

stats_count()
{
	recorded
	ok trace stats session.txt
	out_has "VRAM         reads:1 writes:2 not placed:0"
	out_has "window       writes:2 moves:2 moved by others:0"
	out_has "lost         0"
}

extract_makes_a_sparse_image()
{
	recorded
	ok trace extract session.txt vram.img
	out_has "2 writes of 8 bytes to an image of 1073741824 bytes"
	size_is vram.img 1073741824
	[ "$(du -k vram.img | cut -f 1)" -lt 1024 ] || fail "it is not sparse"
	[ "$(dd if=vram.img bs=1 skip=$((0x12340010)) count=8 2>/dev/null |
	     od -An -tx1)" = " 44 33 22 11 88 77 66 55" ] || fail "contents"
	missing vram.img.part
	# What was there before is replaced, or kept.
	echo mine >other.img
	ok -n trace extract session.txt other.img
	out_has "would put 2 writes"
	[ "$(cat other.img)" = mine ] || fail "a dry run changed it"
	ok trace extract session.txt other.img
	same vram.img other.img
}

# A driver's log: 0x092000a2 is a G92, and its window is moved once.
mmiotrace_log()	# a helper
{
	cat <<-'END'
	VERSION 20070824
	PCIDEV 0100 10de0611 1c fd000000 e000000c 0 fa000004 0 e001 0 1000000 10000000 0 2000000 0 80 80000 nouveau
	PCIDEV 0101 80861533 1d fe000000 0 0 0 0 0 0 4000 0 0 0 0 0 0
	MAP 1.0 1 0xfd000000 0xffffc90000000000 0x1000000 0x0 0
	R 4 1.000001 1 0xfd000000 0x92000a2 0x0 0
	R 4 1.000002 1 0xfe000004 0x1 0x0 0
	MARK 1.000003 X is up
	W 4 1.000004 1 0xfd001700 0xff0 0x0 0
	W 4 1.000005 1 0xfd700000 0x1 0x0 0
	W 4 1.000006 1 0xfd700004 0x2 0x0 0
	W 4 1.000007 1 0xfd700008 0x3 0x0 0
	W 4 1.000008 1 0xe0000000 0x4 0x0 0
	UNMAP 1.3 1 0x0 0
	END
}

logs_of_mmiotrace_are_read()
{
	mmiotrace_log >log
	run trace show log
	status_is 0
	out_has "NV_PBUS_BAR0_WINDOW shows VRAM 0xff00000"
	out_has "0x700000-0x70000b  0x00000001..0x00000003  VRAM 0xff00000-0xff0000b  x 3"
	out_has "X is up"
	out_has "; g92"
	err_has "of 1 accesses it is not known which VRAM they met"
	run trace stats log
	out_has "others       1 accesses of other devices"
	run trace extract log nv.img
	status_is 0
	size_is nv.img $((0xff0000c))
	refused 2 "is of a driver" -d trace:log info
	# Without its beginning the chip has to be named.
	grep -v 0xfd000000\ 0x9 log >late
	run trace show late
	err_has "the chip is not known"
	run trace show late --chip g92
	out_has "shows VRAM 0xff00000"
	refused 2 "is not a chip" trace show late --chip g920
}

what_is_wrong_with_a_recording_is_told()
{
	local what
	recorded
	head -c 700 session.txt >cut
	run trace stats cut
	status_is 0
	err_has "cut off in the middle of line $(grep -c '' cut),"
	# Lines that say nothing are lines.
	{
		head -n 4 session.txt
		printf '# one\n\n# two\nr32 ba'
	} >cut
	run trace stats cut
	status_is 0
	err_has "cut off in the middle of line 8,"
	head -n 8 session.txt >short
	run trace stats short
	status_is 0
	err_has "it has no end"
	sed 's/^w32 bar0 0x740014/w33 bar0 0x740014/' session.txt >bad
	head -c 5000 /dev/urandom >binary
	{ cat cut; head -c 100000 /dev/zero; } >zeros
	for what in "show bad" "stats bad" "extract bad x.img"; do
		# shellcheck disable=SC2086 # words
		run trace $what
		status_is 2
		err_has "line 14 of the recording"
	done
	refused 2 "recording binary: " trace stats binary
	refused 2 "it has more than 1024 bytes" trace stats zeros
	refused 2 "it has more than 1024 bytes" trace extract zeros x.img
	missing x.img x.img.part
	printf 'pramin-trace 1\nw32 bar0 0x700000 0x1 vram=0xfffffffffffffffc\n' >far
	refused 2 "is outside VRAM" trace extract far x.img
	missing x.img x.img.part
	refused 2 "No such file" trace show nothing
	refused 2 "neither a file nor a pipe" trace show .
	refused 2 "no file that can have holes" trace extract session.txt -
	refused 2 "an argument is missing" trace extract session.txt
	refused 2 "is the recording itself" trace extract session.txt session.txt
	printf "VERSION 20070824\nMARK 1.0 \302\233\377x\n" >controls
	run trace show controls
	status_is 0
	LC_ALL=C grep -q "[^ -~]" out && fail "a control character comes out"
	printf "pramin-trace 1 by=%%1b[31m\n" >controls
	run trace stats controls
	LC_ALL=C grep -q "[^ -~]" out && fail "a control character comes out"
	refused 2 "No such file" -d trace:nothing info
	refused 2 "needs a file" -d trace: info
}

json_of_recordings_has_the_documented_shape()
{
	needs_json_reader
	mkdir got want
	cat >r.txt <<-'END'
	pramin-trace 1 by=pramin-0.1.0 chip=tu102 boot0=0x162000a1 vram=0x200000000
	w32 bar0 0x001700 0x00000010
	w32 bar0 0x700010 0x00000001
	w32 bar0 0x700014 0x00000002
	r32 bar0 0x000000 - err=19
	event end accesses=4
	END
	ok --json trace show r.txt
	mv out "got/trace show"
	ok --json trace stats r.txt
	mv out "got/trace stats"
	ok --json trace extract r.txt r.img
	mv out "got/trace extract"
	for c in show stats extract; do
		"$PRAMIN" help trace $c | sed '1,/^with --json:$/d' \
			>"want/trace $c"
	done
	(cd got && json_shape -- *) >got.shape || fail "no JSON"
	(cd want && json_shape -- *) >want.shape || fail "no JSON in help"
	diff want.shape got.shape || fail "another shape"
}

a_recording_of_a_killed_command_holds_what_it_did()
{
	mkfifo fifo
	exec 9<>fifo
	start -q -d model:tu102,vram=1G --record killed.txt dump 0 64M fifo
	until_true grep -q 'r64 bar0 0x700000' killed.txt
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	exec 9>&-
	run trace stats killed.txt
	status_is 0
	grep -q "it has no end\|cut off" err || fail "it says nothing"
}

what_docs_trace_md_shows_works()
{
	sed -n '/^```$/,/^```$/{/^```/d;p}' "$SRC/docs/trace.md" |
		sed '/^event end/q' >example
	ok trace stats example
	err_is_empty
	out_has "accesses     7"
	sed -n '/^```sh$/,/^```$/{/^```/d;s|^build/||;p}' "$SRC/docs/trace.md" >script
	[ "$(grep -c '^pramin' script)" -eq 5 ] || fail "other commands"
	bash -e script >out 2>err || fail "a command of docs/trace.md fails"
	err_is_empty
	size_is vram.img $((1 << 30))
}

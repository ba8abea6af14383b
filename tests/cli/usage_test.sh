# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# The command line itself: help, options, numbers, arguments, GPU strings.

commands=(list info window read write dump load fill compare copy find top
	"mmu walk" "mmu list" "mmu find" "mmu check" "mmu show" "mmu map"
	"mmu unmap" "bar1 status" "bar1 map" help)

without_arguments_the_usage_is_on_standard_error()
{
	refused 2 "usage: pramin"
	err_has "read write"
	refused 2 "usage: pramin" -d model:gh100 --json
}

help_is_on_standard_output_and_succeeds()
{
	ok --help
	out_has "usage: pramin"
	cp out first
	ok -h
	same out first
	ok help
	same out first
	for c in "${commands[@]}"; do
		# shellcheck disable=SC2086 # one word or two
		ok help $c
		out_has "usage: pramin [OPTION...] $c"
		cp out first
		# shellcheck disable=SC2086
		ok $c --help
		same out first
		# shellcheck disable=SC2086
		ok --help $c
		same out first
	done
}

help_names_every_command()
{
	ok help
	for c in "${commands[@]}"; do
		out_has "  $c "
	done
	ok help --names
	printf '%s\n' "${commands[@]}" >want
	same out want
}

help_fits_into_80_columns()
{
	for c in "" "${commands[@]}" mmu; do
		# shellcheck disable=SC2086
		ok help $c
		awk 'length > 80 { exit 1 }' out || fail "a line is longer"
	done
}

an_unknown_command_is_refused_with_the_nearest_one()
{
	refused 2 "did you mean read?" raed
	refused 2 "did you mean compare?" cmopare
	refused 2 "did you mean window?" win
	refused 2 "'xyzzy' is not known" xyzzy
	err_has_not "did you mean"
	refused 2 "'' is not known" ""
	refused 2 "did you mean dump?" help dmup
	refused 2 "is not known" "$(printf '%05000d' 0)"
}

a_command_of_two_words_needs_both()
{
	refused 2 "mmu is the first word of a command" mmu
	err_has "commands: walk list find check show map unmap"
	refused 2 "'mmu wlak' is not known; did you mean mmu walk?" mmu wlak
	refused 2 "'mmu read' is not known" mmu read
	refused 2 "'walk' is not known" walk
	refused 2 "did you mean mmu find?" help mmu fidn
	refused 2 "too many arguments" help mmu walk walk
	ok mmu --help
	cp out first
	ok help mmu
	same out first
	out_has "  mmu find PA [LEN]"
	ok --quiet mmu --json walk --help
}

the_version_is_printed()
{
	ok --version
	grep -Eqx 'pramin [0-9]+\.[0-9]+\.[0-9]+' out || fail "not a version"
	cp out first
	ok read --version
	same out first
}

options_may_stand_anywhere()
{
	ok -d model:gh100 -w 8 read 0 16
	cp out first
	ok read -d model:gh100 0 -w8 16
	same out first
	ok read 0 16 --width=8 --gpu model:gh100
	same out first
	ok -qw8 read -dmodel:gh100 0 16
	same out first
}

a_double_dash_ends_the_options()
{
	ok read -d model:gh100 -- 0 16
	refused 2 "ADDR '-w' is not a number" read -d model:gh100 -- -w 8
}

an_unknown_option_is_refused()
{
	refused 2 "option '--bogus' is not known" read --bogus 0 4
	refused 2 "option '-x' is not known" read -x 0 4
	refused 2 "option '-nx' is not known" read -nx 0 4
	refused 2 "option '-1' is not known" read -1 4
	refused 2 "option '--js' is not known" --js info
}

an_option_has_a_value_only_where_it_takes_one()
{
	refused 2 "needs a value: GPU" info -d
	refused 2 "needs a value: 8|16|32|64" info --width
	refused 2 "'--json' takes no value" info --json=yes
	refused 2 "'' is empty" info -d ""
}

an_option_of_another_command_is_refused()
{
	refused 2 "belongs to the command read" dump --raw 0 4
	refused 2 "belongs to the command find" read --all 0 4
	refused 2 "belongs to the command help" info --man
	refused 2 "belongs to the command mmu" read --root 0 0 4
	refused 2 "belongs to the commands mmu find,mmu check,mmu map" \
		mmu walk --aperture vram --root 0 0
}

widths_other_than_8_16_32_64_are_refused()
{
	for w in 0 1 4 7 24 128 0x20 "" x -8 032; do
		refused 2 "8, 16, 32 or 64" read -w "$w" 0 16
	done
}

colors_other_than_auto_always_never_are_refused()
{
	refused 2 "auto, always or never" info --color=red
	refused 2 "needs a value" info --color
}

numbers_that_could_be_misread_are_refused()
{
	local bad
	for bad in "" 00 010 0x 1.5 1e3 1KB ' 1' '1 ' +1 12h deadbeef 1P 0xg; do
		refused 2 "ADDR '$bad' is not a number" read -- "$bad" 4
		refused 2 "LEN '$bad' is not a number" dump -- 0 "$bad"
	done
	err_has "0x"
	err_has "no sign"
}

numbers_past_64_bits_are_refused()
{
	refused 2 "too large" read 0x10000000000000000 4
	refused 2 "too large" dump 0 16777216T
	refused 2 "too large" fill 0 18446744073709551616 0
	refused 2 "too large" find 0 18446744073709551615K 0
}

suffixes_multiply_by_powers_of_1024()
{
	ok -d model:gh100 read 1K 4
	out_has 0x0000000000000400:
	ok -d model:gh100 read 3m 4
	out_has 0x0000000000300000:
	ok -d model:gh100 read 0x5G 4
	out_has 0x0000000140000000:
	ok -d model:tu102,vram=8G dump 7G 1k
	size_is out 1024
}

too_few_or_too_many_arguments_are_refused()
{
	local c
	for c in "read 0" "read 0 4 4" "write 0" "dump 0" "dump 0 4 f g" \
		 "load 0" "load 0 f 1 2" "fill 0 4" "fill 0 4 0 0" "compare 0" \
		 "compare 0 f 1 2" "copy 0 4" "copy 0 4 4 4" "find 0 4" \
		 "find 0 4 0 0" "list 1" "info 1" "window 1" "help read read"; do
		# shellcheck disable=SC2086
		refused 2 "usage: pramin ${c%% *}" $c
	done
	missing f g
}

addresses_past_vram_are_refused_by_every_command()
{
	local end=0x200000000 g=model:tu102,vram=8G
	printf 'four' >four
	refused 2 "ADDR $end" -d $g read $end 4
	refused 2 "ADDR $end" -d $g write $end 1
	refused 2 "ADDR $end" -d $g dump $end 1 new
	refused 2 "ADDR $end" -d $g load $end four
	refused 2 "ADDR $end" -d $g fill $end 4 0
	refused 2 "ADDR $end" -d $g compare $end four
	refused 2 "SRC $end" -d $g copy $end 0 4
	refused 2 "DST $end" -d $g copy 0 $end 4
	refused 2 "ADDR $end" -d $g find $end 4 0
	err_has "VRAM ends at $end (8 GiB)"
	missing new new.part
}

ranges_that_hang_over_the_end_of_vram_are_refused()
{
	local last=0x1fffffffc g=model:tu102,vram=8G
	ok -d $g read $last 4
	refused 2 "ADDR $last" -d $g read $last 8
	ok -d $g write $last 1
	refused 2 "ADDR $last" -d $g write $last 1 2
	ok -d $g fill $last 4 1
	refused 2 "ADDR $last" -d $g fill $last 8 1
	ok -d $g copy 0 $last 4
	refused 2 "DST $last" -d $g copy 0 $last 5
	refused 2 "SRC $last" -d $g copy $last 0 5
}

ranges_that_pass_2_to_the_64_are_refused()
{
	local g=model:gh100
	refused 2 "pass 2^64" -d $g read 0xfffffffffffffffc 8
	refused 2 "pass 2^64" -d $g dump 1 0xffffffffffffffff new
	refused 2 "pass 2^64" -d $g fill 8 0xfffffffffffffff8 0x0
	refused 2 "pass 2^64" -d $g copy 0 0xffffffffffffffff 2
	missing new new.part
}

vram_beyond_the_window_is_refused_by_its_name()
{
	local g=model:gb10b,vram=512G
	refused 2 "the window of this chip reaches to 0x4000000000" \
		-q -d $g read 0x4000000000 4
	ok -q -d $g read 0x3ffffffffc 4
}

lengths_of_zero_touch_nothing()
{
	: >empty
	for c in "read 0 0" "dump 0 0" "fill 0 0 0" "copy 0 4 0" \
		 "compare 0 empty" "load 0 empty"; do
		# shellcheck disable=SC2086
		run -q --stats -d model:gh100 $c
		status_is 0
		out_is_empty
		err_has "moves 0"
		err_has "reads 8:0 16:0 32:0 64:0"
		err_has "writes 8:0 16:0 32:0 64:0"
	done
	run -d model:gh100 find 0 0 1
	status_is 1
	out_is_empty
	ok -d model:gh100 dump 0x1400000000 0 new
	size_is new 0
}

a_gpu_string_that_is_wrong_is_refused()
{
	local g
	for g in nonsense model: model:foo model:tu102,bogus=1 \
		 model:tu102,vram= model:tu102,vram=1 model:tu102,vram=3000T \
		 model:tu102,vram=08G model:tu102,flat=1 \
		 model:tu102,fault=bogus model:tu102,fault=gone@x \
		 model:tu102,vram=8G,vram=8G model:tu102,file= \
		 model:tu102,file=missing/gpu.img model:tu102,file=.; do
		refused 2 "pramin info:" -d "$g" info
	done
	missing gpu.img gpu.img.state
}

a_gpu_that_this_version_cannot_open_is_refused_with_status_1()
{
	refused 1 "there is no PCI device" -d 0000:41:00.0 info
	refused 1 "there is no PCI device" -d vfio:0000:41:00.0 info
	refused 1 "no such backend" -d kmod:0000:41:00.0 info
}

the_environment_names_the_default_gpu()
{
	export PRAMIN_GPU=model:gh100
	ok info
	out_has "gh100"
	ok -d model:tu102 info
	out_has "tu102"
	export PRAMIN_GPU=model:bogus
	refused 2 bogus info
}

without_a_gpu_string_a_notice_names_the_model()
{
	run info
	status_is 0
	out_has "tu102"
	out_has "8 GiB"
	err_has "model tu102"
	err_has "nothing is kept"
	ok -q info
	export PRAMIN_GPU=
	run info
	err_has "nothing is kept"
}

control_characters_of_an_argument_do_not_reach_the_terminal()
{
	refused 2 "ADDR '?[31mred" read "$(printf '\033[31mred\a')" 4
	! grep -q "$(printf '\033')" err || fail "an escape came through"
}

c1_characters_of_an_argument_do_not_reach_the_terminal()
{
	# U+009B in UTF-8, and alone as a terminal of 8 bits reads it
	refused 2 "ADDR 'a?31m'" read "$(printf 'a\302\23331m')" 4
	refused 2 "ADDR 'b?31m'" read "$(printf 'b\23331m')" 4
	# \304\233 is a letter whose second byte looks like one
	refused 2 "$(printf "ADDR '\304\233'")" read "$(printf '\304\233')" 4
	ok -n -d model:tu102 dump 0 4 "$(printf 'x\302\233y')"
	out_has "x?y"
	ok --json -d model:tu102 dump 0 4 "$(printf 'x\302\233y')"
	out_has 'x\u009by'
}

a_long_argument_is_shortened_and_the_sentence_stays_whole()
{
	long=$(head -c 100000 /dev/zero | tr '\0' 7)
	refused 2 "ADDR '7777" read "${long}x" 4
	[ "$(wc -c <err)" -lt 2000 ] || fail "it quotes all of it"
	err_has "7x' is"
	err_has "[...]"
}

json_leaves_standard_output_empty_after_a_failure()
{
	refused 2 "VRAM ends" --json -d model:tu102 read 64G 4
	refused 1 "pramin read" --json -d model:tu102,fault=dead@40 read 0 4K
	refused 2 "--json needs a FILE" --json dump 0 4
	refused 2 "exclude each other" --json read --raw 0 4
}

closed_descriptors_do_not_harm_the_image()
{
	local small=model:gm107,vram=1M,file=gpu.img
	ok -d $small write 0 0x11223344
	cp gpu.img image
	# More than is buffered, so that some is written while the image is open
	"$PRAMIN" -d $small read 0 256K <&- >&- 2>&-
	code=$?
	status_is 1
	same image gpu.img
	"$PRAMIN" -d $small write 4 5 <&- >&- 2>&-
	code=$?
	status_is 0
	ok -d $small read 0 8
	out_is "0x0000000000000000: 11223344 00000005"
}

# The model's files would get the place of standard error, and its messages.
closed_descriptors_do_no_harm_without_dev_null()
{
	local small=model:gm107,vram=1M,file=gpu.img
	command -v unshare >/dev/null || skip "unshare is not there"
	unshare -m mount -t tmpfs none /dev 2>/dev/null ||
		skip "/dev cannot be hidden from a process"
	ok -d $small write 0 0x11223344
	cp gpu.img image
	command_line="pramin read 0 4K 2>&-, without /dev/null"
	code=0
	# shellcheck disable=SC2016 # the inner shell expands them
	unshare -m sh -c 'mount -t tmpfs none /dev && cd "$2" &&
		exec "$0" -d "$1" read 0 4K 2>&-' \
		"$PRAMIN" ${small/,file/,fault=gone@99,file} "$PWD" \
		</dev/null >out || code=$?
	status_is 1
	same image gpu.img
	ok -d $small read 0 4
	out_is "0x0000000000000000: 11223344"
}

# Where the loader finds enough memory and the command does not
a_lack_of_memory_is_told()
{
	local kib
	for ((kib = 2048; kib < 65536; kib += 48)); do
		command_line="pramin info, ulimit -v $kib"
		code=0
		(ulimit -v $kib && exec "$PRAMIN" -d model:tu102,vram=16M info \
			>out 2>err) 2>/dev/null || code=$?
		[ $code -ne 1 ] || [ -s err ] || fail "it said nothing"
		! grep -q "cannot reserve" err || return 0
	done
	skip "no limit was met at which the command starts and has no room"
}

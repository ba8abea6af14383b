# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Signals: the command ends with 128+N, and the window is back.

part_has_bytes()	# helper
{
	[ -s f.part ]
}


# A dump into a FIFO stands still once the FIFO is full.
stop_a_dump_with()	# SIGNAL STATUS
{
	local before
	needs_signal "$1"
	before=$(window_base)
	mkfifo fifo
	exec 9<>fifo
	start -d "$kept" dump 0 64M fifo
	until_true it_waits
	kill -s "$1" "$pid"
	ended
	exec 9>&-
	status_is "$2"
	err_has "signal"
	[ "$(window_base)" = "$before" ] || fail "the window moved"
}

# The command sleeps only where it waits for the other end of the FIFO.
it_waits()	# helper
{
	local comm state
	read -r _ comm state _ 2>/dev/null <"/proc/$pid/stat" &&
		[ "$comm" = "(pramin)" ] && [ "$state" = S ]
}

sigint_ends_a_dump_with_130_and_restores_the_window()
{
	stop_a_dump_with INT 130
}

sigterm_ends_a_dump_with_143_and_restores_the_window()
{
	stop_a_dump_with TERM 143
}

sighup_ends_a_dump_with_129_and_restores_the_window()
{
	stop_a_dump_with HUP 129
}

a_dump_that_is_stopped_keeps_what_it_has()
{
	local before
	needs_signal INT
	before=$(window_base)
	ok -d "$kept" fill 0 64K hex:55
	start -d "$kept" dump 0 8G f
	until_true part_has_bytes
	kill -INT "$pid"
	ended
	status_is 130
	err_has "holds the first"
	missing f
	n=$(sed -n 's/.*holds the first \([0-9]*\) bytes.*/\1/p' err)
	size_is f.part "$n"
	[ "$(window_base)" = "$before" ] || fail "the window moved"
}

a_load_that_waits_for_input_is_stopped()
{
	local before
	before=$(window_base)
	mkfifo fifo
	exec 9<>fifo
	printf 'x%.0s' 1 2 3 >&9
	start -d "$kept" load 0 fifo 64M
	until_true it_waits
	kill -TERM "$pid"
	ended
	exec 9>&-
	status_is 143
	err_has "of 67108864 bytes are loaded"
	[ "$(window_base)" = "$before" ] || fail "the window moved"
}

a_fill_is_stopped()
{
	needs_signal INT
	start -d "$kept" fill 0 4G hex:00
	until_true test -e gpu.img.state
	kill -INT "$pid"
	ended
	status_is 130
	ok -d "$kept" window
}

json_is_not_printed_after_a_signal()
{
	needs_signal INT
	mkfifo fifo
	exec 9<>fifo
	start --json -d "$kept" load 0 fifo 64M
	until_true it_waits
	kill -INT "$pid"
	ended
	exec 9>&-
	status_is 130
	out_is_empty
}

# Both signals are pending when the process goes on, so the handler of the
# second runs before anything else does.
a_second_signal_restores_the_window_and_ends_at_once()
{
	local before
	needs_signal INT
	before=$(window_base)
	mkfifo fifo
	exec 9<>fifo
	start -d "$kept" dump 0 64M fifo
	until_true it_waits
	kill -STOP "$pid"
	kill -INT "$pid"
	kill -TERM "$pid"
	kill -CONT "$pid"
	ended
	exec 9>&-
	status_is 143
	err_has_not "signal"
	[ "$(window_base)" = "$before" ] || fail "the window moved"
}

a_signal_that_was_ignored_stays_ignored()
{
	mkfifo fifo
	exec 9<>fifo
	command_line="nohup pramin load"
	(trap '' HUP
	 exec "$PRAMIN" -d "$kept" load 0 fifo 4 >out 2>err) &
	pid=$!
	until_true it_waits
	kill -HUP "$pid"
	printf 'four' >&9
	ended
	exec 9>&-
	status_is 0
}

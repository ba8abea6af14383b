# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Several commands on one GPU at a time.

top_shows_another_process()
{
	start_a_user
	ok -d "$kept" top
	[ "$(wc -l <out)" -eq 3 ] || fail "not one user"
	sed -n 3p out | grep -Eq "^ *$user +1 +0 +0 +0 +0 +0 +0\$" ||
		fail "not process $user, which does nothing"
	end_the_user
	ok -d "$kept" top
	out_has "nobody else"
}

json_of_top_shows_another_process()
{
	start_a_user
	ok --json -d "$kept" top
	grep -Eqx "\{\"register\":\"0x1700\",\"raw\":\"0x[0-9a-f]{8}\",\"base\":\"0x[0-9a-f]+\",\"users\":\[\{\"pid\":$user,\"handles\":1,\"holds\":0,\"held_ms\":0,\"waits\":0,\"waited_ms\":0,\"moves\":[1-9][0-9]*,\"moves_per_s\":0,\"accesses\":[1-9][0-9]*,\"accesses_per_s\":0\}\]\}" out ||
		fail "another object"
	end_the_user
	ok --json -d "$kept" top
	out_has '"users":[]'
}

two_commands_at_once_both_succeed()
{
	local first before
	before=$(window_base)
	noise 3000000 >one
	noise 3500000 | tail -c 3000000 >two
	ok -d "$kept" load 64M two
	start -d "$kept" load 0 one
	first=$pid
	code=0
	command_line="pramin dump beside a load"
	"$PRAMIN" -q -d "$kept" dump 64M 3000000 three 2>>err || code=$?
	status_is 0
	pid=$first
	ended
	status_is 0
	same two three
	ok -q -d "$kept" dump 0 3000000 four
	same one four
	[ "$(window_base)" = "$before" ] || fail "the window is not back"
}

# What was moved is put back by the next command that is the only one.
the_next_command_restores_what_a_killed_load_left()
{
	local before
	ok -d "$kept" fill 128M 4 1
	before=$(window_base)
	mkfifo fifo
	exec 9<>fifo
	start -d "$kept" load 32M fifo 64M
	user=$pid
	noise 2500000 >&9
	until_true user_waits
	kill -KILL "$pid"
	ended
	exec 9>&-
	status_is 137
	[ "$(window_base)" = "$before" ] || fail "the window moved"
	ok -q -d "$kept" dump 32M 64K f
	noise 65536 | cmp -s - f || fail "what was loaded is not there"
}

sigint_of_one_leaves_the_window_to_the_other()
{
	local first base before
	needs_signal INT
	before=$(window_base)
	start_a_user
	first=$pid
	base=$(window_base)
	mkfifo fifo2
	exec 8<>fifo2
	start -d "$kept" load 1G fifo2 64M
	noise 2500000 >&8
	user=$pid
	until_true user_waits
	[ "$(window_base)" != "$base" ] || fail "it has not moved the window"
	base=$(window_base)
	kill -INT "$pid"
	ended
	exec 8>&-
	status_is 130
	[ "$(window_base)" = "$base" ] || fail "the window moved"
	# The other one goes on to its end, and then it is back.
	exec 7<fifo
	exec 9>&-
	[ "$(head -c 67108864 <&7 | wc -c)" -eq 67108864 ] ||
		fail "the dump did not go on"
	exec 7<&-
	pid=$first
	ended
	status_is 0
	[ "$(window_base)" = "$before" ] || fail "the window is not back"
}

# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# What is different on a terminal. script(1) provides one.

# Standard output and error of the command are a terminal; what it shows is in
# out, without the carriage returns.
on_terminal()	# ARG...
{
	command -v script >/dev/null || skip "script is not there"
	command_line="pramin $* (on a terminal)"
	code=0
	script -qec "$(printf '%q ' "$PRAMIN" "$@")" /dev/null \
		</dev/null >typed 2>err || code=$?
	tr -d '\r' <typed >out
}

dump_shows_a_hexdump_on_a_terminal()
{
	ok -d "$kept" fill 0x1000 8 hex:0041
	on_terminal -q -d "$kept" dump 0x1001 18
	status_is 0
	out_is "0x0000000000001001  41 00 41 00 41 00 41 00  00 00 00 00 00 00 00 00  |A.A.A.A.........|
0x0000000000001011  00 00                                             |..|"
	on_terminal -q -d "$kept" dump 0x1001 1 /dev/tty
	status_is 2
	out_has "is a terminal"
}

read_raw_is_refused_on_a_terminal()
{
	on_terminal -q -d model:tu102 read --raw 0 4
	status_is 2
	out_has "is a terminal"
}

color_is_for_terminals()
{
	local esc
	esc=$(printf '\033')
	export TERM=xterm
	on_terminal -d model:tu102 info
	out_has "$esc"
	on_terminal --color=never -d model:tu102 info
	! grep -q "$esc" out || fail "never is colored"
	export NO_COLOR=1
	on_terminal -d model:tu102 info
	! grep -q "$esc" out || fail "NO_COLOR is colored"
	ok --color=always -d model:tu102 info
	out_has "$esc"
	unset NO_COLOR
	ok -d model:tu102 info
	! grep -q "$esc" out || fail "a file is colored"
}

# The reader is slower than the half second after which progress is shown.
slow_reader()	# helper
{
	rm -f fifo
	mkfifo fifo
	timeout 10 sh -c '{ head -c1; sleep 0.6; cat; } <fifo' >/dev/null 2>&1 &
}

progress_is_shown_on_a_terminal_only()
{
	slow_reader
	on_terminal -d model:tu102 dump 0 4M fifo
	status_is 0
	out_has "pramin dump: "
	out_has "/s"
	out_has "left"
	slow_reader
	on_terminal -q -d model:tu102 dump 0 4M fifo
	status_is 0
	out_is_empty
	slow_reader
	ok -d model:tu102 dump 0 4M fifo
}

# Home and erase, which begins each table but the first
tables_are()	# helper N
{
	[ "$(grep -c "$(printf '\033\\[H\033\\[J')" typed)" -ge "$1" ]
}

top_is_drawn_anew_on_a_terminal_until_it_is_stopped()
{
	needs_signal INT
	command -v script >/dev/null || skip "script is not there"
	start_a_user
	command_line="pramin top (on a terminal)"
	: >typed
	# As in start()
	set -m
	script -qefc "echo \$\$ >its_pid
		exec $(printf '%q ' "$PRAMIN" -d "$kept" top)" /dev/null \
		</dev/null >typed 2>err &
	pid=$!
	set +m
	until_true tables_are 2
	kill -INT "$(cat its_pid)"
	ended
	status_is 130
	[ "$(grep -Ec "^ *$user +1 +0 +" typed)" -ge 2 ] ||
		fail "not process $user, twice"
	end_the_user
}

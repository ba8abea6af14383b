# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# pramin-gpu: what it refuses, who may come, how it ends.

GPU=$(dirname "$PRAMIN")/pramin-gpu
CLIENT=$(dirname "$PRAMIN")/tests/server_client
for each in "$GPU" "$CLIENT"; do
	[ -x "$each" ] || fail "$each is not built"
done

server_run()	# ARG...
{
	command_line="pramin-gpu $*"
	code=0
	timeout 60 "$GPU" "$@" >out 2>err </dev/null || code=$?
}

server_refuses()	# STATUS TEXT ARG...
{
	local status=$1 text=$2
	shift 2
	server_run "$@"
	status_is "$status"
	out_is_empty
	err_has "pramin-gpu: "
	err_has "$text"
}

# Started in the background as $server, listening on d/s; d is made by it.
server_start()	# ARG...
{
	command_line="pramin-gpu $*"
	"$GPU" --socket d/s "$@" >log 2>log.err </dev/null &
	server=$!
	trap 'kill -9 $server 2>/dev/null' EXIT
	wait_for log "listens on d/s"
}

wait_for()	# FILE TEXT
{
	local i
	for ((i = 0; i < 300; i++)); do
		grep -qF -- "$2" "$1" 2>/dev/null && return
		sleep 0.1
	done
	cat log log.err
	fail "$1 does not say: $2"
}

server_end()	# STATUS [SIGNAL]
{
	kill "-${2:-TERM}" "$server"
	code=0
	wait "$server" || code=$?
	trap - EXIT
	cp log.err err
	status_is "$1"
}

client()	# [HOW]
{
	timeout 30 "$CLIENT" d/s "$@"
}

server_help_and_version_are_printed()
{
	server_run --help
	status_is 0
	out_has "Usage: pramin-gpu --socket PATH --chip NAME"
	out_has "--fault SPEC"
	err_is_empty
	server_run --version
	status_is 0
	[ "$(cat out)" = "pramin-gpu $("$PRAMIN" --version | cut -d' ' -f2)" ] ||
		fail "another version"
}

server_refuses_a_command_line_that_is_none()
{
	server_refuses 2 "--socket is missing"
	server_refuses 2 "--chip is missing" --socket d/s
	server_refuses 2 "--socket is missing" --chip g92
	server_refuses 2 "no such option" --what
	server_refuses 2 "no such option" --socket d/s --chip g92 more
	server_refuses 2 "needs a value" --socket
	server_refuses 2 "given twice" --chip g92 --chip g84 --socket d/s
	server_refuses 2 "given twice" --vram 1G --vram 1G --socket d/s
	server_refuses 2 "empty" --chip= --socket d/s
	server_refuses 2 "empty" --socket '' --chip g92
	missing d
}

server_refuses_cards_that_cannot_be()
{
	local size fault
	server_refuses 2 "no modelled chip is named 'tu999'" --chip tu999 --socket d/s
	server_refuses 2 "use one of" --chip tu999 --socket d/s
	for size in 0 -1 1.5G G 08 1Gi 99999999999T 0x 1GG; do
		server_refuses 2 "--vram" --chip tu102 --vram "$size" --socket d/s
	done
	server_refuses 2 "nearest" --chip tu102 --vram 141G --socket d/s
	for fault in gone@ gone@x @3 nothing gone@1@2 vram= 'gone@1:' ''; do
		server_refuses 2 "" --chip tu102 --socket d/s --fault "$fault"
	done
	missing d
}

server_refuses_a_broken_vbios()
{
	printf 'x' >short
	head -c 2000000 /dev/zero >long
	head -c 65536 /dev/zero >zeros
	printf '\125\252\200' | cat - zeros | head -c 65536 >no_pcir
	server_refuses 2 "shorter than 512" --chip g92 --socket d/s --vbios short
	server_refuses 2 "longer than 1 MiB" --chip g92 --socket d/s --vbios long
	server_refuses 2 "does not begin with 55 aa" --chip g92 --socket d/s --vbios zeros
	server_refuses 2 "no PCIR" --chip g92 --socket d/s --vbios no_pcir
	server_refuses 2 "not a file" --chip g92 --socket d/s --vbios absent
	server_refuses 2 "not a file" --chip g92 --socket d/s --vbios .
	server_refuses 2 "not a file" --chip g92 --socket d/s --vbios /dev/zero
	missing d
}

server_refuses_sockets_that_cannot_be()
{
	local long
	long=$(printf 'x%.0s' {1..120})
	server_refuses 2 "it may have 107" --chip g92 --socket "d/$long"
	server_refuses 2 "names no file" --chip g92 --socket d/
	server_refuses 2 "cannot make the directory" --chip g92 --socket a/b/s
	echo text >file
	server_refuses 2 "exists and is no socket" --chip g92 --socket ./file
	[ "$(cat file)" = text ] || fail "the file was changed"
	server_refuses 2 "is not a directory" --chip g92 --socket file/s
	mkdir open
	chmod 777 open
	server_refuses 2 "others may write" --chip g92 --socket open/s
	chmod 1777 open
	server_refuses 2 "others may write" --chip g92 --socket open/s
	missing open/s
}

server_leaves_nothing_behind_if_it_refuses()
{
	echo precious >t
	mkdir -m 777 open
	server_refuses 2 "others may write" --chip g92 --socket open/s --file image \
		--trace t
	[ "$(cat t)" = precious ] || fail "the recording was begun"
	server_refuses 2 "--trace ." --chip g92 --socket d/s --file image --trace .
	missing image image.state open/s d/s
}

server_refuses_a_trace_it_cannot_write()
{
	server_refuses 2 "--trace ." --chip g92 --socket d/s --trace .
	server_refuses 2 "--trace absent/t" --chip g92 --socket d/s --trace absent/t
	missing d/s
}

server_refuses_a_trace_that_would_empty_another_file()
{
	local trace
	for trace in image ./image "$PWD/image.state"; do
		server_refuses 2 "is the image's" --chip g92 --socket d/s \
			--file image --trace "$trace"
	done
	missing image image.state d
	printf precious >image
	cp image image.state
	cp image rom
	ln image link
	ln -s image.state soft
	for trace in image ./image link soft; do
		server_refuses 2 "is the image's" --chip g92 --socket d/s \
			--file image --trace "$trace"
	done
	server_refuses 2 "is the VBIOS" --chip g92 --socket d/s --vbios rom \
		--trace ./rom
	for trace in image image.state rom; do
		[ "$(cat "$trace")" = precious ] || fail "$trace was changed"
	done
	missing d
}

server_makes_a_private_socket_and_removes_it()
{
	local signal
	for signal in TERM INT HUP; do
		server_start --chip tu102 --vram 1G
		[ "$(stat -c %a d)" = 700 ] || fail "the directory is not private"
		[ "$(stat -c %a d/s)" = 600 ] || fail "the socket is not private"
		[ "$(client)" = 0x162000a1 ] || fail "another card"
		server_end 0 "$signal"
		missing d/s
	done
}

server_ends_while_a_client_is_connected()
{
	server_start --chip g92
	mkfifo keep
	client hold <keep >held 2>&1 &
	exec 7>keep
	wait_for held 0x092000a1
	server_end 0
	exec 7>&-
	missing d/s
}

server_ends_though_a_client_takes_no_replies()
{
	server_start --chip g92
	mkfifo keep
	client flood <keep >held 2>&1 &
	exec 7>keep
	wait_for held 0x092000a1
	client >second 2>&1 && fail "a second client was served"
	wait_for log.err "is connected"
	server_end 0
	exec 7>&-
	missing d/s
}

server_takes_one_client_at_a_time()
{
	server_start --chip g92
	mkfifo keep
	client hold <keep >held 2>&1 &
	exec 7>keep
	wait_for held 0x092000a1
	client >second 2>&1 && fail "a second client was served"
	wait_for log.err "is connected"
	exec 7>&-
	wait_for log.err "has left"
	[ "$(client)" = 0x092000a1 ] || fail "the next was not served"
	server_end 0
}

server_survives_garbage()
{
	server_start --chip g92
	client garbage
	wait_for log.err "ended the connection"
	[ "$(client)" = 0x092000a1 ] || fail "the next was not served"
	server_end 0
}

server_refuses_other_users()
{
	[ "$(id -u)" = 0 ] || skip "only root can become another user"
	command -v setpriv >/dev/null || skip "there is no setpriv"
	server_start --chip g92
	cp "$CLIENT" client
	chmod 755 . d client
	chmod 666 d/s
	setpriv --reuid=65534 --clear-groups ./client d/s >second 2>&1 &&
		fail "another user was served"
	wait_for log.err "it is user 65534's"
	server_end 0
}

server_listens_where_another_does_not()
{
	server_start --chip g92
	server_refuses 1 "another server listens" --chip g84 --socket d/s
	[ "$(client)" = 0x092000a1 ] || fail "the first was disturbed"
	# A server that was killed leaves its socket; the next replaces it.
	kill -9 "$server"
	wait "$server" 2>/dev/null
	[ -S d/s ] || fail "there is no socket left"
	server_start --chip g84
	[ "$(client)" = 0x084000a1 ] || fail "another card"
	# What has been put in its place is not its own.
	rm d/s
	echo mine >d/s
	server_end 0
	[ "$(cat d/s)" = mine ] || fail "it removed the file of somebody else"
}

server_that_is_refused_leaves_the_image_alone()
{
	server_start --chip g92 --vram 64M --file image
	[ "$(client)" = 0x092000a1 ] || fail "another card"
	printf mine | dd of=image bs=1 seek=$((63 << 20)) conv=notrunc status=none
	cp image before
	cp image.state before.state
	server_refuses 1 "another server listens" --chip g92 --vram 64M --file image \
		--socket d/s
	cmp before image || fail "VRAM was changed"
	cmp before.state image.state || fail "registers were changed"
	server_end 0
	missing d
}

server_keeps_vram_in_a_file()
{
	ok -q -d model:g92,vram=64M,file=image fill 0x1000 16 0x11223344
	server_start --chip g92 --vram 64M --file image
	[ "$(client)" = 0x092000a1 ] || fail "another card"
	server_end 0
	ok -d model:g92,vram=64M,file=image read 0x1000 4
	out_has 11223344
	server_refuses 2 "image" --chip tu102 --vram 64M --file image --socket d/s
}

server_records_what_a_client_does()
{
	server_start --chip g92 --trace t
	client >held
	server_end 0
	[ "$(head -c 15 t)" = "pramin-trace 1 " ] || fail "it has no header"
	[ "$(stat -c %a t)" = 600 ] || fail "it is not private"
	sed 1d t >out
	cmp -s out - <<-END || fail "another recording"
	event connect
	w16 config 0x004 0x0003
	r32 bar0 0x000000 0x092000a1
	event disconnect
	event end accesses=2
	END
}

server_man_page_has_the_options_of_the_help()
{
	server_run --help
	sed -n 's/^  \(--[a-z]*\).*/\1/p' out >help
	[ "$(wc -l <help)" -ge 9 ] || fail "the help has few options"
	sed -n '/^\.SH OPTIONS/,/^\.SH "WITH/s/^\.BI* \(\\-\\-[a-z]*\).*/\1/p' \
		"$SRC/man/pramin-gpu.1" | tr -d '\\' >man
	cmp -s help man || fail "man/pramin-gpu.1 has other options: $(cat man)"
	grep -qF 'driver' "$SRC/man/pramin-gpu.1" || fail "no QEMU command line"
	command -v groff >/dev/null || skip "groff is not there"
	groff -wall -man -z "$SRC/man/pramin-gpu.1" >out 2>&1 || fail "groff"
	out_is_empty
}

# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Building and starting one guest. To be sourced, after lib.sh; the variable
# "dir" is a directory of the guest's own, where everything of it is kept:
#
#	initramfs.cpio		what the guest starts from
#	gpuN.socket .trace .log	the modelled GPUs
#	console.log		what the kernel said
#	ask.in ask.out		the guest's second serial port
#	monitor.in monitor.out	QEMU's monitor

# PROGRAM DIR: copy a program into the guest's tree with the libraries it needs
guest_program()
{
	mkdir -p "$2/bin"
	cp "$1" "$2/bin/"
	ldd "$1" 2>/dev/null | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p' |
		while read -r library; do
			mkdir -p "$2$(dirname "$library")"
			cp -Ln "$library" "$2$library"
		done
}

# KERNEL PROGRAM...: initramfs.cpio, out of tools, programs and modules;
# further files of the guest lie in $dir/root already.
guest_initramfs()
{
	kernel=$1
	shift
	root=$dir/root
	mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/etc"
	echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
	echo 'user:x:1000:1000:user:/:/bin/sh' >>"$root/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$root/etc/group"
	cp scripts/vm/init "$root/init"
	cp scripts/vm/in-guest.sh "$root/in-guest.sh"
	for program in /bin/busybox /usr/bin/lspci /usr/bin/setpci "$@"; do
		guest_program "$program" "$root"
	done
	if [ -r /usr/share/misc/pci.ids ]; then
		mkdir -p "$root/usr/share/misc"
		sed -n '/^10de/,/^10df/p' /usr/share/misc/pci.ids |
			sed '$d' >"$root/usr/share/misc/pci.ids"
	fi
	chmod 755 "$root/init" "$root"
	{ cat "$vm_cache/kernel/$kernel/modules.cpio" &&
		(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0); } \
		>"$dir/initramfs.cpio"
	rm -rf "$root"
}

# NAME OPTION...: start a modelled GPU, and wait until it listens.
gpus='' servers=''
start_gpu()
{
	gpu=$1
	shift
	rm -f "$dir/$gpu.socket"
	"$build/pramin-gpu" --socket "$dir/$gpu.socket" "$@" \
		>"$dir/$gpu.log" 2>&1 &
	eval "server_$gpu=$!"
	servers="$servers $!"
	waited=0
	until [ -S "$dir/$gpu.socket" ]; do
		waited=$((waited + 1))
		if [ "$waited" -gt 100 ] ||
		    ! eval "kill -0 \$server_$gpu" 2>/dev/null; then
			echo "the model of $gpu did not start:" >&2
			cat "$dir/$gpu.log" >&2
			return 1
		fi
		sleep 0.1
	done
	gpus="$gpus $gpu"
}

# KERNEL JOB BOOT-WORDS OPTION...: run QEMU until the guest is off; each GPU
# that was started is behind a root port of its own, so that it can be unplugged.
#
# A CPU whose string instructions are fast would clear VRAM a byte at a time, which
# costs a message each: without erms, ... Linux takes 8 bytes. A machine that others
# use too may let the guest wait for long: no watchdogs, no check that the timer ticks,
# and a minute for an answer.
run_qemu()
{
	kernel=$1 job=$2 boot=$3
	shift 3
	set -- -name "$(basename "$dir")" -M q35,memory-backend=m -accel tcg -cpu max,-erms,-fsrm,-fsrs,-fzrm,-fsrc -m 512 -smp 1 \
		-nodefaults -display none -no-reboot -no-user-config \
		-object memory-backend-memfd,id=m,size=512M,share=on \
		-kernel "$vm_cache/kernel/$kernel/vmlinuz" \
		-initrd "$dir/initramfs.cpio" \
		-append "console=ttyS0 oops=panic panic=-1 loglevel=5 nowatchdog no_timer_check job=$job $boot" \
		-serial "${console:-file:$dir/console.log}" "$@"
	[ "$job" = shell ] || set -- "$@" -serial "pipe:$dir/ask" \
		-monitor "pipe:$dir/monitor"
	port=0
	for gpu in $gpus; do
		port=$((port + 1))
		set -- "$@" -device "pcie-root-port,id=port$port,chassis=$port,slot=$port" \
			-device "{\"driver\":\"vfio-user-pci\",\"id\":\"$gpu\",\"bus\":\"port$port\",\"socket\":{\"type\":\"unix\",\"path\":\"$dir/$gpu.socket\"},\"x-msg-timeout\":60000}"
	done
	vm_qemu >"$dir/qemu-words"
	while read -r word; do
		words="${words:-} '$word'"
	done <"$dir/qemu-words"
	rm -f "$dir/qemu-words"
	eval "exec $words \"\$@\""
}

# End what was started and has not ended by itself.
stop_gpus()
{
	for server in $servers; do
		kill "$server" 2>/dev/null || :
	done
	for server in $servers; do
		wait "$server" 2>/dev/null || :
	done
	servers=''
}

# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# What the scripts of the guests share: where the cache is, which kernels and
# how QEMU is started from it. To be sourced.
#
#	CACHE/apt		package lists, of our own
#	CACHE/qemu		QEMU and its libraries, unpacked
#	CACHE/kernel/NAME/	vmlinuz, modules.cpio, version
#
# The cache is outside build/, so that "make clean" and a new clone keep it.

vm_cache=${PRAMIN_VM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/pramin-vm}

# A kernel's name is the start of its version, and the release of Debian that
# has it.
vm_kernels='6.1=bookworm 6.12=trixie'

# The version of the recipe in scripts/vm/fetch: what was made by another one
# is made again.
vm_recipe=1

# QEMU is run through its own loader: it needs a newer libc than the host may
# have. Prints the words of its command line, one a line.
vm_qemu()
{
	lib=$vm_cache/qemu/usr/lib/x86_64-linux-gnu
	printf '%s\n' "$lib/ld-linux-x86-64.so.2" --library-path "$lib" \
		"$vm_cache/qemu/usr/bin/qemu-system-x86_64" \
		-L "$vm_cache/qemu/usr/share/qemu" \
		-L "$vm_cache/qemu/usr/share/seabios"
}

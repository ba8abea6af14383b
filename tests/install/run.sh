#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Installs into a directory of its own, builds a program against what is
# there as a stranger would, runs it, and uninstalls.
#
#	run.sh BUILD_DIR

set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:?usage: run.sh BUILD_DIR}
mkdir -p "$build"
root=$(cd "$build" && pwd)/install-test
dest=$root/dest
prefix=/opt/pramin
passed=0 failed=0

# check NAME COMMAND...
check()
{
	name=$1
	shift
	if "$@" >"$root/out" 2>&1; then
		passed=$((passed + 1))
	else
		echo "$name: FAILED"
		cat "$root/out"
		failed=$((failed + 1))
	fi
}

from_make()
{
	"${MAKE:-make}" --no-print-directory "$@" BUILD="$build" \
		DESTDIR="$dest" PREFIX="$prefix"
}

# The flags are those of the .pc file, with the staging directory put in front.
flags()
{
	PKG_CONFIG_LIBDIR=$dest$prefix/lib/pkgconfig \
		PKG_CONFIG_SYSROOT_DIR=$dest pkg-config "$@" pramin
}

# shared COMPILER...: built and run with the shared library
shared()
{
	# shellcheck disable=SC2046 # flags
	"$@" $(flags --cflags) tests/install/use.c -x none \
		-o "$root/use" $(flags --libs) &&
		readelf -d "$root/use" | grep -q "NEEDED.*libpramin.so" &&
		LD_LIBRARY_PATH=$dest$prefix/lib "$root/use"
}

# static COMPILER...: likewise with the static one, whose name is given in full
# so that the shared one beside it is not taken
static()
{
	# shellcheck disable=SC2046 # flags
	"$@" $(flags --cflags) tests/install/use.c -x none -o "$root/use" \
		$(flags --static --libs | sed 's/-lpramin/-l:libpramin.a/') &&
		! readelf -d "$root/use" | grep -q libpramin.so &&
		"$root/use"
}

version_agrees()
{
	[ "$(flags --modversion)" = "$("$root/use" | cut -d ' ' -f 1)" ]
}

installed_tool_runs()
{
	"$dest$prefix/bin/pramin" --version
}

# NAME = what a linked program asks for at run time
soname_is_a_link()
{
	soname=$(readelf -d "$dest$prefix/lib/libpramin.so" |
		sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
	[ -n "$soname" ] && [ -L "$dest$prefix/lib/$soname" ] &&
		[ -f "$dest$prefix/lib/$soname" ]
}

all_headers_are_there()
{
	diff -r include/pramin "$dest$prefix/include/pramin"
}

nothing_is_left()
{
	[ -z "$(find "$dest" ! -type d | tee /dev/stderr)" ] &&
		[ -z "$(find "$dest" -name '*pramin*' ! -path "$dest$prefix" |
			tee /dev/stderr)" ]
}

rm -rf "$root"
mkdir -p "$root" || exit 1
c='-std=c11 -Wall -Wextra -Wpedantic -Werror -x c'
cxx='-std=c++11 -Wall -Wextra -Wpedantic -Werror -x c++'

check "make install succeeds" from_make install
check "all public headers are installed" all_headers_are_there
check "the soname is a link to the library" soname_is_a_link
check "the installed tool runs" installed_tool_runs
# shellcheck disable=SC2086 # flags
{
	check "a C program works with the shared library" shared gcc $c
	check "a C++ program works with the shared library" shared g++ $cxx
	check "a C program works with the static library" static gcc $c
	check "a C++ program works with the static library" static g++ $cxx
}
check "pkg-config and the library name the same version" version_agrees
check "make uninstall succeeds" from_make uninstall
check "make uninstall leaves nothing" nothing_is_left

rm -rf "$root"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]

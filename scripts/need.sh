#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Makes sure that tools are there, and installs what is missing.
#
#	need.sh TOOL=PACKAGE...
#
# TOOL is a command, or a path (patterns allowed) that exists once PACKAGE is
# installed. Installing needs apt-get, and root or a sudo that asks nothing.
# Where that is not so, or with PRAMIN_NO_INSTALL=1, prints the line to run
# and ends with status 1.

set -u

there()
{
	case $1 in
	*/*)
		# shellcheck disable=SC2086 # a pattern is meant to expand
		set -- $1
		[ -e "$1" ]
		;;
	*)
		command -v "$1" >/dev/null 2>&1
		;;
	esac
}

missing_packages()
{
	for pair in "$@"; do
		there "${pair%%=*}" || printf '%s\n' "${pair#*=}"
	done | sort -u | tr '\n' ' '
}

packages=$(missing_packages "$@")
[ -n "$packages" ] || exit 0

refuse()
{
	echo "$1. To install what is missing, run:" >&2
	echo "    apt-get install --no-install-recommends $packages" >&2
	exit 1
}

[ "${PRAMIN_NO_INSTALL:-0}" != 1 ] || refuse "PRAMIN_NO_INSTALL is set"
command -v apt-get >/dev/null 2>&1 || refuse "there is no apt-get here"
if [ "$(id -u)" = 0 ]; then
	root=
elif sudo -n true 2>/dev/null; then
	root='sudo -n'
else
	refuse "installing needs root"
fi

# shellcheck disable=SC2086 # words
apt()
{
	$root env DEBIAN_FRONTEND=noninteractive apt-get -qq \
		-o DPkg::Lock::Timeout=120 "$@" </dev/null >&2
}

echo "installing: $packages" >&2
# The lists may be absent (a fresh image) or too old to name files that exist.
# shellcheck disable=SC2086 # words
install()
{
	apt install --no-install-recommends -y $packages
}

if ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && install; then
	:
elif ! apt update || ! install; then
	refuse "apt-get failed"
fi

packages=$(missing_packages "$@")
[ -z "$packages" ] || refuse "still missing after the installation"

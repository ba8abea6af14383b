#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The conformance suite through sysfs, on a chip of each kind of window.
#: gpu --chip tu102 --vram 8G
#: gpu --chip gh100 --vram 80G
#: program conformance
#: limit 240

. /in-guest.sh

for gpu in $(gpus); do
	conformance "$gpu" --reads 50000 --yes-overwrite >/tmp/suite 2>&1
	status=$?
	equal "the suite on $gpu has status 0" 0 $status
	[ $status -eq 0 ] || note "$(cat /tmp/suite)"
	# shellcheck disable=SC2046 # three numbers
	set -- $(tail -n 1 /tmp/suite | sed 's/[^0-9 ]//g') 0 0 0
	check "tests of the suite pass on $gpu" [ "$1" -ge 10 ]
	equal "no test of the suite fails on $gpu" 0 "$2"
	note "$gpu: $(tail -n 1 /tmp/suite)"
done

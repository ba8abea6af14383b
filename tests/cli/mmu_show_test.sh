# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Pictures of address spaces: what is in them, and where they go.

# Three blocks with a hole between two of them, in a space with holes at both ends
small_tree()	# a helper
{
	PRAMIN_GPU=model:ga102,vram=1G,file=mmu.img
	export PRAMIN_GPU
	ok -w 64 write 0x100000 0x10102
	ok -w 64 write 0x101000 0x10202
	ok -w 64 write 0x102000 0x10302 0 0x2000001
	ok -w 64 write 0x103010 0 0x10402
	ok -w 64 write 0x104000 0x400041 0x400141 8
}

count_is()	# N PATTERN FILE
{
	[ "$(grep -c -- "$2" "$3")" -eq "$1" ] ||
		fail "$3 has $(grep -c -- "$2" "$3") of $2, not $1"
}

well_formed()	# FILE: a helper
{
	if command -v xmllint >/dev/null; then
		xmllint --noout "$1" || fail "$1 is not XML"
	elif command -v python3 >/dev/null; then
		python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' \
			"$1" || fail "$1 is not XML"
	else
		skip "neither xmllint nor python3 is there to read XML"
	fi
}

a_picture_has_a_block_for_each_run_and_hole()
{
	small_tree
	ok mmu show --root 1M --svg a.svg
	out_is_empty
	missing a.svg.part
	count_is 3 'class="segment"' a.svg
	count_is 3 'class="mapped"' a.svg
	count_is 3 'class="hole"' a.svg
	count_is 1 'class="root"' a.svg
	count_is 1 'class="reserved"' a.svg
	# All tables lie in one square, and 512 MiB fill 16 rows of 32 MiB.
	count_is 1 'class="table"' a.svg
	count_is 17 'class="vram"' a.svg
	grep -q '>0x0000000200000<' a.svg || fail "no address"
	grep -q '>8 KiB = 2 x 4 KiB<' a.svg || fail "no size"
	grep -q '>vram 0x4000000, read_only<' a.svg || fail "no memory"
	well_formed a.svg
}

a_picture_of_nothing_is_one_hole()
{
	ok mmu show --root 1M --svg a.svg -d model:gh100,vram=16G
	count_is 0 'class="segment"' a.svg
	count_is 1 'class="hole"' a.svg
	count_is 0 'class="vram"' a.svg
	well_formed a.svg
}

a_picture_of_two_million_runs_is_small()
{
	PRAMIN_GPU=model:ga102,vram=16M,file=mmu.img
	export PRAMIN_GPU
	# One table of 512 equal entries, 256 ways to it, 16 ways to those
	ok -w 64 write 0x100000 0x10102
	ok -w 64 write 0x101000 0x10202
	ok fill 0x102000 128 hex:0203010000000000
	for ((i = 0; i < 256; i++)); do
		printf '\0\0\0\0\0\0\0\0\2\4\1\0\0\0\0\0'
	done >pd0
	ok load 0x103000 pd0
	ok fill 0x104000 4K hex:0100400000000000
	ok --json mmu show --root 1M --svg a.svg
	out_has '"runs":2097152,"pages":2097152,"tables":4115'
	[ "$(stat -c %s a.svg)" -lt 100000 ] || fail "the picture is large"
	count_is 22 'class="segment"' a.svg
	well_formed a.svg
}

a_picture_survives_any_tables()
{
	PRAMIN_GPU=model:gm204,vram=16M,file=mmu.img
	export PRAMIN_GPU
	noise 1000000 >bytes
	ok load 1M bytes
	run mmu show --root 1M --svg a.svg
	status_is 0
	well_formed a.svg
	ok fill 1M 1M hex:ff
	ok mmu show --root 1M --svg a.svg
	well_formed a.svg
}

a_picture_goes_where_a_dump_would()
{
	small_tree
	ok mmu show --root 1M --svg -
	cp out a.svg
	well_formed a.svg
	printf 'old' >b.svg
	refused 1 "does not answer" mmu show --root 1M --svg b.svg \
		-d model:ga102,vram=1G,fault=gone@10,file=mmu.img
	[ "$(cat b.svg)" = old ] || fail "b.svg has changed"
	ok mmu show --root 1M --svg b.svg
	same a.svg b.svg
	ok -n mmu show --root 1M --svg c.svg
	missing c.svg c.svg.part
	# Names are data.
	ok dump 0 2M 'a<&">.bin'
	ok mmu show --root 1M --svg d.svg --dump 'a<&">.bin' --chip ga102 \
		-q
	well_formed d.svg
	refused 2 "Give --svg FILE, --png FILE" mmu show --root 1M
	refused 2 "it needs a FILE" mmu show --root 1M --png -
	refused 2 "--json needs a FILE" mmu show --root 1M --svg - --json
	refused 2 "the same FILE" mmu show --root 1M --svg b.svg --png b.svg
	refused 2 "Is a directory" mmu show --root 1M --svg .
	refused 2 "No such file" mmu show --root 1M --svg no/where.svg
}

a_png_needs_a_converter()
{
	small_tree
	mkdir bin
	for tool in timeout cat head grep; do
		ln -s "$(command -v "$tool")" "bin/$tool"
	done
	PATH=$PWD/bin refused 1 "apt-get install librsvg2-bin" \
		mmu show --root 1M --png a.png
	err_has "--png needs rsvg-convert, which is not installed"
	missing a.png a.png.part
	printf '#!/bin/sh\nexit 3\n' >bin/rsvg-convert
	chmod +x bin/rsvg-convert
	PATH=$PWD/bin:$PATH refused 1 "could not convert the picture" \
		mmu show --root 1M --png a.png
	missing a.png a.png.part
	printf '#!/bin/sh\nexec cat\n' >bin/rsvg-convert
	PATH=$PWD/bin:$PATH ok mmu show --root 1M --png a.png --svg a.svg
	same a.png a.svg
	missing a.png.part
}

a_png_is_one()
{
	command -v rsvg-convert >/dev/null || skip "rsvg-convert is not there"
	small_tree
	ok mmu show --root 1M --png a.png
	[ "$(head -c 4 a.png | tail -c 3)" = PNG ] || fail "not PNG"
}

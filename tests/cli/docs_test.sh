# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# The man page, the help and the README say the same.

the_man_page_has_the_text_of_the_command()
{
	"$SRC/man/update.sh" "$PRAMIN" "$SRC/man/pramin.1" >page ||
		fail "update.sh"
	diff "$SRC/man/pramin.1" page ||
		fail "run man/update.sh and replace man/pramin.1"
}

the_man_page_names_every_command_and_option()
{
	grep -c '^\.BI "[a-z0-9 ]*" "' "$SRC/man/pramin.1" >count
	[ "$(cat count)" -eq "$("$PRAMIN" help --names | wc -l)" ] ||
		fail "another number of commands"
	for o in gpu width dry-run quiet json stats verify force-shared \
		 force-move force-reserved color record raw all root \
		 inst bar1 dump chip format big-page aperture budget svg png \
		 new exclusive tables page attributes kind peer sparse no-split \
		 completion version help; do
		"$PRAMIN" help --man | tr -d '\\' | grep -q -- "--$o" ||
			fail "no --$o"
	done
}

the_man_page_has_no_warnings()
{
	command -v groff >/dev/null || skip "groff is not there"
	groff -wall -man -z "$SRC/man/pramin.1" >out 2>&1 || fail "groff"
	out_is_empty
}

the_readme_uses_commands_that_exist()
{
	[ -f "$SRC/README.md" ] || skip "README.md is not there"
	# Words behind "pramin" in code, without options and their values
	sed -n '/^```/,/^```/p; s/.*`\(build\/pramin [^`]*\)`.*/\1/p' \
		"$SRC/README.md" |
		sed -n 's/.*build\/pramin \(.*\)/\1/p' |
		sed 's/^-d [^ ]* //; s/^\(--*[a-z]* \)*//; s/ .*//' >words
	[ -s words ] || fail "README.md shows no command"
	while read -r word; do
		"$PRAMIN" help --names | grep -qE "^$word( |\$)" ||
			fail "README.md uses pramin $word"
	done <words
}

the_examples_of_the_man_page_work()
{
	sed -n '/^\.SH EXAMPLES/,/^\.SH "SEE/p' "$SRC/man/pramin.1" |
		sed -n '/^\.EX/,/^\.EE/{/^\.E/d;s/\\-/-/g;p}' >script
	grep -q '^pramin' script || fail "no examples"
	# The last one fails on purpose.
	bash -c '. ./script' >out 2>err </dev/null
	out_has "0x0000000140003030: 00000000 00000000 12345678 0000cafe"
	out_has same
	out_has "=> 0x200001234 in vram, by a page of 2 MiB"
	out_has ": 0 findings"
	out_has "would load 67108864 bytes"
	err_has "does not answer"
	[ "$(grep -c '^pramin ' err)" -eq 2 ] || fail "other messages"
}

the_completion_script_works()
{
	ok help --completion bash
	. ./out
	COMP_WORDS=(pramin wi) COMP_CWORD=1
	_pramin
	[ "${COMPREPLY[*]}" = window ] || fail "wi: ${COMPREPLY[*]}"
	COMP_WORDS=(pramin read --ve) COMP_CWORD=2
	_pramin
	[ "${COMPREPLY[*]}" = "--verify --version" ] ||
		fail "--ve: ${COMPREPLY[*]}"
	COMP_WORDS=(pramin mm) COMP_CWORD=1
	_pramin
	[ "${COMPREPLY[*]}" = mmu ] || fail "mm: ${COMPREPLY[*]}"
	COMP_WORDS=(pramin -n mmu w) COMP_CWORD=3
	_pramin
	[ "${COMPREPLY[*]}" = walk ] || fail "mmu w: ${COMPREPLY[*]}"
	refused 2 bash help --completion tcsh
}

every_reason_of_a_card_is_in_the_documentation()
{
	local reason
	sed -n 's/^		"\([a-z_0-9]*\)",.*/\1/p' "$SRC/lib/why_card.c" >reasons
	[ "$(wc -l <reasons)" -gt 10 ] || fail "no reasons"
	while read -r reason; do
		grep -q "^|.*| \`$reason\`[ ,:].*|$" \
			"$SRC/docs/hardware-access.md" "$SRC/docs/vfio.md" ||
			fail "no row for $reason"
	done <reasons
}

/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the compiler made of a function of this program, as objdump shows it.
 */
#ifndef PRAMIN_TESTS_LIB_CODE_H
#define PRAMIN_TESTS_LIB_CODE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* gcc's own code, without what sanitizers and coverage add to it */
#if defined(__OPTIMIZE__) && !defined(__clang__) && \
	!defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PLAIN_BUILD true
#else
#define PLAIN_BUILD false
#endif

/* Instructions of @name() up to its first ret; 0: not found */
static inline unsigned int code_instructions(const char *name)
{
	char line[256], label[64];
	unsigned int count = 0;
	bool inside = false, ended = false;
	FILE *pipe;

	snprintf(line, sizeof(line), "objdump -d --no-show-raw-insn "
		 "--disassemble=%s /proc/$PPID/exe 2>/dev/null", name);
	snprintf(label, sizeof(label), "<%s>:", name);
	/* A name of the test's own. NOLINTNEXTLINE(cert-env33-c) */
	pipe = popen(line, "r");
	if (!pipe)
		return 0;
	while (fgets(line, sizeof(line), pipe)) {
		if (strstr(line, label)) {
			inside = true;
			continue;
		}
		if (!inside || ended || !strchr(line, ':') ||
		    strstr(line, "endbr64"))
			continue;
		count++;
		ended = strstr(line, "ret") || strstr(line, "call");
	}
	pclose(pipe);
	return ended ? count : 0;
}

#endif /* PRAMIN_TESTS_LIB_CODE_H */

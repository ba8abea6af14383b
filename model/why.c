// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Sentences for failures. What the caller gave is shown shortened and without
 * control characters: it may be of any length and may end on a terminal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

struct model_text model_quote_n(const char *text, size_t len)
{
	struct model_text out;
	size_t room = sizeof(out.s) - 1, skip = 0, n = 0, i;

	/* The end of a path says more than its beginning. */
	if (len > room) {
		memcpy(out.s, "...", 3);
		n = 3;
		skip = len - (room - n);
	}
	for (i = skip; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		out.s[n++] = c < ' ' || c == 0x7f ? '?' : text[i];
	}
	out.s[n] = '\0';
	return out;
}

struct model_text model_quote(const char *text)
{
	return model_quote_n(text, strlen(text));
}

/* As the GPU string takes it: 11G, 1536M, 1048832 */
struct model_size_text model_size_text(uint64_t bytes)
{
	static const struct {
		uint64_t unit;
		const char *suffix;
	} units[] = {
		{ PRAMIN_TIB, "T" }, { PRAMIN_GIB, "G" }, { PRAMIN_MIB, "M" },
		{ PRAMIN_KIB, "K" }, { 1, "" },
	};
	struct model_size_text out;
	size_t i = 0;

	while (units[i].unit > 1 && (!bytes || bytes % units[i].unit))
		i++;
	snprintf(out.s, sizeof(out.s), "%" PRIu64 "%s", bytes / units[i].unit,
		 units[i].suffix);
	return out;
}

int model_fail(struct pramin_why *why, int err, enum pramin_reason reason,
	       const char *next, const char *fmt, ...)
{
	va_list args;

	if (!why)
		return err;

	memset(why, 0, sizeof(*why));
	why->err = err;
	why->reason = reason;
	snprintf(why->next, sizeof(why->next), "%s", next);
	va_start(args, fmt);
	vsnprintf(why->what, sizeof(why->what), fmt, args);
	va_end(args);
	return err;
}

/* One text for each thread, of the model that it had the problem with */
static _Thread_local struct {
	uint64_t serial;
	char text[PRAMIN_WHY_TEXT];
} problem;

void model_problem_set(const struct pramin_model *m, const char *fmt, ...)
{
	va_list args;

	problem.serial = m->serial;
	va_start(args, fmt);
	vsnprintf(problem.text, sizeof(problem.text), fmt, args);
	va_end(args);
}

const char *model_problem(const struct pramin_model *m)
{
	return problem.serial == m->serial ? problem.text : NULL;
}

/* @code as errno has it; "cannot @verb @path: ..." */
int model_fail_errno(struct pramin_why *why, int code, const char *verb,
		     const char *path)
{
	const char *desc = strerrordesc_np(code);
	enum pramin_reason reason = PRAMIN_REASON_FILE;
	const char *next = "name another file";
	int err = -EINVAL;

	if (!desc)
		desc = "unknown error";

	switch (code) {
	case EACCES:
	case EPERM:
	case EROFS:
		err = -EPERM;
		reason = PRAMIN_REASON_NOT_ALLOWED;
		next = "make the file and its directory readable and writable, "
		       "or name another file";
		break;
	case ENOSPC:
	case EDQUOT:
		err = -ENOMEM;
		reason = PRAMIN_REASON_NO_MEMORY;
		next = "make room on the filesystem, or name a file on another";
		break;
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		err = -ENOMEM;
		reason = PRAMIN_REASON_NO_MEMORY;
		next = "free some of what ran out";
		break;
	default:
		break;
	}
	return model_fail(why, err, reason, next, "cannot %s %s: %s", verb,
			  model_quote(path).s, desc);
}

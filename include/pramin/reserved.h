/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * VRAM that is not for anybody who comes without a driver: the VBIOS has it, or
 * firmware has locked it.
 */
#ifndef PRAMIN_RESERVED_H
#define PRAMIN_RESERVED_H

#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pramin_dev;

/** PRAMIN_RESERVED_MAX - ranges that one GPU has at most */
#define PRAMIN_RESERVED_MAX 3u

/** enum pramin_reserved_kind - whose it is */
enum pramin_reserved_kind {
	PRAMIN_RESERVED_WORKSPACE, /* the last MiB: the VBIOS, also while it runs */
	PRAMIN_RESERVED_WPR1,	   /* write-protected regions of firmware */
	PRAMIN_RESERVED_WPR2,
};

/**
 * struct pramin_reserved - one range
 * @kind:  whose it is
 * @first: first and
 * @last:  last byte of it, VRAM addresses inside VRAM
 */
struct pramin_reserved {
	enum pramin_reserved_kind kind;
	uint64_t first;
	uint64_t last;
};

/**
 * pramin_reserved() - all reserved ranges, as they are now
 * @dev:   a handle
 * @list:  filled with up to @room of them; the workspace is first
 * @room:  elements of @list; %PRAMIN_RESERVED_MAX is always enough
 * @count: result: how many were filled in
 *
 * Two to four register reads on Turing and later, none before. Firmware may lock a
 * region at any time, so nothing is kept. A register that answers an error value, as one
 * that the CPU may not read does, tells of no region; nor do chips whose
 * registers are not published (core/regs/wpr.h). What a region reads as through the
 * window, and where writes to it go, is not published either.
 *
 * Thread safe. Return: 0, -EINVAL for a NULL, or a code of the device.
 */
int pramin_reserved(struct pramin_dev *dev, struct pramin_reserved *list,
		    size_t room, size_t *count);

/** pramin_reserved_name() - "the last MiB, where ...": a phrase; never NULL */
const char *pramin_reserved_name(enum pramin_reserved_kind kind);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_RESERVED_H */

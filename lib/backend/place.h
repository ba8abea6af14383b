/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Where the users of one card meet on the file system, and what the last of them
 * puts back.
 *
 *	run/pramin/		root's, 0700: made here
 *	    0000:41:00.0	one file for each card
 *		+0		a header: which boot, which card, what to put back
 *		+64 KiB		the meeting of lib/meet.c
 *
 * Who may not open the card may not open the directory either, and can neither block
 * nor read. A header of another boot, or of another card, makes the file worthless.
 * A card that is removed and found again is another card: the inode of an attribute
 * tells. If somebody has the former one open still, the file loses its name and a new
 * one is made, so that what is known of the one window is not believed of the other.
 *
 * Two bytes of the header are locked (OFD locks): +0 by who comes or goes, +1 by all
 * who are there. What was changed about the card (awake, decoding) is noted before
 * it is changed, so that it is put back by the last one out even if the one that
 * changed it was killed.
 */
#ifndef PRAMIN_LIB_BACKEND_PLACE_H
#define PRAMIN_LIB_BACKEND_PLACE_H

#include <pramin/error.h>

#include "pci.h"

#define PLACE_MEETING 65536u

/* What has to be put back; or-ed */
#define PLACE_POWER  1u /* power/control was "auto" */
#define PLACE_DECODE 2u /* memory decoding was off */

/**
 * struct place - one user's
 * @fd:   -1: not open
 * @card: which of the cards that had this address one after the other
 */
struct place {
	char path[PCI_PATH_TEXT];
	int fd;
	uint64_t card;
};

/**
 * place_open() - come in; nobody else comes or goes until place_ready()
 * @attr_fd: an attribute of the card, always the same one
 *
 * Return: 0, -EPERM: it is not safe, or cannot be made; -EBUSY: somebody else does
 * not get done; -ENODEV: the card was removed meanwhile. @place is closed if it fails.
 */
int place_open(struct place *place, const char *addr, int attr_fd,
	       uint64_t timeout_ns, struct pramin_why *why);

/* Note that something has to be put back, before it is changed. 0, -EIO */
int place_note(struct place *place, uint32_t what);

/* Others may come and go. */
void place_ready(struct place *place);

/**
 * place_leave() - go; nobody else comes or goes until place_close()
 *
 * Return: what is to be put back now; 0: nothing, or others are there
 */
uint32_t place_leave(struct place *place, uint64_t timeout_ns);

/* After place_leave(): what could not be put back, and is left to who comes next */
void place_keep(struct place *place, uint32_t kept);

/* Drops all locks; also in a forked child, where the locks are the parent's */
void place_close(struct place *place);

#endif /* PRAMIN_LIB_BACKEND_PLACE_H */

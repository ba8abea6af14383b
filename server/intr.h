/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Time, and interrupts.
 *
 *	PTIMER alarm --+
 *	               +-- PMC_INTR_HOST --- INTx, or MSI --- eventfd of the client
 *	software ------+
 *
 * What can interrupt is the alarm of PTIMER and the software bit of PMC, as on
 * cards from G80 to Maxwell; later ones have other registers for it, which are not
 * modelled. A client can also ask for an interrupt as such.
 *
 * From github.com/envytools/envytools, docs/hw/bus/pmc.rst and ptimer.rst.
 *
 * Not thread safe: the device takes its lock.
 */
#ifndef PRAMIN_SERVER_INTR_H
#define PRAMIN_SERVER_INTR_H

#include <pramin/model.h>

#include "config.h"

/* INTx and MSI, in the order of enum vfu_irq */
#define INTR_KINDS 2u

/**
 * struct intr - state of time and interrupts
 * @old_tree:  the chip has the registers of G80 to Maxwell
 * @has_mask:  and the mask of GT215 and later
 * @enable, @mask, @software: of PMC
 * @alarm, @alarm_intr, @alarm_enable: of PTIMER
 * @alarm_ns:  host time when the alarm goes off; UINT64_MAX: it does not
 * @timer:     timerfd for it
 * @timer_ns:  what that is set to
 * @offset_ns: what a write of the time has set it forward by
 * @fd:        where the client wants to be told; -1: it does not
 * @masked:    INTx waits for the client to unmask it
 * @msi_sent:  MSI has been sent for what is active now
 */
struct intr {
	bool old_tree, has_mask;
	uint32_t enable, mask;
	bool software;
	uint32_t alarm;
	bool alarm_intr, alarm_enable;
	uint64_t alarm_ns;
	int timer;
	uint64_t timer_ns;
	uint64_t offset_ns;
	int fd[INTR_KINDS];
	bool masked;
	bool msi_sent;
};

/* For one that intr_init() has not seen yet: nothing is open */
#define INTR_NONE ((struct intr){ .fd = { -1, -1 }, .timer = -1 })

/** intr_init() - 0 or a negative errno value; intr_fini() after both */
int intr_init(struct intr *i, const struct pramin_model_chip *chip);
void intr_fini(struct intr *i);

/** intr_reset() - registers only; what the client has set up stays */
void intr_reset(struct intr *i);

/**
 * intr_read(), intr_write() - registers of PTIMER and PMC
 *
 * Return: false if @off, a multiple of 4, is none of them.
 */
bool intr_read(struct intr *i, uint32_t off, uint32_t *val);
bool intr_write(struct intr *i, uint32_t off, uint32_t val);

/**
 * intr_update() - after anything may have changed: tell the client if need be
 *
 * Return: of which kind it has been told now, or -1.
 */
int intr_update(struct intr *i, struct config *c);

/** intr_rearm() - the driver is ready for the next MSI */
void intr_rearm(struct intr *i);

/** intr_trigger() - as if the device had; false if nobody wants to be told */
bool intr_trigger(struct intr *i, unsigned int kind);

/** intr_set_fd() - takes over @fd; -1: nobody is told any more */
void intr_set_fd(struct intr *i, unsigned int kind, int fd);

/** intr_timer() - a descriptor that is readable when intr_update() is due */
int intr_timer(const struct intr *i);

#endif /* PRAMIN_SERVER_INTR_H */

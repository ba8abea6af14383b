// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Time, and interrupts. INTx is a level that the client masks by itself when it is
 * told, and unmasks when it is through; MSI is sent once for each time that the
 * line becomes active, and again if the driver rearms it while it is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "../core/bits.h"
#include "../core/regs/master.h"
#include "intr.h"
#include "vfu.h"

#define PMC_INTR_HOST	     0x000100u
#define PMC_INTR_PTIMER	     BIT32(20)
#define PMC_INTR_SOFTWARE    BIT32(31)
#define PMC_INTR_ENABLE_HOST 0x000140u
#define PMC_ENABLE_HARDWARE  BIT32(0)
#define PMC_ENABLE_SOFTWARE  BIT32(1)
#define PMC_INTR_MASK_HOST   0x000640u

#define PTIMER_INTR	   0x009100u
#define PTIMER_INTR_ENABLE 0x009140u
#define PTIMER_TIME_LOW	   0x009400u
#define PTIMER_TIME_HIGH   0x009410u
#define PTIMER_ALARM	   0x009420u
#define PTIMER_LOW	   BITS32(31, 5)
#define PTIMER_HIGH	   BITS32(28, 0)

#define CHIP_GT215    0x0a3u
#define ARCH_MAXWELL2 0x12u

#define NS_PER_S UINT64_C(1000000000)

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

int intr_init(struct intr *i, const struct pramin_model_chip *chip)
{
	uint32_t arch = FLD_GET(NV_PMC_BOOT_0_ARCHITECTURE_0, chip->boot0);
	uint32_t impl = FLD_GET(NV_PMC_BOOT_0_IMPLEMENTATION, chip->boot0);

	*i = INTR_NONE;
	i->old_tree = arch <= ARCH_MAXWELL2;
	i->has_mask = (arch << 4 | impl) >= CHIP_GT215;
	i->timer_ns = UINT64_MAX;
	intr_reset(i);
	i->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return i->timer < 0 ? -errno : 0;
}

void intr_fini(struct intr *i)
{
	unsigned int kind;

	for (kind = 0; kind < INTR_KINDS; kind++)
		intr_set_fd(i, kind, -1);
	if (i->timer >= 0)
		close(i->timer);
}

int intr_timer(const struct intr *i)
{
	return i->timer;
}

void intr_reset(struct intr *i)
{
	i->enable = 0;
	i->mask = 0;
	i->software = false;
	i->alarm = 0;
	i->alarm_intr = false;
	i->alarm_enable = false;
	i->alarm_ns = UINT64_MAX;
	i->msi_sent = false;
}

static uint64_t timer(const struct intr *i)
{
	return now_ns() + i->offset_ns;
}

/* The alarm goes off when the lower half of the time next is @low. */
static void set_alarm(struct intr *i, uint32_t low)
{
	uint64_t now = timer(i);
	uint32_t wait = (low & PTIMER_LOW) - ((uint32_t)now & PTIMER_LOW);

	i->alarm = low & PTIMER_LOW;
	i->alarm_ns = now + wait - i->offset_ns;
}

static void see_alarm(struct intr *i)
{
	if (i->alarm_ns == UINT64_MAX || i->alarm_ns > now_ns())
		return;
	i->alarm_intr = true;
	/* The same again when the lower half has gone round. */
	i->alarm_ns += UINT64_C(1) << 32;
}

/* What PMC_INTR_HOST shows */
static uint32_t active(const struct intr *i)
{
	uint32_t bits = 0;

	if (i->alarm_intr && i->alarm_enable)
		bits |= PMC_INTR_PTIMER;
	if (i->software)
		bits |= PMC_INTR_SOFTWARE;
	return i->has_mask ? bits & i->mask : bits;
}

static bool line(const struct intr *i)
{
	uint32_t bits = active(i);

	return (bits & ~PMC_INTR_SOFTWARE && i->enable & PMC_ENABLE_HARDWARE) ||
	       (bits & PMC_INTR_SOFTWARE && i->enable & PMC_ENABLE_SOFTWARE);
}

static bool timer_read(struct intr *i, uint32_t off, uint32_t *val)
{
	switch (off) {
	case PTIMER_TIME_LOW:
		*val = (uint32_t)timer(i) & PTIMER_LOW;
		return true;
	case PTIMER_TIME_HIGH:
		*val = (uint32_t)(timer(i) >> 32) & PTIMER_HIGH;
		return true;
	default:
		return false;
	}
}

static bool timer_write(struct intr *i, uint32_t off, uint32_t val)
{
	uint64_t now = timer(i);

	if (off == PTIMER_TIME_LOW)
		now = (now & ~UINT64_C(0xffffffff)) | (val & PTIMER_LOW);
	else if (off == PTIMER_TIME_HIGH)
		now = (now & 0xffffffff) | (uint64_t)(val & PTIMER_HIGH) << 32;
	else
		return false;
	i->offset_ns = now - now_ns();
	if (i->alarm_ns != UINT64_MAX)
		set_alarm(i, i->alarm);
	return true;
}

bool intr_read(struct intr *i, uint32_t off, uint32_t *val)
{
	if (timer_read(i, off, val))
		return true;
	if (!i->old_tree)
		return false;
	see_alarm(i);
	switch (off) {
	case PMC_INTR_HOST:
		*val = active(i);
		return true;
	case PMC_INTR_ENABLE_HOST:
		*val = i->enable;
		return true;
	case PMC_INTR_MASK_HOST:
		*val = i->mask;
		return i->has_mask;
	case PTIMER_INTR:
		*val = i->alarm_intr;
		return true;
	case PTIMER_INTR_ENABLE:
		*val = i->alarm_enable;
		return true;
	case PTIMER_ALARM:
		*val = i->alarm;
		return true;
	default:
		return false;
	}
}

bool intr_write(struct intr *i, uint32_t off, uint32_t val)
{
	if (timer_write(i, off, val))
		return true;
	if (!i->old_tree)
		return false;
	see_alarm(i);
	switch (off) {
	case PMC_INTR_HOST:
		i->software = val & PMC_INTR_SOFTWARE &&
			      (!i->has_mask || i->mask & PMC_INTR_SOFTWARE);
		return true;
	case PMC_INTR_ENABLE_HOST:
		i->enable = val & (PMC_ENABLE_HARDWARE | PMC_ENABLE_SOFTWARE);
		return true;
	case PMC_INTR_MASK_HOST:
		i->mask = val;
		return i->has_mask;
	case PTIMER_INTR:
		if (val & 1)
			i->alarm_intr = false;
		return true;
	case PTIMER_INTR_ENABLE:
		i->alarm_enable = val & 1;
		return true;
	case PTIMER_ALARM:
		set_alarm(i, val);
		return true;
	default:
		return false;
	}
}

/*
 * What cannot be written to at once is the client's loss: it may have sent
 * something else than an eventfd, and nobody waits for that.
 */
static void tell(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	const uint64_t one = 1;
	ssize_t n;

	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
		return;
	do
		n = write(fd, &one, sizeof(one));
	while (n < 0 && errno == EINTR);
}

bool intr_trigger(struct intr *i, unsigned int kind)
{
	if (i->fd[kind] < 0)
		return false;
	tell(i->fd[kind]);
	return true;
}

/* Be woken when the alarm goes off, if it would then interrupt. */
static void set_timer(struct intr *i)
{
	bool counts = i->alarm_enable && i->enable & PMC_ENABLE_HARDWARE;
	uint64_t next = counts && !i->alarm_intr ? i->alarm_ns : UINT64_MAX;
	struct itimerspec when = { .it_value = { .tv_sec = 0 } };

	if (next == i->timer_ns)
		return;
	i->timer_ns = next;
	if (next != UINT64_MAX) {
		when.it_value.tv_sec = (time_t)(next / NS_PER_S);
		when.it_value.tv_nsec = (long)(next % NS_PER_S);
	}
	timerfd_settime(i->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int intr_update(struct intr *i, struct config *c)
{
	bool on;

	see_alarm(i);
	set_timer(i);
	on = line(i);
	config_set_intx(c, on);
	if (!on) {
		i->msi_sent = false;
		return -1;
	}
	if (config_msi_on(c)) {
		if (i->msi_sent || !intr_trigger(i, VFU_MSI))
			return -1;
		i->msi_sent = true;
		return VFU_MSI;
	}
	if (config_intx_off(c) || i->masked || !intr_trigger(i, VFU_INTX))
		return -1;
	i->masked = true;
	return VFU_INTX;
}

void intr_rearm(struct intr *i)
{
	i->msi_sent = false;
}

void intr_set_fd(struct intr *i, unsigned int kind, int fd)
{
	if (i->fd[kind] >= 0)
		close(i->fd[kind]);
	i->fd[kind] = fd;
	if (kind == VFU_INTX)
		i->masked = false;
	else
		i->msi_sent = false;
}

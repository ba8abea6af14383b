// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Interrupts as a client sets them up: eventfds, triggers, masks, and what is
 * refused.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/eventfd.h>

#include "server_rig.h"

static struct server_rig rig;

#define BEGIN(chip) CHECK_EQ(server_rig_open(&rig, chip, 64 * MIB), 0)
#define END()	    CHECK_EQ(server_rig_close(&rig), 0)

static int set_irqs(uint32_t flags, uint32_t index, uint32_t start,
		    uint32_t count, const uint8_t *bools, const int *fd)
{
	struct vfu_irq_set set = { sizeof(set), flags, index, start, count };
	uint8_t body[sizeof(set) + 8];
	size_t more = bools ? count : 0;
	struct reply r;

	set.argsz += (uint32_t)more;
	memcpy(body, &set, sizeof(set));
	if (bools)
		memcpy(body + sizeof(set), bools, more);
	if (client_send(&rig.client, VFU_SET_IRQS, 0, body, sizeof(set) + more,
			fd, fd ? 1 : 0))
		return -EIO;
	if (client_receive(&rig.client, &r) != 1)
		return -EPIPE;
	if (r.bytes)
		return -EPROTO;
	return r.head.flags & VFU_ERROR ? -(int)r.head.error : 0;
}

static uint64_t told(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static int put(uint64_t off, uint32_t val)
{
	return client_write(&rig.client, VFU_BAR0, off, &val, 4);
}

static int both_kinds_have_one_interrupt(void)
{
	static const uint32_t count[] = { 1, 1, 0, 0, 0 };
	static const uint32_t flags[] = { 7, 9, 0, 0, 0 };
	struct vfu_irq_info info;
	struct reply r;
	uint32_t i;

	BEGIN("g92");
	for (i = 0; i < VFU_IRQS; i++) {
		info = (struct vfu_irq_info){ .argsz = sizeof(info),
					      .index = i };
		CHECK_EQ(client_ask(&rig.client, VFU_GET_IRQ_INFO, &info,
				    sizeof(info), &r),
			 0);
		memcpy(&info, r.body, sizeof(info));
		CHECK_EQ(info.index, i);
		CHECK_EQ(info.count, count[i]);
		CHECK_EQ(info.flags, flags[i]);
	}
	info = (struct vfu_irq_info){ .argsz = sizeof(info), .index = 5 };
	CHECK_EQ(client_ask(&rig.client, VFU_GET_IRQ_INFO, &info, sizeof(info),
			    &r),
		 -EINVAL);
	info = (struct vfu_irq_info){ .argsz = 8 };
	CHECK_EQ(client_ask(&rig.client, VFU_GET_IRQ_INFO, &info, sizeof(info),
			    &r),
		 -EINVAL);
	END();
	return 0;
}

static int a_client_can_ask_for_an_interrupt(void)
{
	static const uint8_t yes[] = { 1 }, no[] = { 0 };
	int fd = eventfd(0, EFD_NONBLOCK);
	uint32_t kind;

	BEGIN("tu102");
	for (kind = VFU_INTX; kind <= VFU_MSI; kind++) {
		/* Nobody wants to be told yet. */
		CHECK_EQ(set_irqs(VFU_SET_NONE | VFU_SET_TRIGGER, kind, 0, 1,
				  NULL, NULL),
			 0);
		CHECK_EQ(set_irqs(VFU_SET_EVENTFD | VFU_SET_TRIGGER, kind, 0, 1,
				  NULL, &fd),
			 0);
		CHECK_EQ(told(fd), 0);
		CHECK_EQ(set_irqs(VFU_SET_NONE | VFU_SET_TRIGGER, kind, 0, 1,
				  NULL, NULL),
			 0);
		CHECK_EQ(told(fd), 1);
		CHECK_EQ(set_irqs(VFU_SET_BOOL | VFU_SET_TRIGGER, kind, 0, 1,
				  yes, NULL),
			 0);
		CHECK_EQ(told(fd), 1);
		CHECK_EQ(set_irqs(VFU_SET_BOOL | VFU_SET_TRIGGER, kind, 0, 1,
				  no, NULL),
			 0);
		CHECK_EQ(told(fd), 0);
		/* Taken back: by an eventfd that is none, or all of them */
		CHECK_EQ(kind ? set_irqs(VFU_SET_NONE | VFU_SET_TRIGGER, kind,
					 0, 0, NULL, NULL) :
				set_irqs(VFU_SET_EVENTFD | VFU_SET_TRIGGER,
					 kind, 0, 1, NULL, NULL),
			 0);
		CHECK_EQ(set_irqs(VFU_SET_NONE | VFU_SET_TRIGGER, kind, 0, 1,
				  NULL, NULL),
			 0);
		CHECK_EQ(told(fd), 0);
	}
	close(fd);
	END();
	return 0;
}

static int intx_is_masked_until_the_client_unmasks_it(void)
{
	int fd = eventfd(0, EFD_NONBLOCK);

	BEGIN("g92");
	CHECK_EQ(set_irqs(VFU_SET_EVENTFD | VFU_SET_TRIGGER, VFU_INTX, 0, 1,
			  NULL, &fd),
		 0);
	CHECK_EQ(put(0x140, 2), 0);
	CHECK_EQ(put(0x100, 1u << 31), 0);
	CHECK_EQ(told(fd), 1);
	CHECK_EQ(put(0x100, 1u << 31), 0);
	CHECK_EQ(told(fd), 0);
	/* It is still active. */
	CHECK_EQ(set_irqs(VFU_SET_NONE | VFU_SET_UNMASK, VFU_INTX, 0, 1, NULL,
			  NULL),
		 0);
	CHECK_EQ(told(fd), 1);
	CHECK_EQ(put(0x100, 0), 0);
	CHECK_EQ(set_irqs(VFU_SET_NONE | VFU_SET_UNMASK, VFU_INTX, 0, 1, NULL,
			  NULL),
		 0);
	CHECK_EQ(told(fd), 0);
	CHECK_EQ(set_irqs(VFU_SET_NONE | VFU_SET_MASK, VFU_INTX, 0, 1, NULL,
			  NULL),
		 0);
	CHECK_EQ(put(0x100, 1u << 31), 0);
	CHECK_EQ(told(fd), 0);
	close(fd);
	END();
	return 0;
}

static int what_cannot_be_set_up_is_refused(void)
{
	static const struct {
		uint32_t flags, index, start, count;
		int want;
	} cases[] = {
		{ 0x21, 2, 0, 1, -EINVAL }, /* no MSI-X */
		{ 0x21, 5, 0, 1, -EINVAL }, /* no such kind */
		{ 0x21, 0, 1, 1, -EINVAL }, /* there is one */
		{ 0x21, 1, 0, 2, -EINVAL },
		{ 0x21, 0, 0, UINT32_MAX, -EINVAL },
		{ 0x20, 0, 0, 1, -EINVAL }, /* no data flag, two of them */
		{ 0x25, 0, 0, 1, -EINVAL },
		{ 0x01, 0, 0, 1, -EINVAL }, /* no action, two of them */
		{ 0x31, 0, 0, 1, -EINVAL },
		{ 0x61, 0, 0, 1, -EINVAL },	/* a flag that is none */
		{ 0x0c, 0, 0, 1, -EOPNOTSUPP }, /* to be told of masking */
		{ 0x09, 1, 0, 1, -EOPNOTSUPP }, /* MSI cannot be masked */
		{ 0x11, 1, 0, 1, -EOPNOTSUPP },
		{ 0x21, 3, 0, 0, 0 }, /* none of nothing */
	};
	size_t i;

	BEGIN("g92");
	for (i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(set_irqs(cases[i].flags, cases[i].index,
				  cases[i].start, cases[i].count, NULL, NULL),
			 cases[i].want);
	END();
	return 0;
}

/* What was sent instead of an eventfd is written to only if that does not wait. */
static int a_descriptor_that_is_full_stops_nobody(void)
{
	static const uint8_t zeros[4096];
	uint32_t val;
	int fds[2];

	BEGIN("g92");
	CHECK_EQ(pipe(fds), 0);
	CHECK_EQ(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	while (write(fds[1], zeros, sizeof(zeros)) > 0)
		;
	CHECK_EQ(fcntl(fds[1], F_SETFL, 0), 0);
	CHECK_EQ(set_irqs(VFU_SET_EVENTFD | VFU_SET_TRIGGER, VFU_INTX, 0, 1,
			  NULL, &fds[1]),
		 0);
	CHECK_EQ(set_irqs(VFU_SET_NONE | VFU_SET_TRIGGER, VFU_INTX, 0, 1, NULL,
			  NULL),
		 0);
	CHECK_EQ(client_read(&rig.client, VFU_BAR0, 0, &val, 4), 0);
	/* Nor does one whose reader has gone. */
	close(fds[0]);
	CHECK_EQ(set_irqs(VFU_SET_NONE | VFU_SET_TRIGGER, VFU_INTX, 0, 1, NULL,
			  NULL),
		 0);
	CHECK_EQ(client_read(&rig.client, VFU_BAR0, 0, &val, 4), 0);
	close(fds[1]);
	END();
	return 0;
}

static const struct check_test tests[] = {
	TEST(both_kinds_have_one_interrupt),
	TEST(a_client_can_ask_for_an_interrupt),
	TEST(intx_is_masked_until_the_client_unmasks_it),
	TEST(what_cannot_be_set_up_is_refused),
	TEST(a_descriptor_that_is_full_stops_nobody),
};

int main(int argc, char **argv)
{
	/* As the program does */
	signal(SIGPIPE, SIG_IGN);
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

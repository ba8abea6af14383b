// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Time and interrupts of the card.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "server_card.h"

static int time_goes_forward_and_can_be_set(void)
{
	uint64_t first, later;

	BEGIN("tu102");
	first = BAR0(0x9400) | BAR0(0x9410) << 32;
	do
		later = BAR0(0x9400) | BAR0(0x9410) << 32;
	while (later == first);
	CHECK(later > first);
	CHECK_EQ(later & 0x1f, 0);
	CHECK_EQ(put(VFU_BAR0, 0x9410, 4, 0x123), 0);
	CHECK_EQ(put(VFU_BAR0, 0x9400, 4, 0), 0);
	CHECK_EQ(BAR0(0x9410), 0x123);
	END();
	return 0;
}

/* How often it has been told since the last look */
static uint64_t told(int fd)
{
	uint64_t count = 0;

	if (read(fd, &count, sizeof(count)) != sizeof(count))
		return 0;
	return count;
}

static int the_software_interrupt_is_a_level_on_intx(void)
{
	int fd = eventfd(0, EFD_NONBLOCK), twin = dup(fd);

	BEGIN("g92");
	intr_set_fd(&dev->intr, VFU_INTX, fd);
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 1u << 31), 0);
	CHECK_EQ(BAR0(0x100), 1u << 31);
	CHECK(!(CONFIG(PCI_STATUS, 2) & PCI_STATUS_INTERRUPT));
	CHECK_EQ(told(twin), 0);
	CHECK_EQ(put(VFU_BAR0, 0x140, 4, 2), 0);
	CHECK(CONFIG(PCI_STATUS, 2) & PCI_STATUS_INTERRUPT);
	CHECK_EQ(told(twin), 1);
	/* Masked until the client unmasks it; then it is still active. */
	CHECK_EQ(BAR0(0x100), 1u << 31);
	CHECK_EQ(told(twin), 0);
	dev->intr.masked = false;
	CHECK_EQ(BAR0(0x100), 1u << 31);
	CHECK_EQ(told(twin), 1);
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 0), 0);
	CHECK(!(CONFIG(PCI_STATUS, 2) & PCI_STATUS_INTERRUPT));
	dev->intr.masked = false;
	/* Switched off by the command register */
	CHECK_EQ(put(VFU_CONFIG, PCI_COMMAND, 2,
		     PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE),
		 0);
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 1u << 31), 0);
	CHECK_EQ(told(twin), 0);
	END();
	close(twin);
	return 0;
}

static int msi_is_sent_once_for_each_edge(void)
{
	int fd = eventfd(0, EFD_NONBLOCK), twin = dup(fd);

	BEGIN("g92");
	intr_set_fd(&dev->intr, VFU_MSI, fd);
	CHECK_EQ(put(VFU_CONFIG, 0x68 + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE),
		 0);
	CHECK_EQ(put(VFU_BAR0, 0x140, 4, 2), 0);
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 1u << 31), 0);
	CHECK_EQ(told(twin), 1);
	CHECK_EQ(BAR0(0), 0x092000a1);
	CHECK_EQ(told(twin), 0);
	/* The driver says that it is ready for the next. */
	CHECK_EQ(put(VFU_BAR0, 0x88068, 1, 0xff), 0);
	CHECK_EQ(told(twin), 1);
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 0), 0);
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 1u << 31), 0);
	CHECK_EQ(told(twin), 1);
	/* The capability itself has not been written to. */
	CHECK_EQ(CONFIG(0x68, 1), PCI_CAP_ID_MSI);
	END();
	close(twin);
	return 0;
}

static int interrupts_of_gt215_and_later_have_a_mask(void)
{
	BEGIN("gt215");
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 1u << 31), 0);
	CHECK_EQ(BAR0(0x100), 0);
	CHECK_EQ(put(VFU_BAR0, 0x640, 4, UINT32_MAX), 0);
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 1u << 31), 0);
	CHECK_EQ(BAR0(0x100), 1u << 31);
	END();
	/* Later ones have other registers; there this is a plain one. */
	BEGIN("tu102");
	CHECK_EQ(put(VFU_BAR0, 0x100, 4, 0x1234), 0);
	CHECK_EQ(BAR0(0x100), 0x1234);
	END();
	return 0;
}

static int an_alarm_interrupts_when_its_time_has_come(void)
{
	int fd = eventfd(0, EFD_NONBLOCK), twin = dup(fd);
	struct pollfd p;

	BEGIN("g92");
	intr_set_fd(&dev->intr, VFU_INTX, fd);
	CHECK_EQ(put(VFU_BAR0, 0x140, 4, 1), 0);
	CHECK_EQ(put(VFU_BAR0, 0x9140, 4, 1), 0);
	CHECK_EQ(put(VFU_BAR0, 0x9420, 4, BAR0(0x9400) + 2000000), 0);
	p.fd = intr_timer(&dev->intr);
	p.events = POLLIN;
	CHECK_EQ(poll(&p, 1, 10000), 1);
	intr_update(&dev->intr, &dev->config);
	CHECK_EQ(told(twin), 1);
	CHECK_EQ(BAR0(0x9100), 1);
	CHECK_EQ(BAR0(0x100), 1u << 20);
	CHECK_EQ(put(VFU_BAR0, 0x9100, 4, 1), 0);
	CHECK_EQ(BAR0(0x100), 0);
	END();
	close(twin);
	return 0;
}

static const struct check_test tests[] = {
	TEST(time_goes_forward_and_can_be_set),
	TEST(the_software_interrupt_is_a_level_on_intx),
	TEST(msi_is_sent_once_for_each_edge),
	TEST(interrupts_of_gt215_and_later_have_a_mask),
	TEST(an_alarm_interrupts_when_its_time_has_come),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

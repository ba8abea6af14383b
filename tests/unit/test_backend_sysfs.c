// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A card through the system's files: what opening does and undoes.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>

#include <pramin/pramin.h>

#include "lib_code.h"
#include "lib_pci.h"

#define WINDOW 0x1700u
#define MIB    (1ull << 20)

static struct pramin_why why;

static int fresh(void)
{
	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_put("", "run/x"), 0);
	CHECK_EQ(pci_put("boot one\n", "proc/sys/kernel/random/boot_id"), 0);
	return pci_gpu(PCI_GPU);
}

static int open_with(unsigned int force, struct pramin_dev **dev)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.force = force,
		.timeout_ms = 100,
	};

	*dev = NULL;
	return pramin_open(PCI_GPU, &opts, dev, &why);
}

static int a_card_without_a_driver_opens(void)
{
	struct pramin_info info = { .size = sizeof(info) };
	struct pramin_reserved range[PRAMIN_RESERVED_MAX];
	struct pramin_position pos;
	struct pramin_view *view;
	struct pramin_dev *dev;
	uint32_t val;
	size_t count;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(open_with(0, &dev), 0);
	CHECK_EQ(pramin_info(dev, &info), 0);
	CHECK(!strcmp(info.backend, "sysfs"));
	CHECK(!strcmp(info.chip, "tu102"));
	CHECK_EQ(info.vram_size, 11ull << 30);
	CHECK(info.mapped);
	CHECK_EQ(pramin_reserved(dev, range, ARRAY_LEN(range), &count), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(pramin_position(dev, &pos), 0);
	CHECK_EQ(pos.raw, 0x0002bff0);
	/* The file is memory: the aperture is the same bytes at any position. */
	CHECK_EQ(pramin_write32(dev, 0x12345678, 0xcafe0001), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0x1230);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x745678), 0xcafe0001);
	CHECK_EQ(pramin_read32(dev, 0x12345678, &val), 0);
	CHECK_EQ(val, 0xcafe0001);
	CHECK_EQ(pramin_view_begin(dev, 0x12345000, 4096, &view), 0);
	CHECK(pramin_view_span(view).ptr);
	CHECK_EQ(pramin_span_read32(pramin_view_span(view), 0x678), 0xcafe0001);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0x0002bff0);
	return 0;
}

/*
 * Functions of their own, which the test below finds in this program's code. Their
 * arguments are where pramin_view_read() and pramin_view_write() want them.
 */
__attribute__((noinline, used)) uint32_t
sysfs_view_load(struct pramin_view *view, uint64_t off,
		volatile unsigned char *ptr);
__attribute__((noinline, used)) void
sysfs_view_store(struct pramin_view *view, uint64_t off,
		 volatile unsigned char *ptr, uint32_t val);

uint32_t sysfs_view_load(struct pramin_view *view, uint64_t off,
			 volatile unsigned char *ptr)
{
	return pramin_span_read32((struct pramin_span){ ptr, MIB, view }, off);
}

void sysfs_view_store(struct pramin_view *view, uint64_t off,
		      volatile unsigned char *ptr, uint32_t val)
{
	pramin_span_write32((struct pramin_span){ ptr, MIB, view }, off, val);
}

static int an_access_through_a_view_of_a_card_is_one_load_or_store(void)
{
	struct pramin_dev *dev;
	struct pramin_view *view;
	struct pramin_span span;
	unsigned int load, store;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(open_with(0, &dev), 0);
	CHECK_EQ(pramin_view_begin(dev, MIB, MIB, &view), 0);
	span = pramin_view_span(view);
	CHECK(span.ptr);
	sysfs_view_store(view, 64, span.ptr, 0x01020304);
	CHECK_EQ(sysfs_view_load(view, 64, span.ptr), 0x01020304);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x700040), 0x01020304);
	CHECK_EQ(pramin_view_end(view), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	if (!PLAIN_BUILD)
		SKIP("only the plain optimised build is looked at");
	load = code_instructions("sysfs_view_load");
	store = code_instructions("sysfs_view_store");
	if (!load || !store)
		SKIP("objdump does not show this program");
	/* Test the pointer, branch, the access, return */
	CHECK(load <= 4);
	CHECK(store <= 4);
	return 0;
}

static int a_card_is_kept_awake_while_it_is_open(void)
{
	struct pramin_dev *one, *two;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(open_with(0, &one), 0);
	CHECK(!strcmp(pci_now(PCI_GPU, "power/control"), "on\n") ||
	      !strncmp(pci_now(PCI_GPU, "power/control"), "on", 2));
	CHECK_EQ(open_with(0, &two), 0);
	CHECK_EQ(pramin_close(one, NULL), 0);
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "on", 2));
	CHECK_EQ(pramin_close(two, NULL), 0);
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	return 0;
}

static int what_was_on_stays_on(void)
{
	struct pramin_dev *dev;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_attr(PCI_GPU, "power/control", "on\n"), 0);
	CHECK_EQ(open_with(0, &dev), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK(!strcmp(pci_now(PCI_GPU, "power/control"), "on\n"));
	/* Nor is there a file for it everywhere. */
	CHECK_EQ(pci_no_attr(PCI_GPU, "power/control"), 0);
	CHECK_EQ(open_with(0, &dev), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK(!strcmp(pci_now(PCI_GPU, "power/control"), ""));
	return 0;
}

static int decoding_is_enabled_and_put_back(void)
{
	static const uint32_t commands[] = { 0x00100000, 0x00100004,
					     0x00100405 };
	struct pramin_dev *one, *two;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		CHECK_EQ(fresh(), 0);
		CHECK_EQ(pci_poke(PCI_GPU, "config", 4, commands[i]), 0);
		CHECK_EQ(open_with(0, &one), 0);
		CHECK_EQ(pci_peek(PCI_GPU, "config", 4), commands[i] | 2);
		CHECK_EQ(open_with(0, &two), 0);
		CHECK_EQ(pramin_close(one, NULL), 0);
		CHECK_EQ(pci_peek(PCI_GPU, "config", 4), commands[i] | 2);
		CHECK_EQ(pramin_close(two, NULL), 0);
		CHECK_EQ(pci_peek(PCI_GPU, "config", 4), commands[i]);
	}
	return 0;
}

/* What whoever was killed has left is put back by the last one that is not. */
static int what_the_dead_changed_is_put_back_by_the_last_one_out(void)
{
	struct pramin_dev *dev;
	int status;
	pid_t pid;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "config", 4, 0x00100000), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		if (!open_with(0, &dev) && !pramin_write8(dev, 0, 1))
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "config", 4), 0x00100002);
	CHECK_EQ(open_with(0, &dev), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0x0002bff0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "config", 4), 0x00100000);
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	return 0;
}

/* Opens, writes its own MiB and closes, again and again; 0: all was as it should be */
static int come_and_go(uint64_t own)
{
	struct pramin_open_opts opts = { .size = sizeof(opts) };
	struct pramin_dev *dev;
	unsigned int i;
	uint32_t val;

	for (i = 0; i < 30; i++) {
		if (pramin_open(PCI_GPU, &opts, &dev, &why) ||
		    pramin_write32(dev, own * MIB + own * 4, i) ||
		    pramin_read32(dev, own * MIB + own * 4, &val) || val != i)
			return 1;
		if (!(pci_peek(PCI_GPU, "config", 4) & 2) ||
		    strncmp(pci_now(PCI_GPU, "power/control"), "on", 2))
			return 2;
		if (pramin_close(dev, NULL))
			return 3;
	}
	return 0;
}

static int processes_that_come_and_go_put_it_back_in_the_end(void)
{
	int status, failed = 0;
	uint64_t i;
	pid_t pid;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "config", 4, 0x00100000), 0);
	for (i = 0; i < 4; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (!pid)
			_exit(come_and_go(i));
	}
	for (i = 0; i < 4; i++) {
		CHECK(wait(&status) > 0);
		failed |= status;
	}
	CHECK_EQ(failed, 0);
	CHECK_EQ(pci_peek(PCI_GPU, "config", 4), 0x00100000);
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0x0002bff0);
	return 0;
}

/* Someone is killed with the window moved; then @change; what is restored? */
static int after_a_death(int (*change)(void), unsigned int force,
			 uint32_t window)
{
	struct pramin_dev *dev;
	int status;
	pid_t pid;

	CHECK_EQ(fresh(), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		if (!open_with(0, &dev) && !pramin_write8(dev, 0, 1))
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0);
	CHECK_EQ(change(), 0);
	CHECK_EQ(open_with(force, &dev), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), window);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), window);
	return 0;
}

static int no_change(void)
{
	return 0;
}

static int another_boot(void)
{
	return pci_put("boot two\n", "proc/sys/kernel/random/boot_id");
}

static int another_card(void)
{
	return pci_poke(PCI_GPU, "resource0", 0, 0x162000a2);
}

static int a_driver(void)
{
	CHECK_EQ(pci_poke(PCI_GPU, "resource0", WINDOW, 0x5550), 0);
	return pci_link(PCI_GPU, "driver", "../../bus/pci/drivers/nouveau");
}

static int a_file_of_another_boot_or_card_is_not_believed(void)
{
	CHECK_EQ(after_a_death(no_change, 0, 0x0002bff0), 0);
	CHECK_EQ(after_a_death(another_boot, 0, 0), 0);
	CHECK_EQ(after_a_death(another_card, 0, 0), 0);
	return 0;
}

static int what_the_dead_left_is_not_repaired_under_a_driver(void)
{
	CHECK_EQ(after_a_death(a_driver, PRAMIN_FORCE_MOVE, 0x5550), 0);
	CHECK_EQ(after_a_death(a_driver, PRAMIN_FORCE_SHARED, 0x5550), 0);
	return 0;
}

static int force_shares_with_a_driver_and_changes_nothing(void)
{
	struct pramin_bar1_status bar1 = { .size = sizeof(bar1) };
	struct pramin_dev *dev;
	uint32_t val;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(a_driver(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "resource0", 0x700010, 0x01020304), 0);
	CHECK_EQ(open_with(0, &dev), -EBUSY);
	CHECK_EQ(open_with(PRAMIN_FORCE_SHARED, &dev), 0);
	CHECK_EQ(pramin_read32(dev, 0x55500010, &val), 0);
	CHECK_EQ(val, 0x01020304);
	CHECK_EQ(pramin_read32(dev, 0x55600010, &val), -EPERM);
	CHECK_EQ(pramin_write32(dev, 0x55500010, 0), -EPERM);
	CHECK_EQ(pramin_bar1_status(dev, &bar1), 0);
	CHECK_EQ(bar1.bytes, 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0x5550);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", 0x700010), 0x01020304);
	return 0;
}

static int force_moves_the_window_of_a_driver_and_puts_it_back(void)
{
	struct pramin_dev *dev;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(a_driver(), 0);
	CHECK_EQ(open_with(PRAMIN_FORCE_MOVE, &dev), 0);
	CHECK_EQ(pramin_write8(dev, 0, 1), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "resource0", WINDOW), 0x5550);
	return 0;
}

static int decoding_is_not_touched_under_a_driver(void)
{
	struct pramin_dev *dev;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(a_driver(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "config", 4, 0), 0);
	CHECK_EQ(open_with(PRAMIN_FORCE_MOVE, &dev), -EOPNOTSUPP);
	CHECK_EQ(why.reason, PRAMIN_REASON_NO_DECODING);
	CHECK_EQ(pci_peek(PCI_GPU, "config", 4), 0);
	return 0;
}

/* A child's copy of the handle undoes nothing that the parent still needs. */
static int a_forked_child_puts_nothing_back(void)
{
	struct pramin_dev *dev;
	uint32_t val;
	int status;
	pid_t pid;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "config", 4, 0), 0);
	CHECK_EQ(open_with(0, &dev), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		_exit(pramin_read32(dev, 0, &val) == -EPERM &&
				      pramin_close(dev, NULL) == 0 ?
			      0 :
			      1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(pci_peek(PCI_GPU, "config", 4), 2);
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "on", 2));
	CHECK_EQ(pramin_read32(dev, 0, &val), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK_EQ(pci_peek(PCI_GPU, "config", 4), 0);
	return 0;
}

static int bar1_is_where_the_flags_say(void)
{
	struct pramin_bar1_status bar1 = { .size = sizeof(bar1) };
	struct pramin_dev *dev;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_size(PCI_GPU, "resource1", 256 << 20), 0);
	CHECK_EQ(pci_size(PCI_GPU, "resource3", 32 << 20), 0);
	CHECK_EQ(pci_put("e0000000-efffffff : 0000:41:00.0\n"
			 "  e0000000-e02fffff : efifb\n",
			 "proc/iomem"),
		 0);
	CHECK_EQ(open_with(0, &dev), 0);
	CHECK_EQ(pramin_bar1_status(dev, &bar1), 0);
	CHECK_EQ(bar1.bytes, 256 << 20);
	CHECK(bar1.claimed_by && !strcmp(bar1.claimed_by, "efifb"));
	CHECK(!bar1.write_combined);
	CHECK_EQ(pramin_close(dev, NULL), 0);

	CHECK_EQ(pci_size(PCI_GPU, "resource1_wc", 256 << 20), 0);
	CHECK_EQ(open_with(0, &dev), 0);
	CHECK_EQ(pramin_bar1_status(dev, &bar1), 0);
	CHECK(bar1.write_combined);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_card_without_a_driver_opens),
	TEST(an_access_through_a_view_of_a_card_is_one_load_or_store),
	TEST(a_card_is_kept_awake_while_it_is_open),
	TEST(what_was_on_stays_on),
	TEST(decoding_is_enabled_and_put_back),
	TEST(what_the_dead_changed_is_put_back_by_the_last_one_out),
	TEST(processes_that_come_and_go_put_it_back_in_the_end),
	TEST(a_file_of_another_boot_or_card_is_not_believed),
	TEST(what_the_dead_left_is_not_repaired_under_a_driver),
	TEST(force_shares_with_a_driver_and_changes_nothing),
	TEST(force_moves_the_window_of_a_driver_and_puts_it_back),
	TEST(decoding_is_not_touched_under_a_driver),
	TEST(a_forked_child_puts_nothing_back),
	TEST(bar1_is_where_the_flags_say),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

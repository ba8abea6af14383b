// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Why a card cannot be opened: one case for each row of the table in
 * docs/hardware-access.md.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include <pramin/pramin.h>

#include "lib_calls.h"
#include "lib_pci.h"

#define MEM32  "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n"
#define SMALL  "0x00000000f6000000 0x00000000f60fffff 0x0000000000040200\n"
#define UNSET  "0x0000000000000000 0x0000000000ffffff 0x0000000020040200\n"
#define NONE   "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define LOCKED "none [integrity] confidentiality\n"
#define CLAIM                                \
	"f6000000-f6ffffff : 0000:41:00.0\n" \
	"  f6000000-f6ffffff : nouveau\n"

static int attr_vendor(void)
{
	return pci_attr(PCI_GPU, "vendor", "0x1002\n");
}

static int attr_audio(void)
{
	return pci_attr(PCI_GPU, "class", "0x040300\n");
}

static int attr_bridge(void)
{
	return pci_attr(PCI_GPU, "class", "0x060400\n");
}

static int attr_broken(void)
{
	return pci_attr(PCI_GPU, "class", "\001\002");
}

static int attr_resource(void)
{
	return pci_attr(PCI_GPU, "resource", "nothing");
}

static int no_bar0(void)
{
	return pci_attr(PCI_GPU, "resource", NONE NONE NONE NONE NONE NONE);
}

static int unset_bar0(void)
{
	return pci_attr(PCI_GPU, "resource", UNSET NONE NONE NONE NONE NONE);
}

static int small_bar0(void)
{
	return pci_attr(PCI_GPU, "resource", SMALL NONE NONE NONE NONE NONE);
}

static int short_bar0(void)
{
	return pci_size(PCI_GPU, "resource0", 1 << 20);
}

static int no_file(void)
{
	return pci_no_attr(PCI_GPU, "resource0");
}

static int gone(void)
{
	pci_remove();
	return mkdir(pci_root, 0700);
}

static int driver(void)
{
	return pci_link(PCI_GPU, "driver", "../../bus/pci/drivers/nouveau");
}

static int vfio(void)
{
	return pci_link(PCI_GPU, "driver", "../../bus/pci/drivers/vfio-pci");
}

static int asleep(void)
{
	return pci_attr(PCI_GPU, "power_state", "D3cold\n");
}

static int suspended(void)
{
	if (pci_no_attr(PCI_GPU, "power_state"))
		return -1;
	return pci_attr(PCI_GPU, "power/runtime_status", "suspended\n");
}

static int locked(void)
{
	return pci_put(LOCKED, "sys/kernel/security/lockdown");
}

static int claimed(void)
{
	return pci_put(CLAIM, "proc/iomem");
}

static int locked_and_claimed(void)
{
	return locked() || claimed();
}

static int silent(void)
{
	return pci_poke(PCI_GPU, "resource0", 0, 0xffffffff);
}

static int no_config(void)
{
	return pci_poke(PCI_GPU, "config", 0, 0xffffffff);
}

static int vgpu(void)
{
	return pci_poke(PCI_GPU, "resource0", 4, 2 << 16);
}

static int coherent(void)
{
	return pci_poke(PCI_GPU, "config", 0, 0x234210de);
}

static int firewall(void)
{
	if (pci_poke(PCI_GPU, "config", 0, 0x290110de))
		return -1;
	return pci_poke(PCI_GPU, "config", 0xaf8, 1 << 20);
}

static int not_ready(void)
{
	return pci_poke(PCI_GPU, "resource0", 0x118234, 0x20);
}

static int confidential(void)
{
	/* A GH100 whose firmware is done */
	return pci_poke(PCI_GPU, "resource0", 0, 0x180000a1) ||
	       pci_poke(PCI_GPU, "resource0", 0xa00, 0x180a1000) ||
	       pci_poke(PCI_GPU, "resource0", 0x200bc, 0xff) ||
	       pci_poke(PCI_GPU, "resource0", 0x1182cc, 1);
}

static int no_run(void)
{
	char path[1200];

	pci_at(path, sizeof(path), "run/x");
	unlink(path);
	pci_at(path, sizeof(path), "run");
	return rmdir(path);
}

static int open_directory(void)
{
	char path[1200];

	pci_at(path, sizeof(path), "run/pramin");
	return mkdir(path, 0700) || chmod(path, 0755);
}

static int linked_directory(void)
{
	char path[1200];

	pci_at(path, sizeof(path), "run/pramin");
	return symlink("/tmp", path);
}

static int linked_file(void)
{
	char path[1200];

	pci_at(path, sizeof(path), "run/pramin");
	if (mkdir(path, 0700))
		return -1;
	pci_at(path, sizeof(path), "run/pramin/" PCI_GPU);
	return symlink("/etc/passwd", path);
}

static int no_decoding_driver(void)
{
	return driver() || pci_poke(PCI_GPU, "config", 4, 0);
}

static const struct row {
	const char *name;
	int (*prepare)(void);
	const char *open; /* the file that cannot be opened */
	bool map;	  /* or BAR0 cannot be mapped, */
	int errnum;	  /* and why */
	unsigned int force;
	int err;
	enum pramin_reason reason;
	const char *what, *next;
} rows[] = {
	{ "gone", gone, NULL, false, 0, 0, -ENODEV, PRAMIN_REASON_NO_DEVICE,
	  PCI_GPU, "pramin list" },
	{ "vendor", attr_vendor, NULL, false, 0, 0, -EINVAL,
	  PRAMIN_REASON_NOT_NVIDIA, "0x1002", "pramin list" },
	{ "audio", attr_audio, NULL, false, 0, 0, -EINVAL,
	  PRAMIN_REASON_NOT_DISPLAY, "audio", "function 0" },
	{ "bridge", attr_bridge, NULL, false, 0, 0, -EINVAL,
	  PRAMIN_REASON_NOT_DISPLAY, "0x060400", "function 0" },
	{ "class", attr_broken, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_SYSTEM, "class", "file" },
	{ "resource", attr_resource, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_SYSTEM, "resource", "file" },
	{ "no BAR0", no_bar0, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_NO_BAR0, "no BAR0", "rescan" },
	{ "BAR0 without address", unset_bar0, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_NO_BAR0, "no address", "rescan" },
	{ "small BAR0", small_bar0, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_NO_BAR0, "1048576", "no GPU" },
	{ "short BAR0", short_bar0, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_NO_BAR0, "resource0", "no GPU" },
	{ "no file", no_file, NULL, false, 0, 0, -ENODEV,
	  PRAMIN_REASON_NO_DEVICE, PCI_GPU, "pramin list" },
	{ "driver", driver, NULL, false, 0, 0, -EBUSY, PRAMIN_REASON_DRIVER,
	  "nouveau", "/sys/bus/pci/drivers/nouveau/unbind" },
	{ "vfio", vfio, NULL, false, 0, 0, -EBUSY, PRAMIN_REASON_DRIVER,
	  "vfio-pci", "vfio:" PCI_GPU },
	{ "user", NULL, "/resource0", false, EACCES, 0, -EPERM,
	  PRAMIN_REASON_NO_PERMISSION, "resource0", "root" },
	{ "user, config", NULL, "/config", false, EACCES, 0, -EPERM,
	  PRAMIN_REASON_NO_PERMISSION, "config", "VFIO" },
	{ "lockdown", locked, NULL, true, EPERM, 0, -EPERM,
	  PRAMIN_REASON_LOCKDOWN, "integrity", "VFIO" },
	{ "lockdown at open", locked, "/resource0", false, EPERM, 0, -EPERM,
	  PRAMIN_REASON_LOCKDOWN, "integrity", "VFIO" },
	{ "lockdown and a claim", locked_and_claimed, NULL, true, EPERM, 0,
	  -EPERM, PRAMIN_REASON_LOCKDOWN, "integrity", "VFIO" },
	{ "claim", claimed, NULL, true, EINVAL, 0, -EPERM, PRAMIN_REASON_STRICT,
	  "nouveau", "iomem=relaxed" },
	{ "claim, EPERM", claimed, NULL, true, EPERM, 0, -EPERM,
	  PRAMIN_REASON_STRICT, "nouveau", "iomem=relaxed" },
	{ "hidden claim", NULL, NULL, true, EINVAL, 0, -EPERM,
	  PRAMIN_REASON_STRICT, "somebody", "iomem=relaxed" },
	{ "EPERM", NULL, NULL, true, EPERM, 0, -EPERM,
	  PRAMIN_REASON_NO_PERMISSION, "resource0", "root" },
	{ "memory", NULL, NULL, true, ENOMEM, 0, -ENOMEM,
	  PRAMIN_REASON_NO_MEMORY, "memory", "" },
	{ "files", NULL, "/resource0", false, EMFILE, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_SYSTEM, "Too many open files", "" },
	{ "D3cold", asleep, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_ASLEEP, "D3cold", "power/control" },
	{ "suspended", suspended, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_ASLEEP, "suspended", "power/control" },
	{ "no decoding under a driver", no_decoding_driver, NULL, false, 0,
	  PRAMIN_FORCE_MOVE, -EOPNOTSUPP, PRAMIN_REASON_NO_DECODING,
	  "memory decoding", "driver" },
	{ "no run", no_run, NULL, false, 0, 0, -EPERM, PRAMIN_REASON_MEETING,
	  "run/pramin", "0700" },
	{ "directory of others", open_directory, NULL, false, 0, 0, -EPERM,
	  PRAMIN_REASON_MEETING, "run/pramin", "chmod 700" },
	{ "link to a directory", linked_directory, NULL, false, 0, 0, -EPERM,
	  PRAMIN_REASON_MEETING, "run/pramin", "remove" },
	{ "link to a file", linked_file, NULL, false, 0, 0, -EPERM,
	  PRAMIN_REASON_MEETING, "run/pramin", "" },
	{ "PMC_BOOT_0", silent, NULL, false, 0, 0, -ENODEV,
	  PRAMIN_REASON_ALL_ONES, "0xffffffff", "off the bus" },
	{ "config", no_config, NULL, false, 0, 0, -ENODEV,
	  PRAMIN_REASON_ALL_ONES, "0xffffffff", "off the bus" },
	{ "VF", vgpu, NULL, false, 0, 0, -EOPNOTSUPP, PRAMIN_REASON_VF,
	  "virtual", "physical function" },
	{ "coherent", coherent, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_COHERENT, "0x2342", "CPU" },
	{ "firewall", firewall, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_FIREWALL, "0xaf8", "wait" },
	{ "firmware", not_ready, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_FIRMWARE, "0x118234", "wait" },
	{ "confidential", confidential, NULL, false, 0, 0, -EOPNOTSUPP,
	  PRAMIN_REASON_CONFIDENTIAL, "0x1182cc", "turn the mode off" },
};

static int one_row(const struct row *row)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.force = row->force,
		.timeout_ms = 50,
	};
	struct pramin_dev *dev = NULL;
	struct pramin_why why = { .err = 0 };

	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_put("", "run/x"), 0);
	CHECK_EQ(pci_gpu(PCI_GPU), 0);
	if (row->prepare)
		CHECK_EQ(row->prepare(), 0);
	calls_arm(0, row->errnum, false);
	calls.open = row->open;
	calls.map = row->map;
	CHECK_EQ(pramin_open(PCI_GPU, &opts, &dev, &why), row->err);
	CHECK(!dev);
	CHECK_EQ(why.err, row->err);
	CHECK_EQ(why.reason, row->reason);
	CHECK_HAS(why.what, row->what);
	CHECK_HAS(why.next, row->next);
	CHECK(!strchr(why.what, '\n') && !strchr(why.next, '\n'));
	CHECK(strlen(why.what) < sizeof(why.what) - 1);
	CHECK(strlen(why.next) < sizeof(why.next) - 1);
	CHECK_EQ(calls.fds, 0);
	CHECK_EQ(calls.maps, 0);
	/* The same without a place for the reason */
	CHECK_EQ(pramin_open(PCI_GPU, &opts, &dev, NULL), row->err);
	/* Nothing of it has stayed. */
	calls_relent();
	if (row->reason == PRAMIN_REASON_NO_DEVICE)
		return 0;
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	CHECK(row->reason == PRAMIN_REASON_NO_DEVICE ||
	      pci_peek(PCI_GPU, "resource0", 0x1700) == 0x0002bff0);
	return 0;
}

static int every_refusal_says_why_and_what_next(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (!one_row(&rows[i]))
			continue;
		printf("row \"%s\"\n", rows[i].name);
		return CHECK_FAILED;
	}
	return 0;
}

static int fresh(void)
{
	CHECK_EQ(pci_tree(), 0);
	CHECK_EQ(pci_put("", "run/x"), 0);
	return pci_gpu(PCI_GPU);
}

static int who_has_it_alone_is_named(void)
{
	struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.exclusive = true,
		.timeout_ms = 50,
	};
	struct pramin_dev *dev, *other = NULL;
	struct pramin_why why;
	char pid[32];

	snprintf(pid, sizeof(pid), "process %d", (int)getpid());
	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pramin_open(PCI_GPU, &opts, &dev, &why), 0);
	CHECK_EQ(pramin_open(PCI_GPU, NULL, &other, &why), -EBUSY);
	CHECK_EQ(why.reason, PRAMIN_REASON_HELD);
	CHECK_HAS(why.what, pid);
	/* What it has changed stays as the first one needs it. */
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "on", 2));
	CHECK_EQ(pramin_close(dev, NULL), 0);
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	return 0;
}

static int who_does_not_get_done_is_not_waited_for_for_ever(void)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.timeout_ms = 50,
	};
	struct flock l = { .l_type = F_WRLCK, .l_len = 1 };
	struct pramin_dev *dev;
	struct pramin_why why;
	char path[1200];
	int fd;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pramin_open(PCI_GPU, &opts, &dev, &why), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	pci_at(path, sizeof(path), "run/pramin/" PCI_GPU);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK_EQ(fcntl(fd, F_OFD_SETLK, &l), 0);
	dev = NULL;
	CHECK_EQ(pramin_open(PCI_GPU, &opts, &dev, &why), -EBUSY);
	CHECK_EQ(why.reason, PRAMIN_REASON_HELD);
	CHECK_HAS(why.what, "does not get done");
	CHECK(!strncmp(pci_now(PCI_GPU, "power/control"), "auto", 4));
	close(fd);
	CHECK_EQ(pramin_open(PCI_GPU, &opts, &dev, &why), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* In a child: another user, from here on */
static int as_another_user(void)
{
	struct pramin_dev *dev;
	struct pramin_why why;
	char path[1200];

	if (setgid(65534) || setuid(65534))
		return 2;
	if (pramin_open(PCI_GPU, NULL, &dev, &why) != -EPERM ||
	    why.reason != PRAMIN_REASON_NO_PERMISSION)
		return 3;
	pci_at(path, sizeof(path), "run/pramin/" PCI_GPU);
	return open(path, O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES ? 0 : 4;
}

static int another_user_can_neither_block_nor_read(void)
{
	struct pramin_dev *dev;
	int status;
	pid_t pid;

	if (geteuid())
		SKIP("only root can become another user");
	CHECK_EQ(fresh(), 0);
	CHECK_EQ(chmod(scratch(), 0755) | chmod(pci_root, 0755), 0);
	CHECK_EQ(pramin_open(PCI_GPU, NULL, &dev, NULL), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		_exit(as_another_user());
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	CHECK_EQ(pramin_write8(dev, 0, 1), 0);
	CHECK_EQ(pramin_close(dev, NULL), 0);
	return 0;
}

/* Decoding that does not stay enabled, as no file would have it */
static ssize_t stubborn(int fd, const void *buf, size_t len, off_t off)
{
	return len == 2 ? 2 : backend_system_calls.pwrite(fd, buf, len, off);
}

static int decoding_that_cannot_be_enabled_is_told(void)
{
	struct backend_calls table = backend_system_calls;
	struct pramin_dev *dev = NULL;
	struct pramin_why why;

	CHECK_EQ(fresh(), 0);
	CHECK_EQ(pci_poke(PCI_GPU, "config", 4, 0), 0);
	table.pwrite = stubborn;
	backend_calls = &table;
	CHECK_EQ(pramin_open(PCI_GPU, NULL, &dev, &why), -EOPNOTSUPP);
	CHECK_EQ(why.reason, PRAMIN_REASON_NO_DECODING);
	CHECK_HAS(why.what, "cannot be enabled");
	backend_calls = &backend_system_calls;
	return 0;
}

static int addresses_that_are_none_do_not_parse(void)
{
	static const char *const bad[] = {
		"0000:41:00",	 "000:41:00.0",	  "0000:41:00.0:",
		"0000:41:00.00", "0000-41-00.0",  "0000:4g:00.0",
		"41:00.0",	 "0000:41:00.0/", "../0000:41:00.0",
	};
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_EQ(pramin_open(bad[i], NULL, &dev, &why), -EINVAL);
		CHECK_EQ(why.reason, PRAMIN_REASON_STRING);
		CHECK_HAS(why.next, "0000:41:00.0");
	}
	CHECK_EQ(pramin_open(PCI_GPU ",flat", NULL, &dev, &why), -EINVAL);
	CHECK_HAS(why.what, "model only");
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_refusal_says_why_and_what_next),
	TEST(who_has_it_alone_is_named),
	TEST(who_does_not_get_done_is_not_waited_for_for_ever),
	TEST(another_user_can_neither_block_nor_read),
	TEST(decoding_that_cannot_be_enabled_is_told),
	TEST(addresses_that_are_none_do_not_parse),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

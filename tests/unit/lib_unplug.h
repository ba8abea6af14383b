/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A card that can be pulled out: a file in the place of its BAR0, mapped by a backend
 * that watches the mapping as those for hardware do. A file that becomes shorter under
 * a mapping is what a device is that the kernel has removed: SIGBUS.
 *
 * VRAM is what lies in the aperture, wherever the window register says it stands, so
 * tests stay in the first MiB.
 */
#ifndef PRAMIN_TESTS_LIB_UNPLUG_H
#define PRAMIN_TESTS_LIB_UNPLUG_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pramin/pramin.h>

#include "check.h"
#include "lib_scratch.h"

#include "../../lib/unplug.h"

#define KIB	  1024u
#define MIB	  (1024u * KIB)
#define BAR0_SIZE (16u * MIB)
#define APERTURE  0x700000u
#define CARDS	  2u

struct card {
	char path[300];
	int fd;
	unsigned char *bar0;
	struct unplug *unplug;
	struct pramin_dev *dev;
	struct pramin_why why;
};

static struct card cards[CARDS];

static inline volatile void *card_at(const struct card *c, uint32_t off)
{
	return c->bar0 + off;
}

static inline int card_read(void *io, uint32_t off, unsigned int width,
			    uint64_t *val)
{
	const struct card *c = io;

	if (unplug_is_gone(c->unplug))
		return -ENODEV;
	switch (width) {
	case 1:
		*val = *(volatile uint8_t *)card_at(c, off);
		break;
	case 2:
		*val = *(volatile uint16_t *)card_at(c, off);
		break;
	case 4:
		*val = *(volatile uint32_t *)card_at(c, off);
		break;
	default:
		*val = *(volatile uint64_t *)card_at(c, off);
		break;
	}
	return unplug_is_gone(c->unplug) ? -ENODEV : 0;
}

/* Only registers are written so: VRAM has a pointer. */
static inline int card_write(void *io, uint32_t off, unsigned int width,
			     uint64_t val)
{
	const struct card *c = io;

	if (unplug_is_gone(c->unplug))
		return -ENODEV;
	if (width != 4)
		return -EINVAL;
	*(volatile uint32_t *)card_at(c, off) = (uint32_t)val;
	return unplug_is_gone(c->unplug) ? -ENODEV : 0;
}

static inline volatile void *card_aperture(void *io)
{
	return card_at(io, APERTURE);
}

static inline const uint32_t *card_noticed(void *io)
{
	const struct card *c = io;

	return unplug_word(c->unplug);
}

static inline void card_close(void *io)
{
	struct card *c = io;

	unplug_unwatch(c->unplug, c->bar0);
	munmap(c->bar0, BAR0_SIZE);
	unplug_free(c->unplug);
	close(c->fd);
	c->dev = NULL;
}

static const struct pramin_io_ops card_ops = {
	.name = "card",
	.read = card_read,
	.write = card_write,
	.aperture = card_aperture,
	.noticed = card_noticed,
	.close = card_close,
};

/* The file of a TU102 */
static inline int card_make(struct card *c)
{
	static const uint32_t regs[][2] = {
		{ 0, 0x162000a1 },	  { 4, 0 },
		{ 0xa00, 0x162a1000 },	  { 0x118128, 0xffffff8f },
		{ 0x118234, 0x000003ff }, { 0x100ce0, 0x40 },
		{ 0x1700, 0x25 },
	};
	char name[16];
	size_t i;
	int fd;

	snprintf(name, sizeof(name), "resource%u", (unsigned int)(c - cards));
	scratch_path(c->path, sizeof(c->path), "", name);
	fd = open(c->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (ftruncate(fd, 0) || ftruncate(fd, BAR0_SIZE))
		return -1;
	for (i = 0; i < ARRAY_LEN(regs); i++)
		if (pwrite(fd, &regs[i][1], 4, regs[i][0]) != 4)
			return -1;
	return close(fd);
}

/* Map it and open it */
static inline int card_attach(struct card *c, bool exclusive)
{
	const struct pramin_open_opts opts = {
		.size = sizeof(opts),
		.vram = MIB,
		.exclusive = exclusive,
	};
	void *map;

	c->fd = open(c->path, O_RDWR | O_CLOEXEC);
	map = mmap(NULL, BAR0_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd,
		   0);
	c->unplug = unplug_new();
	if (map == MAP_FAILED || !c->unplug ||
	    unplug_watch(c->unplug, map, BAR0_SIZE))
		return -1;
	c->bar0 = map;
	return pramin_open_io(&card_ops, c, &opts, &c->dev, &c->why);
}

static inline int card_open(struct card *c)
{
	return card_make(c) || card_attach(c, getenv("TEST_EXCLUSIVE"));
}

/* Surprise removal */
static inline int card_pull(const struct card *c)
{
	return ftruncate(c->fd, 0);
}

/* How @fn(@arg) ends in a child: its exit status, or 1000 + a signal */
static inline int in_a_child(int (*fn)(int arg), int arg)
{
	const struct rlimit none = { .rlim_cur = 0 };
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		setrlimit(RLIMIT_CORE, &none);
		/* Not that of a sanitizer */
		signal(SIGBUS, SIG_DFL);
		_exit(fn(arg));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

#endif /* PRAMIN_TESTS_LIB_UNPLUG_H */

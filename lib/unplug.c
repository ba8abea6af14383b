// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Mappings of devices that may be taken away under them.
 *
 * Two lists that only grow: of devices and of areas. An area is written under the
 * global lock and read by a signal handler without one; a number that is odd while it
 * is written tells the handler to look past it. It cannot be the area of the fault:
 * nobody has its address before it is watched, and nobody uses it afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys.h"
#include "unplug.h"

/* What one fault replaces: at most so much, on a multiple of it */
#define GRAIN 0x10000u

/* A whole area is replaced in so many pieces, all of the same memory. */
#define PIECES 1024u

struct unplug {
	uint32_t gone;
	uint32_t process; /* a forked child's copy is not the child's */
	bool used;
	struct unplug *next;
};

struct area {
	uint32_t turn; /* odd: being written */
	uintptr_t at;
	size_t len;
	struct unplug *owner; /* NULL: free */
	struct area *next;
};

static SYS_PER_PROCESS struct unplug *devices; /* under the global lock */
static SYS_PER_PROCESS struct area *areas;     /* atomic */

static struct unplug *find_free_device(void)
{
	struct unplug *u;

	for (u = devices; u && u->used; u = u->next)
		;
	if (u)
		return u;
	u = sys_alloc(sizeof(*u));
	if (u) {
		u->next = devices;
		devices = u;
	}
	return u;
}

struct unplug *unplug_new(void)
{
	struct unplug *u;

	sys_global_take();
	u = find_free_device();
	if (u) {
		u->used = true;
		__atomic_store_n(&u->process, sys_process(), __ATOMIC_RELAXED);
		__atomic_store_n(&u->gone, 0, __ATOMIC_RELEASE);
	}
	sys_global_drop();
	return u;
}

void unplug_free(struct unplug *unplug)
{
	if (!unplug)
		return;
	sys_global_take();
	unplug->used = false;
	sys_global_drop();
}

const uint32_t *unplug_word(const struct unplug *unplug)
{
	return &unplug->gone;
}

static void write_area(struct area *area, uintptr_t at, size_t len,
		       struct unplug *owner)
{
	uint32_t turn = area->turn;

	__atomic_store_n(&area->turn, turn + 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&area->at, at, __ATOMIC_SEQ_CST);
	__atomic_store_n(&area->len, len, __ATOMIC_SEQ_CST);
	__atomic_store_n(&area->owner, owner, __ATOMIC_SEQ_CST);
	__atomic_store_n(&area->turn, turn + 2, __ATOMIC_SEQ_CST);
}

/* What it says; false: it is being written */
static bool read_area(const struct area *area, struct area *copy)
{
	uint32_t turn = __atomic_load_n(&area->turn, __ATOMIC_SEQ_CST);

	copy->at = __atomic_load_n(&area->at, __ATOMIC_SEQ_CST);
	copy->len = __atomic_load_n(&area->len, __ATOMIC_SEQ_CST);
	copy->owner = __atomic_load_n(&area->owner, __ATOMIC_SEQ_CST);
	return !(turn & 1) &&
	       turn == __atomic_load_n(&area->turn, __ATOMIC_SEQ_CST);
}

static struct area *find_free_area(void)
{
	struct area *area;

	for (area = areas; area && area->owner; area = area->next)
		;
	if (area)
		return area;
	area = sys_alloc(sizeof(*area));
	if (area) {
		area->next = areas;
		__atomic_store_n(&areas, area, __ATOMIC_RELEASE);
	}
	return area;
}

int unplug_watch(struct unplug *unplug, void *at, size_t len)
{
	struct area *area = NULL;
	int ret = -ENODEV;

	sys_global_take();
	/* Under the lock: what unplug_let_go() does not see must not come. */
	if (!unplug_is_gone(unplug)) {
		area = find_free_area();
		ret = area ? 0 : -ENOMEM;
	}
	if (area)
		write_area(area, (uintptr_t)at, len, unplug);
	sys_global_drop();
	return ret;
}

void unplug_unwatch(struct unplug *unplug, const void *at)
{
	struct area *area;

	sys_global_take();
	for (area = areas; area; area = area->next)
		if (area->owner == unplug && area->at == (uintptr_t)at)
			write_area(area, 0, 0, NULL);
	sys_global_drop();
}

void unplug_say(struct unplug *unplug)
{
	__atomic_store_n(&unplug->gone, 1, __ATOMIC_RELEASE);
}

/*
 * System calls and no functions of that name: those of a sanitizer are not meant for
 * a signal handler.
 */
static void *map_at(uintptr_t at, size_t len, int flags, int fd)
{
	long ret = syscall(SYS_mmap, at, len, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | flags, fd, 0L);

	/* NOLINTNEXTLINE(performance-no-int-to-ptr): what the kernel returns */
	return ret == -1 ? NULL : (void *)(uintptr_t)ret;
}

/*
 * To ThreadSanitizer, which does not see them mapped, pages that come and go at one
 * address are the same memory.
 */
__attribute__((no_sanitize_thread)) static void fill_ones(void *at, size_t len)
{
	volatile uint64_t *word = at;
	size_t i;

	for (i = 0; i < len / sizeof(*word); i++)
		word[i] = UINT64_MAX;
}

/* Memory of all ones to @at, in one step for whoever looks there meanwhile */
static bool put_ones(uintptr_t at, size_t len)
{
	void *ones = map_at(0, len, MAP_ANONYMOUS, -1);

	if (!ones)
		return false;
	fill_ones(ones, len);
	if (syscall(SYS_mremap, ones, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
		    at) != -1)
		return true;
	syscall(SYS_munmap, ones, len);
	return false;
}

static bool replace_around(const struct area *area, uintptr_t fault)
{
	uintptr_t from = fault - fault % GRAIN, to = from + GRAIN;

	if (from < area->at)
		from = area->at;
	if (to > area->at + area->len)
		to = area->at + area->len;
	return put_ones(from, to - from);
}

bool unplug_fault(const void *at)
{
	const uintptr_t fault = (uintptr_t)at;
	const struct area *area;
	struct area found;

	for (area = __atomic_load_n(&areas, __ATOMIC_ACQUIRE); area;
	     area = area->next) {
		if (!read_area(area, &found) || !found.owner ||
		    fault < found.at || fault - found.at >= found.len)
			continue;
		if (__atomic_load_n(&found.owner->process, __ATOMIC_RELAXED) !=
		    sys_process())
			continue;
		/* First: who sees the ones must see the word. */
		unplug_say(found.owner);
		return replace_around(&found, fault);
	}
	return false;
}

/* Memory of all ones that can be mapped many times, or a negative errno value */
static int make_piece(size_t len)
{
	int fd = memfd_create("pramin-gone", MFD_CLOEXEC);
	size_t done = 0;
	uint8_t ones[4096];

	memset(ones, 0xff, sizeof(ones));
	while (fd >= 0 && done < len) {
		ssize_t n = pwrite(fd, ones, sizeof(ones), (off_t)done);

		if (n <= 0) {
			close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	return fd;
}

/* As few bytes as make all of @len in that many pieces */
static size_t piece_of(size_t len)
{
	size_t piece = GRAIN;

	while (piece * PIECES < len)
		piece *= 2;
	return piece;
}

/* Without memory for ones there are zeros: the device has to be let go. */
static void replace_all(const struct area *area)
{
	size_t piece = piece_of(area->len), done = 0;
	int fd = make_piece(piece);

	while (done < area->len) {
		size_t n = area->len - done < piece ? area->len - done : piece;

		if (fd < 0 || !map_at(area->at + done, n, MAP_FIXED, fd)) {
			map_at(area->at + done, area->len - done,
			       MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE, -1);
			break;
		}
		done += n;
	}
	if (fd >= 0)
		close(fd);
}

void unplug_let_go(struct unplug *unplug)
{
	const struct area *area;

	unplug_say(unplug);
	sys_global_take();
	for (area = areas; area; area = area->next)
		if (area->owner == unplug)
			replace_all(area);
	sys_global_drop();
}

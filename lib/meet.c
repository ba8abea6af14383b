// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the handles of one GPU meet: the file, its locks, its mapping.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meet.h"
#include "why.h"

#define BYTE_CHANGE 0
#define BYTE_USE    1
#define BYTE_SEATS  16

/* Between two tries to get a lock, in ns */
#define TRY_NS 1000000ull

static int lock_byte(const struct meet *meet, short type, uint64_t byte)
{
	struct flock l = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)(meet->offset + byte),
		.l_len = 1,
	};

	return fcntl(meet->fd, F_OFD_SETLK, &l) ? -errno : 0;
}

/* Does another descriptor have a lock that excludes one of @type there? */
static bool is_locked(const struct meet *meet, short type, uint64_t byte,
		      uint64_t len)
{
	struct flock l = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)(meet->offset + byte),
		.l_len = (off_t)len,
	};

	return !fcntl(meet->fd, F_OFD_GETLK, &l) && l.l_type != F_UNLCK;
}

bool meet_is_dead(const struct meet *meet, uint32_t seat)
{
	return !is_locked(meet, F_WRLCK, BYTE_SEATS + seat, 1);
}

static bool nobody_lives(const struct meet *meet)
{
	return !is_locked(meet, F_WRLCK, BYTE_SEATS, PRAMIN_SEATS) &&
	       !is_locked(meet, F_WRLCK, BYTE_USE, 1);
}

/* Whoever opens or closes it, for a message; 0: it has not said so */
static uint32_t changer(const struct meet *meet)
{
	const size_t at = offsetof(struct meet_mem, change_pid);
	uint32_t pid;

	return pread(meet->fd, &pid, sizeof(pid), (off_t)(meet->offset + at)) ==
			       sizeof(pid) ?
		       pid :
		       0;
}

static void say_who_changes(const struct meet *meet, uint32_t pid)
{
	if (meet->mem)
		__atomic_store_n(&meet->mem->change_pid, pid, __ATOMIC_RELAXED);
}

int meet_hold(struct meet *meet, uint64_t timeout_ns)
{
	uint64_t until = sys_now() + timeout_ns;
	int ret;

	if (meet->fd < 0)
		return 0;
	for (;;) {
		ret = lock_byte(meet, F_WRLCK, BYTE_CHANGE);
		if (!ret)
			say_who_changes(meet, sys_process());
		if (ret != -EAGAIN && ret != -EACCES)
			return ret;
		if (sys_now() >= until)
			return -EBUSY;
		sys_pause(TRY_NS);
	}
}

bool meet_shut(const struct meet *meet)
{
	if (meet->fd >= 0 && lock_byte(meet, F_WRLCK, BYTE_CHANGE))
		return false;
	say_who_changes(meet, sys_process());
	return true;
}

void meet_ready(struct meet *meet)
{
	if (meet->fd < 0)
		return;
	say_who_changes(meet, 0);
	lock_byte(meet, F_UNLCK, BYTE_CHANGE);
}

static int refuse_file(struct pramin_why *why, int err, const char *path,
		       const char *what)
{
	return why_set(why, err, PRAMIN_REASON_FILE,
		       "use it as the user who owns it",
		       "%.120s cannot be where users of the GPU meet: %s", path,
		       what);
}

/*
 * Whoever may write to the directory could put another file in the place of this
 * one, and those who come later would meet elsewhere. Not in a sticky directory,
 * and one's own group is oneself on most systems.
 */
static int check_directory(const char *path, struct pramin_why *why)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	char *dir = sys_alloc(len + 2);
	struct stat st;
	int ret;

	if (!dir)
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	memcpy(dir, path, len);
	dir[len] = '.';
	ret = stat(dir, &st) ? -errno : 0;
	sys_free(dir);
	if (ret)
		return refuse_file(why, -EPERM, path, strerror(-ret));
	if (st.st_uid != geteuid() && st.st_uid)
		return why_set(
			why, -EPERM, PRAMIN_REASON_FILE,
			"use a directory of your own",
			"%.120s cannot be where users of the GPU meet: its "
			"directory belongs to another user",
			path);
	if (st.st_mode & S_ISVTX || !(st.st_mode & 022))
		return 0;
	if (!(st.st_mode & 002) && st.st_gid == getegid())
		return 0;
	return why_set(why, -EPERM, PRAMIN_REASON_FILE,
		       "chmod go-w that directory, or use another one",
		       "%.120s cannot be where users of the GPU meet: other "
		       "users may write to its directory",
		       path);
}

/* Only what nobody else can change is mapped. */
static int open_file(struct meet *meet, const char *path,
		     struct pramin_why *why)
{
	struct stat st;
	int ret = check_directory(path, why);

	if (ret)
		return ret;
	/* Not while another thread forks: the child must hear of it. */
	sys_global_take();
	meet->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
				      O_NOCTTY);
	sys_global_drop();
	if (meet->fd < 0)
		return refuse_file(why, -EPERM, path, strerror(errno));
	if (fstat(meet->fd, &st))
		return refuse_file(why, -EPERM, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse_file(why, -EINVAL, path, "it is not a file");
	if (st.st_uid != geteuid())
		return refuse_file(why, -EPERM, path,
				   "it belongs to another user");
	if (st.st_mode & 022)
		return refuse_file(why, -EPERM, path,
				   "other users may write to it");
	return 0;
}

static int held(const struct meet *meet, struct pramin_why *why)
{
	const struct meet_mem *mem = meet->mem;
	uint32_t pid = mem->sole_pid, i;

	for (i = 0; i < PRAMIN_SEATS && !pid; i++)
		if (mem->meeting.seat[i].taken)
			pid = mem->meeting.seat[i].pid;
	return why_set(why, -EBUSY, PRAMIN_REASON_HELD,
		       "wait until it has ended; to share the GPU, open it "
		       "without \"exclusive\" everywhere",
		       "the GPU is in use by process %" PRIu32 "%s", pid,
		       pid == sys_process() ? " (this process)" : "");
}

static int stuck(const struct meet *meet, struct pramin_why *why)
{
	uint32_t pid = changer(meet);
	char who[32] = "another process";

	if (pid)
		snprintf(who, sizeof(who), "process %" PRIu32, pid);
	return why_set(
		why, -EBUSY, PRAMIN_REASON_HELD,
		"continue or end it if it is stopped, and try again",
		"%s is opening or closing this GPU and does not get done", who);
}

/* Room for all of it: a store into a mapped hole of a full disk is a signal. */
static int map_file(struct meet *meet, struct pramin_why *why)
{
	const uint64_t end = meet->offset + sizeof(*meet->mem);
	struct rlimit limit;
	void *ptr;
	int err = 0;

	if (!getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur < end)
		err = EFBIG;
	if (!err)
		err = posix_fallocate(meet->fd, (off_t)meet->offset,
				      sizeof(*meet->mem));
	if (err)
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "no room for the %zu bytes that users of the "
			       "GPU share: %s",
			       sizeof(*meet->mem), strerror(err));
	sys_global_take();
	ptr = mmap(NULL, sizeof(*meet->mem), PROT_READ | PROT_WRITE, MAP_SHARED,
		   meet->fd, (off_t)meet->offset);
	if (ptr != MAP_FAILED)
		meet->mem = ptr;
	sys_global_drop();
	if (ptr == MAP_FAILED)
		return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
			       "out of memory");
	return 0;
}

/* A seat, or the whole place */
static int take_place(struct meet *meet, struct pramin_why *why)
{
	int ret = lock_byte(meet, meet->sole ? F_WRLCK : F_RDLCK, BYTE_USE);

	if (ret == -EAGAIN || ret == -EACCES)
		return held(meet, why);
	if (ret)
		return why_set(why, ret, PRAMIN_REASON_BACKEND, "",
			       "cannot lock the file where users of the GPU "
			       "meet: %s",
			       strerror(-ret));
	if (meet->sole) {
		meet->mem->sole_pid = sys_process();
		return 0;
	}
	meet->mem->sole_pid = 0;
	for (meet->seat = 0; meet->seat < PRAMIN_SEATS; meet->seat++)
		if (!lock_byte(meet, F_WRLCK, BYTE_SEATS + meet->seat))
			return 0;
	return why_set(why, -EBUSY, PRAMIN_REASON_TOO_MANY, "end some of them",
		       "all %u handles of this GPU are in use", PRAMIN_SEATS);
}

static int open_place(struct meet *meet, const char *path, uint64_t timeout_ns,
		      struct pramin_why *why)
{
	int ret = open_file(meet, path, why);

	if (ret)
		return ret;
	ret = meet_hold(meet, timeout_ns);
	if (ret)
		return stuck(meet, why);
	ret = map_file(meet, why);
	if (ret)
		return ret;
	say_who_changes(meet, sys_process());
	if (nobody_lives(meet)) {
		ret = meet_clean(meet);
		if (ret)
			return why_set(why, ret, PRAMIN_REASON_BACKEND, "",
				       "no lock: %s", strerror(-ret));
	} else if (!meet_is_valid(meet->mem)) {
		return why_set(why, -EBUSY, PRAMIN_REASON_HELD,
			       "end it, or use the same version",
			       "another version of this library is using the "
			       "GPU");
	}
	return take_place(meet, why);
}

int meet_begin(struct meet *meet, const struct pramin_io_ops *ops, void *io,
	       bool sole, uint64_t timeout_ns, struct pramin_why *why)
{
	const char *path = NULL;
	int ret;

	meet->sole = sole;
	meet->process = sys_process_mark();
	if (ops->meeting)
		path = ops->meeting(io, &meet->offset);
	if (path) {
		ret = open_place(meet, path, timeout_ns, why);
		if (ret)
			meet_end(meet);
		return ret;
	}
	if (sole)
		return 0;
	meet->fresh = true;
	meet->mem = sys_pages(sizeof(*meet->mem));
	if (meet->mem && !meet_make_anew(meet->mem, false))
		return 0;
	meet_end(meet);
	return why_set(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
		       "out of memory");
}

void meet_end(struct meet *meet)
{
	sys_global_take();
	if (meet->mem && meet->fd >= 0) {
		if (meet->sole)
			meet->mem->sole_pid = 0;
		munmap(meet->mem, sizeof(*meet->mem));
	} else if (meet->mem) {
		sys_pages_free(meet->mem, sizeof(*meet->mem));
	}
	if (meet->fd >= 0)
		close(meet->fd);
	meet->mem = NULL;
	meet->fd = -1;
	sys_global_drop();
}

void meet_forked(struct meet *meet)
{
	const size_t len = sizeof(*meet->mem);

	/*
	 * A mapping keeps the file open as its descriptor does, and with it the
	 * parent's locks. Blank pages take its place, for a call that was under
	 * way in the thread that forked.
	 */
	if (meet->mem && mmap(meet->mem, len, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			      0) == MAP_FAILED) {
		munmap(meet->mem, len);
		meet->mem = NULL;
	}
	if (meet->fd >= 0)
		close(meet->fd);
	meet->fd = -1;
}

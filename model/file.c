// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * PATH, the image, and PATH.state, the registers.
 *
 * Opening and closing are done one at a time, by whoever is in the door
 * (lock.c). Who finds no other user there may check the state, mend what a
 * killed process has left, and seal it. Creation is safe to interrupt:
 *
 *	1. an empty state file; it counts as none
 *	2. enter the door, fill it with one write; its phase says that the
 *	   image may be missing or unfinished
 *	3. create the image, give it its size
 *	4. the phase says that the GPU is in use
 *
 * Existing files are looked at before they are opened (opening a FIFO or a
 * device can do things), and nothing is written before all is known to fit.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define OPEN_FLAGS (O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
/* How often another process may remove the state file under our hands */
#define OPEN_TRIES 16

/* Would writing up to @end raise SIGXFSZ? */
int model_file_limit(uint64_t end)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return 0;
	return end > limit.rlim_cur ? -EFBIG : 0;
}

static int check_regular(const struct stat *st, const char *path,
			 struct pramin_why *why)
{
	const char *kind = "a device or socket";

	if (S_ISREG(st->st_mode))
		return 0;
	if (S_ISDIR(st->st_mode))
		kind = "a directory";
	else if (S_ISFIFO(st->st_mode))
		kind = "a FIFO";
	else if (S_ISLNK(st->st_mode))
		kind = "a symbolic link";
	return model_fail(why, -EINVAL, PRAMIN_REASON_FILE,
			  "name a regular file, or one that does not exist",
			  "%s is %s, not a regular file", model_quote(path).s,
			  kind);
}

static int presence(const char *path, bool *there, struct pramin_why *why)
{
	struct stat st;

	*there = false;
	if (lstat(path, &st)) {
		if (errno == ENOENT)
			return 0;
		return model_fail_errno(why, errno, "look at", path);
	}
	*there = true;
	return check_regular(&st, path, why);
}

/* Open what presence() has seen; it may have been replaced since. */
static int open_regular(const char *path, int *fd, struct stat *st,
			struct pramin_why *why)
{
	int ret = model_fork_open(fd, path, OPEN_FLAGS);

	if (ret)
		return model_fail_errno(why, ret, "open", path);
	if (fstat(*fd, st))
		ret = model_fail_errno(why, errno, "look at", path);
	else
		ret = check_regular(st, path, why);
	if (ret)
		model_fork_close(fd);
	return ret;
}

static int door_shut(const struct model_file *f, uint32_t pid,
		     struct pramin_why *why)
{
	static const char next[] =
		"it has not done so for some time: look whether it is stopped";

	if (!pid)
		return model_fail(why, -EBUSY, PRAMIN_REASON_HELD, next,
				  "%s is being opened or closed by another "
				  "process",
				  model_quote(f->path).s);
	return model_fail(why, -EBUSY, PRAMIN_REASON_HELD, next,
			  "%s is being opened or closed by process %" PRIu32
			  "%s",
			  model_quote(f->path).s, pid,
			  pid == (uint32_t)getpid() ? " (this process)" : "");
}

static int join_users(const struct model_file *f, struct pramin_why *why)
{
	int ret = model_users_join(f->state_fd, f->fd);

	if (ret == -EBUSY)
		return model_fail(why, ret, PRAMIN_REASON_HELD,
				  "open it by that name",
				  "%s, or its state file, is in use by another "
				  "name",
				  model_quote(f->path).s);
	return ret ? model_fail_errno(why, -ret, "lock", f->path) : 0;
}

static int mismatch(const struct model_file *f, bool image,
		    struct pramin_why *why)
{
	if (image)
		return model_fail(why, -EINVAL, PRAMIN_REASON_FILE,
				  "restore the state file, or name an image "
				  "that does not exist: it is created",
				  "%s exists, but %s does not",
				  model_quote(f->path).s,
				  model_quote(f->state_path).s);
	return model_fail(why, -EINVAL, PRAMIN_REASON_FILE,
			  "restore the image, or remove the state file",
			  "%s exists, but %s does not",
			  model_quote(f->state_path).s, model_quote(f->path).s);
}

/* Open or create the state file; no lock yet. -EAGAIN: somebody was faster */
static int open_state_once(struct model_file *f, struct pramin_why *why)
{
	bool image, state;
	struct stat st;
	int ret;

	ret = presence(f->path, &image, why);
	if (!ret)
		ret = presence(f->state_path, &state, why);
	if (ret)
		return ret;
	if (state)
		return open_regular(f->state_path, &f->state_fd, &st, why);
	if (image)
		return mismatch(f, image, why);

	ret = model_fork_open(&f->state_fd, f->state_path,
			      OPEN_FLAGS | O_CREAT | O_EXCL);
	if (!ret) {
		f->made_state = true;
		return 0;
	}
	return ret == EEXIST ?
		       -EAGAIN :
		       model_fail_errno(why, ret, "create", f->state_path);
}

/* Is the locked descriptor still what the path names? */
static bool still_there(const struct model_file *f)
{
	struct stat by_fd, by_path;

	return !fstat(f->state_fd, &by_fd) && !lstat(f->state_path, &by_path) &&
	       by_fd.st_dev == by_path.st_dev && by_fd.st_ino == by_path.st_ino;
}

static int open_and_enter(struct model_file *f, struct pramin_why *why)
{
	uint32_t pid;
	int tries, ret;

	for (tries = 0; tries < OPEN_TRIES; tries++) {
		ret = open_state_once(f, why);
		if (ret == -EAGAIN)
			continue;
		if (ret)
			return ret;
		ret = model_door_enter(f->state_fd, &pid);
		if (ret) {
			/* Whoever is in there owns the file now. */
			f->made_state = false;
			return ret == -EAGAIN ?
				       door_shut(f, pid, why) :
				       model_fail_errno(why, -ret, "lock",
							f->state_path);
		}
		if (still_there(f)) {
			f->alone = model_users_none(f->state_fd);
			return 0;
		}
		model_fork_close(&f->state_fd);
		f->made_state = false;
	}
	return model_fail(why, -EBUSY, PRAMIN_REASON_HELD, "try again",
			  "%s keeps being replaced",
			  model_quote(f->state_path).s);
}

/* What was empty has got its first state. */
static int first_state(struct pramin_model *m, struct model_state *st,
		       struct pramin_why *why)
{
	struct model_file *f = &m->file;
	ssize_t n;

	model_state_fill(st, m);
	if (model_file_limit(sizeof(*st)))
		return model_fail_errno(why, EFBIG, "write", f->state_path);
	n = pwrite(f->state_fd, st, sizeof(*st), 0);
	if (n == (ssize_t)sizeof(*st))
		return 0;
	return model_fail_errno(why, n < 0 ? errno : ENOSPC, "write",
				f->state_path);
}

/* Read and check the state, or write a first one. */
static int load_state(struct pramin_model *m, struct model_state *st,
		      struct pramin_why *why)
{
	struct model_file *f = &m->file;
	struct stat info;
	bool image;
	ssize_t n;
	int ret;

	if (fstat(f->state_fd, &info))
		return model_fail_errno(why, errno, "look at", f->state_path);
	ret = presence(f->path, &image, why);
	if (ret)
		return ret;

	/*
	 * An empty one was left behind by a creation like this. One that is
	 * not was filled by somebody who got in before us.
	 */
	f->made_state = info.st_size == 0 && !image;
	if (f->made_state)
		return first_state(m, st, why);

	n = pread(f->state_fd, st, sizeof(*st), 0);
	if (n > 0 && model_state_is_old(st, (size_t)n))
		return model_fail(why, -EINVAL, PRAMIN_REASON_FILE,
				  "nothing has been changed; name another file, "
				  "or take the image elsewhere and load it",
				  "cannot use %s: an earlier version has "
				  "written it",
				  model_quote(f->state_path).s);
	if (info.st_size != (off_t)sizeof(*st) &&
	    info.st_size < (off_t)MODEL_MEETING)
		return model_fail(why, -EINVAL, PRAMIN_REASON_FILE,
				  "nothing has been changed; restore the file, "
				  "or name another",
				  "cannot use %s: it has %jd bytes, a state "
				  "file has %zu",
				  model_quote(f->state_path).s,
				  (intmax_t)info.st_size, sizeof(*st));
	if (n != (ssize_t)sizeof(*st))
		return model_fail_errno(why, n < 0 ? errno : EIO, "read",
					f->state_path);
	ret = model_state_check(st, m, why);
	if (!ret && !image && st->phase != MODEL_STATE_NEW)
		return mismatch(f, image, why);
	return ret;
}

static int wrong_size(const struct pramin_model *m, off_t size,
		      struct pramin_why *why)
{
	return model_fail(why, -EINVAL, PRAMIN_REASON_FILE,
			  "nothing has been changed; restore the image, or "
			  "remove it and its state file",
			  "%s has %jd bytes, its VRAM %" PRIu64,
			  model_quote(m->file.path).s, (intmax_t)size,
			  m->vram_size);
}

/* Open the image, or create it if the state says that there was none yet. */
static int open_image(struct pramin_model *m, const struct model_state *state,
		      struct pramin_why *why)
{
	struct model_file *f = &m->file;
	bool fresh = state->phase == MODEL_STATE_NEW;
	struct stat st = { .st_size = 0 };
	int ret;

	if (fresh) {
		ret = model_fork_open(&f->fd, f->path,
				      OPEN_FLAGS | O_CREAT | O_EXCL);
		f->made_image = !ret;
		if (ret && ret != EEXIST)
			return model_fail_errno(why, ret, "create", f->path);
	}
	if (f->fd < 0) {
		ret = open_regular(f->path, &f->fd, &st, why);
		if (ret)
			return ret;
	}
	ret = join_users(f, why);
	if (ret)
		return ret;

	/* New, or left behind by a creation that was cut short */
	if (fresh && st.st_size == 0) {
		if (model_file_limit(m->vram_size))
			return model_fail_errno(why, EFBIG, "extend", f->path);
		if (ftruncate(f->fd, (off_t)m->vram_size))
			return model_fail_errno(why, errno, "extend", f->path);
		return 0;
	}
	return (uint64_t)st.st_size == m->vram_size ?
		       0 :
		       wrong_size(m, st.st_size, why);
}

static int map_state(struct model_file *f, struct pramin_why *why)
{
	int code = 0;
	void *p;

	model_fork_hold();
	p = mmap(NULL, sizeof(*f->state), PROT_READ | PROT_WRITE, MAP_SHARED,
		 f->state_fd, 0);
	if (p == MAP_FAILED)
		code = errno;
	else
		f->state = p;
	model_fork_allow();
	return code ? model_fail_errno(why, code, "map", f->state_path) : 0;
}

static void unmap_state(struct pramin_model *m)
{
	struct model_file *f = &m->file;

	model_fork_hold();
	m->live = &m->own_live;
	m->extra_ns = &m->own_live.clock_ns;
	if (f->state)
		munmap(f->state, sizeof(*f->state));
	f->state = NULL;
	model_fork_allow();
}

static int name_files(struct model_file *f, const char *path)
{
	size_t len = strlen(path);

	f->path = malloc(len + 1);
	f->state_path = malloc(len + sizeof(".state"));
	if (!f->path || !f->state_path)
		return -ENOMEM;
	memcpy(f->path, path, len + 1);
	memcpy(f->state_path, path, len);
	memcpy(f->state_path + len, ".state", sizeof(".state"));
	return 0;
}

int model_file_open(struct pramin_model *m, const char *path,
		    struct pramin_why *why)
{
	struct model_file *f = &m->file;
	struct model_state state = { .phase = MODEL_STATE_CLEAN };
	int ret;

	if (!*path)
		return model_fail(why, -EINVAL, PRAMIN_REASON_FILE,
				  "name the image: file=PATH",
				  "the path of the image is empty");
	if (name_files(f, path)) {
		ret = model_fail(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY, "",
				 "no memory for a model");
		goto err;
	}
	ret = model_fork_join(m);
	if (ret) {
		ret = model_fail_errno(why, ret, "prepare for forks", path);
		goto err;
	}
	ret = open_and_enter(f, why);
	if (!ret)
		ret = load_state(m, &state, why);
	if (!ret)
		ret = open_image(m, &state, why);
	if (!ret)
		ret = map_state(f, why);
	if (!ret)
		return 0;
err:
	model_file_abandon(m);
	return ret;
}

void model_file_commit(struct pramin_model *m)
{
	struct model_file *f = &m->file;

	f->owner = getpid();
	if (f->alone)
		model_state_start(f->state, (uint32_t)f->owner);
	else
		model_state_join(f->state, (uint32_t)f->owner);
	m->live = &f->state->live;
	m->extra_ns = &f->state->sum;
	model_door_leave(f->state_fd);
}

static void release(struct pramin_model *m)
{
	struct model_file *f = &m->file;

	unmap_state(m);
	if (f->fd >= 0)
		model_locks_drop(f->fd);
	model_fork_close(&f->fd);
	if (f->state_fd >= 0)
		model_locks_drop(f->state_fd);
	model_fork_close(&f->state_fd);
	model_fork_leave(m);
	free(f->path);
	free(f->state_path);
	memset(f, 0, sizeof(*f));
	f->fd = -1;
	f->state_fd = -1;
}

/* From within the door, or somebody could have begun to use them */
static void remove_made(const struct model_file *f)
{
	if (f->made_image)
		unlink(f->path);
	if (f->made_state)
		unlink(f->state_path);
}

/* Creation has failed: what was not there before is removed again. */
void model_file_abandon(struct pramin_model *m)
{
	remove_made(&m->file);
	release(m);
}

/*
 * Who cannot get into the door leaves all as it is, as if it had been killed:
 * the next one mends.
 */
void model_file_end(struct pramin_model *m, bool discard)
{
	struct model_file *f = &m->file;
	uint32_t pid;

	if (f->state && !f->orphan && f->owner == getpid() &&
	    !model_door_enter(f->state_fd, &pid) &&
	    model_users_none(f->state_fd)) {
		if (discard && (f->made_image || f->made_state))
			remove_made(f);
		else
			model_state_seal(f->state);
	}
	release(m);
}

// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Who may do what with the files of a GPU, as locks of open file descriptions.
 * They end with their holder, however it dies.
 *
 *	state file	0 ..	 the door: one at a time, to open and to close
 *			4096 ..	 more of the pid of who is in it
 *			8192 ..	 one shared lock for each user
 *			65536 .. the library's
 *	image		0 ..	 one shared lock for each user
 *
 * A lock tells more than that it is there, namely where it is. That of the
 * door is as long as the pid says. Those of the users stand at a place made
 * from the identity of the other file, so that users who have come by two names
 * of an image, each with a state file of its own, find each other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define DOOR	    0
#define DOOR_REST   4096
#define USERS	    8192
#define USERS_END   MODEL_MEETING
#define PID_PART    2048 /* squared: all pids that there are */
#define NAP_NS	    1000000
#define NS_PER_SEC  UINT64_C(1000000000)
#define IMAGE_USERS (INT64_MAX / 2)

unsigned int model_door_patience_ms = 5000;

static int set(int fd, short type, off_t start, off_t len)
{
	struct flock lock = { .l_type = type,
			      .l_whence = SEEK_SET,
			      .l_start = start,
			      .l_len = len };

	return fcntl(fd, F_OFD_SETLK, &lock) ? -errno : 0;
}

/* Bytes of the first lock of others from @start on; 0: there is none */
static off_t others(int fd, off_t start, off_t len)
{
	struct flock lock = { .l_type = F_WRLCK,
			      .l_whence = SEEK_SET,
			      .l_start = start,
			      .l_len = len };

	if (fcntl(fd, F_OFD_GETLK, &lock) || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_len;
}

/* 0: unknown; it may just have left, or be halfway in. */
static uint32_t who_is_in_the_door(int fd)
{
	off_t low = others(fd, DOOR, 1), high = others(fd, DOOR_REST, 1);

	if (!low || !high)
		return 0;
	return (uint32_t)((high - 1) * PID_PART + low - 1);
}

static uint64_t now_ns(void)
{
	struct timespec ts = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* 0; -EAGAIN: somebody, perhaps @pid, does not leave; or another code */
int model_door_enter(int fd, uint32_t *pid)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	uint64_t end = now_ns() + model_door_patience_ms * UINT64_C(1000000);
	pid_t self = getpid();
	int ret;

	for (;;) {
		ret = set(fd, F_WRLCK, DOOR, 1 + self % PID_PART);
		if (ret == -EACCES)
			ret = -EAGAIN;
		if (ret != -EAGAIN || now_ns() > end)
			break;
		nanosleep(&nap, NULL);
	}
	*pid = ret == -EAGAIN ? who_is_in_the_door(fd) : 0;
	if (!ret)
		set(fd, F_WRLCK, DOOR_REST, 1 + self / PID_PART);
	return ret;
}

void model_door_leave(int fd)
{
	set(fd, F_UNLCK, 0, USERS);
}

/* From within the door: does nobody else use this GPU? */
bool model_users_none(int fd)
{
	return !others(fd, USERS, USERS_END - USERS);
}

static int user(int fd, off_t first, off_t count, int peer)
{
	struct stat st;
	uint64_t mix;
	off_t place;
	int ret;

	if (fstat(peer, &st))
		return -errno;
	mix = (uint64_t)st.st_ino ^ (uint64_t)st.st_dev << 32;
	place = first + (off_t)(mix % (uint64_t)count);
	ret = set(fd, F_RDLCK, place, 1);
	if (ret)
		return ret;
	if ((place > first && others(fd, first, place - first)) ||
	    others(fd, place + 1, first + count - place))
		return -EBUSY;
	return 0;
}

/* From within the door. -EBUSY: in use by other names; or another code */
int model_users_join(int state_fd, int image_fd)
{
	int ret = user(state_fd, USERS, USERS_END - USERS - 1, image_fd);

	return ret ? ret : user(image_fd, 0, IMAGE_USERS, state_fd);
}

/*
 * All at once. Closing is not enough: somebody may have got a duplicate of the
 * descriptor and not be through with its exec.
 */
void model_locks_drop(int fd)
{
	set(fd, F_UNLCK, 0, 0);
}

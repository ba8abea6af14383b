// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Where the users of one card meet on the file system.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sys.h"
#include "why.h"
#include "calls.h"
#include "place.h"

#define DIRECTORY "run/pramin"

#define BYTE_CHANGE 0
#define BYTE_USE    1

/* Between two tries to get a lock, in ns */
#define TRY_NS 1000000ull

/* As it lies in the file */
struct header {
	char magic[8];
	uint32_t version;
	uint32_t put_back; /* PLACE_* */
	char boot[48];
	char addr[PCI_ADDR_TEXT];
	uint64_t card; /* place->card */
};

static const char magic[8] = "pramin\2\n";

static int lock_byte(const struct place *place, short type, off_t byte)
{
	struct flock l = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = byte,
		.l_len = 1,
	};

	return backend_calls->lock(place->fd, &l) ? -errno : 0;
}

static int take_change(const struct place *place, uint64_t timeout_ns)
{
	const uint64_t until = sys_now() + timeout_ns;
	int ret;

	for (;;) {
		ret = lock_byte(place, F_WRLCK, BYTE_CHANGE);
		if (ret != -EAGAIN && ret != -EACCES)
			return ret;
		if (sys_now() >= until)
			return -EBUSY;
		sys_pause(TRY_NS);
	}
}

static int refuse(struct pramin_why *why, const char *path, const char *what,
		  const char *next)
{
	return why_set(why, -EPERM, PRAMIN_REASON_MEETING, next,
		       "%.120s cannot be where users of the GPU meet: %s", path,
		       what);
}

/* The directory is of this user, and of nobody else. */
static int check_directory(struct pramin_why *why)
{
	char path[PCI_PATH_TEXT];
	struct stat st;
	int fd, ret = pci_path(path, sizeof(path), DIRECTORY);

	if (ret)
		return refuse(why, DIRECTORY, strerror(-ret), "");
	if (backend_calls->mkdir(path, 0700) && errno != EEXIST)
		return refuse(why, path, strerror(errno),
			      "make the directory by hand, with mode 0700");
	fd = pci_file_open(DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (fd < 0)
		return refuse(why, path, strerror(-fd),
			      "remove what is there, or use it as its owner");
	ret = backend_calls->fstat(fd, &st) ? -errno : 0;
	backend_calls->close(fd);
	if (ret)
		return refuse(why, path, strerror(-ret), "");
	if (st.st_uid != geteuid())
		return refuse(why, path, "it belongs to another user",
			      "use it as its owner");
	if (st.st_mode & 077)
		return refuse(why, path, "other users may use it",
			      "chmod 700 that directory");
	return 0;
}

static int open_file(struct place *place, const char *addr,
		     struct pramin_why *why)
{
	struct stat st;
	int ret = pci_path(place->path, sizeof(place->path), DIRECTORY "/%s",
			   addr);

	if (ret)
		return refuse(why, DIRECTORY, strerror(-ret), "");
	/* Not while another thread forks: see lib/meet.c. */
	sys_global_take();
	place->fd = backend_calls->open(
		place->path,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	ret = place->fd < 0 ? -errno : 0;
	sys_global_drop();
	if (!ret && backend_calls->fstat(place->fd, &st))
		ret = -errno;
	if (ret)
		return refuse(why, place->path, strerror(-ret), "");
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 077)
		return refuse(why, place->path,
			      "it is not a file of this user alone",
			      "remove it");
	return 0;
}

static int get_header(const struct place *place, struct header *h)
{
	/* What is missing in a new file is zeroes. */
	*h = (struct header){ .version = 0 };
	return backend_calls->pread(place->fd, h, sizeof(*h), 0) < 0 ? -errno :
								       0;
}

static int put_header(const struct place *place, const struct header *h)
{
	ssize_t n = backend_calls->pwrite(place->fd, h, sizeof(*h), 0);

	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(*h) ? 0 : -EIO;
}

/* What the header of this boot and this card is */
static void want_header(const struct place *place, struct header *h)
{
	*h = (struct header){ .version = 2, .card = place->card };
	memcpy(h->magic, magic, sizeof(magic));
	/* Without one, the directory is gone after a boot: /run is no disk. */
	if (pci_file_text("proc/sys/kernel/random/boot_id", h->boot,
			  sizeof(h->boot)))
		h->boot[0] = '\0';
	strncpy(h->addr, strrchr(place->path, '/') + 1, sizeof(h->addr) - 1);
}

/* With nobody else there: believe what the dead left, or begin anew. */
static int begin(struct place *place)
{
	struct header want, have;
	int ret = get_header(place, &have);

	if (ret)
		return ret;
	want_header(place, &want);
	want.put_back = have.put_back & (PLACE_POWER | PLACE_DECODE);
	if (!memcmp(&want, &have, sizeof(want)))
		return 0;
	want.put_back = 0;
	/* The meeting behind it too */
	if (backend_calls->ftruncate(place->fd, 0))
		return -errno;
	return put_header(place, &want);
}

/*
 * With others there: they have this card, and this version; or a card that was
 * here before. Those keep their file, without a name. 0, -ESTALE: there is none now
 */
static int join(const struct place *place, int attr_fd, struct pramin_why *why)
{
	struct header want, have;
	char c;
	int ret = get_header(place, &have);

	want_header(place, &want);
	want.put_back = have.put_back;
	if (!ret && !memcmp(&want, &have, sizeof(want)))
		return 0;
	want.card = have.card;
	if (!ret && !memcmp(&want, &have, sizeof(want))) {
		/* Theirs may be the new one, too. */
		if (backend_calls->pread(attr_fd, &c, 1, 0) != 1)
			return why_set(why, -ENODEV, PRAMIN_REASON_NO_DEVICE,
				       "try again",
				       "the GPU was removed while it was being "
				       "opened");
		if (!backend_calls->unlink(place->path))
			return -ESTALE;
		return refuse(why, place->path, strerror(errno), "remove it");
	}
	return why_set(why, -EBUSY, PRAMIN_REASON_HELD,
		       "end it, or use the same version",
		       "another version of this library is using the GPU");
}

/* Has it lost its name meanwhile? */
static int check_name(const struct place *place)
{
	struct stat st;

	if (backend_calls->fstat(place->fd, &st))
		return -errno;
	return st.st_nlink ? 0 : -ESTALE;
}

/* 0, -ESTALE: that file is for a card that was here before, or what @why says */
static int come_in(struct place *place, int attr_fd, uint64_t timeout_ns,
		   struct pramin_why *why)
{
	int ret = take_change(place, timeout_ns);

	if (ret == -EBUSY)
		return why_set(why, ret, PRAMIN_REASON_HELD,
			       "continue or end it if it is stopped, and try "
			       "again",
			       "another process is opening or closing this GPU "
			       "and does not get done");
	if (!ret)
		ret = check_name(place);
	if (ret == -ESTALE)
		return ret;
	if (ret)
		return refuse(why, place->path, strerror(-ret), "");
	ret = lock_byte(place, F_WRLCK, BYTE_USE);
	if (ret == -EAGAIN || ret == -EACCES) {
		ret = join(place, attr_fd, why);
		if (ret)
			return ret;
	} else if (!ret) {
		ret = begin(place);
	}
	if (!ret)
		ret = lock_byte(place, F_RDLCK, BYTE_USE);
	return ret ? refuse(why, place->path, strerror(-ret), "") : 0;
}

int place_open(struct place *place, const char *addr, int attr_fd,
	       uint64_t timeout_ns, struct pramin_why *why)
{
	struct stat st;
	int ret = check_directory(why);

	place->fd = -1;
	if (!ret && backend_calls->fstat(attr_fd, &st))
		ret = refuse(why, DIRECTORY, strerror(errno), "");
	if (ret)
		return ret;
	place->card = st.st_ino;
	do {
		place_close(place);
		ret = open_file(place, addr, why);
		if (!ret)
			ret = come_in(place, attr_fd, timeout_ns, why);
	} while (ret == -ESTALE);
	if (ret)
		place_close(place);
	return ret;
}

int place_note(struct place *place, uint32_t what)
{
	struct header h;
	int ret = get_header(place, &h);

	if (ret || (h.put_back & what) == what)
		return ret;
	h.put_back |= what;
	return put_header(place, &h);
}

void place_ready(struct place *place)
{
	lock_byte(place, F_UNLCK, BYTE_CHANGE);
}

uint32_t place_leave(struct place *place, uint64_t timeout_ns)
{
	struct header h;

	if (place->fd < 0 || take_change(place, timeout_ns) ||
	    lock_byte(place, F_WRLCK, BYTE_USE) || get_header(place, &h))
		return 0;
	return h.put_back & (PLACE_POWER | PLACE_DECODE);
}

void place_keep(struct place *place, uint32_t kept)
{
	struct header h;

	if (get_header(place, &h))
		return;
	h.put_back = kept;
	put_header(place, &h);
}

void place_close(struct place *place)
{
	if (place->fd >= 0)
		backend_calls->close(place->fd);
	place->fd = -1;
}

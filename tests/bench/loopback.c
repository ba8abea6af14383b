// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The modelled card behind its socket, against the socket itself: what an access
 * costs beyond two system calls at each end. The server is pramin-gpu as it is
 * installed; the other end of the bare socket is a process too, which answers with
 * as many bytes and looks at none. Rounds of both take turns, the best ones count.
 *
 * Then its memory: a board of 140 GiB, of which 64 MiB have been written.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../server/client.h"
#include "bench.h"

#define ROUNDS	   9u
#define READS	   10000u
#define WRITES	   40000u
#define REG	   0x700000u
#define BIG_VRAM   "140G"
#define BIG_PIECES 64u
#define BIG_APART  (2 * GIB)

/* A read and its reply, a posted write; with 4 bytes of data */
struct ask {
	struct vfu_header head;
	struct vfu_region_access access;
};

struct carry {
	struct vfu_header head;
	struct vfu_region_access access;
	uint32_t data;
} __attribute__((packed));

/* A process at the other end of @fd */
struct peer {
	pid_t pid;
	int fd;
	char dir[32];
};

static int take(int fd, void *buf, size_t bytes)
{
	ssize_t n = recv(fd, buf, bytes, MSG_WAITALL);

	return n == (ssize_t)bytes ? 0 : -EPIPE;
}

static int give(int fd, const void *buf, size_t bytes)
{
	ssize_t n = send(fd, buf, bytes, MSG_NOSIGNAL);

	return n == (ssize_t)bytes ? 0 : -EPIPE;
}

static void peer_end(struct peer *p)
{
	char path[64];

	if (p->fd >= 0)
		close(p->fd);
	if (p->pid > 0) {
		kill(p->pid, SIGTERM);
		waitpid(p->pid, NULL, 0);
	}
	if (!p->dir[0])
		return;
	snprintf(path, sizeof(path), "%s/s", p->dir);
	unlink(path);
	rmdir(p->dir);
}

static int reach(const char *path, int *fd)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	unsigned int tries;

	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	for (tries = 0; *fd >= 0 && tries < 1000; tries++) {
		if (!connect(*fd, (struct sockaddr *)&addr, sizeof(addr)))
			return 0;
		nanosleep(&pause, NULL);
	}
	return -ETIMEDOUT;
}

/* The server beside this program, with a client that may access the card */
static int start_server(const char *program, const char *chip, const char *vram,
			struct peer *p, struct client *c)
{
	char path[64];
	int ret;

	*p = (struct peer){ .fd = -1, .dir = "/tmp/pramin-bench.XXXXXX" };
	if (!mkdtemp(p->dir)) {
		p->dir[0] = '\0';
		return -errno;
	}
	snprintf(path, sizeof(path), "%s/s", p->dir);
	p->pid = fork();
	if (!p->pid) {
		if (!freopen("/dev/null", "w", stdout) ||
		    !freopen("/dev/null", "w", stderr))
			_exit(1);
		execl(program, program, "--socket", path, "--chip", chip,
		      "--vram", vram, NULL);
		_exit(1);
	}
	ret = p->pid < 0 ? -errno : reach(path, &p->fd);
	if (ret)
		return ret;
	client_init(c, p->fd);
	ret = client_greet(c);
	return ret ? ret : client_decode(c);
}

/* Answers as the server does, and knows nothing */
static void answer_bare(int fd)
{
	static char sink[64 << 10];
	struct carry reply = { .data = 0 };
	struct ask ask;
	uint64_t left;
	ssize_t n;

	for (;;) {
		if (take(fd, &ask, sizeof(ask)))
			_exit(0);
		/* Not a read: so many posted writes come, and then one. */
		for (left = ask.access.count * sizeof(reply); left;
		     left -= (uint64_t)n) {
			n = recv(fd, sink,
				 left < sizeof(sink) ? left : sizeof(sink), 0);
			if (n <= 0)
				_exit(0);
		}
		if (give(fd, &reply, sizeof(reply)))
			_exit(0);
	}
}

static int start_bare(struct peer *p)
{
	int fds[2];

	*p = (struct peer){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -errno;
	p->pid = fork();
	if (!p->pid) {
		close(fds[0]);
		answer_bare(fds[1]);
	}
	close(fds[1]);
	p->fd = fds[0];
	return p->pid < 0 ? -errno : 0;
}

static struct ask read_of(uint32_t count)
{
	return (struct ask){ .head = { .command = VFU_REGION_READ,
				       .size = sizeof(struct ask) },
			     .access = { REG, VFU_BAR0, count } };
}

/* Reads per second; @count is what the message says: 0 to the bare end */
static int reads(int fd, uint32_t count, double *best)
{
	const struct ask ask = read_of(count);
	uint64_t start = now_ns();
	struct carry reply;
	unsigned int i;
	double rate;

	for (i = 0; i < READS; i++)
		if (give(fd, &ask, sizeof(ask)) ||
		    take(fd, &reply, sizeof(reply)))
			return -EPIPE;
	rate = READS * 1e9 / (double)(now_ns() - start);
	if (rate > *best)
		*best = rate;
	return 0;
}

/* Posted writes per second, until a read says that all have arrived */
static int writes(int fd, bool bare, double *best)
{
	const struct carry w = { .head = { .command = VFU_REGION_WRITE,
					   .size = sizeof(w),
					   .flags = VFU_NO_REPLY },
				 .access = { REG, VFU_BAR0, 4 } };
	const struct ask first = read_of(WRITES), last = read_of(4);
	uint64_t start = now_ns();
	struct carry reply;
	unsigned int i;
	double rate;

	if (bare && give(fd, &first, sizeof(first)))
		return -EPIPE;
	for (i = 0; i < WRITES; i++)
		if (give(fd, &w, sizeof(w)))
			return -EPIPE;
	if (!bare && give(fd, &last, sizeof(last)))
		return -EPIPE;
	if (take(fd, &reply, sizeof(reply)))
		return -EPIPE;
	rate = WRITES * 1e9 / (double)(now_ns() - start);
	if (rate > *best)
		*best = rate;
	return 0;
}

static int compare(int server, int bare, struct loopback *l)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ROUNDS && !ret; i++) {
		ret = reads(bare, 0, &l->bare_reads);
		if (!ret)
			ret = reads(server, 4, &l->reads);
		if (!ret)
			ret = writes(bare, true, &l->bare_writes);
		if (!ret)
			ret = writes(server, false, &l->writes);
	}
	return ret;
}

static int times(const char *program, struct loopback *l)
{
	struct peer server, bare;
	struct client c;
	int ret;

	ret = start_bare(&bare);
	if (!ret) {
		ret = start_server(program, "tu102", "1G", &server, &c);
		if (!ret)
			ret = compare(server.fd, bare.fd, l);
		peer_end(&server);
	}
	peer_end(&bare);
	return ret;
}

/* A line "NAME: N kB" of /proc/PID/FILE */
static int proc_value(pid_t pid, const char *file, const char *name,
		      uint64_t *bytes)
{
	char text[64], line[128];
	int ret = -ENOENT;
	FILE *f;

	snprintf(text, sizeof(text), "/proc/%d/%s", (int)pid, file);
	f = fopen(text, "re");
	if (!f)
		return -errno;
	while (ret && fgets(line, sizeof(line), f)) {
		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		*bytes += strtoull(line + strlen(name), NULL, 10) * KIB;
		ret = 0;
	}
	fclose(f);
	return ret;
}

/* MiBs far from each other, through the aperture */
static int touch(struct client *c)
{
	uint8_t block[2048];
	uint32_t i, off, raw;
	int ret = 0;

	memset(block, 0x5a, sizeof(block));
	for (i = 0; i < BIG_PIECES && !ret; i++) {
		raw = (uint32_t)(i * BIG_APART >> 16);
		ret = client_write(c, VFU_BAR0, 0x10fd40, &raw, 4);
		for (off = 0; off < MIB && !ret; off += sizeof(block))
			ret = client_write(c, VFU_BAR0, REG + off, block,
					   sizeof(block));
	}
	return ret;
}

static int memory(const char *program, struct loopback *l)
{
	struct peer server;
	struct client c;
	int ret;

	ret = start_server(program, "gh100", BIG_VRAM, &server, &c);
	if (!ret)
		ret = touch(&c);
	if (!ret)
		ret = proc_value(server.pid, "smaps_rollup", "Rss:", &l->bytes);
	if (!ret)
		ret = proc_value(server.pid, "status", "VmPTE:", &l->bytes);
	peer_end(&server);
	return ret;
}

int loopback_run(const char *program, struct loopback *l)
{
	int ret = memory(program, l);

	return ret ? ret : times(program, l);
}

double loopback_reads(const struct results *r)
{
	return r->loopback.reads / r->loopback.bare_reads;
}

double loopback_writes(const struct results *r)
{
	return r->loopback.writes / r->loopback.bare_writes;
}

double loopback_memory(const struct results *r)
{
	return (double)r->loopback.bytes / MIB;
}

void loopback_json(const struct loopback *l, FILE *f)
{
	fprintf(f,
		"    \"loopback\": {\"reads_per_s\": %.0f, "
		"\"bare_reads_per_s\": %.0f, \"writes_per_s\": %.0f, "
		"\"bare_writes_per_s\": %.0f, \"server_bytes\": %" PRIu64
		"},\n",
		l->reads, l->bare_reads, l->writes, l->bare_writes, l->bytes);
}

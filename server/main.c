// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pramin-gpu: a modelled GPU as a PCI device behind a socket.
 *
 * The main thread waits for clients, signals and alarms. One client at a time is
 * served by a thread of its own, which waits in the kernel for the next message and
 * nowhere else: an access costs the two system calls that it must.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "listen.h"
#include "options.h"
#include "session.h"
#include "vbios.h"

/* The client that is being served */
struct client {
	struct device *device;
	bool here;
	pthread_t thread;
	int fd;	     /* a duplicate: to look at it and to shut it down */
	int serving; /* the thread's */
	int done;    /* eventfd: the thread is about to end */
	pid_t pid;
	const char *why;
};

struct server {
	struct options options;
	struct device *device;
	struct listener listener;
	int signals;
	struct client client;
};

static void *client_main(void *arg)
{
	struct client *c = arg;
	const uint64_t one = 1;

	c->why = session_serve(c->device, c->serving);
	while (write(c->done, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	return NULL;
}

static void client_end(struct client *c)
{
	uint64_t count;

	if (!c->here)
		return;
	shutdown(c->fd, SHUT_RDWR);
	pthread_join(c->thread, NULL);
	while (read(c->done, &count, sizeof(count)) < 0 && errno == EINTR)
		;
	close(c->fd);
	c->here = false;
	if (c->why)
		complain("ended the connection of process %d: %s", (int)c->pid,
			 c->why);
	else
		complain("process %d has left", (int)c->pid);
}

/* Has it gone, though its thread has not noticed yet? */
static bool client_left(const struct client *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) == 1 && p.revents & (POLLRDHUP | POLLHUP);
}

static void client_begin(struct client *c, int fd, pid_t pid)
{
	c->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	c->serving = fd;
	c->pid = pid;
	c->why = NULL;
	if (c->fd < 0 || pthread_create(&c->thread, NULL, client_main, c)) {
		complain("cannot serve process %d: no thread or descriptor",
			 (int)pid);
		if (c->fd >= 0)
			close(c->fd);
		close(fd);
		return;
	}
	c->here = true;
	complain("process %d has connected", (int)pid);
}

static void someone_comes(struct server *s)
{
	pid_t pid = 0;
	uid_t uid = 0;
	int fd = listen_accept(&s->listener, &pid, &uid);

	if (fd == -EPERM)
		complain("refused process %d: it is user %u's", (int)pid,
			 (unsigned int)uid);
	if (fd < 0)
		return;
	if (s->client.here && client_left(&s->client))
		client_end(&s->client);
	if (s->client.here) {
		complain("refused process %d: process %d is connected",
			 (int)pid, (int)s->client.pid);
		close(fd);
		return;
	}
	client_begin(&s->client, fd, pid);
}

/* An alarm of the card is due. */
static void alarm_rings(struct server *s)
{
	uint64_t count;

	device_lock(s->device);
	if (read(intr_timer(&s->device->intr), &count, sizeof(count)) > 0)
		device_update(s->device);
	device_unlock(s->device);
}

/* Until a signal says that it is enough */
static int serve(struct server *s)
{
	for (;;) {
		struct pollfd p[] = {
			{ .fd = s->signals, .events = POLLIN },
			{ .fd = s->client.done, .events = POLLIN },
			{ .fd = s->listener.fd, .events = POLLIN },
			{ .fd = intr_timer(&s->device->intr),
			  .events = POLLIN },
		};

		if (poll(p, 4, -1) < 0 && errno != EINTR)
			return EXIT_NO;
		if (p[0].revents)
			return EXIT_DONE;
		if (p[1].revents)
			client_end(&s->client);
		if (p[2].revents)
			someone_comes(s);
		if (p[3].revents)
			alarm_rings(s);
	}
}

static int load_vbios(const char *path, uint8_t **buf, size_t *bytes)
{
	const char *wrong;
	struct stat st;
	FILE *file;

	if (stat(path, &st) || !S_ISREG(st.st_mode)) {
		complain("--vbios %s: not a file that can be read", path);
		return EXIT_USAGE;
	}
	*buf = malloc(VBIOS_MAX + 1);
	file = fopen(path, "re");
	if (!*buf || !file) {
		complain("--vbios %s: %s", path, strerror(errno));
		if (file)
			fclose(file);
		return EXIT_USAGE;
	}
	*bytes = fread(*buf, 1, VBIOS_MAX + 1, file);
	wrong = ferror(file) ? "it cannot be read" :
			       server_vbios_check(*buf, *bytes);
	fclose(file);
	if (!wrong)
		return EXIT_DONE;
	complain("--vbios %s: %s", path, wrong);
	return EXIT_USAGE;
}

static void say_why(const char *option, int ret, const struct pramin_why *why)
{
	if (!why->what[0])
		complain("%s: %s", option, strerror(-ret));
	else if (why->next[0])
		complain("%s: %s; %s", option, why->what, why->next);
	else
		complain("%s: %s", option, why->what);
}

static int exit_code(int ret)
{
	return ret == -EINVAL ? EXIT_USAGE : EXIT_NO;
}

static int make_device(struct server *s)
{
	const struct options *o = &s->options;
	struct device_params p = { .chip = o->chip,
				   .vram = o->vram,
				   .file = o->file,
				   .faults = o->faults };
	struct pramin_why why = { .what = "" };
	uint8_t *vbios = NULL;
	int ret;

	if (o->vbios) {
		ret = load_vbios(o->vbios, &vbios, &p.vbios_bytes);
		if (ret) {
			free(vbios);
			return ret;
		}
	}
	p.vbios = vbios;
	ret = device_create(&p, &s->device, &why);
	free(vbios);
	if (ret) {
		say_why("the GPU", ret, &why);
		return exit_code(ret);
	}
	return EXIT_DONE;
}

static int record(struct server *s)
{
	const char *path = s->options.trace;
	int ret = path ? device_record(s->device, path) : 0;

	if (!ret)
		return EXIT_DONE;
	complain("--trace %s: %s", path, strerror(-ret));
	return EXIT_USAGE;
}

/* Signals that end the server become readable; the thread inherits the mask. */
static int take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	/* A client that is gone, a recording that is too long: error codes do */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Whatever is refused leaves nothing behind. */
static int prepare(struct server *s)
{
	struct pramin_why why = { .what = "" };
	int ret;

	s->signals = take_signals();
	s->client.done = eventfd(0, EFD_CLOEXEC);
	if (s->signals < 0 || s->client.done < 0) {
		complain("no descriptors: %s", strerror(errno));
		return EXIT_NO;
	}
	/* First: the image may be that of a server which listens there. */
	ret = listen_open(s->options.socket, &s->listener, &why);
	if (ret) {
		say_why("--socket", ret, &why);
		return exit_code(ret);
	}
	ret = make_device(s);
	s->client.device = s->device;
	if (!ret)
		ret = record(s);
	if (ret)
		listen_close(&s->listener);
	return ret;
}

static int run(struct server *s)
{
	int ret = prepare(s);

	if (ret) {
		device_discard(s->device);
		s->device = NULL;
		return ret;
	}
	printf("pramin-gpu: a %s with %" PRIu64 " MiB of VRAM listens on %s\n",
	       s->device->chip->name, s->device->vram >> 20, s->options.socket);
	fflush(stdout);
	ret = serve(s);
	client_end(&s->client);
	listen_close(&s->listener);
	return ret;
}

int main(int argc, char **argv)
{
	struct server s = { .device = NULL };
	int code, ret;

	code = options_parse(&s.options, argc, argv);
	if (!code && s.options.help)
		options_help();
	else if (!code && s.options.version)
		puts("pramin-gpu " PRAMIN_VERSION);
	else if (!code)
		code = run(&s);
	ret = device_destroy(s.device);
	if (ret) {
		complain("--trace %s: the recording is not whole: %s",
			 s.options.trace, strerror(-ret));
		code = code ? code : EXIT_NO;
	}
	options_free(&s.options);
	return code;
}

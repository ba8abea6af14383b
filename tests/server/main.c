// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * server_client SOCKET [hold|garbage|flood]: one client of pramin-gpu, for the tests of the
 * command line. Prints NV_PMC_BOOT_0; "hold" stays until standard input ends,
 * "garbage" sends bytes that are no message and waits to be sent away, "flood" asks
 * and takes no reply until nothing more can be asked, then holds. Exit status 1: the
 * server does not want it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"

static int reach(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(addr.sun_path))
		return -1;
	memcpy(addr.sun_path, path, strlen(path));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror(path);
		close(fd);
		return -1;
	}
	return fd;
}

/* Until the server waits for replies to be taken, and its input is full too */
static void flood(struct client *c)
{
	struct vfu_region_access a = { 0, VFU_CONFIG, 4096 };
	struct timeval patience = { .tv_sec = 1 };

	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	while (!client_send(c, VFU_REGION_READ, 0, &a, sizeof(a), NULL, 0))
		;
}

static int talk(struct client *c, const char *how)
{
	uint32_t boot0 = 0;
	struct reply r;

	if (!strcmp(how, "garbage")) {
		client_bytes(c, "this is no message at all", 25);
		return client_receive(c, &r) == 1;
	}
	if (client_greet(c) || client_decode(c) ||
	    client_read(c, VFU_BAR0, 0, &boot0, 4)) {
		fprintf(stderr, "the server does not want me\n");
		return 1;
	}
	if (!strcmp(how, "flood"))
		flood(c);
	printf("0x%08x\n", boot0);
	fflush(stdout);
	while (*how && getchar() != EOF)
		;
	return 0;
}

int main(int argc, char **argv)
{
	struct client c;
	int fd, ret;

	if (argc < 2 || argc > 3) {
		fprintf(stderr,
			"usage: server_client SOCKET [hold|garbage|flood]\n");
		return 2;
	}
	fd = reach(argv[1]);
	if (fd < 0)
		return 1;
	client_init(&c, fd);
	ret = talk(&c, argc > 2 ? argv[2] : "");
	client_fini(&c);
	return ret;
}

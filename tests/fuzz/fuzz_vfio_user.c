// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The input is what a client of the server sends: a first byte that chooses the chip
 * and whether the version has been agreed on, then pieces, each of a length (2
 * bytes), a number of descriptors (1 byte) and its bytes. Whatever it is, the server
 * comes back, keeps no descriptor, and the card can still be told by its registers.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../server/session.h"
#include "fuzz.h"

#define GREETED 0x80u
#define FDS	12u /* more than the server takes */

static const char *const chips[] = { "g92", "gm204", "tu102", "gh100" };

static unsigned int open_fds(void)
{
	unsigned int count = 0;
	int fd;

	for (fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* One piece, as a client would send it; false: the server's buffer is full */
static bool send_piece(int to, int null, const uint8_t *data, size_t size,
		       unsigned int nfds)
{
	union {
		char bytes[CMSG_SPACE(FDS * sizeof(int))];
		struct cmsghdr head;
	} control = { .bytes = { 0 } };
	struct iovec iov = { .iov_len = size };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[FDS];
	unsigned int i;

	memcpy(&iov.iov_base, &data, sizeof(data));
	for (i = 0; i < nfds; i++)
		fds[i] = null;
	if (nfds) {
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(&control.head), fds, nfds * sizeof(int));
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	}
	return sendmsg(to, &m, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static void send_all(int to, int null, const uint8_t *data, size_t size)
{
	while (size > 3) {
		size_t len = data[0] | (size_t)data[1] << 8;
		unsigned int nfds = data[2] % (FDS + 1);

		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		if (len && !send_piece(to, null, data, len, nfds))
			return;
		data += len;
		size -= len;
	}
}

static void greet(int to)
{
	static const uint8_t hello[] = { 1, 0, 1, 0, 20, 0, 0, 0, 0, 0,
					 0, 0, 0, 0, 0,	 0, 0, 0, 0, 0 };

	MUST(send(to, hello, sizeof(hello), 0) == sizeof(hello));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct device_params params = { .vram = 16ull << 20 };
	struct device *d;
	unsigned int had;
	int fds[2], null;
	uint32_t val = PCI_COMMAND_MEMORY;

	if (!size)
		return 0;
	params.chip = chips[data[0] % 4];
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	MUST(null >= 0);
	had = open_fds();
	MUST(device_create(&params, &d, NULL) == 0);
	/* Non-blocking: a server whose replies nobody takes gives up. */
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
			fds) == 0);
	if (data[0] & GREETED)
		greet(fds[0]);
	send_all(fds[0], null, data + 1, size - 1);
	MUST(shutdown(fds[0], SHUT_WR) == 0);
	session_serve(d, fds[1]);

	MUST(device_write(d, VFU_CONFIG, 0x64, &(uint32_t){ 0 }, 4) == 0);
	MUST(device_write(d, VFU_CONFIG, PCI_COMMAND, &val, 4) == 0);
	MUST(device_read(d, VFU_BAR0, 0, &val, 4) == 0);
	MUST(val == d->chip->boot0);
	MUST(device_read(d, VFU_CONFIG, 0, &val, 4) == 0);
	MUST(val == (0x10deu | (uint32_t)d->chip->device_id << 16));
	MUST(device_destroy(d) == 0);
	close(fds[0]);
	MUST(open_fds() == had);
	close(null);
	return 0;
}

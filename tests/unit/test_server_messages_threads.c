// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The form of messages: wrong lengths, a wrong order, descriptors where none
 * belong, pieces, garbage. What has a wrong form ends the connection, and does
 * nothing to the card or to the next client.
 */
#define _GNU_SOURCE
#include "server_rig.h"

static struct server_rig rig;

#define BEGIN(chip) CHECK_EQ(server_rig_open(&rig, chip, 64 * MIB), 0)
#define END()	    CHECK_EQ(server_rig_close(&rig), 0)

static int the_version_is_agreed_on_first(void)
{
	struct vfu_version v;
	struct reply r;

	CHECK_EQ(server_rig_begin(&rig, "g92", 64 * MIB), 0);
	CHECK_EQ(client_ask(&rig.client, VFU_VERSION, "\0\0\1\0{}", 7, &r), 0);
	memcpy(&v, r.body, sizeof(v));
	CHECK_EQ(v.major, 0);
	CHECK_EQ(v.minor, 0);
	CHECK_EQ(r.body[r.bytes - 1], 0);
	CHECK_HAS((const char *)r.body + sizeof(v),
		  "\"max_data_xfer_size\":1048576");
	CHECK(!server_rig_leave(&rig));
	END();
	return 0;
}

static int version_data_may_be_absent(void)
{
	struct reply r;

	CHECK_EQ(server_rig_begin(&rig, "g92", 64 * MIB), 0);
	CHECK_EQ(client_ask(&rig.client, VFU_VERSION, "\0\0\0\0", 4, &r), 0);
	END();
	return 0;
}

static int another_major_version_is_refused(void)
{
	struct reply r;

	CHECK_EQ(server_rig_begin(&rig, "g92", 64 * MIB), 0);
	CHECK_EQ(client_ask(&rig.client, VFU_VERSION, "\1\0\0\0", 4, &r),
		 -EPROTONOSUPPORT);
	CHECK_EQ(client_receive(&rig.client, &r), 0);
	CHECK_HAS(server_rig_leave(&rig), "version");
	END();
	return 0;
}

/* What each of these sends ends the connection. */
static int of_a_wrong_form(const char *what, uint16_t command, uint32_t flags,
			   const void *body, size_t bytes, unsigned int nfds)
{
	static const int fds[64];
	struct reply r;

	CHECK_EQ(client_send(&rig.client, command, flags, body, bytes, fds,
			     nfds),
		 0);
	if (client_receive(&rig.client, &r) == 1) {
		printf("%s: answered\n", what);
		return CHECK_FAILED;
	}
	CHECK(server_rig_leave(&rig));
	CHECK_EQ(server_rig_connect(&rig), 0);
	CHECK_EQ(client_greet(&rig.client), 0);
	return 0;
}

#define WRONG(command, flags, body, bytes, nfds)                         \
	CHECK_EQ(of_a_wrong_form(#command " " #bytes " " #nfds, command, \
				 flags, body, bytes, nfds),              \
		 0)

static int messages_of_a_wrong_length_end_the_connection(void)
{
	static const uint16_t commands[] = {
		VFU_DMA_MAP,	     VFU_DMA_UNMAP,    VFU_DEVICE_GET_INFO,
		VFU_GET_REGION_INFO, VFU_GET_IRQ_INFO, VFU_REGION_READ,
		VFU_DEVICE_RESET,
	};
	static const size_t right[] = { 32, 24, 16, 32, 16, 16, 0 };
	static const uint8_t zeros[64];
	size_t i;

	BEGIN("g92");
	for (i = 0; i < ARRAY_LEN(commands); i++) {
		WRONG(commands[i], 0, zeros, right[i] + 1, 0);
		WRONG(commands[i], 0, zeros, right[i] + 8, 0);
		if (right[i]) {
			WRONG(commands[i], 0, zeros, right[i] - 1, 0);
			WRONG(commands[i], 0, zeros, 0, 0);
		}
		/* Nobody waits for a reply, and it is no better for that. */
		WRONG(commands[i], VFU_NO_REPLY, zeros, right[i] + 1, 0);
	}
	WRONG(VFU_SET_IRQS, 0, zeros, 19, 0);
	WRONG(VFU_SET_IRQS, 0, zeros, 21, 0);
	WRONG(VFU_REGION_WRITE, 0, zeros, 15, 0);
	WRONG(VFU_REGION_WRITE, 0, zeros, 17, 0);
	WRONG(VFU_VERSION, 0, zeros, 4, 0); /* for the second time */
	END();
	return 0;
}

static int descriptors_where_none_belong_end_the_connection(void)
{
	static const uint8_t zeros[64];
	unsigned int had;

	BEGIN("g92");
	had = server_rig_fds();
	WRONG(VFU_DMA_UNMAP, 0, zeros, 24, 1);
	WRONG(VFU_DEVICE_GET_INFO, 0, zeros, 16, 1);
	WRONG(VFU_GET_REGION_INFO, 0, zeros, 32, 1);
	WRONG(VFU_GET_IRQ_INFO, 0, zeros, 16, 1);
	WRONG(VFU_SET_IRQS, 0, zeros, 20, 1);
	WRONG(VFU_REGION_READ, 0, zeros, 16, 1);
	WRONG(VFU_REGION_WRITE, 0, zeros, 16, 1);
	WRONG(VFU_DEVICE_RESET, 0, zeros, 0, 1);
	WRONG(VFU_DMA_MAP, 0, zeros, 32, 2);
	/* More than the server said that it takes */
	WRONG(VFU_DMA_MAP, 0, zeros, 32, VFU_FDS_MAX + 1);
	WRONG(VFU_DMA_MAP, 0, zeros, 32, 64);
	CHECK_EQ(server_rig_fds(), had);
	END();
	return 0;
}

static int replies_and_unknown_types_end_the_connection(void)
{
	static const uint8_t zeros[64];

	BEGIN("g92");
	WRONG(VFU_DEVICE_RESET, VFU_REPLY, zeros, 0, 0);
	WRONG(VFU_DEVICE_RESET, 2, zeros, 0, 0);
	WRONG(VFU_DEVICE_RESET, 0xf, zeros, 0, 0);
	END();
	return 0;
}

static int nothing_is_answered_before_the_version(void)
{
	static const uint8_t zeros[64];
	uint16_t command;
	struct reply r;

	CHECK_EQ(server_rig_begin(&rig, "g92", 64 * MIB), 0);
	for (command = 0; command < 20; command++) {
		if (command == VFU_VERSION)
			continue;
		CHECK_EQ(client_send(&rig.client, command, 0, zeros, 16, NULL,
				     0),
			 0);
		CHECK_EQ(client_receive(&rig.client, &r), 0);
		CHECK_HAS(server_rig_leave(&rig), "version");
		CHECK_EQ(server_rig_connect(&rig), 0);
	}
	END();
	return 0;
}

static int sizes_that_cannot_be_end_the_connection(void)
{
	static const uint32_t sizes[] = { 0,	      1,
					  15,	      0x80000000,
					  UINT32_MAX, VFU_BYTES_MAX + 1 };
	struct vfu_header h = { .command = VFU_DEVICE_RESET };
	struct reply r;
	size_t i;

	BEGIN("g92");
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		h.size = sizes[i];
		CHECK_EQ(client_bytes(&rig.client, &h, sizeof(h)), 0);
		CHECK_EQ(client_receive(&rig.client, &r), 0);
		CHECK_HAS(server_rig_leave(&rig), "too long");
		CHECK_EQ(server_rig_connect(&rig), 0);
		CHECK_EQ(client_greet(&rig.client), 0);
	}
	END();
	return 0;
}

static int commands_that_are_not_offered_are_answered(void)
{
	static const uint16_t others[] = { 0,  6,  11, 12, 14,	15,
					   16, 17, 18, 19, 999, UINT16_MAX };
	struct reply r;
	size_t i;

	BEGIN("g92");
	for (i = 0; i < ARRAY_LEN(others); i++)
		CHECK_EQ(client_ask(&rig.client, others[i], "12345678", 8, &r),
			 -EOPNOTSUPP);
	END();
	return 0;
}

static int nobody_is_answered_who_does_not_want_to_be(void)
{
	struct vfu_region_access a = { 0, VFU_BAR0, 4 };
	static const uint8_t zeros[32];
	struct reply r;

	BEGIN("g92");
	CHECK_EQ(client_send(&rig.client, VFU_REGION_READ, VFU_NO_REPLY, &a,
			     sizeof(a), NULL, 0),
		 0);
	CHECK_EQ(client_send(&rig.client, 999, VFU_NO_REPLY, zeros, 3, NULL, 0),
		 0);
	CHECK_EQ(client_send(&rig.client, VFU_DEVICE_RESET, VFU_NO_REPLY, NULL,
			     0, NULL, 0),
		 0);
	/* The next answer is to this one: client_ask() looks at the id. */
	CHECK_EQ(client_ask(&rig.client, VFU_REGION_READ, &a, sizeof(a), &r),
		 0);
	END();
	return 0;
}

static int a_message_may_come_in_pieces(void)
{
	struct vfu_region_access a = { 0, VFU_BAR0, 4 };
	struct vfu_header h = { .id = 77,
				.command = VFU_REGION_READ,
				.size = sizeof(h) + sizeof(a) };
	uint8_t bytes[sizeof(h) + sizeof(a)];
	uint32_t boot0;
	struct reply r;
	size_t i;

	BEGIN("g92");
	memcpy(bytes, &h, sizeof(h));
	memcpy(bytes + sizeof(h), &a, sizeof(a));
	for (i = 0; i < sizeof(bytes); i++)
		CHECK_EQ(client_bytes(&rig.client, bytes + i, 1), 0);
	CHECK_EQ(client_receive(&rig.client, &r), 1);
	CHECK_EQ(r.head.id, 77);
	memcpy(&boot0, r.body + sizeof(a), 4);
	CHECK_EQ(boot0, 0x092000a1);
	END();
	return 0;
}

/* More than fits into the buffer of the server, with no reply in between */
static int many_messages_may_come_at_once(void)
{
	enum {
		COUNT = 60000,
		BYTES = 36
	};
	struct vfu_region_access a = { 0x700000, VFU_BAR0, 4 };
	struct vfu_header h = { .command = VFU_REGION_WRITE,
				.size = BYTES,
				.flags = VFU_NO_REPLY };
	uint8_t *all = malloc(COUNT * BYTES);
	uint32_t i, got;

	BEGIN("g92");
	CHECK(all);
	for (i = 0; i < COUNT; i++) {
		a.offset = 0x700000 + 4 * i;
		memcpy(all + i * BYTES, &h, sizeof(h));
		memcpy(all + i * BYTES + sizeof(h), &a, sizeof(a));
		memcpy(all + i * BYTES + sizeof(h) + sizeof(a), &i, 4);
	}
	CHECK_EQ(client_bytes(&rig.client, all, COUNT * BYTES), 0);
	for (i = 0; i < COUNT; i += 997) {
		CHECK_EQ(client_read(&rig.client, VFU_BAR0, 0x700000 + 4 * i,
				     &got, 4),
			 0);
		CHECK_EQ(got, i);
	}
	free(all);
	END();
	return 0;
}

/* Whatever else the server takes in by the same system call */
static int descriptors_stay_with_their_message(void)
{
	enum {
		ROUNDS = 300,
		AHEAD = 30
	};
	const int fd = STDIN_FILENO;
	struct vfu_dma_map map = { .argsz = sizeof(map), .size = 4096 };
	struct vfu_dma_unmap unmap = { .argsz = sizeof(unmap), .size = 4096 };
	uint8_t write[20] = { 0 };
	unsigned int had, i, k;
	struct reply r;

	BEGIN("g92");
	had = server_rig_fds();
	write[12] = 4; /* bytes, to BAR0 + 0 */
	for (i = 0; i < ROUNDS; i++) {
		for (k = 0; k < i % 9; k++)
			CHECK_EQ(client_send(&rig.client, VFU_REGION_WRITE,
					     VFU_NO_REPLY, write, sizeof(write),
					     NULL, 0),
				 0);
		CHECK_EQ(client_send(&rig.client, VFU_DMA_MAP, 0, &map,
				     sizeof(map), &fd, 1),
			 0);
		CHECK_EQ(client_send(&rig.client, VFU_DMA_UNMAP, 0, &unmap,
				     sizeof(unmap), NULL, 0),
			 0);
		/* Who never takes replies waits for ever. */
		for (k = 0; i % AHEAD == AHEAD - 1 && k < 2 * AHEAD; k++) {
			CHECK_EQ(client_receive(&rig.client, &r), 1);
			CHECK_EQ(r.head.flags, VFU_REPLY);
		}
	}
	CHECK_EQ(server_rig_fds(), had);
	END();
	return 0;
}

static int a_client_that_vanishes_in_the_midst_leaves_no_trace(void)
{
	struct vfu_region_access a = { 0x700000, VFU_BAR0, 4 };
	struct vfu_header h = { .command = VFU_REGION_WRITE,
				.size = sizeof(h) + sizeof(a) + 4 };
	uint8_t bytes[sizeof(h) + sizeof(a) + 4] = { 0 };
	unsigned int had;
	uint32_t before, val;
	size_t i;

	BEGIN("g92");
	had = server_rig_fds();
	CHECK_EQ(client_read(&rig.client, VFU_BAR0, 0x700000, &before, 4), 0);
	CHECK(before != UINT32_MAX);
	memcpy(bytes, &h, sizeof(h));
	memcpy(bytes + sizeof(h), &a, sizeof(a));
	memset(bytes + sizeof(h) + sizeof(a), 0xff, 4);
	for (i = 1; i < sizeof(bytes); i++) {
		CHECK_EQ(client_bytes(&rig.client, bytes, i), 0);
		CHECK_HAS(server_rig_leave(&rig), "cut short");
		CHECK_EQ(server_rig_connect(&rig), 0);
		CHECK_EQ(client_greet(&rig.client), 0);
	}
	CHECK_EQ(client_read(&rig.client, VFU_BAR0, 0x700000, &val, 4), 0);
	CHECK_EQ(val, before);
	CHECK_EQ(server_rig_fds(), had);
	END();
	return 0;
}

static int random_bytes_do_no_harm(void)
{
	uint32_t seed = 1, round, i, val;
	uint8_t bytes[512];

	BEGIN("g92");
	for (round = 0; round < 200; round++) {
		for (i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(seed >> 24);
		}
		client_bytes(&rig.client, bytes, sizeof(bytes));
		CHECK(server_rig_leave(&rig));
		CHECK_EQ(server_rig_connect(&rig), 0);
		CHECK_EQ(client_greet(&rig.client), 0);
	}
	CHECK_EQ(client_read(&rig.client, VFU_BAR0, 0, &val, 4), 0);
	CHECK_EQ(val, 0x092000a1);
	END();
	return 0;
}

static const struct check_test tests[] = {
	TEST(the_version_is_agreed_on_first),
	TEST(version_data_may_be_absent),
	TEST(another_major_version_is_refused),
	TEST(messages_of_a_wrong_length_end_the_connection),
	TEST(descriptors_where_none_belong_end_the_connection),
	TEST(replies_and_unknown_types_end_the_connection),
	TEST(nothing_is_answered_before_the_version),
	TEST(sizes_that_cannot_be_end_the_connection),
	TEST(commands_that_are_not_offered_are_answered),
	TEST(nobody_is_answered_who_does_not_want_to_be),
	TEST(a_message_may_come_in_pieces),
	TEST(many_messages_may_come_at_once),
	TEST(descriptors_stay_with_their_message),
	TEST(a_client_that_vanishes_in_the_midst_leaves_no_trace),
	TEST(random_bytes_do_no_harm),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

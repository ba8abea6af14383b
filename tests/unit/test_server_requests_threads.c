// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What a client may ask, and what is answered when it asks for the impossible.
 */
#define _GNU_SOURCE
#include "server_rig.h"

static struct server_rig rig;

#define BEGIN(chip) CHECK_EQ(server_rig_open(&rig, chip, 64 * MIB), 0)
#define END()	    CHECK_EQ(server_rig_close(&rig), 0)

static int a_pci_device_with_its_regions_is_told_of(void)
{
	static const uint64_t bytes[VFU_REGIONS] = {
		[VFU_BAR0] = 16 * MIB, [VFU_BAR1] = 256 * MIB,
		[VFU_BAR3] = 32 * MIB, [VFU_BAR5] = 128,
		[VFU_ROM] = 65536,     [VFU_CONFIG] = 4096,
	};
	struct vfu_device_info d = { .argsz = sizeof(d) };
	struct vfu_region_info g = { .argsz = sizeof(g) };
	struct reply r;
	uint32_t i;

	BEGIN("tu102");
	CHECK_EQ(client_ask(&rig.client, VFU_DEVICE_GET_INFO, &d, sizeof(d),
			    &r),
		 0);
	CHECK_EQ(r.bytes, sizeof(d));
	memcpy(&d, r.body, sizeof(d));
	CHECK_EQ(d.argsz, sizeof(d));
	CHECK_EQ(d.flags, VFU_DEVICE_RESETS | VFU_DEVICE_PCI);
	CHECK_EQ(d.regions, VFU_REGIONS);
	CHECK_EQ(d.irqs, VFU_IRQS);
	for (i = 0; i < VFU_REGIONS; i++) {
		g = (struct vfu_region_info){ .argsz = sizeof(g), .index = i };
		CHECK_EQ(client_ask(&rig.client, VFU_GET_REGION_INFO, &g,
				    sizeof(g), &r),
			 0);
		memcpy(&g, r.body, sizeof(g));
		CHECK_EQ(g.index, i);
		CHECK_EQ(g.size, bytes[i]);
		/* To be read, written, and never mapped */
		CHECK_EQ(g.flags, !bytes[i] ? 0 : i == VFU_ROM ? 1 : 3);
		CHECK_EQ(g.cap_offset, 0);
	}
	g = (struct vfu_region_info){ .argsz = sizeof(g), .index = 9 };
	CHECK_EQ(client_ask(&rig.client, VFU_GET_REGION_INFO, &g, sizeof(g),
			    &r),
		 -EINVAL);
	g = (struct vfu_region_info){ .argsz = sizeof(g) - 1 };
	CHECK_EQ(client_ask(&rig.client, VFU_GET_REGION_INFO, &g, sizeof(g),
			    &r),
		 -EINVAL);
	d.argsz = 0;
	CHECK_EQ(client_ask(&rig.client, VFU_DEVICE_GET_INFO, &d, sizeof(d),
			    &r),
		 -EINVAL);
	END();
	return 0;
}

static int dma_map(uint64_t address, uint64_t size, unsigned int nfds)
{
	struct vfu_dma_map m = {
		.argsz = sizeof(m), .flags = 3, .address = address, .size = size
	};
	const int fd = STDIN_FILENO;
	struct reply r;

	if (client_send(&rig.client, VFU_DMA_MAP, 0, &m, sizeof(m), &fd, nfds))
		return -EIO;
	if (client_receive(&rig.client, &r) != 1)
		return -EPIPE;
	if (r.bytes)
		return -EPROTO;
	return r.head.flags & VFU_ERROR ? -(int)r.head.error : 0;
}

static int dma_unmap(uint64_t address, uint64_t size, uint32_t flags)
{
	struct vfu_dma_unmap m = { .argsz = sizeof(m),
				   .flags = flags,
				   .address = address,
				   .size = size };
	struct reply r;
	int ret = client_ask(&rig.client, VFU_DMA_UNMAP, &m, sizeof(m), &r);

	if (!ret && (r.bytes != sizeof(m) || memcmp(r.body, &m, sizeof(m))))
		return -EPROTO;
	return ret;
}

static int ranges_of_memory_come_and_go(void)
{
	unsigned int had;

	BEGIN("g92");
	had = server_rig_fds();
	CHECK_EQ(dma_map(0, 0xa0000, 1), 0);
	CHECK_EQ(dma_map(0x100000, 0x1000, 0), 0);
	CHECK_EQ(dma_map(0x100000, 0x1000, 1), -EEXIST);
	CHECK_EQ(dma_map(0x9f000, 0x2000, 1), -EEXIST);
	CHECK_EQ(dma_map(0, 0, 1), -EINVAL);
	CHECK_EQ(dma_map(UINT64_MAX, 2, 1), -EINVAL);
	CHECK_EQ(dma_unmap(0x100000, 0x2000, 0), -ENOENT);
	CHECK_EQ(dma_unmap(0x100000, 0x1000, 1), -EINVAL);
	CHECK_EQ(dma_unmap(0x100000, 0x1000, 0), 0);
	CHECK_EQ(dma_unmap(0x100000, 0x1000, 0), -ENOENT);
	CHECK_EQ(dma_map(0x100000, 0x1000, 1), 0);
	CHECK_EQ(dma_unmap(1, 0, VFU_UNMAP_ALL), -EINVAL);
	CHECK_EQ(dma_unmap(0, 0, VFU_UNMAP_ALL), 0);
	CHECK_EQ(dma_map(0, UINT64_MAX, 1), 0);
	/* No descriptor is kept: the device accesses no memory. */
	CHECK_EQ(server_rig_fds(), had);
	END();
	return 0;
}

static int ranges_of_memory_are_limited_in_number(void)
{
	unsigned int i;

	BEGIN("g92");
	for (i = 0; i < VFU_DMA_MAX; i++)
		CHECK_EQ(dma_map(i * 4096ull, 4096, 0), 0);
	CHECK_EQ(dma_map(i * 4096ull, 4096, 0), -ENOSPC);
	CHECK_EQ(dma_unmap(4096, 4096, 0), 0);
	CHECK_EQ(dma_map(i * 4096ull, 4096, 0), 0);
	END();
	return 0;
}

static int accesses_outside_a_region_are_refused(void)
{
	static const struct {
		uint32_t region;
		uint64_t off;
		uint32_t count;
	} cases[] = {
		{ VFU_BAR0, 16 * MIB, 4 },
		{ VFU_BAR0, 16 * MIB - 2, 4 },
		{ VFU_BAR0, UINT64_MAX, 4 },
		{ VFU_BAR0, UINT64_MAX - 3, 4 },
		{ VFU_BAR1, 256 * MIB, 1 },
		{ VFU_BAR2, 0, 4 },
		{ VFU_BAR3, 32 * MIB - 4, 8 },
		{ VFU_BAR4, 0, 4 },
		{ VFU_BAR5, 128, 1 },
		{ VFU_CONFIG, 4096, 1 },
		{ VFU_CONFIG, 4094, 4 },
		{ VFU_VGA, 0, 1 },
		{ VFU_REGIONS, 0, 1 },
		{ UINT32_MAX, 0, 1 },
		{ VFU_BAR0, 0, 0 },
	};
	uint8_t buf[8];
	size_t i;

	BEGIN("g92");
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(client_read(&rig.client, cases[i].region, cases[i].off,
				     buf, cases[i].count),
			 -EINVAL);
		CHECK_EQ(client_write(&rig.client, cases[i].region,
				      cases[i].off, buf, cases[i].count),
			 -EINVAL);
	}
	END();
	return 0;
}

/* The answer is as long as the longest that was agreed on. */
static int a_mebibyte_is_read_and_written_at_once(void)
{
	struct vfu_region_access a = { MIB, VFU_BAR1, VFU_DATA_MAX };
	size_t bytes = sizeof(a) + VFU_DATA_MAX, i;
	struct vfu_header h;
	uint8_t *out = malloc(bytes), *in = malloc(bytes);
	struct reply r;

	BEGIN("tu102");
	CHECK(out && in);
	memcpy(out, &a, sizeof(a));
	for (i = sizeof(a); i < bytes; i++)
		out[i] = (uint8_t)(i * 7 + i / 256);
	CHECK_EQ(client_ask(&rig.client, VFU_REGION_WRITE, out, bytes, &r), 0);
	CHECK_EQ(client_send(&rig.client, VFU_REGION_READ, 0, &a, sizeof(a),
			     NULL, 0),
		 0);
	CHECK_EQ(recv(rig.client.fd, &h, sizeof(h), MSG_WAITALL), sizeof(h));
	CHECK_EQ(h.size, sizeof(h) + bytes);
	CHECK_EQ(recv(rig.client.fd, in, bytes, MSG_WAITALL), bytes);
	CHECK(!memcmp(in, out, bytes));
	a.count++;
	CHECK_EQ(client_ask(&rig.client, VFU_REGION_READ, &a, sizeof(a), &r),
		 -EINVAL);
	free(in);
	free(out);
	END();
	return 0;
}

/* The state of the card is that of the card. */
static int the_next_client_finds_the_card_as_it_was_left(void)
{
	const uint32_t base = 0x10;
	uint32_t val = 0xcafe;

	BEGIN("tu102");
	CHECK_EQ(client_write(&rig.client, VFU_BAR0, 0x1700, &base, 4), 0);
	CHECK_EQ(client_write(&rig.client, VFU_BAR0, 0x700000, &val, 4), 0);
	CHECK_EQ(dma_map(0, 4096, 0), 0);
	CHECK(!server_rig_leave(&rig));
	CHECK_EQ(server_rig_connect(&rig), 0);
	CHECK_EQ(client_greet(&rig.client), 0);
	val = 0;
	CHECK_EQ(client_read(&rig.client, VFU_BAR0, 0x1700, &val, 4), 0);
	CHECK_EQ(val, base);
	CHECK_EQ(client_read(&rig.client, VFU_BAR1, base << 16, &val, 4), 0);
	CHECK_EQ(val, 0xcafe);
	/* What was the client's is not. */
	CHECK_EQ(dma_map(0, 4096, 0), 0);
	END();
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_pci_device_with_its_regions_is_told_of),
	TEST(ranges_of_memory_come_and_go),
	TEST(ranges_of_memory_are_limited_in_number),
	TEST(accesses_outside_a_region_are_refused),
	TEST(a_mebibyte_is_read_and_written_at_once),
	TEST(the_next_client_finds_the_card_as_it_was_left),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What PCI configuration space says when a GPU is opened. It is asked first,
 * so no access of BAR0 may come before a refusal.
 */
#include "core_rig.h"

/* GH200, GB200, GB300 and GB10, from NVIDIA's list of supported GPUs */
static int coherent_platforms_are_refused_before_bar0_is_touched(void)
{
	static const uint16_t ids[] = { 0x2342, 0x2343, 0x2345, 0x2348, 0x2941,
					0x297e, 0x29bc, 0x2e12, 0x31c3 };
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(ids); i++) {
		rig_init(&r, "gh100");
		r.fake.pci_id = (uint32_t)ids[i] << 16 | 0x10de;
		CHECK_EQ(rig_attach(&r), -EOPNOTSUPP);
		CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_COHERENT);
		CHECK_EQ(r.op.cause.arg[0], ids[i]);
		CHECK_EQ(r.fake.accesses, 0);
		CHECK_EQ(r.fake.config_reads, 1);
		/* The neighbours are boards like any other. */
		rig_init(&r, "gh100");
		r.fake.pci_id = (uint32_t)(ids[i] ^ 0x10) << 16 | 0x10de;
		CHECK_EQ(rig_attach(&r), 0);
	}
	return 0;
}

/* One device id is on both kinds of board. */
static int the_subsystem_tells_a_coherent_board_from_another(void)
{
	static const struct {
		uint32_t subsystem;
		bool coherent;
	} cases[] = {
		{ 0x21f110de, true },  { 0x21f11028, true },
		{ 0x20e610de, false }, { 0x10de21f1, false },
		{ 0, false },
	};
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		rig_init(&r, "gb100");
		r.fake.pci_id = 0x31c210de;
		r.fake.pci_subsystem = cases[i].subsystem;
		CHECK_EQ(rig_attach(&r), cases[i].coherent ? -EOPNOTSUPP : 0);
		CHECK_EQ(r.op.cause.reason,
			 cases[i].coherent ? PRAMIN_REASON_COHERENT : 0);
		/* Another board of that id has a firewall to look at. */
		CHECK_EQ(r.fake.config_reads, cases[i].coherent ? 2 : 3);
		CHECK_EQ(r.fake.stray, 0);
	}
	return 0;
}

static int the_firewall_is_looked_at_for_its_device_ids_only(void)
{
	static const struct {
		uint16_t device;
		bool behind;
	} cases[] = {
		{ 0x28ff, false }, { 0x2900, true },  { 0x29ff, true },
		{ 0x2a00, false }, { 0x317f, false }, { 0x3180, true },
		{ 0x327f, true },  { 0x3280, false }, { 0x2330, false },
	};
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		bool behind = cases[i].behind;

		rig_init(&r, "gb100");
		r.fake.pci_id = (uint32_t)cases[i].device << 16 | 0x10de;
		r.fake.pci_general = 1u << 20;
		CHECK_EQ(rig_attach(&r), behind ? -EOPNOTSUPP : 0);
		CHECK_EQ(r.op.cause.reason,
			 behind ? PRAMIN_REASON_FIREWALL : 0);
		CHECK_EQ(r.fake.config_reads, behind ? 2 : 1);
		CHECK(!behind || r.fake.accesses == 0);

		/* Down: every other bit of the register says nothing. */
		rig_init(&r, "gb100");
		r.fake.pci_id = (uint32_t)cases[i].device << 16 | 0x10de;
		r.fake.pci_general = ~(1u << 20);
		CHECK_EQ(rig_attach(&r), 0);
	}
	return 0;
}

static int configuration_space_that_does_not_answer_ends_the_open(void)
{
	struct rig r;
	unsigned int at;

	rig_init(&r, "gb100");
	r.fake.pci_id = FAKE_GONE;
	CHECK_EQ(rig_attach(&r), -ENODEV);
	CHECK_EQ(r.op.cause.reason, PRAMIN_REASON_ALL_ONES);
	CHECK_EQ(r.fake.accesses, 0);

	/* Id, subsystem, firewall */
	for (at = 1; at <= 3; at++) {
		rig_init(&r, "gb100");
		r.fake.pci_id = 0x31c210de;
		r.fake.pci_err = at == 1 ? -ENODEV : -EPERM;
		r.fake.pci_at = at;
		CHECK_EQ(rig_attach(&r), r.fake.pci_err);
		CHECK_EQ(r.op.cause.reason, at == 1 ?
						    PRAMIN_REASON_BACKEND_GONE :
						    PRAMIN_REASON_NOT_ALLOWED);
		CHECK_EQ(r.fake.config_reads, at);
		CHECK_EQ(r.fake.accesses, 0);
	}
	return 0;
}

static int a_backend_without_configuration_space_is_not_asked_for_it(void)
{
	struct pramin_io_ops ops = fake_ops;
	struct rig r;

	ops.config_read = NULL;
	ops.aperture = NULL;
	rig_init(&r, "gh100");
	CHECK_EQ(pramin_gpu_attach(rig_op(&r), &ops, &r.fake, &r.config), 0);
	CHECK_EQ(r.fake.config_reads, 0);
	CHECK_EQ(rig_touch(&r, 5 * GRAIN), 0);
	return 0;
}

static const struct check_test tests[] = {
	TEST(coherent_platforms_are_refused_before_bar0_is_touched),
	TEST(the_subsystem_tells_a_coherent_board_from_another),
	TEST(the_firewall_is_looked_at_for_its_device_ids_only),
	TEST(configuration_space_that_does_not_answer_ends_the_open),
	TEST(a_backend_without_configuration_space_is_not_asked_for_it),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

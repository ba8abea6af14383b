// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Fault specs that are refused: the sentence names the spec, and the next step
 * what is allowed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "model_rig.h"

static int with_faults(const char *chip, const char *faults,
		       struct pramin_model **m)
{
	struct pramin_model_params p = { .chip = chip,
					 .vram = GIB,
					 .faults = faults };

	return build_why(&p, m, NULL);
}

static int a_fault_a_chip_cannot_have_is_refused(void)
{
	static const struct {
		const char *chip, *spec, *what;
	} cases[] = {
		{ "tu102", "coherent", "no coherent platform" },
		{ "gb202", "coherent", "no coherent platform" },
		{ "ad102", "cc", "Hopper and Blackwell" },
		{ "g92", "devtools@3", "Hopper and Blackwell" },
		{ "gh100", "firewall", "Blackwell" },
		{ "gv100", "notready", "no register" },
		{ "g80", "tlbstuck", "Tesla" },
		{ "gt218", "bindstuck@4", "Tesla" },
		{ "g92", "console", "Tesla" },
		{ "gv100", "vram=0", "no VRAM-size register" },
		{ "gp100", "vram=1@2", "no VRAM-size register" },
		{ "gh100", "moved=0x4000000000@1", "too large" },
		{ "tu102", "moved=0x10000000000@1", "too large" },
		{ "tu102", "moved=0x18000@1", "64 KiB" },
	};
	struct pramin_model *m;
	struct pramin_why why;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(with_faults(cases[i].chip, NULL, &m), 0);
		CHECK_EQ(pramin_model_fault(m, cases[i].spec, &why), -EINVAL);
		CHECK_EQ(why.reason, PRAMIN_REASON_ARGUMENT);
		CHECK_HAS(why.what, cases[i].spec);
		CHECK_HAS(why.what, cases[i].what);
		CHECK(why.next[0]);
		pramin_model_destroy(m);
		CHECK_EQ(with_faults(cases[i].chip, cases[i].spec, &m),
			 -EINVAL);
	}
	CHECK_EQ(with_faults("gh100", "moved=0x3fffff0000@1", &m), 0);
	pramin_model_destroy(m);
	CHECK_EQ(with_faults("tu102", "moved=0xffffff0000@1", &m), 0);
	pramin_model_destroy(m);
	return 0;
}

static int a_spec_that_does_not_parse_is_refused_and_named(void)
{
	static const char *const wrong[] = {
		"",
		":",
		"gone:",
		":gone",
		"gone::gone",
		"@1",
		"=1",
		"gon",
		"goneX",
		"Gone",
		" gone",
		"gone ",
		"gone@",
		"gone@0",
		"gone@-1",
		"gone@+1",
		"gone@ 1",
		"gone@1x",
		"gone@0x",
		"gone@01",
		"gone@1@2",
		"gone@18446744073709551616",
		"gone@0x10000000000000000",
		"gone@1k",
		"gone=",
		"gone=1",
		"gone=1@2",
		"read",
		"read@3",
		"read=",
		"read=@3",
		"read=x",
		"read=0x",
		"read=0X1",
		"read=0x1g",
		"read=1=2",
		"read=-1",
		"read=18446744073709551616",
		"read=0x1ffffffffffffffff",
		"vram",
		"vram=0x100000000",
		"boot0=4294967296",
		"boot0",
		"moved",
		"moved@1",
		"moved=1",
		"vf=1",
		"cc=0",
		"\033[31m",
	};
	struct pramin_model *m;
	struct pramin_why why;
	char *large;
	size_t i;

	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		struct pramin_model_params p = { .chip = "gh100",
						 .faults = wrong[i] };

		memset(&why, 0, sizeof(why));
		if (build_why(&p, &m, &why) != -EINVAL)
			printf("accepted: '%s'\n", wrong[i]);
		CHECK(!m);
		CHECK_EQ(why.err, -EINVAL);
		CHECK_HAS(why.what, "fault '");
		CHECK(!strchr(why.what, '\033'));
		CHECK(why.next[0]);
	}

	CHECK_EQ(with_faults("gh100", NULL, &m), 0);
	/* A list is for create; a single spec has no ':'. */
	CHECK_EQ(pramin_model_fault(m, "gone@9:dead@9", &why), -EINVAL);
	CHECK_EQ(pramin_model_fault(m, NULL, &why), -EINVAL);
	CHECK_EQ(pramin_model_fault(NULL, "gone", NULL), -EINVAL);
	large = malloc(100001);
	CHECK(large);
	memset(large, 'a', 100000);
	large[100000] = '\0';
	CHECK_EQ(pramin_model_fault(m, large, &why), -EINVAL);
	free(large);
	CHECK_EQ(get(m, 0, 4), 0x180000a1);
	pramin_model_destroy(m);
	return 0;
}

static const struct check_test tests[] = {
	TEST(a_fault_a_chip_cannot_have_is_refused),
	TEST(a_spec_that_does_not_parse_is_refused_and_named),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

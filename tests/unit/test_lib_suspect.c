// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The names of PRI errors, which a GPU answers instead of data.
 */
#include <pramin/pramin.h>

#include "check.h"

static int suspects_have_published_names(void)
{
	static const struct {
		uint32_t val;
		const char *name;
	} cases[] = {
		{ 0, NULL },
		{ 0xffffffff, NULL },
		{ 0xbacfffff, NULL },
		{ 0xbae00000, NULL },
		{ 0xbad00000, "unlisted" },
		{ 0xbadfffff, "unlisted" },
		{ 0xbad0b012, "HOST_FB_ACK_TIMEOUT" },
		{ 0xbad00100, "HOST_PRI_TIMEOUT" },
		{ 0xbad00fff, "HOST_FECS_ERR" },
		{ 0xbadf1100, "FECS_PRI_DECODE" },
		{ 0xbadf41ff, "TARGET_LOCKED" },
		{ 0xbadf5040, "FECS_PRI_CLIENT_ERR" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const char *name = pramin_suspect_name(cases[i].val);

		CHECK_EQ(!name, !cases[i].name);
		CHECK(!name || !strcmp(name, cases[i].name));
	}
	return 0;
}

static const struct check_test tests[] = {
	TEST(suspects_have_published_names),
};

int main(int argc, char **argv)
{
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

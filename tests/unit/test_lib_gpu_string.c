// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The string that names a GPU, and the numbers in it.
 */
#define _GNU_SOURCE
#include "lib_rig.h"
#include "lib_scratch.h"

static const struct {
	const char *gpu;
	const char *chip;
	uint64_t vram;
	bool chip_by_hand;
} good[] = {
	{ "model:tu102", "tu102", 11 * GIB, false },
	{ "model:TU102", "tu102", 11 * GIB, false },
	{ "model:tu102,vram=8G", "tu102", 8 * GIB, false },
	{ "model:tu102,vram=0x200000000", "tu102", 8 * GIB, false },
	{ "model:tu102,vram=1m", "tu102", MIB, false },
	{ "model:gh100,flat", "gh100", 80 * GIB, false },
	{ "model:g80,vram=1048832K,read_ns=900,write_ns=1", "g80",
	  1048832 * KIB, false },
	{ "model:gh100,bar1=16M,posted=7,invalidate_ns=1,bind_ns=2,flush_ns=3",
	  "gh100", 80 * GIB, false },
	{ "model:gh100,bar1=0,posted=0,fault=console", "gh100", 80 * GIB,
	  false },
	{ "model:gv100,vram=4096M", "gv100", 4 * GIB, false },
	{ "model:gk104,vram=2G", "gk104", 2 * GIB, false },
	{ "model:gb10b,base_bits=25,vram=1T", "gb10b", 1024 * GIB, false },
	{ "model:ga102,chip=Ada,vram=2G", "ad107", 2 * GIB, true },
	{ "model:tu102,chip=tu102,boot0=0x1d0000a1", "tu102", 11 * GIB, true },
	{ "model:tu102,fault=gone@100000:fail@200000,flat", "tu102", 11 * GIB,
	  false },
};

static int every_accepted_form_gives_the_gpu_it_names(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(good); i++) {
		struct pramin_info info = { .size = sizeof(info) };
		struct pramin_dev *dev;
		struct pramin_why why;

		if (pramin_open(good[i].gpu, NULL, &dev, &why)) {
			printf("%s: %s\n", good[i].gpu, why.what);
			return CHECK_FAILED;
		}
		CHECK_EQ(pramin_info(dev, &info), 0);
		CHECK(!strcmp(info.chip, good[i].chip));
		CHECK(!strcmp(info.backend, "model"));
		CHECK_EQ(info.vram_size, good[i].vram);
		CHECK_EQ(info.chip_by_hand, good[i].chip_by_hand);
		CHECK_EQ(pramin_close(dev, NULL), 0);
	}
	return 0;
}

static const struct {
	const char *gpu;
	enum pramin_reason reason;
	const char *says;
} bad[] = {
	{ "model", PRAMIN_REASON_STRING, "model" },
	{ "Model:tu102", PRAMIN_REASON_STRING, "Model:tu102" },
	{ " model:tu102", PRAMIN_REASON_STRING, " model" },
	{ "tu102", PRAMIN_REASON_STRING, "tu102" },
	{ "model:", PRAMIN_REASON_STRING, "model:" },
	{ "model:,vram=1G", PRAMIN_REASON_STRING, "model:" },
	{ "model:tu102,", PRAMIN_REASON_STRING, "is not a key" },
	{ "model:tu102,,flat", PRAMIN_REASON_STRING, "is not a key" },
	{ "model:tu102,flat,", PRAMIN_REASON_STRING, "is not a key" },
	{ "model:tu102,nokey=3", PRAMIN_REASON_STRING, "nokey" },
	{ "model:tu102,vra=3M", PRAMIN_REASON_STRING, "vra" },
	{ "model:tu102,vramm=3M", PRAMIN_REASON_STRING, "vramm" },
	{ "model:tu102,VRAM=8G", PRAMIN_REASON_STRING, "VRAM" },
	{ "model:tu102,vram", PRAMIN_REASON_STRING, "vram needs a value" },
	{ "model:tu102,vram=", PRAMIN_REASON_STRING, "vram needs a value" },
	{ "model:tu102,flat=1", PRAMIN_REASON_STRING, "flat takes no value" },
	{ "model:tu102,flat,flat", PRAMIN_REASON_STRING, "twice" },
	{ "model:tu102,vram=1G,vram=1G", PRAMIN_REASON_STRING, "twice" },
	{ "model:tu102,vram=0", PRAMIN_REASON_STRING, "vram" },
	{ "model:tu102,vram=-1", PRAMIN_REASON_STRING, "vram" },
	{ "model:tu102,vram=1048575", PRAMIN_REASON_STRING, "vram" },
	{ "model:tu102,vram=3T", PRAMIN_REASON_STRING, "vram" },
	{ "model:gk104,vram=1048577", PRAMIN_REASON_STRING, "4096" },
	{ "model:tu102,vram=99999999999999999999", PRAMIN_REASON_STRING,
	  "vram" },
	{ "model:tu102,vram=1G ", PRAMIN_REASON_STRING, "vram" },
	{ "model:tu102,vram=141G", PRAMIN_REASON_ARGUMENT, "141G" },
	{ "model:tu102,base_bits=0", PRAMIN_REASON_STRING, "base_bits" },
	{ "model:tu102,base_bits=33", PRAMIN_REASON_STRING, "base_bits" },
	{ "model:tu102,base_bits=x", PRAMIN_REASON_STRING, "base_bits" },
	{ "model:tu102,base_bits=25", PRAMIN_REASON_BASE_BITS, "25" },
	{ "model:tu102,boot0=0", PRAMIN_REASON_STRING, "boot0" },
	{ "model:tu102,boot0=0x100000000", PRAMIN_REASON_STRING, "boot0" },
	{ "model:tu102,read_ns=0", PRAMIN_REASON_STRING, "read_ns" },
	{ "model:tu102,write_ns=4G", PRAMIN_REASON_STRING, "write_ns" },
	{ "model:tu102,bar1=3M", PRAMIN_REASON_STRING, "bar1" },
	{ "model:tu102,bar1=512K", PRAMIN_REASON_STRING, "bar1" },
	{ "model:tu102,bar1=1T", PRAMIN_REASON_STRING, "bar1" },
	{ "model:tu102,posted=0xffffffff", PRAMIN_REASON_STRING, "posted" },
	{ "model:tu102,posted", PRAMIN_REASON_STRING, "posted" },
	{ "model:tu102,invalidate_ns=0", PRAMIN_REASON_STRING,
	  "invalidate_ns" },
	{ "model:tu102,bind_ns=x", PRAMIN_REASON_STRING, "bind_ns" },
	{ "model:tu102,flush_ns=4G", PRAMIN_REASON_STRING, "flush_ns" },
	{ "model:tu102,chip=", PRAMIN_REASON_STRING, "chip" },
	{ "model:tu102,chip=tu103", PRAMIN_REASON_STRING, "chip" },
	{ "model:tu102,fault=", PRAMIN_REASON_STRING, "fault" },
	{ "model:tu102,fault=nope", PRAMIN_REASON_ARGUMENT, "nope" },
	{ "model:tu102,fault=gone@0", PRAMIN_REASON_ARGUMENT, "gone@0" },
	{ "model:tu102,fault=gone::dead", PRAMIN_REASON_ARGUMENT, "''" },
	{ "model:tu102,file=", PRAMIN_REASON_STRING, "file needs a value" },
	{ "model:tu102,file", PRAMIN_REASON_STRING, "file needs a value" },
	{ "model:tu 102", PRAMIN_REASON_ARGUMENT, "tu 102" },
	{ "model:tu102\n", PRAMIN_REASON_ARGUMENT, "tu102" },
	{ "model:turing", PRAMIN_REASON_ARGUMENT, "turing" },
	{ "vfio", PRAMIN_REASON_STRING, "vfio" },
	{ "0000:41:00", PRAMIN_REASON_STRING, "0000:41:00" },
	{ "0000:41:00.0x", PRAMIN_REASON_STRING, "0000:41:00.0x" },
};

static int every_other_form_is_refused_by_name(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct pramin_dev *dev = NULL;
		struct pramin_why why;

		if (pramin_open(bad[i].gpu, NULL, &dev, &why) != -EINVAL ||
		    dev || why.reason != bad[i].reason ||
		    !strstr(why.what, bad[i].says)) {
			printf("\"%s\": %s, \"%s\"\n", bad[i].gpu,
			       pramin_reason_name(why.reason), why.what);
			return CHECK_FAILED;
		}
	}
	return 0;
}

static int an_equals_sign_with_nothing_behind_it_is_no_value(void)
{
	struct pramin_dev *dev = NULL;
	struct pramin_why why;
	int ret = pramin_open("model:tu102,flat=", NULL, &dev, &why);

	if (!ret)
		pramin_close(dev, NULL);
	CHECK_EQ(ret, -EINVAL);
	CHECK_EQ(why.reason, PRAMIN_REASON_STRING);
	CHECK_HAS(why.what, "flat takes no value");
	return 0;
}

/* The default size is that of the board; the library is not told of it. */
static int a_chip_without_a_size_register_needs_vram(void)
{
	struct pramin_dev *dev = NULL;
	struct pramin_why why;

	CHECK_EQ(pramin_open("model:gk104", NULL, &dev, &why), -EOPNOTSUPP);
	CHECK_EQ(why.reason, PRAMIN_REASON_VRAM_NO_REGISTER);
	CHECK_HAS(why.next, "vram=");
	return 0;
}

static int backends_of_later_versions_are_eopnotsupp(void)
{
	static const char *const gpus[] = {
		"kmod:0000:41:00.0", "kmod:0", "trace:FILE",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(gpus); i++) {
		struct pramin_dev *dev = NULL;
		struct pramin_why why;

		CHECK_EQ(pramin_open(gpus[i], NULL, &dev, &why), -EOPNOTSUPP);
		CHECK_EQ(why.reason, PRAMIN_REASON_NO_BACKEND);
		CHECK_HAS(why.what, "this version has no such backend");
		CHECK_HAS(why.what, gpus[i]);
		CHECK(why.next[0]);
	}
	return 0;
}

static int chip_of(const char *gpu, const char *chip)
{
	struct pramin_info info = { .size = sizeof(info) };
	struct pramin_dev *dev;

	CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
	CHECK_EQ(pramin_info(dev, &info), 0);
	CHECK(!strcmp(info.chip, chip));
	return pramin_close(dev, NULL);
}

static int no_string_means_the_environment_then_a_turing(void)
{
	struct pramin_dev *dev;

	CHECK_EQ(setenv("PRAMIN_GPU", "model:gh100", 1), 0);
	CHECK_EQ(chip_of(NULL, "gh100"), 0);
	CHECK_EQ(chip_of("model:g80", "g80"), 0);
	CHECK_EQ(setenv("PRAMIN_GPU", "rubbish", 1), 0);
	CHECK_EQ(pramin_open(NULL, NULL, &dev, NULL), -EINVAL);
	CHECK_EQ(setenv("PRAMIN_GPU", "", 1), 0);
	CHECK_EQ(chip_of(NULL, "tu102"), 0);
	CHECK_EQ(unsetenv("PRAMIN_GPU"), 0);
	CHECK_EQ(chip_of(NULL, "tu102"), 0);
	return 0;
}

/* The header says NULL; an empty string must not crash, and names a GPU. */
static int an_empty_string_is_like_none(void)
{
	CHECK_EQ(unsetenv("PRAMIN_GPU"), 0);
	return chip_of("", "tu102");
}

static int a_path_may_hold_commas_and_equals_signs(void)
{
	static const char *const names[] = {
		"a,b", "a,flat,vram=1G", "x=y", ",", "=", "file=z",
	};
	char gpu[400], path[400];
	size_t i;

	CHECK(scratch());
	for (i = 0; i < ARRAY_LEN(names); i++) {
		struct pramin_dev *dev;

		scratch_path(gpu, sizeof(gpu), "model:tu102,vram=1M,file=",
			     names[i]);
		scratch_path(path, sizeof(path), "", names[i]);
		CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), 0);
		CHECK_EQ(access(path, R_OK), 0);
		CHECK_EQ(pramin_close(dev, NULL), 0);
		CHECK_EQ(scratch_files(), 2);
		scratch_empty();
	}
	return 0;
}

static int strings_of_64_kib_are_refused_and_nothing_more(void)
{
	static const char *const heads[] = {
		"", "model:", "model:tu102,vram=", "model:tu102,nokey=",
		"model:tu102,fault=gone@", "model:tu102,file=/",
	};
	static const char fill[] = "9a,:=";
	static char gpu[64 * KIB + 1];
	struct pramin_dev *dev = NULL;
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(heads); i++)
		for (j = 0; fill[j]; j++) {
			memset(gpu, fill[j], sizeof(gpu) - 1);
			memcpy(gpu, heads[i], strlen(heads[i]));
			CHECK_EQ(pramin_open(gpu, NULL, &dev, NULL), -EINVAL);
			CHECK(!dev);
		}
	return 0;
}

static const struct {
	const char *text;
	int ret;
	uint64_t val;
} numbers[] = {
	{ "0", 0, 0 },
	{ "7", 0, 7 },
	{ "0x0", 0, 0 },
	{ "0X1f", -EINVAL, 0 },
	{ "0xAbCdEf", 0, 0xabcdef },
	{ "0x000001", 0, 1 },
	{ "18446744073709551615", 0, UINT64_MAX },
	{ "18446744073709551616", -ERANGE, 0 },
	{ "18446744073709551619", -ERANGE, 0 },
	{ "99999999999999999999999", -ERANGE, 0 },
	{ "0xffffffffffffffff", 0, UINT64_MAX },
	{ "0x10000000000000000", -ERANGE, 0 },
	{ "1K", 0, KIB },
	{ "1k", 0, KIB },
	{ "3M", 0, 3 * MIB },
	{ "3m", 0, 3 * MIB },
	{ "5G", 0, 5 * GIB },
	{ "5g", 0, 5 * GIB },
	{ "2T", 0, 2048 * GIB },
	{ "2t", 0, 2048 * GIB },
	{ "0x10K", 0, 16 * KIB },
	{ "0K", 0, 0 },
	{ "0x1g", 0, GIB },
	{ "16777215T", 0, 16777215ull << 40 },
	{ "16777216T", -ERANGE, 0 },
	{ "17179869183G", 0, 17179869183ull << 30 },
	{ "17179869184G", -ERANGE, 0 },
	{ "18014398509481983K", 0, 18014398509481983ull << 10 },
	{ "18014398509481984K", -ERANGE, 0 },
	{ "18446744073709551616x", -EINVAL, 0 },
	{ "", -EINVAL, 0 },
	{ "x", -EINVAL, 0 },
	{ "0x", -EINVAL, 0 },
	{ "0xK", -EINVAL, 0 },
	{ "0xg", -EINVAL, 0 },
	{ "K", -EINVAL, 0 },
	{ "00", -EINVAL, 0 },
	{ "010", -EINVAL, 0 },
	{ "01", -EINVAL, 0 },
	{ "00x1", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ " 1", -EINVAL, 0 },
	{ "1 ", -EINVAL, 0 },
	{ "1\n", -EINVAL, 0 },
	{ "1.5", -EINVAL, 0 },
	{ "1.5G", -EINVAL, 0 },
	{ "1e3", -EINVAL, 0 },
	{ "1KK", -EINVAL, 0 },
	{ "1KB", -EINVAL, 0 },
	{ "1KiB", -EINVAL, 0 },
	{ "1P", -EINVAL, 0 },
	{ "1B", -EINVAL, 0 },
	{ "0b1", -EINVAL, 0 },
	{ "1,000", -EINVAL, 0 },
	{ "abc", -EINVAL, 0 },
	{ "12a", -EINVAL, 0 },
	{ "0x1x", -EINVAL, 0 },
	{ "\xb9", -EINVAL, 0 },
};

static int numbers_are_parsed_as_the_header_says(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		uint64_t val = 0x5a5a;
		int ret = pramin_parse_number(numbers[i].text, &val);

		if (ret != numbers[i].ret ||
		    val != (ret ? 0x5a5a : numbers[i].val)) {
			printf("\"%s\"\n", numbers[i].text);
			CHECK_EQ(ret, numbers[i].ret);
			CHECK_EQ(val, ret ? 0x5a5a : numbers[i].val);
		}
	}
	CHECK_EQ(pramin_parse_number(NULL, &(uint64_t){ 0 }), -EINVAL);
	CHECK_EQ(pramin_parse_number("1", NULL), -EINVAL);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct check_test tests[] = {
		TEST(every_accepted_form_gives_the_gpu_it_names),
		TEST(every_other_form_is_refused_by_name),
		TEST(an_equals_sign_with_nothing_behind_it_is_no_value),
		TEST(a_chip_without_a_size_register_needs_vram),
		TEST(backends_of_later_versions_are_eopnotsupp),
		TEST(no_string_means_the_environment_then_a_turing),
		TEST(an_empty_string_is_like_none),
		TEST(a_path_may_hold_commas_and_equals_signs),
		TEST(strings_of_64_kib_are_refused_and_nothing_more),
		TEST(numbers_are_parsed_as_the_header_says),
	};

	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

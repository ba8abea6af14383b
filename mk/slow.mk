# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# What takes minutes: other compilers and sanitizers, fuzzing, coverage,
# analyzers, core/ on its own and in the kernel. Each is a target of its own;
# check-slow runs all of them and sums.

FUZZ_SECONDS	?= 60

# In a recipe only: whether there is a -j already is not known before.
submake	 = $(MAKE) --no-print-directory \
	   $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))
clang_rt := /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.asan-x86_64.a
need_clang := clang=clang llvm-cov=llvm "$(clang_rt)=libclang-rt-dev"
need_lint := clang-tidy=clang-tidy cppcheck=cppcheck shellcheck=shellcheck
need_spin := spin=spin gcc=gcc
need_kernel := "/usr/src/linux-headers-*-amd64/Makefile=linux-headers-amd64"

# Sanitizers: every report ends the program with a failure, leaks too.
# (allocator_may_return_null: tests ask for more memory than there is.)
asan_options := detect_leaks=1:detect_stack_use_after_return=1
asan_options := $(asan_options):strict_string_checks=1:allocator_may_return_null=1
test_environment := ASAN_OPTIONS=$(asan_options) \
	UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1
ifeq ($(CONFIG),asan)
test_environment += LLVM_PROFILE_FILE=$(abspath $(B))/profile/%4m.profraw
endif

fuzzers		:= $(patsubst %,$(B)/fuzz_%,$(fuzz_names))
thread_tests	:= $(strip $(foreach t,$(unit_tests),\
	$(if $(findstring thread,$(notdir $t)),$t)))

ifeq ($(CONFIG),fuzz)
$(fuzzers): $(B)/fuzz_%: $(B)/obj/tests/fuzz/fuzz_%.o \
		$(B)/obj/server.a $(B)/obj/all.a
	$(call say,LINK,$@)
	$(Q)$(link) -fsanitize=fuzzer -o $@ $^ -pthread
endif

.PHONY: check-slow check-long fuzz fuzzers coverage lint spin check-core \
	sanitize fmt run-thread-tests
fuzzers: $(fuzzers)
fuzz: ## run the fuzzers for FUZZ_SECONDS each
	$(Q)scripts/need.sh $(need_clang)
	+$(Q)$(submake) CONFIG=fuzz fuzzers >&2
	$(Q)scripts/fuzz.sh $(BUILD)/fuzz $(FUZZ_SECONDS) $(fuzz_names)

sanitize: ## run the test programs under ASan and UBSan
	$(Q)scripts/need.sh $(need_clang)
	$(Q)rm -rf $(BUILD)/asan/profile
	+$(Q)$(submake) CONFIG=asan run-tests

run-thread-tests: $(thread_tests)
	$(Q)$(test_environment) $(run_tests) -j $(JOBS) $(thread_tests)

coverage: ## lines and branches of core/ that no test reaches
	+$(Q)$(submake) sanitize >$(BUILD)/coverage.log 2>&1 || \
		{ cat $(BUILD)/coverage.log; exit 1; }
	$(Q)scripts/coverage.sh $(BUILD)/asan

lint: ## clang-tidy, cppcheck, gcc -fanalyzer, shellcheck
	$(Q)scripts/need.sh $(need_clang) $(need_lint)
	$(Q)scripts/lint.sh $(BUILD)

spin: $(B)/obj/core.a $(B)/obj/tests/spin/tie.o
spin: ## the policy of sharing, in every order of events
	$(Q)scripts/need.sh $(need_spin)
	$(Q)scripts/spin.sh $(B)

check-core: ## core/ alone, and as objects of a Linux kernel module
	$(Q)scripts/need.sh $(need_kernel)
	$(Q)scripts/check-core $(BUILD)

fmt: ## lay out the C files; headers keep their columns
	$(Q)scripts/need.sh clang-format=clang-format
	$(Q)clang-format -i $(core_src) $(lib_src) $(model_src) $(cli_src) \
		$(server_src) $(wildcard tests/*/*.c examples/*.c)

step = "scripts/step.sh '$1' $(submake) $2"
check-slow: ## everything that takes minutes, once
	$(Q)scripts/need.sh $(need_clang) $(need_lint) $(need_kernel) \
		$(need_spin) groff=groff-base
	+$(Q)$(run_tests) \
		$(call step,gcc builds everything,everything) \
		$(call step,clang builds everything,CONFIG=asan everything) \
		"$(submake) sanitize" \
		"scripts/coverage.sh $(BUILD)/asan" \
		"$(submake) CONFIG=tsan run-thread-tests" \
		$(if $(fuzz_names),"$(submake) fuzz FUZZ_SECONDS=8") \
		"$(submake) sim" \
		"$(submake) torture TORTURE_SECONDS=10" \
		"$(submake) vgpus VGPU_SECONDS=1" \
		"$(submake) lint" \
		"$(submake) spin" \
		"$(submake) check-core" \
		$(call step,the man pages are clean,docs)

# What tests the tests, or finds the same by other means. Not in CI, for want of time.
check-long: ## the other ThreadSanitizer, and mistakes that tests have to find
	$(Q)scripts/need.sh $(need_clang)
	+$(Q)$(run_tests) \
		"$(submake) CONFIG=tsan-gcc run-thread-tests" \
		"$(submake) sim-mutants" \
		"$(submake) mmu-mutants"

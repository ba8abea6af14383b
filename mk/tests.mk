# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Test programs, and the checks that finish within a minute.
#
# What a unit test is linked with follows from its name, so that a test of the
# model cannot lean on the core: test_model* gets the model, test_core* core
# and model, any other all objects of the library, and test_server* the server's
# and a client too.

unit_src	:= $(sort $(wildcard tests/unit/test_*.c))
unit_helpers	:= $(filter-out $(unit_src),$(wildcard tests/unit/*.c))
unit_tests	:= $(patsubst tests/unit/%.c,$(B)/tests/%,$(unit_src))
fuzz_src	:= $(sort $(wildcard tests/fuzz/fuzz_*.c))
fuzz_names	:= $(patsubst tests/fuzz/fuzz_%.c,%,$(fuzz_src))
replays		:= $(patsubst %,$(B)/tests/replay_%,$(fuzz_names))
bench_src	:= $(sort $(wildcard tests/bench/*.c))

model_tests	:= $(filter $(B)/tests/test_model%,$(unit_tests))
core_tests	:= $(filter $(B)/tests/test_core%,$(unit_tests))
server_tests	:= $(filter $(B)/tests/test_server%,$(unit_tests))
other_tests	:= $(filter-out $(model_tests) $(core_tests) $(server_tests),\
	$(unit_tests))

$(B)/obj/model.a: $(call obj,$(model_src))
$(B)/obj/core.a: $(call obj,$(core_src) $(model_src))
$(B)/obj/all.a: $(libpramin_obj)
$(B)/obj/helpers.a: $(call obj,$(unit_helpers))
$(B)/obj/%.a: $(B)/sources
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

$(model_tests): parts = $(B)/obj/helpers.a $(B)/obj/model.a
$(model_tests): $(B)/obj/helpers.a $(B)/obj/model.a
$(core_tests): parts = $(B)/obj/helpers.a $(B)/obj/core.a
$(core_tests): $(B)/obj/helpers.a $(B)/obj/core.a
$(other_tests): parts = $(B)/obj/helpers.a $(B)/obj/all.a
$(other_tests): $(B)/obj/helpers.a $(B)/obj/all.a
$(server_tests): parts = $(B)/obj/helpers.a $(B)/obj/server.a \
	$(B)/obj/conformance.a $(B)/obj/all.a
$(server_tests): $(B)/obj/helpers.a $(B)/obj/server.a \
	$(B)/obj/conformance.a $(B)/obj/all.a

$(unit_tests): $(B)/tests/%: $(B)/obj/tests/unit/%.o
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) -o $@ $< -Wl,--start-group $(parts) -Wl,--end-group -pthread

$(replays): $(B)/tests/replay_%: $(B)/obj/tests/fuzz/fuzz_%.o \
		$(B)/obj/tests/fuzz/replay.o $(B)/obj/server.a $(B)/obj/all.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) -o $@ $^ -pthread

# Examples use the library as its users do.
examples	:= $(patsubst %.c,$(B)/%,$(sort $(wildcard examples/*.c)))
$(B)/obj/examples/%.o: part_flags = -Iinclude
$(examples): $(B)/examples/%: $(B)/obj/examples/%.o $(static_lib)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) -o $@ $^ -pthread

# The conformance suite, as a program, and for other tests. A guest has no
# libraries, so the program brings its own; sanitizers cannot.
conformance_src	:= $(filter-out tests/conformance/main.c,\
	$(sort $(wildcard tests/conformance/*.c)))
$(B)/obj/conformance.a: $(call obj,$(conformance_src))
$(B)/conformance: $(B)/obj/tests/conformance/main.o $(B)/obj/conformance.a \
		$(static_lib)
	$(call say,LINK,$@)
	$(Q)$(link) $(if $(config_ldflags),,-static) -o $@ $^ -pthread

$(B)/bench: $(call obj,$(bench_src)) $(B)/obj-sim/figures.o \
		$(B)/obj/server.a $(B)/obj/all.a
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $^ -pthread

.SECONDARY:

.PHONY: everything tests run-tests check demo bench need-check
tests: $(unit_tests) $(replays) $(examples) $(B)/conformance ## build all test programs
everything: all tests $(if $(bench_src),$(B)/bench)

run_tests	:= scripts/run-tests.sh
# Those of the test programs, which are many, run on all cores.
JOBS		?= $(shell nproc)
# Tests of sharing do not run as the only user.
exclusive_tests	:= $(filter-out $(B)/tests/test_lib_share%,\
	$(filter $(B)/tests/test_lib%,$(unit_tests)))
program_tests	= $(foreach f,$(wildcard tests/cli/run.sh),"$f $(B)") \
	"tests/conformance/run.sh $(B)" \
	$(unit_tests) \
	$(foreach t,$(exclusive_tests),"env TEST_EXCLUSIVE=1 $t") \
	$(foreach f,$(fuzz_names),"$(B)/tests/replay_$f tests/fuzz/corpus/$f") \
	$(foreach e,$(examples),\
		"scripts/step.sh 'the example $(notdir $e) works' $e")

run-tests: all tests ## run only the test programs, in any CONFIG
	$(Q)$(test_environment) $(run_tests) -j $(JOBS) $(program_tests)

need-check:
	$(Q)scripts/need.sh /usr/include/errno.h=libc6-dev g++=g++ \
		pkg-config=pkg-config groff=groff-base
# With -j too, the tools are there before the first object is compiled.
ifneq ($(filter check,$(MAKECMDGOALS)),)
$(B)/flags: | need-check
endif
check: need-check all tests ## run every test that finishes within a minute
	$(Q)MAKE="$(MAKE)" $(run_tests) -j $(JOBS) $(program_tests) \
		"tests/install/run.sh $(BUILD)" \
		"scripts/check-symbols $(B)" \
		scripts/check-headers \
		"scripts/check-readme $(B)" \
		scripts/check-style

demo: all ## show the main job on one chip of each kind of window
	$(Q)scripts/demo.sh $(B)

bench: $(B)/bench $(B)/pramin-gpu ## measure, and write bench.json
	$(Q)$(B)/bench $(B)/bench.json

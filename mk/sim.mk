# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The simulator: core/ and lib/ once more, with its points, and its own files in
# the place of threads, locks and clocks (docs/testing.md).

# Of the lib, these are what the simulator replaces.
sim_replaced	:= lib/sys.c lib/meet.c
sim_lib_src	:= $(filter-out $(sim_replaced),$(core_src) $(lib_src))
sim_engine_src	:= $(sort $(wildcard tests/sim/sim*.c))
sim_figures_src	:= tests/sim/figures.c tests/sim/vgpu.c
sim_test_src	:= $(filter-out $(sim_engine_src) tests/sim/figures.c,\
	$(sort $(wildcard tests/sim/*.c)))

sim_of		= $(patsubst %.c,$(B)/obj-sim/%.o,$1)
sim_base_obj	:= $(call sim_of,$(sim_lib_src) $(sim_engine_src))

$(B)/obj-sim/%.o: %.c $(B)/flags
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(compile) -DPRAMIN_SIM $(inc_lib) $(inc_tests) $(version_define) \
		-MMD -MP -c -o $@ $<

-include $(shell find $(B)/obj-sim -name '*.d' 2>/dev/null)

# For the benchmark, which has the library itself: all of it but the figures is
# hidden.
$(B)/obj-sim/figures.o: $(sim_base_obj) $(call sim_of,$(sim_figures_src)) \
		$(B)/sources
	$(call say,LINK,$@)
	$(Q)$(LD) -r -o $@ $(filter %.o,$^)
	$(Q)$(OBJCOPY) --keep-global-symbol=sim_load_run \
		--keep-global-symbol=sim_dump_run \
		--keep-global-symbol=sim_vgpu_run $@

$(B)/sim: $(sim_base_obj) $(call sim_of,$(sim_test_src)) $(B)/obj/model.a
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $^ -pthread

tests: $(B)/sim
program_tests += $(B)/sim

# Seeds of the long tortures: about a minute in all, each half on one of two cores
SIM_SEEDS	?= 3000
SIM_HISTORIES	?= 3000
SIM_MAPS	?= 2000

.PHONY: sim sim-mutants
sim: $(B)/sim ## torture sharing and page tables in the simulator
	$(Q)scripts/run-tests.sh -j $(JOBS) \
		"$(B)/sim torture 1000 $(SIM_SEEDS)" \
		"$(B)/sim maps 1000 $(SIM_MAPS)" \
		"$(B)/sim history 1000 $(SIM_HISTORIES)"

sim-mutants: ## mistakes that the tortures have to find
	$(Q)scripts/sim-mutants $(BUILD) 2000

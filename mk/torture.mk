# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Processes that share a GPU and are killed, and page tables that many change at once
# (docs/testing.md).

torture_src	:= $(sort $(wildcard tests/torture/*.c))

$(B)/torture: $(call obj,$(torture_src)) $(B)/obj/all.a
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $^ -pthread

tests: $(B)/torture

TORTURE_SECONDS	?= 10

# On each of three chips
VGPU_SECONDS	?= 10

.PHONY: torture vgpus mmu-mutants
vgpus: $(B)/tests/test_lib_space_vgpus_threads
vgpus: ## map in 64 address spaces at once, for VGPU_SECONDS on each chip
	$(Q)VGPU_SECONDS=$(VGPU_SECONDS) $(test_environment) $<

mmu-mutants: $(unit_tests) ## mistakes in page tables that unit tests have to find
	$(Q)scripts/mmu-mutants $(BUILD)

torture: $(B)/torture ## kill and stop users of a GPU, for TORTURE_SECONDS
	$(Q)TORTURE_SECONDS=$(TORTURE_SECONDS) $(test_environment) $(B)/torture

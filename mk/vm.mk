# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Guests: the model as a PCI device of a virtual machine whose kernel, drivers
# and tools are Debian's. QEMU and the kernels are fetched once into a cache
# outside $(BUILD) (PRAMIN_VM_CACHE).

VM_JOBS		?= $(JOBS)

.PHONY: check-vm vm-fetch
check-vm: all ## run the tests that need a virtual machine (VM_TESTS=NAME...)
	$(Q)scripts/vm/check $(B) $(VM_JOBS) $(VM_TESTS)

vm-fetch: ## only fetch what the guests need
	$(Q)scripts/vm/fetch

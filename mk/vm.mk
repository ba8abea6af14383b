# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Guests: the model as a PCI device of a virtual machine whose kernel, drivers
# and tools are Debian's. QEMU and the kernels are fetched once into a cache
# outside $(BUILD) (PRAMIN_VM_CACHE).

VM_JOBS		?= $(JOBS)

.PHONY: check-vm vm vm-fetch
check-vm: all ## run the tests that need a virtual machine (VM_TESTS=NAME...)
	$(Q)scripts/vm/check $(B) $(VM_JOBS) $(VM_TESTS)

vm: all ## a shell in a guest with a modelled G92 and TU102 (docs/vm.md)
	$(Q)scripts/vm/run -b $(B) -g "g92 --vram 256M" -g "tu102 --vram 8G"

vm-fetch: ## only fetch what the guests need
	$(Q)scripts/vm/fetch

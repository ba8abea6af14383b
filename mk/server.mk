# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# The model as a PCI device: build/pramin-gpu. It is linked with the library, of
# which it uses the public functions of the model only.

server_src	:= $(sort $(wildcard server/*.c))
server_obj	:= $(call obj,$(server_src))

$(B)/obj/server/%.o: part_flags = $(inc_server) $(version_define)

$(B)/pramin-gpu: $(server_obj) $(static_lib) $(B)/sources
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $(server_obj) $(static_lib) -pthread

all: $(B)/pramin-gpu

# For tests and the benchmark: all but main(), and a client
$(B)/obj/server.a: $(filter-out %/main.o,$(server_obj) \
	$(call obj,$(sort $(wildcard tests/server/*.c))))

# The client as a program, for the tests of the command line
$(B)/tests/server_client: $(B)/obj/tests/server/main.o \
		$(B)/obj/tests/server/client.o
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(link) -o $@ $^ -pthread

tests: $(B)/tests/server_client

# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Objects, the library in both forms, and the tool.
#
# All library objects are compiled once. Only what lib/libpramin.map names is
# visible outside: in the shared library by the map itself, in the static one
# by linking all objects into one and making the other symbols local. Tests
# link the objects directly and see everything.

ifeq ($(V),1)
Q	:=
say	= @:
else
Q	:= @
say	= @printf '%-8s %s\n' $1 $2
endif

obj = $(patsubst %.c,$(B)/obj/%.o,$1)

core_src	:= $(sort $(wildcard core/*.c core/*/*.c))
lib_src		:= $(sort $(wildcard lib/*.c lib/*/*.c))
model_src	:= $(sort $(wildcard model/*.c))
cli_src		:= $(sort $(wildcard cli/*.c cli/*/*.c))
libpramin_obj	:= $(call obj,$(core_src) $(lib_src) $(model_src))

shared_name	:= libpramin.so.$(VERSION)
soname		:= libpramin.so.$(SOMAJOR)
shared_lib	:= $(B)/$(shared_name)
static_lib	:= $(B)/libpramin.a

.PHONY: all
all: $(if $(cli_src),$(B)/pramin) ## the tool and the library (default)
all: $(if $(libpramin_obj),$(B)/libpramin.so $(static_lib))

# Compiling. An object is rebuilt when its flags change, and a link when files
# come or go.

compile = $(CC) $(base_cflags) $(CPPFLAGS) $(CFLAGS) $(config_cflags)
stamp = $(Q)mkdir -p $(@D); echo "$1" | cmp -s - $@ || echo "$1" >$@

$(B)/flags: FORCE
	$(call stamp,$(subst ",\",$(compile) $(core_cflags) $(LDFLAGS) $(VERSION)))
$(B)/sources: FORCE
	$(call stamp,$(core_src) $(lib_src) $(model_src) $(cli_src) $(server_src))

$(B)/obj/core/%.o: part_flags = $(inc_core) $(core_cflags)
$(B)/obj/lib/%.o: part_flags = $(inc_lib) $(version_define)
$(B)/obj/model/%.o: part_flags = $(inc_model)
$(B)/obj/cli/%.o: part_flags = $(inc_cli) $(version_define)
$(B)/obj/tests/%.o: part_flags = $(inc_tests)

$(B)/obj/%.o: %.c $(B)/flags
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(compile) $(part_flags) -MMD -MP -c -o $@ $<

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# Linking

link = $(CC) $(CFLAGS) $(config_cflags) $(config_ldflags) $(LDFLAGS)

$(shared_lib): $(libpramin_obj) lib/libpramin.map $(B)/sources
	$(call say,LINK,$@)
	$(Q)$(link) -shared -Wl,-soname,$(soname) \
		-Wl,--version-script=lib/libpramin.map \
		$(if $(config_ldflags),,-Wl,-z,defs) \
		-o $@ $(libpramin_obj) -pthread

$(B)/$(soname): $(shared_lib)
	$(Q)ln -sf $(shared_name) $@
$(B)/libpramin.so: $(B)/$(soname)
	$(Q)ln -sf $(soname) $@

$(B)/obj/public-symbols: lib/libpramin.map
	$(Q)mkdir -p $(@D)
	$(Q)sed -n 's/^[[:space:]]*\(pramin_[a-z0-9_]*\);.*/\1/p' $< >$@

$(B)/obj/libpramin.o: $(libpramin_obj) $(B)/obj/public-symbols $(B)/sources
	$(call say,LINK,$@)
	$(Q)$(LD) -r -o $@ $(libpramin_obj)
	$(Q)$(OBJCOPY) --keep-global-symbols=$(B)/obj/public-symbols $@

$(static_lib): $(B)/obj/libpramin.o
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $<

$(B)/pramin: $(call obj,$(cli_src)) $(static_lib) $(B)/sources
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $(call obj,$(cli_src)) $(static_lib) -pthread

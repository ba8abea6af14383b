// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A card that is open does not sleep, and decodes accesses to its memory.
 *
 * Runtime power: "power/control" is "on" meanwhile, which wakes it too. Decoding: the
 * memory bit of the COMMAND register. The other way to set that bit, the attribute
 * "enable", clears the bus master bit when it is undone; that bit is nobody's to
 * touch here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "why.h"
#include "sysfs.h"

#define CONTROL "power/control"

static int failed(const struct sysfs *s, const char *what, int err,
		  struct pramin_why *why)
{
	if (err == -EPERM || err == -EACCES)
		return card_failed(&s->dev, CARD_OPEN, what, err, why);
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_SYSTEM, "",
		       "%s of %s: %s", what, s->dev.addr, strerror(-err));
}

/* Without runtime power management there is no such file, and it does not sleep. */
static int hold_power(struct sysfs *s, struct pramin_why *why)
{
	char now[PCI_NAME_TEXT];
	int ret = pci_attr_text(s->dev.addr, CONTROL, now, sizeof(now));

	if (ret == -ENOENT)
		return 0;
	if (!ret && !strcmp(now, "on"))
		return 0;
	if (!ret)
		ret = place_note(&s->place, PLACE_POWER);
	if (!ret)
		ret = pci_attr_write(s->dev.addr, CONTROL, "on");
	return ret ? failed(s, CONTROL, ret, why) : 0;
}

static int check_awake(struct sysfs *s, struct pramin_why *why)
{
	struct pci_device now;

	if (pci_look(s->dev.addr, &now))
		return card_missing(s->dev.addr, why);
	if (pci_is_awake(&now))
		return 0;
	return card_asleep(
		&now,
		"it stays so though power/control is \"on\": look for "
		"it in the kernel's log, or remove it and rescan the "
		"PCI bus",
		why);
}

/* A driver that is bound knows what it does. */
static int hold_decoding(struct sysfs *s, struct pramin_why *why)
{
	uint16_t command = 0;
	int ret = pci_config_read16(s->config_fd, PCI_CFG_COMMAND, &command);

	if (ret)
		return failed(s, "config", ret, why);
	/* All ones: it is gone, which the first register will tell. */
	if (command & PCI_CFG_COMMAND_MEMORY)
		return 0;
	if (*s->dev.driver || s->read_only)
		return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_DECODING,
			       "that is the driver's business; without one, "
			       "leave --force-shared out",
			       "memory decoding of %s is off, and not ours to "
			       "enable",
			       s->dev.addr);
	ret = place_note(&s->place, PLACE_DECODE);
	if (!ret)
		ret = pci_config_write16(s->config_fd, PCI_CFG_COMMAND,
					 (uint16_t)(command |
						    PCI_CFG_COMMAND_MEMORY));
	if (!ret)
		ret = pci_config_read16(s->config_fd, PCI_CFG_COMMAND,
					&command);
	if (ret)
		return failed(s, "config", ret, why);
	if (command & PCI_CFG_COMMAND_MEMORY)
		return 0;
	return why_set(why, -EOPNOTSUPP, PRAMIN_REASON_NO_DECODING,
		       "remove it and rescan the PCI bus",
		       "memory decoding of %s is off and cannot be enabled",
		       s->dev.addr);
}

int sysfs_hold(struct sysfs *s, struct pramin_why *why)
{
	int ret = hold_power(s, why);

	if (!ret)
		ret = check_awake(s, why);
	return ret ? ret : hold_decoding(s, why);
}

static int put_back_decoding(const struct sysfs *s)
{
	uint16_t command;
	int ret = pci_config_read16(s->config_fd, PCI_CFG_COMMAND, &command);

	if (ret || !(command & PCI_CFG_COMMAND_MEMORY) || command == UINT16_MAX)
		return ret;
	return pci_config_write16(s->config_fd, PCI_CFG_COMMAND,
				  (uint16_t)(command &
					     ~PCI_CFG_COMMAND_MEMORY));
}

void sysfs_let_go(struct sysfs *s)
{
	uint32_t what = place_leave(&s->place, s->timeout_ns), kept = 0;

	if (!what)
		return;
	/* Another card may have its address by now. */
	if (sysfs_present(s)) {
		place_keep(&s->place, 0);
		return;
	}
	/* A driver that was bound meanwhile needs it. */
	if (what & PLACE_DECODE) {
		struct pci_device now;

		if (pci_look(s->dev.addr, &now) ||
		    (!*now.driver && put_back_decoding(s)))
			kept |= PLACE_DECODE;
	}
	if (what & PLACE_POWER && pci_attr_write(s->dev.addr, CONTROL, "auto"))
		kept |= PLACE_POWER;
	place_keep(&s->place, kept);
}

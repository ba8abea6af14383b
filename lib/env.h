/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What core takes from lib: memory, and locks and waits for those who share.
 */
#ifndef PRAMIN_LIB_ENV_H
#define PRAMIN_LIB_ENV_H

#include "meet.h"

/* For a GPU whose users meet there; the environment is @meet itself */
const struct pramin_env_ops *env_ops_of(const struct meet *meet);

#endif /* PRAMIN_LIB_ENV_H */

// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include "mutex.h"

void pramin_mutex_take(const struct pramin_mutex *mutex)
{
	if (mutex->ops)
		mutex->ops->take(mutex->ctx);
}

void pramin_mutex_drop(const struct pramin_mutex *mutex)
{
	if (mutex->ops)
		mutex->ops->drop(mutex->ctx);
}

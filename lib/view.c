// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Views through a handle.
 */
#include <errno.h>

#include <pramin/vram.h>

#include "dev.h"
#include "sys.h"
#include "why.h"
#include "../core/scalar.h"

struct pramin_view {
	struct pramin_dev *dev;
	struct pramin_hold hold;
};

int pramin_view_begin(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len,
		      struct pramin_view **view)
{
	struct pramin_view *new_view;
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!view)
		return dev_refused(dev, "view is NULL");
	op.gpu = &dev->gpu;
	new_view = sys_alloc(sizeof(*new_view));
	if (!new_view) {
		pramin_fail(&op, -ENOMEM, PRAMIN_REASON_NO_MEMORY,
			    sizeof(*new_view), 0, 0);
		return dev_failed(dev, &op.cause);
	}
	ret = pramin_hold_begin(&op, &new_view->hold, vram_pa, len);
	if (ret) {
		sys_free(new_view);
		return dev_failed(dev, &op.cause);
	}
	new_view->dev = dev;
	*view = new_view;
	return 0;
}

int pramin_view_end(struct pramin_view *view)
{
	struct pramin_cause cause;
	struct pramin_dev *dev;

	if (!view)
		return 0;
	dev = view->dev;
	cause = view->hold.cause;
	pramin_hold_end(&view->hold);
	sys_free(view);
	return cause.err ? dev_failed(dev, &cause) : 0;
}

struct pramin_span pramin_view_span(struct pramin_view *view)
{
	if (!view)
		return (struct pramin_span){ .len = 0 };
	return (struct pramin_span){
		.ptr = view->hold.ptr,
		.len = view->hold.len,
		.view = view,
	};
}

uint64_t pramin_view_read(struct pramin_view *view, uint64_t off,
			  unsigned int width)
{
	return view ? pramin_hold_read(&view->hold, off, width) : UINT64_MAX;
}

void pramin_view_write(struct pramin_view *view, uint64_t off,
		       unsigned int width, uint64_t val)
{
	if (view)
		pramin_hold_write(&view->hold, off, width, val);
}

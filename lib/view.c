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

static int begin(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len,
		 bool alone, struct pramin_view **view)
{
	struct pramin_view *new_view;
	struct pramin_op op;
	int ret;

	if (!dev)
		return -EINVAL;
	if (!view)
		return dev_refused(dev, "view is NULL");
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	new_view = sys_alloc(sizeof(*new_view));
	if (!new_view) {
		ret = pramin_fail(&op, -ENOMEM, PRAMIN_REASON_NO_MEMORY,
				  sizeof(*new_view), 0, 0);
		return dev_end(dev, ret, &op);
	}
	ret = pramin_hold_begin(&op, &new_view->hold, vram_pa, len, alone);
	if (ret) {
		sys_free(new_view);
		return dev_end(dev, ret, &op);
	}
	new_view->dev = dev;
	__atomic_fetch_add(&dev->views, 1, __ATOMIC_SEQ_CST);
	*view = new_view;
	return dev_end(dev, 0, &op);
}

int pramin_view_begin(struct pramin_dev *dev, uint64_t vram_pa, uint64_t len,
		      struct pramin_view **view)
{
	return begin(dev, vram_pa, len, false, view);
}

int pramin_view_begin_alone(struct pramin_dev *dev, uint64_t vram_pa,
			    uint64_t len, struct pramin_view **view)
{
	return begin(dev, vram_pa, len, true, view);
}

int pramin_view_end(struct pramin_view *view)
{
	struct pramin_cause cause;
	struct pramin_dev *dev;
	int ret;

	if (!view)
		return 0;
	dev = view->dev;
	/* A forked child's copy: the hold is the parent's. */
	if (dev_is(dev, DEV_FORKED)) {
		sys_free(view);
		return dev_barred(dev);
	}
	pramin_hold_end(&view->hold);
	cause = view->hold.cause;
	sys_free(view);
	ret = cause.err ? dev_failed(dev, &cause) : 0;
	dev_view_over(dev);
	return ret;
}

int pramin_view_yield(struct pramin_view *view)
{
	struct pramin_dev *dev;
	struct pramin_op op;
	int ret;

	if (!view)
		return -EINVAL;
	dev = view->dev;
	ret = dev_begin(dev, &op);
	if (ret)
		return ret;
	ret = pramin_hold_yield(&op, &view->hold);
	return dev_end(dev, ret, &op);
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
	if (!view || dev_is(view->dev, DEV_FORKED))
		return UINT64_MAX;
	return pramin_hold_read(&view->hold, off, width);
}

void pramin_view_write(struct pramin_view *view, uint64_t off,
		       unsigned int width, uint64_t val)
{
	if (view && !dev_is(view->dev, DEV_FORKED))
		pramin_hold_write(&view->hold, off, width, val);
}

/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * libpramin: direct access to the VRAM of NVIDIA GPUs through BAR0.
 *
 *	open a GPU, learn what it is	pramin/dev.h
 *	read, write, fill, compare ...	pramin/vram.h
 *	many scattered accesses		pramin/batch.h
 *	who uses it			pramin/users.h
 *	whose a range of VRAM is	pramin/claim.h
 *	errors and reasons		pramin/error.h
 *	page tables: formats		pramin/mmu.h
 *	address spaces			pramin/space.h, pramin/map.h
 *	page tables: reading them	pramin/walk.h
 *	which GPUs there are		pramin/list.h
 *	a GPU that is a program		pramin/model.h
 *	write a backend			pramin/io.h
 *	a GPU that is pulled out	pramin/unplug.h
 */
#ifndef PRAMIN_H
#define PRAMIN_H

#include <pramin/bar1.h>
#include <pramin/batch.h>
#include <pramin/claim.h>
#include <pramin/dev.h>
#include <pramin/error.h>
#include <pramin/io.h>
#include <pramin/list.h>
#include <pramin/map.h>
#include <pramin/mmu.h>
#include <pramin/model.h>
#include <pramin/modelgpu.h>
#include <pramin/number.h>
#include <pramin/space.h>
#include <pramin/types.h>
#include <pramin/unplug.h>
#include <pramin/users.h>
#include <pramin/vram.h>
#include <pramin/walk.h>

#endif /* PRAMIN_H */

// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Which bytes of VRAM are tables, or mapped. Ranges are noted by their ends, so
 * that each costs the same, however long it is.
 */
#include <stdlib.h>
#include <string.h>

#include "picture.h"

#define UNIT_LEAST 4096u
#define UNITS_MOST (1u << 18)
#define CELL_LEAST (64u << 10)

int cells_init(struct cells *cells, uint64_t vram_size)
{
	memset(cells, 0, sizeof(*cells));
	cells->vram_size = vram_size;
	cells->unit = UNIT_LEAST;
	while (vram_size / cells->unit >= UNITS_MOST)
		cells->unit *= 2;
	cells->units = (size_t)((vram_size + cells->unit - 1) / cells->unit);
	cells->cell = CELL_LEAST;
	while ((vram_size + cells->cell - 1) / cells->cell > CELLS_MOST)
		cells->cell *= 2;
	cells->count =
		(unsigned int)((vram_size + cells->cell - 1) / cells->cell);
	cells->mapped = calloc(cells->units + 1, sizeof(*cells->mapped));
	cells->tables = calloc(cells->units + 1, sizeof(*cells->tables));
	return cells->mapped && cells->tables ? 0 : -1;
}

void cells_free(struct cells *cells)
{
	free(cells->mapped);
	free(cells->tables);
	cells->mapped = NULL;
	cells->tables = NULL;
}

/* Pages may reach beyond the end of VRAM; tables do not. */
static void note(const struct cells *cells, int32_t *ends, uint64_t pa,
		 uint64_t len)
{
	uint64_t last;

	if (!len || pa >= cells->vram_size)
		return;
	if (len > cells->vram_size - pa)
		len = cells->vram_size - pa;
	last = pa + len - 1;
	ends[pa / cells->unit]++;
	ends[last / cells->unit + 1]--;
}

void cells_mapped(struct cells *cells, uint64_t pa, uint64_t len)
{
	note(cells, cells->mapped, pa, len);
}

void cells_table(struct cells *cells, uint64_t pa, uint64_t len)
{
	note(cells, cells->tables, pa, len);
	cells->table_bytes += len;
}

void cells_settle(struct cells *cells)
{
	size_t i;

	for (i = 1; i < cells->units; i++) {
		cells->mapped[i] += cells->mapped[i - 1];
		cells->tables[i] += cells->tables[i - 1];
	}
	for (i = 0; i < cells->units; i++)
		if (cells->mapped[i])
			cells->mapped_bytes += cells->unit;
}

void cells_look(const struct cells *cells, unsigned int cell,
		unsigned int *units, unsigned int *mapped, unsigned int *tables)
{
	const size_t each = (size_t)(cells->cell / cells->unit);
	size_t i = cell * each, end = i + each;

	if (end > cells->units)
		end = cells->units;
	*units = (unsigned int)(end - i);
	*mapped = 0;
	*tables = 0;
	for (; i < end; i++) {
		*mapped += cells->mapped[i] != 0;
		*tables += cells->tables[i] != 0;
	}
}

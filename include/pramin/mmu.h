/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * GPU page tables: their formats, and entries of them.
 *
 * A GPU virtual address is looked up in a tree of tables. The generations
 * differ in the levels of the tree and in the layout of an entry; both are data
 * here, and nothing below depends on a chip. docs/mmu.md has the drawings.
 *
 * Nothing in this header touches a GPU: reading tables is pramin/walk.h.
 * Every function may be called from any thread, keeps no state, and costs tens of
 * nanoseconds at most.
 */
#ifndef PRAMIN_MMU_H
#define PRAMIN_MMU_H

#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum pramin_mmu_format_id - the formats
 *
 * Each is named by its version and by the first chip that has it. v1 has one
 * page size for big pages, 64 or 128 KiB, that is set for the whole GPU, and from
 * GM200 on for each address space.
 */
enum pramin_mmu_format_id {
	PRAMIN_MMU_NONE = 0,	/* Tesla: not modelled */
	PRAMIN_MMU_V1_128K,	/* Fermi, Kepler, GM10x: no sparse */
	PRAMIN_MMU_V1_64K,
	PRAMIN_MMU_V1_128K_GM200,
	PRAMIN_MMU_V1_64K_GM200,
	PRAMIN_MMU_V2_GP100,
	PRAMIN_MMU_V2_GV100,	/* NO_ATS; another "no 4 KiB page below" */
	PRAMIN_MMU_V2_TU102,	/* wider COMPTAGLINE and peer addresses */
	PRAMIN_MMU_V2_GA100,	/* Ampere, Ada: 512 MiB pages in PD1 */
	PRAMIN_MMU_V3_GH100,
	PRAMIN_MMU_V3_GB100,	/* Blackwell: 256 GiB pages in PD2 */
	PRAMIN_MMU_FORMATS
};

/** enum pramin_mmu_aperture - the memory that an address is in; as in a PTE */
enum pramin_mmu_aperture {
	PRAMIN_MMU_VIDEO,	/* this GPU's VRAM */
	PRAMIN_MMU_PEER,	/* another GPU's; pages only */
	PRAMIN_MMU_SYS_COH,	/* the host's, snooped */
	PRAMIN_MMU_SYS_NONCOH,	/* the host's, not snooped */
	PRAMIN_MMU_APERTURES
};

/** enum pramin_mmu_type - what an entry says */
enum pramin_mmu_type {
	PRAMIN_MMU_INVALID,	/* nothing; a big PTE: look at the small ones */
	PRAMIN_MMU_TABLE,	/* the next table is there */
	PRAMIN_MMU_PAGE,	/* a page is there */
	PRAMIN_MMU_SPARSE,	/* nothing: reads as 0, writes are dropped */
	PRAMIN_MMU_UNMAPPED,	/* a big PTE: nothing, do not look at small ones */
	PRAMIN_MMU_NOWHERE,	/* v3: MAPPING_NOWHERE */
	PRAMIN_MMU_TYPES
};

/*
 * Attributes of an entry. Which of them a format has: pramin_mmu_attrs().
 */
#define PRAMIN_MMU_VOLATILE	  (1u << 0) /* VOL; v3: UNCACHED */
#define PRAMIN_MMU_PRIVILEGE	  (1u << 1)
#define PRAMIN_MMU_READ_ONLY	  (1u << 2)
#define PRAMIN_MMU_ATOMIC_DISABLE (1u << 3) /* v2, v3 */
#define PRAMIN_MMU_ENCRYPTED	  (1u << 4) /* v1 */
#define PRAMIN_MMU_LOCK		  (1u << 5) /* v1 */
#define PRAMIN_MMU_READ_DISABLE	  (1u << 6) /* v1: L1 and GCC only */
#define PRAMIN_MMU_WRITE_DISABLE  (1u << 7) /* v1: L1 and GCC only */
#define PRAMIN_MMU_NO_ATS	  (1u << 8) /* directories: GV100-, v3 */
#define PRAMIN_MMU_ACD		  (1u << 9) /* v3: accesses are not counted */

/**
 * struct pramin_mmu_entry - one entry, or one half of a dual one
 * @pa:       bytes; of the table or page; else 0
 * @reserved: result of decode: bits set in the word that mean nothing there, or
 *            whose meaning is not published
 * @ignored:  result of decode: bits set in the word that the hardware does not
 *            look at, because of other bits in it
 * @type:     enum pramin_mmu_type
 * @aperture: enum pramin_mmu_aperture; 0 where there is no address
 * @attrs:    PRAMIN_MMU_VOLATILE and so on
 * @kind:     NV_MMU_PTE_KIND_* of a page
 * @peer:     which GPU, for a page in %PRAMIN_MMU_PEER
 * @pde_size: v1, big half of a directory entry: its tables are 1 / 2^@pde_size
 *            as long
 * @comptag:  COMPTAGLINE of a page
 */
struct pramin_mmu_entry {
	uint64_t pa;
	uint64_t reserved;
	uint64_t ignored;
	uint8_t type;
	uint8_t aperture;
	uint16_t attrs;
	uint8_t kind;
	uint8_t peer;
	uint8_t pde_size;
	uint32_t comptag;
};

/*
 * The halves of a dual entry, and the tables below them. An entry with one half
 * has it at 0. The big half alone may be a page or sparse.
 */
#define PRAMIN_MMU_BIG	 0
#define PRAMIN_MMU_SMALL 1

#define PRAMIN_MMU_NO_LEVEL   0xff
#define PRAMIN_MMU_LEVELS_MAX 7

/**
 * struct pramin_mmu_level - the tables of one level
 * @name:       "PD3", "PT64K"
 * @page_size:  bytes of a page that an entry may be; 0: none
 * @span:       bytes of virtual addresses of one entry
 * @table_size: bytes of a whole table
 * @align:      what the address of such a table is a multiple of, in bytes
 * @entries:    of a whole table
 * @va_hi:      highest bit of the virtual address that is part of the index
 * @va_lo:      lowest
 * @entry_size: bytes: 8 or 16
 * @halves:     1 or 2
 * @child:      index of the level that each half leads to, or
 *              %PRAMIN_MMU_NO_LEVEL
 * @big:        a table of big pages, beside one of small pages
 */
struct pramin_mmu_level {
	const char *name;
	uint64_t page_size;
	uint64_t span;
	uint64_t table_size;
	uint32_t align;
	uint32_t entries;
	uint8_t va_hi;
	uint8_t va_lo;
	uint8_t entry_size;
	uint8_t halves;
	uint8_t child[2];
	bool big;
};

struct pramin_mmu_layout;

/**
 * struct pramin_mmu_format - one format; constant, made by the library only
 * @name:    "v2-ga100"
 * @chips:   who has it, in words
 * @id:      enum pramin_mmu_format_id
 * @version: 1, 2, 3
 * @va_bits: width of a virtual address
 * @levels:  how many @level has; the root is 0, and the last two are the tables
 *           of big and of small pages
 * @level:   the levels
 * @page:    attributes that a page gets if nobody asks for others, by aperture:
 *           kind is PITCH (0); system memory is VOLATILE
 * @table:   the same for an entry that leads to a table
 * @layout:  of the entries
 */
struct pramin_mmu_format {
	const char *name;
	const char *chips;
	uint8_t id;
	uint8_t version;
	uint8_t va_bits;
	uint8_t levels;
	struct pramin_mmu_level level[PRAMIN_MMU_LEVELS_MAX];
	uint16_t page[PRAMIN_MMU_APERTURES];
	uint16_t table[PRAMIN_MMU_APERTURES];
	const struct pramin_mmu_layout *layout;
};

/**
 * pramin_mmu_format() - a format by its number
 * @id: an enum pramin_mmu_format_id
 *
 * Return: the format; NULL for %PRAMIN_MMU_NONE and for other numbers.
 */
const struct pramin_mmu_format *pramin_mmu_format(unsigned int id);

/**
 * pramin_mmu_format_by_name() - a format by its name
 * @name: such as "v2-ga100", in lower case
 *
 * Return: the format, or NULL.
 */
const struct pramin_mmu_format *pramin_mmu_format_by_name(const char *name);

/**
 * pramin_mmu_format_of_chip() - the format that a chip's page tables have
 * @chip:     a chip or family ("gm204", "hopper"), any case
 * @big_page: v1: size of big pages in bytes, 65536 or 131072; 0: 131072, which
 *            nouveau sets up (nvkm/subdev/fb/gf100.c). Otherwise 0 or 65536.
 * @format:   the format; untouched on failure
 *
 * Return: 0, or
 *   -EINVAL      no such chip, an argument is NULL, or the chip has no big pages
 *                of this size
 *   -EOPNOTSUPP  Tesla: its page tables are not modelled
 */
int pramin_mmu_format_of_chip(const char *chip, uint64_t big_page,
			      const struct pramin_mmu_format **format);

/**
 * pramin_mmu_level_of_page() - where pages of one size stand
 * @format:    a format
 * @page_size: bytes
 *
 * Return: index of the level whose entries are such pages;
 * %PRAMIN_MMU_NO_LEVEL if the format has none of this size.
 */
unsigned int pramin_mmu_level_of_page(const struct pramin_mmu_format *format,
				      uint64_t page_size);

/**
 * pramin_mmu_attrs() - the attributes that an entry may have
 * @format: a format
 * @level:  index of a level
 * @type:   %PRAMIN_MMU_PAGE or %PRAMIN_MMU_TABLE
 *
 * Return: a mask of PRAMIN_MMU_VOLATILE and so on; 0 where there is no such
 * entry.
 */
unsigned int pramin_mmu_attrs(const struct pramin_mmu_format *format,
			      unsigned int level, unsigned int type);

/**
 * pramin_mmu_pa_bits() - how wide an address an entry can hold
 * @format:   a format
 * @level:    index of a level
 * @type:     %PRAMIN_MMU_PAGE or %PRAMIN_MMU_TABLE
 * @aperture: an enum pramin_mmu_aperture
 *
 * The width of the field. Hardware may have fewer address lines: system
 * addresses of Pascal are said to have 47 bits in a field of 58.
 *
 * Return: bits; 0 where there is no such entry.
 */
unsigned int pramin_mmu_pa_bits(const struct pramin_mmu_format *format,
				unsigned int level, unsigned int type,
				unsigned int aperture);

/** enum pramin_mmu_refusal - why an entry cannot be encoded */
enum pramin_mmu_refusal {
	PRAMIN_MMU_REFUSED_NOT = 0,
	PRAMIN_MMU_REFUSED_LEVEL,	/* the format has no such level */
	PRAMIN_MMU_REFUSED_TYPE,	/* no such type */
	PRAMIN_MMU_REFUSED_TABLE,	/* the level leads to no table */
	PRAMIN_MMU_REFUSED_PAGE_SIZE,	/* the level has no pages */
	PRAMIN_MMU_REFUSED_SPARSE,	/* the format or half has no sparse */
	PRAMIN_MMU_REFUSED_UNMAPPED,	/* not a PTE of a big page */
	PRAMIN_MMU_REFUSED_NOWHERE,	/* not a PTE of v3 */
	PRAMIN_MMU_REFUSED_APERTURE,	/* no such aperture, or peer tables */
	PRAMIN_MMU_REFUSED_ALIGNMENT,	/* address not a multiple of the size */
	PRAMIN_MMU_REFUSED_WIDTH,	/* address too wide for the aperture */
	PRAMIN_MMU_REFUSED_ATTRIBUTE,	/* the format has no such attribute */
	PRAMIN_MMU_REFUSED_ENCRYPTED,	/* has to be 0 from v2 on */
	PRAMIN_MMU_REFUSED_KIND,	/* wider than the field */
	PRAMIN_MMU_REFUSED_COMPTAG,	/* wider than the field, or no field */
	PRAMIN_MMU_REFUSED_PEER,	/* wider, or not in peer memory */
	PRAMIN_MMU_REFUSED_PDE_SIZE,	/* wider, or no field */
	PRAMIN_MMU_REFUSED_UNUSED,	/* a value that the type has no place for */
	PRAMIN_MMU_REFUSED_HALVES,	/* a page, and something in the other half */
	PRAMIN_MMU_REFUSALS
};

/**
 * pramin_mmu_refusal_name() - a refusal as a word, for logs and JSON
 * @refusal: any value
 *
 * Return: a static string such as "alignment"; "unknown" for other values.
 */
const char *pramin_mmu_refusal_name(enum pramin_mmu_refusal refusal);

/**
 * pramin_mmu_refusal_text() - a refusal as a sentence
 * @refusal: any value
 *
 * Return: a static string; "" for 0, "unknown" for values that are none.
 */
const char *pramin_mmu_refusal_text(enum pramin_mmu_refusal refusal);

/**
 * pramin_mmu_encode() - the words of an entry
 * @format:  a format
 * @level:   index of the level of the table that the entry is in
 * @half:    one entry, or two where the level has two halves; @reserved and
 *           @ignored are not looked at
 * @raw:     the entry: one word, or two where it has 16 bytes; untouched on
 *           failure
 * @refusal: why not; set on each call; may be NULL
 *
 * What decode gives back of the result is what was encoded. Addresses are
 * checked against the format, not against a size of VRAM.
 *
 * Return: 0, or -EINVAL for an argument that is NULL or an entry that the
 * format does not have, which @refusal names.
 */
int pramin_mmu_encode(const struct pramin_mmu_format *format,
		      unsigned int level, const struct pramin_mmu_entry *half,
		      uint64_t *raw, enum pramin_mmu_refusal *refusal);

/**
 * pramin_mmu_decode() - what the words of an entry say
 * @format: a format
 * @level:  index of the level of the table that the entry is in
 * @raw:    one word, or two where an entry has 16 bytes
 * @half:   one entry, or two where the level has two halves
 *
 * Every word decodes to an entry that can be encoded: the result is the word
 * without @reserved and @ignored. Address bits below the size of the page count
 * as reserved.
 *
 * Return: 0, or -EINVAL for an argument that is NULL or no level of the format;
 * @half is untouched then.
 */
int pramin_mmu_decode(const struct pramin_mmu_format *format,
		      unsigned int level, const uint64_t *raw,
		      struct pramin_mmu_entry *half);

/** pramin_mmu_type_name() - "page", "table" ...; "unknown" for other values */
const char *pramin_mmu_type_name(unsigned int type);

/** pramin_mmu_aperture_name() - "vram", "peer", "sys_coh", "sys_noncoh" */
const char *pramin_mmu_aperture_name(unsigned int aperture);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_MMU_H */

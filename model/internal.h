/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of the model share. Nothing outside model/ and its own tests
 * includes this.
 *
 *	chips.c		which chip has which register
 *	size.c		what a VRAM-size register can hold
 *	gpu.c		create, destroy, the backend's operations, counters
 *	regs.c		the registers, and where the window stands
 *	vram.c		sparse VRAM
 *	fault.c		fault specs
 *	file.c		the image and its state file: create, check, seal
 *	lock.c		who uses them
 *	fork.c		what a forked child inherits
 *	state.c		the format of the state file
 *	why.c		sentences for failures
 *	shared.h	words that several threads change
 *	mmu.h		the MMU, BAR1 and BAR2, and their files
 */
#ifndef PRAMIN_MODEL_INTERNAL_H
#define PRAMIN_MODEL_INTERNAL_H

#include <pthread.h>
#include <sys/types.h>

#include <pramin/model.h>
#include <pramin/modelgpu.h>

#include "../core/bits.h"

/* The grain of sparse VRAM, and the most VRAM there is */
#define MODEL_CHUNK    (64 * PRAMIN_KIB)
#define MODEL_VRAM_MIN PRAMIN_MIB
#define MODEL_VRAM_MAX (2 * PRAMIN_TIB)

/* A row of the table, and what the public row does not show */
struct model_chip {
	struct pramin_model_chip row;
	uint32_t ready_register; /* 0: none */
	uint32_t cc_register;	 /* 0: none */
	uint16_t coherent_id;	 /* device id on a coherent platform; 0: none */
};

const struct model_chip *model_chip_find(const char *name,
					 struct pramin_why *why);
unsigned int model_chip_arch(const struct model_chip *chip);
bool model_chip_has_target(const struct model_chip *chip);
bool model_chip_has_firewall(const struct model_chip *chip);
uint32_t model_chip_base_mask(const struct model_chip *chip);

/* The first architecture whose page tables are modelled: Fermi */
#define MODEL_ARCH_MMU 0x0cu

/* What a GPU keeps; it lies in the state file, if there is one */
struct model_live {
	uint32_t window;     /* the raw latch */
	uint32_t generation; /* goes up when a chunk gets blocks in the file */
	uint64_t clock_ns;
	uint64_t accesses; /* made from the next ten when somebody asks */
	uint64_t reads[4];
	uint64_t writes[4];
	uint64_t register_reads;
	uint64_t register_writes;
	uint64_t config_reads;
	uint64_t window_writes;
	uint64_t moves;
	uint64_t outside;
	uint64_t unknown;

	/* BAR1 and BAR2: accesses, and those that met no VRAM */
	uint64_t bar_reads[4];
	uint64_t bar_writes[4];
	uint64_t bar_faults;
	uint64_t bar_fault; /* offset of the first */

	/* Registers of the MMU: latches, and when what they began is done */
	uint32_t bar_block[2][2]; /* of BAR1, BAR2: lower half, upper half */
	uint32_t bar_bound[2][2]; /* what the last bind found there */
	uint64_t bind_done_ns[2];
	uint32_t binds[2];
	uint32_t pdb[2];
	uint32_t invalidate;
	uint32_t invalidates;
	uint64_t invalidate_done_ns;
	uint64_t flush_done_ns;
	uint32_t flush_token;
	uint32_t reserved;
	uint64_t hazards[PRAMIN_HAZARDS];
	uint64_t hazard_first[PRAMIN_HAZARDS];
};

/* What is stuck is done so much later. No time is as late as the second. */
#define MODEL_NEVER	 (UINT64_C(1) << 62)
#define MODEL_NEVER_DONE (UINT64_C(1) << 63)

/* Conditions that last; bits of pramin_model.flags */
#define MODEL_GONE	 BIT32(0)
#define MODEL_DEAD	 BIT32(1)
#define MODEL_FULL	 BIT32(2)
#define MODEL_STUCK	 BIT32(3)
#define MODEL_FAKE_VRAM	 BIT32(4)
#define MODEL_FAKE_BOOT0 BIT32(5)
#define MODEL_VF	 BIT32(6)
#define MODEL_COHERENT	 BIT32(7)
#define MODEL_CC	 BIT32(8)
#define MODEL_DEVTOOLS	 BIT32(9)
#define MODEL_FIREWALL	 BIT32(10)
#define MODEL_NOTREADY	 BIT32(11)

#define MODEL_ORPHAN	 BIT32(12) /* a forked child's; never mended */

#define MODEL_FLUSH_STUCK BIT32(13)
#define MODEL_TLB_STUCK	  BIT32(14)
#define MODEL_BIND_STUCK  BIT32(15)
#define MODEL_CONSOLE	  BIT32(16)
#define MODEL_FLAGS	  17

/* With one of these, the aperture must not be touched past the model */
#define MODEL_NO_POINTER                                            \
	(MODEL_GONE | MODEL_DEAD | MODEL_FULL | MODEL_FIREWALL | \
	 MODEL_ORPHAN)
/* With one of these, the aperture shows no VRAM */
#define MODEL_NO_APERTURE \
	(MODEL_VF | MODEL_COHERENT | MODEL_CC | MODEL_DEVTOOLS | MODEL_NOTREADY)
/* With one of these, the window register ignores writes */
#define MODEL_NO_WINDOW \
	(MODEL_STUCK | MODEL_VF | MODEL_COHERENT | MODEL_CC | MODEL_DEVTOOLS)

struct model_fault_kind;
struct model_mmu;
struct model_mmu_chip;

/* A fault that has not come yet */
struct model_fault {
	const struct model_fault_kind *kind;
	uint64_t value;
	uint64_t at; /* number of the access, from 1 */
	bool next;   /* or of whichever comes after it */
};

struct model_faults {
	struct model_fault *list; /* sorted by @at */
	size_t count, room;
	uint64_t since[MODEL_FLAGS]; /* the access that each flag came with */
};

struct model_state;

struct model_file {
	char *path;
	char *state_path;
	int fd;	      /* the image; -1: none */
	int state_fd; /* carries the locks */
	struct model_state *state;
	pid_t owner;
	bool alone; /* nobody else used it when this one came */
	/* What to undo if creation fails half-way */
	bool made_image, made_state;
	bool orphan, listed; /* fork.c */
	struct pramin_model *next;
};

/* Keeps what every access writes away from what every access reads */
#define MODEL_CACHE_LINE 64

struct pramin_model {
	const struct model_chip *chip;
	uint32_t boot0;
	uint32_t size_raw;    /* what the VRAM-size register holds */
	uint32_t base_mask;   /* fields of the window register; */
	uint32_t target_mask; /* 0: it has no TARGET */
	uint64_t vram_size;
	/* What an access costs beside the default; may be below 0, modulo */
	uint64_t extra_read_ns, extra_write_ns;
	bool flat;
	uint64_t serial; /* no other model of this process has it */
	uint64_t bar_bytes[2]; /* BAR1, BAR2 */
	uint64_t invalidate_ns, bind_ns, flush_ns;
	uint32_t posted; /* seed, or PRAMIN_MODEL_IN_ORDER */
	const struct model_mmu_chip *mmu_chip;

	/* In @own_live, or inside the state file */
	struct model_live *live;
	uint64_t *extra_ns; /* the clock, without the default costs */

	uint8_t *vram; /* one mapping, 1 MiB longer than VRAM */
	size_t vram_mapped;
	/*
	 * One bit per chunk. @data: it may hold something other than zeros.
	 * @backed: it can be stored to; implies @data. Without a file both are
	 * the same array. With one, a clear bit only means that this handle
	 * does not know; @holes are chunks that it has looked at.
	 */
	uint64_t *data, *backed, *holes;
	size_t bitmap_mapped;
	uint64_t *written; /* hazard.c; NULL: not known */
	size_t written_mapped;
	struct model_mmu *mmu; /* NULL: nothing has translated yet */

	uint32_t flags;
	uint32_t fake_vram, fake_boot0;
	uint64_t fault_at; /* the first access that has to ask fault.c */

	struct model_file file;

	/* Under @lock: what is rare */
	pthread_mutex_t lock;
	struct model_faults faults;
	uint64_t lent_first; /* the chunk at a pointer that was given out; */
	uint32_t lent;	     /* bit n: chunk n from there was a hole then */

	char apart1[MODEL_CACHE_LINE];
	uint64_t nth;	 /* BAR0 accesses since this model was created */
	uint64_t chunks; /* without a file: bits set in @data */
	struct model_live own_live;
	char apart2[MODEL_CACHE_LINE];
};

/* gpu.c: false if this thread has it: a signal has come in between */
bool model_lock(struct pramin_model *m);
void model_unlock(struct pramin_model *m);
bool model_suspicious(const struct pramin_model *m, uint64_t n);
unsigned int model_width_index(unsigned int width);
uint64_t model_width_mask(unsigned int width);
uint64_t model_no_vram(uint32_t off, unsigned int width);
uint64_t model_clock(const struct pramin_model *m);

/* size.c */
int model_size_check(const struct model_chip *chip, uint64_t size,
		     uint32_t *raw, struct pramin_why *why);

/* regs.c: @flags are the conditions in force */
void model_window_init(struct pramin_model *m);
void model_window_move(struct pramin_model *m, uint64_t base);
uint64_t model_regs_read(struct pramin_model *m, uint32_t flags, uint32_t off,
			 unsigned int width);
void model_regs_write(struct pramin_model *m, uint32_t flags, uint32_t off,
		      unsigned int width, uint64_t val);
uint32_t model_config_read(const struct pramin_model *m, uint32_t flags,
			   uint32_t off);
bool model_in_aperture(uint32_t off);

/* vram.c: @vram_pa is inside VRAM, and so are @width bytes from there */
int model_vram_map(struct pramin_model *m, struct pramin_why *why);
void model_vram_unmap(struct pramin_model *m);
uint64_t model_vram_bytes(const struct pramin_model *m);
uint64_t model_vram_read(const struct pramin_model *m, uint64_t vram_pa,
			 unsigned int width);
int model_vram_write(struct pramin_model *m, uint64_t vram_pa,
		     unsigned int width, uint64_t val);
void *model_vram_share(struct pramin_model *m, uint64_t vram_pa, uint64_t len);

/* hazard.c: which VRAM has been written; one bit, one word of bits, in bytes */
#define MODEL_WRITTEN_GRAIN 8ull
#define MODEL_WRITTEN_WORD  (64 * MODEL_WRITTEN_GRAIN)
int model_written_map(struct pramin_model *m);
void model_written_unmap(struct pramin_model *m);
void model_written_set(struct pramin_model *m, uint64_t pa, uint64_t len);

/* mmu_regs.c; of 32 bits, of which a write changes those in @mask */
void model_mmu_init(struct pramin_model *m);
void model_mmu_mend(struct pramin_model *m);
void model_mmu_reset(struct pramin_model *m);
bool model_mmu_has(const struct pramin_model *m, uint32_t off);
bool model_mmu_reg_read(struct pramin_model *m, uint32_t flags, uint32_t off,
			uint32_t *val);
void model_mmu_reg_write(struct pramin_model *m, uint32_t flags, uint32_t off,
			 uint32_t mask, uint32_t bits);

/* mmu_gpu.c: before others have @m; 0, or -ENOMEM */
int model_mmu_prepare(struct pramin_model *m);

/* bar.c: operations of the backend */
int model_bar_info(void *io, unsigned int bar, struct pramin_bar_info *info);
int model_bar_read(void *io, unsigned int bar, uint64_t off,
		   unsigned int width, uint64_t *val);
int model_bar_write(void *io, unsigned int bar, uint64_t off,
		    unsigned int width, uint64_t val);

/* What the faults say about one access */
struct model_verdict {
	uint32_t flags; /* the conditions in force */
	int err;     /* return this */
	bool vanish; /* reads are all ones, writes do nothing */
	bool answer; /* a read returns @value */
	uint64_t value;
};

int model_faults_add(struct pramin_model *m, const char *specs,
		     struct pramin_why *why);
void model_faults_free(struct pramin_model *m);
struct model_verdict model_faults_judge(struct pramin_model *m, uint64_t n);

/*
 * file.c: open changes no existing file, and leaves the door shut; commit says
 * that the GPU is in use, and opens it. End: the last one out seals, or removes
 * what was made for it.
 */
int model_file_open(struct pramin_model *m, const char *path,
		    struct pramin_why *why);
void model_file_commit(struct pramin_model *m);
void model_file_abandon(struct pramin_model *m);
void model_file_end(struct pramin_model *m, bool discard);
int model_file_limit(uint64_t end);

/* lock.c */
extern unsigned int model_door_patience_ms; /* for tests */
int model_door_enter(int fd, uint32_t *pid);
void model_door_leave(int fd);
bool model_users_none(int fd);
int model_users_join(int state_fd, int image_fd);
void model_locks_drop(int fd);

/* fork.c */
int model_fork_join(struct pramin_model *m);
void model_fork_leave(struct pramin_model *m);
void model_fork_hold(void);
void model_fork_allow(void);
int model_fork_open(int *fd, const char *path, int flags);
void model_fork_close(int *fd);

/* From here on the state file is the library's: not looked at, not changed */
#define MODEL_MEETING (64 * PRAMIN_KIB)

/* state.c */
#define MODEL_STATE_CLEAN  0u /* closed: the last checksum holds */
#define MODEL_STATE_OPENED 1u /* being opened or closed, or its user died */
#define MODEL_STATE_NEW	   2u /* the image is being created */
#define MODEL_STATE_IN_USE 3u /* open, or its users died */

#define MODEL_STATE_BYTES 488u

struct model_state {
	char magic[8];
	uint32_t version;
	uint32_t bytes;
	char chip[16];
	uint32_t boot0;
	uint32_t reserved;
	uint64_t vram_size;
	uint64_t identity_sum; /* of all above */
	uint32_t phase;
	uint32_t holder; /* pid of who opened it last; 0: none */
	struct model_live live;
	/* CLEAN, NEW: of all above. IN_USE: model.extra_ns */
	uint64_t sum;
};

/* Default costs */
#define MODEL_READ_NS  900u
#define MODEL_WRITE_NS 100u
#define MODEL_INVALIDATE_NS 2000u
#define MODEL_BIND_NS	    2000u
#define MODEL_FLUSH_NS	    2000u
#define MODEL_BAR1	    (256 * PRAMIN_MIB)
#define MODEL_BAR2	    (32 * PRAMIN_MIB)
#define MODEL_POSTED_SEED   1u

uint64_t model_live_accesses(const struct model_live *live);
uint64_t model_live_ns(const struct model_live *live);
void model_state_fill(struct model_state *st, const struct pramin_model *m);
void model_state_start(struct model_state *st, uint32_t pid);
void model_state_join(struct model_state *st, uint32_t pid);
void model_state_seal(struct model_state *st);
bool model_state_is_ours(const struct model_state *st);
bool model_state_is_old(const struct model_state *st, size_t len);
int model_state_check(const struct model_state *st,
		      const struct pramin_model *m, struct pramin_why *why);

/* why.c */
struct model_text {
	char s[112];
};

struct model_size_text {
	char s[24];
};

struct model_text model_quote(const char *text);
struct model_text model_quote_n(const char *text, size_t len);
struct model_size_text model_size_text(uint64_t bytes);
int model_fail(struct pramin_why *why, int err, enum pramin_reason reason,
	       const char *next, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* For explain(): why this thread's last write to @m had no room; NULL: none */
void model_problem_set(const struct pramin_model *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
const char *model_problem(const struct pramin_model *m);
int model_fail_errno(struct pramin_why *why, int code, const char *verb,
		     const char *path);

#endif /* PRAMIN_MODEL_INTERNAL_H */

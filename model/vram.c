// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Sparse VRAM.
 *
 *	vram  |--------------- vram_size ---------------|-- 1 MiB --|
 *	data  0001100000000000000000000010000000000000000   one bit per 64 KiB
 *
 * VRAM is one host mapping that reserves addresses and no memory. Bytes of a
 * chunk whose bit is clear are zeros and are never touched: a read of them is
 * answered without the mapping, a write of zeros to them is done already. The
 * last MiB lets an aperture that hangs over the end of VRAM be a plain pointer.
 *
 * With a file the mapping is the file. A store to a hole in a shared mapping
 * kills the process if the disk is full, so a chunk is given its blocks once
 * with fallocate(), which can fail politely, before anything is stored to it.
 * That changes no byte: others may be storing to the same chunk.
 *
 * Others also give chunks their blocks, of which the bits of this handle know
 * nothing. So a chunk whose bit is clear is looked up in the file, once for
 * each generation. Whoever gets a chunk its blocks makes it data in the eyes of
 * the filesystem first, then counts the generation up, and then stores to it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../core/regs/bus.h"
#include "internal.h"
#include "shared.h"

#define WORD_BITS 64u
/* How many chunks that were looked at are remembered */
#define HOLES 64u

/* VRAM is read at one width and written at another. */
typedef uint16_t __attribute__((may_alias)) vram16;
typedef uint32_t __attribute__((may_alias)) vram32;
typedef uint64_t __attribute__((may_alias)) vram64;

static bool bit_get(const uint64_t *bits, uint64_t chunk)
{
	return model_get64(&bits[chunk / WORD_BITS]) >> (chunk % WORD_BITS) & 1;
}

/* Returns what it was. */
static bool bit_set(uint64_t *bits, uint64_t chunk)
{
	uint64_t bit = UINT64_C(1) << (chunk % WORD_BITS);

	return __atomic_fetch_or(&bits[chunk / WORD_BITS], bit,
				 __ATOMIC_RELAXED) &
	       bit;
}

static void bit_clear(uint64_t *bits, uint64_t chunk)
{
	uint64_t bit = UINT64_C(1) << (chunk % WORD_BITS);

	__atomic_fetch_and(&bits[chunk / WORD_BITS], ~bit, __ATOMIC_RELAXED);
}

static void mark_data(struct pramin_model *m, uint64_t chunk)
{
	if (!bit_get(m->data, chunk) && !bit_set(m->data, chunk))
		__atomic_fetch_add(&m->chunks, 1, __ATOMIC_RELAXED);
}

/* Bytes of VRAM in @chunk: all but the last have MODEL_CHUNK */
static size_t chunk_bytes(const struct pramin_model *m, uint64_t chunk)
{
	uint64_t left = m->vram_size - chunk * MODEL_CHUNK;

	return left < MODEL_CHUNK ? (size_t)left : MODEL_CHUNK;
}

/* -ENOMEM, with what the caller will want to know */
static int no_space(const struct pramin_model *m, int code)
{
	model_problem_set(m, "no room for VRAM in %s: %s",
			  model_quote(m->file.path).s, strerrordesc_np(code));
	return -ENOMEM;
}

/* Give @chunk its blocks in the file; it keeps what it holds. */
static int chunk_allocate(const struct pramin_model *m, uint64_t chunk)
{
	size_t len = chunk_bytes(m, chunk);
	uint64_t pos = chunk * MODEL_CHUNK;
	int ret;

	if (model_file_limit(pos + len))
		return no_space(m, EFBIG);
	do {
		ret = fallocate(m->file.fd, 0, (off_t)pos, (off_t)len);
	} while (ret && errno == EINTR);
	/* Where it does not exist, a full disk is a signal after all. */
	return ret && errno != EOPNOTSUPP ? no_space(m, errno) : 0;
}

/*
 * Blocks that were never written count as a hole, so put one word in the place
 * of itself, in one step. (Of a word or'ed with 0, a compiler makes a load.)
 */
static void chunk_touch(const struct pramin_model *m, uint64_t chunk)
{
	vram32 *word = (void *)(m->vram + chunk * MODEL_CHUNK);
	uint32_t val = __atomic_load_n(word, __ATOMIC_RELAXED);

	__atomic_compare_exchange_n(word, &val, val, false, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
}

static int chunk_back(struct pramin_model *m, uint64_t chunk)
{
	int ret;

	if (bit_get(m->backed, chunk))
		return 0;
	if (m->file.fd >= 0) {
		ret = chunk_allocate(m, chunk);
		if (ret)
			return ret;
		chunk_touch(m, chunk);
		__atomic_fetch_add(&m->live->generation, 1, __ATOMIC_SEQ_CST);
	}
	mark_data(m, chunk);
	bit_set(m->backed, chunk);
	return 0;
}

/* Does the file hold something there? If it cannot tell, it may. */
static bool look(const struct pramin_model *m, uint64_t chunk)
{
	uint64_t pos = chunk * MODEL_CHUNK;
	off_t data = lseek(m->file.fd, (off_t)pos, SEEK_DATA);

	if (data < 0)
		return errno != ENXIO;
	return (uint64_t)data < pos + MODEL_CHUNK;
}

static bool find_out(const struct pramin_model *m, uint64_t chunk)
{
	uint32_t generation =
		__atomic_load_n(&m->live->generation, __ATOMIC_SEQ_CST);
	uint64_t *hole = &m->holes[chunk % HOLES];
	uint64_t seen = (chunk + 1) << 32 | generation;

	if (model_get64(hole) == seen)
		return false;
	if (look(m, chunk)) {
		bit_set(m->data, chunk);
		return true;
	}
	__atomic_store_n(hole, seen, __ATOMIC_RELAXED);
	return false;
}

/* May @chunk hold something other than zeros? */
static inline bool has_data(const struct pramin_model *m, uint64_t chunk)
{
	return bit_get(m->data, chunk) ||
	       (m->file.fd >= 0 && find_out(m, chunk));
}

static bool all_zero(const uint8_t *p, size_t len)
{
	return !len || (!p[0] && !memcmp(p, p + 1, len - 1));
}

/* Was this chunk a hole when the pointer was given out? */
static bool was_lent(const struct pramin_model *m, uint64_t chunk)
{
	uint64_t n = chunk - m->lent_first;

	return n < 32 && m->lent >> n & 1;
}

/*
 * What was lent outside [@first, @last], where somebody may be at work, and
 * holds nothing but zeros, is a hole again. Its memory goes back: some kernels
 * give each page that is read one of its own.
 */
static void take_back(struct pramin_model *m, uint64_t first, uint64_t last)
{
	uint64_t chunk = m->lent_first;
	uint32_t lent = m->lent;

	for (; lent; lent >>= 1, chunk++) {
		uint8_t *p = m->vram + chunk * MODEL_CHUNK;

		if (!(lent & 1) || (chunk >= first && chunk <= last) ||
		    !all_zero(p, chunk_bytes(m, chunk)) ||
		    madvise(p, chunk_bytes(m, chunk), MADV_DONTNEED))
			continue;
		bit_clear(m->data, chunk);
		__atomic_fetch_sub(&m->chunks, 1, __ATOMIC_RELAXED);
	}
}

/*
 * A pointer for stores that nobody sees, or NULL where they could fail. Without
 * a file they cannot, and the chunks count as written until the window moves on
 * and they turn out to be zeros still.
 */
void *model_vram_share(struct pramin_model *m, uint64_t vram_pa, uint64_t len)
{
	uint64_t first = vram_pa / MODEL_CHUNK, chunk;
	uint64_t last = (vram_pa + len - 1) / MODEL_CHUNK;
	uint32_t lent = 0;

	for (chunk = first; m->file.fd >= 0 && chunk <= last; chunk++)
		if (!has_data(m, chunk) || chunk_back(m, chunk))
			return NULL;
	if (m->file.fd >= 0)
		return m->vram + vram_pa;

	if (first != m->lent_first)
		take_back(m, first, last);
	for (chunk = first; chunk <= last; chunk++) {
		if (was_lent(m, chunk) || !bit_get(m->data, chunk))
			lent |= UINT32_C(1) << (chunk - first);
		mark_data(m, chunk);
	}
	m->lent_first = first;
	m->lent = lent;
	return m->vram + vram_pa;
}

/*
 * Aligned accesses never straddle two chunks, and each is one access to memory:
 * others see all of it or nothing.
 */
uint64_t model_vram_read(const struct pramin_model *m, uint64_t vram_pa,
			 unsigned int width)
{
	const void *p = m->vram + vram_pa;

	if (!has_data(m, vram_pa / MODEL_CHUNK))
		return 0;
	switch (width) {
	case 1:
		return __atomic_load_n((const uint8_t *)p, __ATOMIC_RELAXED);
	case 2:
		return __atomic_load_n((const vram16 *)p, __ATOMIC_RELAXED);
	case 4:
		return __atomic_load_n((const vram32 *)p, __ATOMIC_RELAXED);
	default:
		return __atomic_load_n((const vram64 *)p, __ATOMIC_RELAXED);
	}
}

int model_vram_write(struct pramin_model *m, uint64_t vram_pa,
		     unsigned int width, uint64_t val)
{
	void *p = m->vram + vram_pa;
	uint64_t chunk = vram_pa / MODEL_CHUNK;

	if (width < 8)
		val &= (UINT64_C(1) << (8 * width)) - 1;
	if (m->written)
		model_written_mark(m, vram_pa);
	if (!bit_get(m->backed, chunk)) {
		if (!val && !has_data(m, chunk))
			return 0;
		if (chunk_back(m, chunk))
			return -ENOMEM;
	}
	switch (width) {
	case 1:
		__atomic_store_n((uint8_t *)p, (uint8_t)val, __ATOMIC_RELAXED);
		break;
	case 2:
		__atomic_store_n((vram16 *)p, (uint16_t)val, __ATOMIC_RELAXED);
		break;
	case 4:
		__atomic_store_n((vram32 *)p, (uint32_t)val, __ATOMIC_RELAXED);
		break;
	default:
		__atomic_store_n((vram64 *)p, val, __ATOMIC_RELAXED);
		break;
	}
	return 0;
}

/* Bytes from @vram_pa on that lie in one chunk, at most @len */
static size_t run(uint64_t vram_pa, uint64_t len)
{
	uint64_t left = MODEL_CHUNK - vram_pa % MODEL_CHUNK;

	return (size_t)(len < left ? len : left);
}

static bool in_vram(const struct pramin_model *m, uint64_t vram_pa,
		    uint64_t len)
{
	return len <= m->vram_size && vram_pa <= m->vram_size - len;
}

int pramin_model_peek(const struct pramin_model *m, uint64_t vram_pa, void *buf,
		      uint64_t len)
{
	uint8_t *to = buf;

	if (!in_vram(m, vram_pa, len))
		return -ERANGE;
	if (m->file.orphan)
		return -ENODEV;
	while (len) {
		size_t n = run(vram_pa, len);

		if (has_data(m, vram_pa / MODEL_CHUNK))
			memcpy(to, m->vram + vram_pa, n);
		else
			memset(to, 0, n);
		to += n;
		vram_pa += n;
		len -= n;
	}
	return 0;
}

static int poke(struct pramin_model *m, uint64_t vram_pa, const uint8_t *from,
		uint64_t len)
{
	uint64_t done;
	size_t n;

	for (done = 0; done < len; done += n) {
		uint64_t pa = vram_pa + done;

		n = run(pa, len - done);
		if (!has_data(m, pa / MODEL_CHUNK) && all_zero(from + done, n))
			continue;
		if (chunk_back(m, pa / MODEL_CHUNK))
			return -ENOMEM;
	}
	for (done = 0; done < len; done += n) {
		uint64_t pa = vram_pa + done;

		n = run(pa, len - done);
		/* What cannot be stored to by now is zeros over zeros. */
		if (bit_get(m->backed, pa / MODEL_CHUNK))
			memcpy(m->vram + pa, from + done, n);
	}
	return 0;
}

/*
 * All or nothing: every chunk gets its memory before the first byte goes in.
 * Under the lock, or what has just been poked could be taken back.
 */
int pramin_model_poke(struct pramin_model *m, uint64_t vram_pa, const void *buf,
		      uint64_t len)
{
	int ret;

	if (!in_vram(m, vram_pa, len))
		return -ERANGE;
	if (m->file.orphan)
		return -ENODEV;
	if (!model_lock(m))
		return -ENOMEM;
	ret = poke(m, vram_pa, buf, len);
	if (!ret)
		model_written_set(m, vram_pa, len);
	model_unlock(m);
	return ret;
}

/* What holds something in the file, whoever wrote it */
static uint64_t file_bytes(const struct pramin_model *m)
{
	uint64_t size = m->vram_size, pos = 0, counted = 0, chunks = 0;

	while (pos < size) {
		off_t from = lseek(m->file.fd, (off_t)pos, SEEK_DATA), to;
		uint64_t first, end;

		if (from < 0 && errno == ENXIO)
			break;
		/* A filesystem that cannot tell: all of it may be data. */
		if (from < 0)
			from = (off_t)pos;
		to = lseek(m->file.fd, from, SEEK_HOLE);
		pos = to <= from || (uint64_t)to > size ? size : (uint64_t)to;

		first = (uint64_t)from / MODEL_CHUNK;
		end = (pos + MODEL_CHUNK - 1) / MODEL_CHUNK;
		if (first < counted)
			first = counted;
		if (end > first)
			chunks += end - first;
		counted = end;
	}
	return chunks * MODEL_CHUNK;
}

uint64_t model_vram_bytes(const struct pramin_model *m)
{
	return m->file.fd >= 0 ? file_bytes(m) :
				 model_get64(&m->chunks) * MODEL_CHUNK;
}

static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int no_room(const struct pramin_model *m, struct pramin_why *why)
{
	return model_fail(why, -ENOMEM, PRAMIN_REASON_NO_MEMORY,
			  "choose a smaller vram=, or relax ulimit -v and "
			  "vm.overcommit_memory (2 counts all of it as used)",
			  "cannot reserve %s of address space for VRAM",
			  model_size_text(m->vram_size).s);
}

int model_vram_map(struct pramin_model *m, struct pramin_why *why)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t vram = (m->vram_size + page - 1) / page * page;
	uint64_t chunks = (m->vram_size + MODEL_CHUNK - 1) / MODEL_CHUNK;
	uint64_t words = (chunks + WORD_BITS - 1) / WORD_BITS;
	bool file = m->file.fd >= 0;

	m->vram_mapped = vram + PRAMIN_APERTURE_SIZE;
	m->bitmap_mapped =
		(file ? 2 * words + HOLES : words) * sizeof(*m->data);
	m->vram = reserve(m->vram_mapped);
	m->data = reserve(m->bitmap_mapped);
	if (!m->vram || !m->data)
		return no_room(m, why);
	m->backed = file ? m->data + words : m->data;
	m->holes = m->backed + words;
	if (model_written_map(m))
		return no_room(m, why);

	if (file && mmap(m->vram, vram, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, m->file.fd, 0) == MAP_FAILED)
		return model_fail_errno(why, errno, "map", m->file.path);
	/*
	 * Advice, so failures do not matter: a touched chunk must not cost a
	 * huge page, and a core dump must not hold all of VRAM.
	 */
	madvise(m->vram, m->vram_mapped, MADV_NOHUGEPAGE);
	madvise(m->vram, m->vram_mapped, MADV_DONTDUMP);
	return 0;
}

void model_vram_unmap(struct pramin_model *m)
{
	if (m->vram)
		munmap(m->vram, m->vram_mapped);
	if (m->data)
		munmap(m->data, m->bitmap_mapped);
}

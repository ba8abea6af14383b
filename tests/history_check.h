/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Is a history (history.h) one of a memory? That is: can every op be given a
 * moment between its beginning and its end so that, in the order of these
 * moments, each read sees what was written last?
 *
 * Ops are cut into the pieces that are one access each: aligned, and at most 8
 * bytes or the op's grain. No piece reaches over an aligned word of 8 bytes, and
 * a memory is right if each of its words is, so words are judged one by one.
 *
 * For one word it is a search for an order (Wing and Gong), that does not look
 * twice at a state (Lowe): which pieces have had their moment, and the value.
 * A piece can be next if no other has ended before it began. A read that can be
 * next and sees the value is taken at once, because it changes nothing; only
 * between writes is there a choice.
 */
#ifndef PRAMIN_TESTS_HISTORY_CHECK_H
#define PRAMIN_TESTS_HISTORY_CHECK_H

#include <errno.h>
#include <stdio.h>

#include "history.h"

#define CHECK_PAST   256u /* pieces behind the first without its moment */
#define CHECK_MAYBE  64u  /* writes of a word that failed */
#define CHECK_STATES (1u << 20) /* at most, of a word */

/* One access to a word */
struct history_piece {
	uint64_t word;
	uint64_t began, ended;
	uint64_t mask; /* all ones in each of its bytes */
	uint64_t val;
	const struct history_op *op;
};

/**
 * struct history_fault - why a history is none of a memory
 * @err: 0; -EIO: there is no order; -E2BIG, -EOVERFLOW: not decided, because
 *       too many states or too many pieces at once; -ENOMEM; -ENOSPC: the
 *       history itself had no room
 * @pa:  of the word
 * @val: its value in the longest order that was found,
 * @op:  and what could not follow
 */
struct history_fault {
	int err;
	uint64_t pa;
	uint64_t val;
	const struct history_op *op;
};

/* @first: the first that has not had its moment; bit n of @past: @first + n has */
struct check_state {
	uint64_t past[CHECK_PAST / 64];
	uint64_t maybe;
	uint64_t val;
	uint32_t first;
	uint32_t had; /* how many have: follows from the others */
};

struct check_frame {
	struct check_state state;
	uint32_t next; /* choice to try: a piece, or behind them a maybe */
};

/* The search in one word */
struct check_word {
	const struct history_piece *piece; /* in the order of their beginnings */
	uint32_t count;
	struct history_piece maybe[CHECK_MAYBE];
	uint32_t maybes;
	struct check_state *seen; /* hashed */
	uint8_t *used;
	uint32_t seen_room; /* a power of 2 */
	uint32_t seen_count;
	struct check_frame *frame;
	uint32_t best;
	int err;
};

static inline bool check_had(const struct check_state *s, uint32_t i)
{
	return i < s->first ||
	       (i - s->first < CHECK_PAST &&
		s->past[(i - s->first) / 64] >> (i - s->first) % 64 & 1);
}

/* Piece @i has its moment now. */
static inline void check_take(struct check_state *s, uint32_t i)
{
	unsigned int w;

	s->past[(i - s->first) / 64] |= 1ull << (i - s->first) % 64;
	s->had++;
	while (s->past[0] & 1) {
		for (w = 0; w < CHECK_PAST / 64; w++) {
			s->past[w] >>= 1;
			if (w + 1 < CHECK_PAST / 64)
				s->past[w] |= s->past[w + 1] << 63;
		}
		s->first++;
	}
}

/*
 * The end of the piece that ends first of those without a moment; *@behind: the
 * first piece that begins after it.
 */
static inline uint64_t check_horizon(struct check_word *w,
				     const struct check_state *s,
				     uint32_t *behind)
{
	uint64_t end = HISTORY_NEVER;
	uint32_t i;

	for (i = s->first; i < w->count && w->piece[i].began < end; i++) {
		if (i - s->first >= CHECK_PAST) {
			w->err = -EOVERFLOW;
			break;
		}
		if (!check_had(s, i) && w->piece[i].ended < end)
			end = w->piece[i].ended;
	}
	*behind = i;
	return end;
}

/* All reads that can be next and see the value, as long as there are any */
static inline void check_reads(struct check_word *w, struct check_state *s)
{
	bool again = true;
	uint32_t i, behind;

	while (again) {
		again = false;
		check_horizon(w, s, &behind);
		for (i = s->first; i < behind; i++) {
			const struct history_piece *p = &w->piece[i];

			if (p->op->kind == HISTORY_READ && !check_had(s, i) &&
			    (s->val & p->mask) == p->val) {
				check_take(s, i);
				again = true;
			}
		}
	}
}

static inline bool check_same(const struct check_state *a,
			      const struct check_state *b)
{
	return !memcmp(a->past, b->past, sizeof(a->past)) &&
	       a->maybe == b->maybe && a->val == b->val && a->first == b->first;
}

/* Was it met before? From now on it was. */
static inline bool check_seen(struct check_word *w, const struct check_state *s)
{
	uint64_t hash = s->val ^ s->maybe * 0x9e3779b97f4a7c15 ^ s->first;
	uint32_t at;
	unsigned int i;

	for (i = 0; i < CHECK_PAST / 64; i++)
		hash = (hash ^ s->past[i]) * 0xff51afd7ed558ccd ^ hash >> 29;
	for (at = (uint32_t)(hash >> 32); w->used[at % w->seen_room]; at++)
		if (check_same(&w->seen[at % w->seen_room], s))
			return true;
	if (w->seen_count == w->seen_room / 2) {
		w->err = -E2BIG;
		return true;
	}
	w->used[at % w->seen_room] = 1;
	w->seen[at % w->seen_room] = *s;
	w->seen_count++;
	return false;
}

/* The next write that may follow @f's state, into @to; false: none is left */
static inline bool check_choose(struct check_word *w, struct check_frame *f,
				struct check_state *to)
{
	uint32_t behind, i;
	uint64_t end = check_horizon(w, &f->state, &behind);
	const struct history_piece *p;

	*to = f->state;
	if (f->next < f->state.first)
		f->next = f->state.first;
	for (; f->next < behind; f->next++) {
		p = &w->piece[f->next];
		if (p->op->kind != HISTORY_WRITE ||
		    check_had(&f->state, f->next))
			continue;
		to->val = (to->val & ~p->mask) | p->val;
		check_take(to, f->next++);
		return true;
	}
	if (f->next < w->count)
		f->next = w->count;
	for (; f->next - w->count < w->maybes; f->next++) {
		i = f->next - w->count;
		p = &w->maybe[i];
		if (f->state.maybe >> i & 1 || p->began >= end)
			continue;
		to->val = (to->val & ~p->mask) | p->val;
		to->maybe |= 1ull << i;
		f->next++;
		return true;
	}
	return false;
}

/* The longest order so far, for the message */
static inline void check_note(struct check_word *w, const struct check_state *s,
			      struct history_fault *fault)
{
	uint64_t end = HISTORY_NEVER;
	uint32_t i;

	if (fault->op && s->had <= w->best)
		return;
	w->best = s->had;
	fault->val = s->val;
	for (i = s->first; i < w->count && w->piece[i].began < end; i++)
		if (!check_had(s, i) && w->piece[i].ended < end) {
			end = w->piece[i].ended;
			fault->op = w->piece[i].op;
		}
}

/* 0 if all pieces of the word can be had in some order */
static inline int check_search(struct check_word *w, uint64_t initial,
			       struct history_fault *fault)
{
	uint32_t depth = 1;

	memset(w->used, 0, w->seen_room);
	w->seen_count = 0;
	w->best = 0;
	w->err = 0;
	w->frame[0] = (struct check_frame){ .state.val = initial };
	check_reads(w, &w->frame[0].state);
	while (depth && !w->err) {
		struct check_frame *f = &w->frame[depth - 1];
		struct check_frame *next = &w->frame[depth];

		if (f->state.first == w->count)
			return w->err;
		check_note(w, &f->state, fault);
		if (!check_choose(w, f, &next->state)) {
			depth--;
			continue;
		}
		check_reads(w, &next->state);
		next->next = 0;
		if (!check_seen(w, &next->state))
			depth++;
	}
	return w->err ? w->err : -EIO;
}

/* The next piece of an op that begins at @off: its length */
static inline uint64_t check_piece_len(const struct history_op *op, uint64_t off)
{
	uint64_t len = op->grain;

	while ((op->pa + off) % len || len > op->len - off)
		len /= 2;
	return len;
}

/* Cut an op; into @to unless that is NULL. How many pieces */
static inline size_t check_cut(const struct history_op *op,
			       struct history_piece *to)
{
	uint64_t off, len;
	size_t n = 0;

	/* A read without an answer says nothing. */
	if (op->kind == HISTORY_READ && op->ended == HISTORY_NEVER)
		return 0;
	for (off = 0; off < op->len; off += len, n++) {
		unsigned int shift = (unsigned int)((op->pa + off) % 8) * 8;
		uint64_t val = 0;

		len = check_piece_len(op, off);
		if (!to)
			continue;
		memcpy(&val, op->bytes + off, len);
		to[n] = (struct history_piece){
			.word = (op->pa + off) / 8,
			.began = op->began,
			.ended = op->ended,
			.mask = UINT64_MAX >> (64 - 8 * len) << shift,
			.val = val << shift,
			.op = op,
		};
	}
	return n;
}

static inline int check_order(const void *a, const void *b)
{
	const struct history_piece *p = a, *q = b;

	if (p->word != q->word)
		return p->word < q->word ? -1 : 1;
	return p->began < q->began ? -1 : p->began > q->began;
}

/* All pieces of a history, in order; NULL: no memory */
static inline struct history_piece *check_pieces(const struct history *h,
						 size_t *count)
{
	struct history_piece *all = NULL;
	size_t i, n;
	unsigned int c, pass;

	for (pass = 0; pass < 2; pass++) {
		n = 0;
		for (c = 0; c < HISTORY_CLIENTS; c++)
			for (i = 0; i < h->list[c].count; i++)
				n += check_cut(&h->list[c].op[i],
					       all ? all + n : NULL);
		if (!pass)
			all = malloc((n + 1) * sizeof(*all));
		if (!all)
			return NULL;
	}
	qsort(all, n, sizeof(*all), check_order);
	*count = n;
	return all;
}

/* Judge the word of the first of @n pieces; how many belong to it */
static inline size_t check_one(struct check_word *w, struct history_piece *piece,
			       size_t n,
			       uint64_t (*initial)(uint64_t pa),
			       struct history_fault *fault)
{
	uint64_t pa = piece->word * 8;
	size_t i, kept = 0;

	w->maybes = 0;
	for (i = 0; i < n && piece[i].word * 8 == pa; i++) {
		if (piece[i].ended != HISTORY_NEVER)
			piece[kept++] = piece[i];
		else if (w->maybes < CHECK_MAYBE)
			w->maybe[w->maybes++] = piece[i];
		else
			fault->err = -EOVERFLOW;
	}
	w->piece = piece;
	w->count = (uint32_t)kept;
	fault->pa = pa;
	fault->op = NULL;
	if (!fault->err)
		fault->err = check_search(w, initial ? initial(pa) : 0, fault);
	return i;
}

/**
 * history_check() - is it a history of a memory?
 * @initial: what the aligned word at an address held at first; NULL: zeros
 * @fault:   the first word for which the answer is not yes
 *
 * Return: 0, or @fault->err.
 */
static inline int history_check(const struct history *h,
				uint64_t (*initial)(uint64_t pa),
				struct history_fault *fault)
{
	struct check_word w = { .count = 0 };
	size_t count = 0, i = 0;
	struct history_piece *all = check_pieces(h, &count);
	unsigned int c;

	*fault = (struct history_fault){ .err = 0 };
	w.seen_room = 1024;
	while (w.seen_room < CHECK_STATES && w.seen_room < 64 * count)
		w.seen_room *= 2;
	w.seen = malloc(w.seen_room * sizeof(*w.seen));
	w.used = malloc(w.seen_room);
	w.frame = malloc((count + CHECK_MAYBE + 2) * sizeof(*w.frame));
	if (!all || !w.seen || !w.used || !w.frame)
		fault->err = -ENOMEM;
	for (c = 0; c < HISTORY_CLIENTS; c++)
		if (h->list[c].full)
			fault->err = -ENOSPC;
	while (!fault->err && i < count)
		i += check_one(&w, all + i, count - i, initial, fault);
	free(w.frame);
	free(w.used);
	free(w.seen);
	free(all);
	return fault->err;
}

/* For a test that fails: the word, and all that was done to it */
static inline void history_print(const struct history *h,
				 const struct history_fault *fault)
{
	unsigned int c;
	size_t i;

	printf("word 0x%llx: error %d at value 0x%llx\n",
	       (unsigned long long)fault->pa, fault->err,
	       (unsigned long long)fault->val);
	for (c = 0; c < HISTORY_CLIENTS; c++) {
		for (i = 0; i < h->list[c].count; i++) {
			const struct history_op *op = &h->list[c].op[i];
			uint64_t val = 0, off = 0, n = op->len;

			if (op->pa >= fault->pa + 8 ||
			    op->pa + op->len <= fault->pa)
				continue;
			if (op->pa < fault->pa)
				off = fault->pa - op->pa;
			n = n - off < 8 ? n - off : 8;
			memcpy(&val, op->bytes + off, n);
			printf("%c client %u: %llu..%llu %s 0x%llx+%llu, from "
			       "0x%llx: 0x%llx\n",
			       op == fault->op ? '*' : ' ', c,
			       (unsigned long long)op->began,
			       (unsigned long long)op->ended,
			       op->kind == HISTORY_READ ? "read" : "write",
			       (unsigned long long)op->pa,
			       (unsigned long long)op->len,
			       (unsigned long long)op->pa +
				       (unsigned long long)off,
			       (unsigned long long)val);
		}
	}
}

#endif /* PRAMIN_TESTS_HISTORY_CHECK_H */

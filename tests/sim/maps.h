/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Random torture of page tables: processes whose clients map, unmap and protect in
 * address spaces, while a GPU walks all of them and processes are killed and
 * stopped, the GPU makes errors or is lost, invalidates get stuck, and somebody
 * else moves the window.
 *
 * No two spaces map the same memory, and in a space each page of addresses has its
 * own page of memory (maps_pa()). So whatever a walk by whatever entries ends in,
 * old ones in the TLB included, is that page, or nothing: else it was in a table that
 * was something else by then.
 *
 *	VRAM	| tables of team 0 | ... | claims | trash | a page for each address
 *
 *	maps.c		one run: what happens to whom
 *	maps_call.c	what a client does, and what it may return
 *	maps_gpu.c	the GPU's walker and its TLB
 */
#ifndef PRAMIN_TESTS_SIM_MAPS_H
#define PRAMIN_TESTS_SIM_MAPS_H

#include <pramin/pramin.h>

#include "sim_gpu.h"

#define MAPS_TEAMS   3u
#define MAPS_SPACES  2u /* of a team */
#define MAPS_CLIENTS 3u /* of a team */
#define PAGE	     4096u

/* Zones of a space: some that all clients share, and one for each */
#define MAPS_SHARED 3u
#define MAPS_ZONES  (MAPS_SHARED + MAPS_CLIENTS)
#define ZONE_PAGES  1024u /* 4 MiB: two entries of a PD0 */
#define BLOCK	    16u	  /* pages that go to one client, in a zone of all */

#define POOL_MIBS  4u
#define POOL_PA(t) ((1ull + (t)*POOL_MIBS) * SIM_MIB)
#define CLAIM_PA   (16ull * SIM_MIB)
#define CLAIM_LEN  (1ull * SIM_MIB)
#define TRASH_PA   (18ull * SIM_MIB) /* where the window stands after a foreign move */
#define TRASH_LEN  (2ull * SIM_MIB)
#define DATA_PA	   (32ull * SIM_MIB)
#define MAPS_VRAM  (256ull * SIM_MIB)

enum page_state { NOTHING, MAPPED, READ_ONLY, SPARSE };

struct maps_team;

/* An address space, and what should be there */
struct maps_space {
	struct maps_team *team;
	struct pramin_space *space;
	unsigned int number; /* over all teams */
	uint64_t root_pa;
	bool live; /* the GPU may walk it */
	uint8_t page[MAPS_ZONES][ZONE_PAGES];
};

struct maps_client {
	struct sim_client *client;
	struct maps_team *team;
	struct maps_space *space;
	unsigned int number; /* in the team */
	unsigned int calls;  /* to make */
	const char *what;    /* call */
	uint64_t claim_pa, claim_len; /* that it has, or wants */
	bool claim_had;
};

struct maps_team {
	struct sim_process *process;
	struct pramin_dev *dev;
	struct pramin_pool *pool;
	unsigned int number, clients, ended;
	bool opened;
	struct maps_space space[MAPS_SPACES];
	struct maps_client client[MAPS_CLIENTS];
};

/* What has happened, over all runs; each has to */
enum maps_seen {
	MAPS_MAPPED,
	MAPS_UNMAPPED,
	MAPS_PROTECTED,
	MAPS_REPLACED,
	MAPS_SPLIT,
	MAPS_DROPPED,
	MAPS_REFUSED,	  /* a call that should be */
	MAPS_UNFINISHED,  /* another's change was left half-way */
	MAPS_RETRIED,	  /* a change was left half-way, and made in the end */
	MAPS_STUCK,	  /* an invalidate was */
	MAPS_STALE,	  /* the TLB held what was not in VRAM any more */
	MAPS_FORGOTTEN,	  /* an entry was forgotten by an invalidate */
	MAPS_REUSED,	  /* a table lay where one of another space had been */
	MAPS_KILLED,	  /* a process, in the midst of a change */
	MAPS_KILLED_TLB,  /* and with the lock of the invalidates */
	MAPS_MOVED,	  /* the window, by somebody else */
	MAPS_FAULT,	  /* an error of the backend */
	MAPS_LOST,	  /* the GPU was gone */
	MAPS_CLAIMED,
	MAPS_CLAIM_TAKEN, /* a claim was refused, as it was another's */
	MAPS_CLAIM_LEFT,  /* one of a process that was killed was taken */
	MAPS_KINDS
};

extern uint64_t maps_seen[MAPS_KINDS];
extern const char *const maps_seen_names[MAPS_KINDS];

struct maps {
	bool kills, stops, faults, stuck, lost, moved;
	unsigned int teams;
	struct maps_team team[MAPS_TEAMS];
	struct sim_gpu gpu;
	unsigned int deaths, halts, errors, moves, stucks;
	uint64_t releases; /* of claims */
	bool quiet; /* the run is over: no more of this */
};

extern struct maps maps;

/* NULL: none of ours */
struct maps_client *maps_self(void);

/* One seed; NULL, or what went wrong */
const char *maps_run(uint64_t seed);

/* maps_call.c */
void maps_call(struct maps_client *c);
/* Is it as it should be, page by page, as the GPU sees it? */
void maps_look_at(const struct maps_space *space, unsigned int zone,
		  unsigned int first, unsigned int count);
/* Whatever was left half-way is made; false: the GPU is gone */
bool maps_settle(struct maps_client *c);
uint64_t maps_va(unsigned int zone, unsigned int page);
uint64_t maps_pa(const struct maps_space *space, unsigned int zone,
		 unsigned int page);

/* maps_gpu.c */
struct maps_found {
	enum page_state state;
	uint64_t pa;
};
void maps_gpu_begin(void);
/* One walk, by what the TLB has and by what is in VRAM */
void maps_walk(const struct maps_space *space, uint64_t va,
	       struct maps_found *found);
/* Some address, which has to lead to its page or to nothing */
void maps_walk_any(void);
uint64_t maps_invalidate(uint64_t root_pa, uint32_t raw);
void maps_forget_space(const struct maps_space *space);

#endif /* PRAMIN_TESTS_SIM_MAPS_H */

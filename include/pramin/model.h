/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A GPU that is a program: create it, look into it, break it.
 *
 * The model stands on the other side of the register interface. It shares the
 * register names with the library and no logic. What it models and what it
 * does not: docs/model.md.
 *
 * Thread safety: the operations of the backend, pramin_model_fault(),
 * pramin_model_mend(), pramin_model_counters() and the two that look at and set
 * the window may be called from any thread at any time. An access of up to 8
 * bytes is one step for all others. pramin_model_peek() and pramin_model_poke()
 * are not: what others access at the same time they may see or leave in part.
 * pramin_model_destroy() is for the last thread that uses the model.
 *
 * Processes: a model with a file is one GPU for all that open the file, in this
 * process or in others. A forked child inherits none of it: in its copy of the
 * model every access, peek and poke is -ENODEV, a pointer to the aperture shows
 * private zeros, and destroying it frees memory only. It may open its own. A
 * model without a file is copied by fork like other memory.
 */
#ifndef PRAMIN_MODEL_H
#define PRAMIN_MODEL_H

#include <pramin/error.h>
#include <pramin/io.h>
#include <pramin/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct pramin_model - a modelled GPU; opaque */
struct pramin_model;

/**
 * struct pramin_model_params - what GPU to build
 * @size:     sizeof(struct pramin_model_params)
 * @chip:     name such as "tu102", matched without case
 * @vram:     bytes of VRAM, up to 2 TiB; 0: the chip's default. Must be a
 *            value that the chip's size register can hold; chips without one
 *            take any multiple of 4 KiB
 * @boot0:    value of NV_PMC_BOOT_0 (NV_PMC_BOOT_42 follows where the chip has
 *            it); 0: the chip's own
 * @flat:     views point straight into VRAM; nothing is counted or can fail
 *            on that path. With @file this holds for a position of the window
 *            of which every 64 KiB were written before; elsewhere views go
 *            through the model, so that holes stay holes
 * @read_ns:  simulated cost of a read; 0: 900
 * @write_ns: simulated cost of a posted write; 0: 100
 * @faults:   fault specs separated by ':', or NULL; see pramin_model_fault()
 * @file:     path of a raw sparse image that keeps VRAM, with "@file.state"
 *            beside it for the registers; NULL: nothing is kept. What is above
 *            from @flat on, and below, belongs to this handle, and all else to
 *            the GPU
 * @bar1:     bytes of BAR1, a power of two from 1 MiB to 512 GiB; 0: 256 MiB,
 *            PRAMIN_MODEL_NO_BAR1: it is absent. Tesla has none here
 * @posted:   seed of the choices when the GPU's own walks see a write, from the
 *            first access on; PRAMIN_MODEL_IN_ORDER: at once. 0: some seed, from
 *            the first walk on; at once in the flat form
 * @invalidate_ns: simulated time of a TLB invalidate; 0: 2000
 * @bind_ns:  of a bind of BAR1 or BAR2; 0: 2000
 * @flush_ns: of a flush that is asked for by register; 0: 2000
 */
struct pramin_model_params {
	size_t size;
	const char *chip;
	uint64_t vram;
	uint32_t boot0;
	bool flat;
	uint32_t read_ns;
	uint32_t write_ns;
	const char *faults;
	const char *file;
	uint64_t bar1;
	uint32_t posted;
	uint32_t invalidate_ns;
	uint32_t bind_ns;
	uint32_t flush_ns;
};

#define PRAMIN_MODEL_NO_BAR1  UINT64_MAX
#define PRAMIN_MODEL_IN_ORDER UINT32_MAX

/**
 * pramin_model_create() - build a GPU
 * @params: what to build
 * @model:  the result; untouched on failure
 * @why:    filled on failure; may be NULL
 *
 * With @params->file, creates both files (mode 0600) if neither exists, or joins
 * those who use them. Files that belong to another chip or size, or are
 * truncated or corrupt, are refused and left alone.
 *
 * Return: 0, or
 *   -EINVAL  a member or a file cannot be used; the sentence says which
 *   -EBUSY   the image is in use by another name, or for seconds another
 *            process has been opening or closing it; the sentence names its pid
 *   -ENOMEM  not enough address space or memory
 */
int pramin_model_create(const struct pramin_model_params *params,
			struct pramin_model **model, struct pramin_why *why);

/**
 * pramin_model_destroy() - free the handle; its last user closes the GPU's files
 * @model: a model, or NULL
 */
void pramin_model_destroy(struct pramin_model *model);

/**
 * pramin_model_discard() - free the GPU, and undo its creation
 * @model: a model, or NULL
 *
 * As pramin_model_destroy(), except that files which pramin_model_create() made
 * for it are removed, unless somebody else uses them. Files that were there
 * before are kept.
 */
void pramin_model_discard(struct pramin_model *model);

/**
 * pramin_model_ops() - the backend of a model, for pramin_open_io()
 *
 * The model itself is the io argument. @close is pramin_model_destroy().
 *
 * Return: the same static ops for every model.
 */
const struct pramin_io_ops *pramin_model_ops(void);

/**
 * pramin_model_fault() - break the GPU
 * @model: a model
 * @spec:  one fault
 * @why:   filled on failure; may be NULL
 *
 * NAME[=VALUE][@N]. N counts BAR accesses from the creation of the model,
 * from 1; without it the fault is there at once. Times are of the access
 * itself: gone@3 answers the third access with all ones.
 *
 *	gone@N		from the N-th access on reads are all ones and writes
 *			vanish, silently
 *	blip@N		the same for the N-th access only
 *	dead@N		from the N-th access on the backend returns -ENODEV
 *	fail@N		the same for the N-th access only
 *	full@N		from the N-th access on writes of VRAM return -ENOMEM
 *	stuck@N		the window register ignores writes from there on
 *	moved=BASE@N	another agent moves the window to BASE (bytes) just
 *			before the N-th access
 *	read=VALUE@N	the N-th access, if a read, returns VALUE
 *	vram=VALUE	the VRAM-size register reads VALUE
 *	boot0=VALUE@N	NV_PMC_BOOT_0 reads VALUE from there on
 *	vf		the GPU is an SR-IOV virtual function
 *	coherent	a coherent platform: its PCI id, and no PRAMIN
 *	cc, devtools	confidential computing is on, in developer mode
 *	firewall	the BAR firewall is up
 *	notready	firmware has not finished
 *	flushstuck@N	a flush that a register is asked for there or later is
 *			never done
 *	tlbstuck@N	likewise a TLB invalidate
 *	bindstuck@N	likewise a bind of BAR1 or BAR2
 *	console		the firmware's console lies in BAR1
 *
 * Return: 0, or -EINVAL if the spec does not parse or this chip cannot have
 * the fault, -ENOMEM.
 */
int pramin_model_fault(struct pramin_model *model, const char *spec,
		       struct pramin_why *why);

/** pramin_model_mend() - remove every fault */
void pramin_model_mend(struct pramin_model *model);

/**
 * struct pramin_model_counters - what the model has seen
 * @size:      set by the caller to sizeof(struct pramin_model_counters)
 * @accesses:  accesses of BAR0, BAR1 and BAR2; what fault specs count
 * @reads:     VRAM reads through the aperture of 8, 16, 32, 64 bits
 * @writes:    VRAM writes, likewise
 * @register_reads:  all other BAR0 reads
 * @register_writes: all other BAR0 writes
 * @config_reads:    PCI configuration reads; not part of @accesses
 * @window_writes:   writes of the window register
 * @moves:     those of them that changed its value
 * @outside:   accesses through the aperture that met no VRAM
 * @unknown:   accesses of registers that this chip does not have
 * @simulated_ns: the clock
 * @vram_bytes: host memory, or room in the file, that holds VRAM, in bytes
 * @bar_reads:   reads of BAR1 and BAR2 of 8, 16, 32, 64 bits
 * @bar_writes:  writes, likewise
 * @bar_faults:  those of both that met no VRAM
 * @invalidates: TLB invalidates that were begun
 * @binds:       binds of BAR1 or BAR2, likewise
 *
 * With a file they are the GPU's, and count what all of its users have done.
 */
struct pramin_model_counters {
	size_t size;
	uint64_t accesses;
	uint64_t reads[4];
	uint64_t writes[4];
	uint64_t register_reads;
	uint64_t register_writes;
	uint64_t config_reads;
	uint64_t window_writes;
	uint64_t moves;
	uint64_t outside;
	uint64_t unknown;
	uint64_t simulated_ns;
	uint64_t vram_bytes;
	uint64_t bar_reads[4];
	uint64_t bar_writes[4];
	uint64_t bar_faults;
	uint64_t invalidates;
	uint64_t binds;
};

/**
 * pramin_model_counters() - what the model has seen
 * @model:    a model
 * @counters: filled up to @counters->size, which the caller sets
 *
 * Return: 0, or -EINVAL if @counters->size is 0 or larger than this library's
 * struct.
 */
int pramin_model_counters(const struct pramin_model *model,
			  struct pramin_model_counters *counters);

/**
 * pramin_model_peek() - look at VRAM behind the GPU's back
 * @model:   a model
 * @vram_pa: first byte
 * @buf:     @len bytes
 * @len:     any length
 *
 * Uncounted, untimed, never fails by fault. Return: 0, -ERANGE, or -ENODEV in a
 * forked child.
 */
int pramin_model_peek(const struct pramin_model *model, uint64_t vram_pa,
		      void *buf, uint64_t len);

/** pramin_model_poke() - likewise change it; or -ENOMEM */
int pramin_model_poke(struct pramin_model *model, uint64_t vram_pa,
		      const void *buf, uint64_t len);

/** pramin_model_window() - raw value of the window register, uncounted */
uint32_t pramin_model_window(const struct pramin_model *model);

/** pramin_model_set_window() - as another agent would, uncounted */
void pramin_model_set_window(struct pramin_model *model, uint32_t raw);

/**
 * pramin_model_reset() - what a reset of the function does to the registers
 * @model: a model
 *
 * The window, BAR1, BAR2 and the registers of the MMU are as after power-on, and
 * what they had begun is done. VRAM, clock and faults stay; the TLBs are emptied,
 * which counts as an invalidate and a bind of each BAR. With a file it is all
 * users' GPU that is reset.
 */
void pramin_model_reset(struct pramin_model *model);

/**
 * pramin_model_has_register() - does this chip have a register there?
 * @model: a model
 * @off:   BAR0 offset, a multiple of 4
 *
 * Return: true for what is a register here, and for all of the aperture; what is
 * false reads a PRI error.
 */
bool pramin_model_has_register(const struct pramin_model *model, uint32_t off);

/**
 * pramin_model_locate() - which VRAM an access would meet now
 * @model:   a model
 * @bar:     0, 1 or 2; of BAR0 the aperture only
 * @off:     byte in that BAR
 * @width:   1, 2, 4 or 8 bytes
 * @vram_pa: the address; untouched on failure
 *
 * By the window register, or by the page tables as the CPU sees them: no TLB, no
 * write that is still on its way. Uncounted, untimed, whatever faults there are.
 *
 * Return: 0, or -ENOENT if it would meet no VRAM.
 */
int pramin_model_locate(struct pramin_model *model, unsigned int bar,
			uint64_t off, unsigned int width, uint64_t *vram_pa);

/**
 * struct pramin_model_chip - one row of the model's own table
 * @name:    "tu102"
 * @family:  "turing"
 * @boot0:   value of NV_PMC_BOOT_0
 * @device_id: PCI device id
 * @vram:    default bytes of VRAM
 * @vram_register: BAR0 offset of its size register; 0 if it has none
 * @window_register: BAR0 offset of its window register
 * @base_bits: width of that register's BASE field
 */
struct pramin_model_chip {
	const char *name;
	const char *family;
	uint32_t boot0;
	uint16_t device_id;
	uint64_t vram;
	uint32_t vram_register;
	uint32_t window_register;
	unsigned int base_bits;
};

/**
 * pramin_model_chips() - the table of modelled chips
 * @index: from 0
 *
 * Return: a static row, or NULL past the last.
 */
const struct pramin_model_chip *pramin_model_chips(size_t index);

#ifdef __cplusplus
}
#endif

#endif /* PRAMIN_MODEL_H */

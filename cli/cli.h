/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the files of the pramin command share.
 *
 * One process does one command, so the few things that exist once per process
 * (standard output, the progress line, the pending signal) are kept in the
 * files that own them and not passed around.
 */
#ifndef PRAMIN_CLI_H
#define PRAMIN_CLI_H

#include <sys/stat.h>

#include <pramin/pramin.h>

#include "parse.h"

/* What a command returns; all but the last are exit codes. */
enum {
	CLI_OK = 0,
	CLI_FAIL = 1,	/* the device, the system or I/O said no */
	CLI_USAGE = 2,	/* the arguments, a FILE among them */
	CLI_NO = 3,	/* the answer is no; it is printed, and exits with 1 */
};

enum cli_color { CLI_COLOR_AUTO, CLI_COLOR_ALWAYS, CLI_COLOR_NEVER };

struct cli;

/* One command: dispatch, help, completion and pramin(1) come from this. */
struct cmd {
	const char *name;	/* one word; or two, the first of which is a group */
	const char *args;	/* as shown in the usage line */
	const char *summary;	/* one line */
	const char *text;	/* paragraphs, with an empty line between */
	const char *json;	/* an example of the object; NULL if none */
	int min_args;
	int max_args;		/* -1: any number */
	int (*run)(struct cli *cli, int count, char **args);
};

/* What the commands around page tables take; NULL if not given */
struct cli_mmu {
	const char *root;
	const char *inst;
	const char *dump;
	const char *chip;
	const char *format;
	const char *big_page;
	const char *aperture;
	const char *budget;
	const char *svg;
	const char *png;
	const char *tables;
	const char *page;
	const char *kind;
	const char *peer;
	const char *attributes;
	bool bar1;
	bool fresh;		/* --new */
	bool exclusive;
	bool sparse;
	bool no_split;
};

/* The command line and what follows from it */
struct cli {
	const struct cmd *cmd;	/* NULL until it is known */
	const char *group;	/* its first word, of two; NULL: one */
	const char *gpu;	/* -d; NULL if not given */
	unsigned int width;	/* -w, in bytes */
	enum cli_color color;
	bool dry_run;
	bool quiet;
	bool json;
	bool stats;
	bool verify;
	bool force_shared;
	bool force_move;
	bool force_reserved;
	bool help;
	bool version;
	bool raw;		/* read */
	bool all;		/* find */
	bool man;		/* help */
	bool names;		/* help */
	const char *completion;	/* help */
	struct cli_mmu mmu;

	struct pramin_dev *dev;	/* NULL until cli_open() */
	struct pramin_info info;
};

/* The unit of work: one position of the window */
#define CLI_CHUNK (1u << 20)

/* main.c */
extern const struct cmd *const cmds[];	/* ends with NULL */
const struct cmd *cmd_lookup(const char *name);
const struct cmd *cmd_lookup_in(const char *group, const char *word);
bool cmd_in_group(const struct cmd *cmd, const char *group);
extern const char *const cmd_groups[];	/* first words; ends with NULL */
const char *cmd_group(const char *word);	/* one of them, or NULL */

/* options.c: leaves the command's arguments in @argv, their number in @count */
struct cli_opt {
	int id;
	char letter;		/* 0: none */
	const char *name;	/* without "--"; NULL: none */
	const char *arg;	/* NULL: takes none */
	const char *only;	/* commands and groups that have it; NULL: all */
	const char *help;	/* NULL: hidden */
	size_t member;		/* of struct cli, if it only sets one */
};
extern const struct cli_opt cli_opts[];	/* ends with id 0 */
bool cli_opt_is_for(const char *only, const char *name);
int cli_options(struct cli *cli, int argc, char **argv, int *count);

/* help.c */
int cli_help(struct cli *cli, const struct cmd *cmd, const char *group);
int cli_unknown_command(struct cli *cli, const char *name);
void cli_usage_hint(struct cli *cli);
void cli_command_words(const char *group, char *line, size_t size);

/* help_man.c */
void cli_help_man(void);
void cli_help_completion(void);

/* say.c: to standard error, one line each, safe for a terminal */
#define CLI_PRINTF(f, a) __attribute__((format(printf, f, a)))
void cli_error(const struct cli *cli, const char *fmt, ...) CLI_PRINTF(2, 3);
void cli_notice(const struct cli *cli, const char *fmt, ...) CLI_PRINTF(2, 3);
void cli_next(const char *fmt, ...) CLI_PRINTF(1, 2);
int cli_usage(const struct cli *cli, const char *fmt, ...) CLI_PRINTF(2, 3);
int cli_bad_arg(const struct cli *cli, const char *name, const char *text,
		const char *allowed);
void cli_say_stopped(const struct cli *cli);
int cli_fail_errno(const struct cli *cli, const char *path, int err);
int cli_fail_why(const struct cli *cli, int ret, const struct pramin_why *why);
int cli_fail(const struct cli *cli, int ret);
void cli_note_suspects(const struct cli *cli, const struct pramin_bulk *bulk);
int cli_arg_number(const struct cli *cli, const char *name, const char *text,
		   uint64_t *val);

/* gpu.c */
const char *cli_gpu_string(const struct cli *cli);
int cli_open(struct cli *cli);
int cli_prove(struct cli *cli);
bool cli_told_gone(void);
int cli_close(struct cli *cli, int code);
int cli_range(struct cli *cli, const char *name, uint64_t vram_pa,
	      uint64_t len);
uint64_t cli_chunk(uint64_t vram_pa, uint64_t len);
int cli_would(const struct cli *cli, uint64_t vram_pa, uint64_t len,
	      const char *fmt, ...) CLI_PRINTF(4, 5);

/* words.c: one access of -w bits */
int cli_read_word(struct cli *cli, uint64_t vram_pa, uint64_t *val);
int cli_write_word(struct cli *cli, uint64_t vram_pa, uint64_t val);
int cli_aligned(const struct cli *cli, const char *name, uint64_t val);

/* signals.c */
void cli_signals(void);
int cli_stopped(void);		/* the signal that came, or 0 */
void cli_signals_dev(struct pramin_dev *dev);
void cli_signals_block(bool block);

/* progress.c */
void cli_progress_begin(const struct cli *cli, uint64_t total, bool to_stdout);
int cli_progress(uint64_t done);	/* not 0: stop */
void cli_progress_end(void);
uint64_t cli_now_ns(void);	/* of a clock that only goes forward */
void cli_bulk(struct pramin_bulk *bulk, uint64_t *base);

/* output.c: standard output, with a sticky error */
void out_hold(void);
int out_bytes(const void *buf, size_t len);
int out_text(const char *fmt, ...) CLI_PRINTF(1, 2);
int out_error(void);
const char *out_error_where(void);
int out_flush(void);
int out_finish(bool commit);
void out_hexdump(uint64_t vram_pa, const uint8_t *buf, size_t len);
void out_color(enum cli_color color);
const char *out_bold(void);
const char *out_dim(void);
const char *out_plain(void);

/* json.c */
void json_begin(const char *key, char bracket);
void json_end(char bracket);
void json_str(const char *key, const char *val);
void json_hex(const char *key, uint64_t val, int digits);
void json_position(const struct cli *cli, const struct pramin_position *pos);
void json_num(const char *key, uint64_t val);
void json_bool(const char *key, bool val);
void json_null(const char *key);
void json_bytes(const char *key, const uint8_t *buf, size_t len);

/* format.c */
#define CLI_SIZE_TEXT 32
const char *cli_size_text(char buf[CLI_SIZE_TEXT], uint64_t bytes);

/* text.c: what may reach a terminal */
size_t cli_utf8(const char *text, uint32_t *point);
bool cli_is_control(uint32_t point);
void cli_make_plain(char *text);

/* image.c: the files in which the model keeps its VRAM */
bool cli_same_file(const struct stat *st, const char *path);
const char *cli_image_path(const struct cli *cli);
bool cli_state_exists(const char *image);
bool cli_is_image(const struct cli *cli, const char *path);
bool cli_is_image_fd(const struct cli *cli, int fd);
int cli_refuse_image(const struct cli *cli, const char *path);

/* file.c */
char *cli_dir_of(const char *path);
int cli_dir_usable(const char *path);
int cli_write_fd(int fd, const void *buf, size_t len);

/* sink.c: where dump puts bytes */
struct sink {
	const char *path;	/* NULL: standard output */
	char *real;		/* the file that is replaced at the end */
	char *part;		/* where the bytes go until then */
	int fd;
	bool hex;		/* a terminal: show, do not send bytes */
	bool exists;
	unsigned int mode;	/* of the file that is replaced */
	uint64_t done;		/* bytes accepted */
};
int sink_check(const struct cli *cli, struct sink *sink, const char *path);
int sink_create(const struct cli *cli, struct sink *sink);
int sink_write(struct sink *sink, uint64_t vram_pa, const uint8_t *buf,
	       size_t len);
int sink_finish(const struct cli *cli, struct sink *sink);
void sink_drop(const struct cli *cli, struct sink *sink);

/* source.c: where load and compare get bytes */
struct source {
	const char *path;
	int fd;
	uint64_t len;
};
int source_open(const struct cli *cli, struct source *src, int count,
		char **args);
int source_read(const struct source *src, void *buf, size_t len, size_t *got);
void source_close(struct source *src);

/* cmd_dump.c, for read --raw too */
int cli_dump(struct cli *cli, struct sink *sink, uint64_t vram_pa,
	     uint64_t len, struct pramin_bulk *total);

#endif /* PRAMIN_CLI_H */

// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * A card that is pulled out under several threads.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "lib_unplug.h"

#define THREADS 6u
#define ROUNDS	12u

static pthread_barrier_t under_way;

/*
 * Each in a part of its own, so that nothing but the removal is at stake; and not in
 * the first word, which flushes of others read.
 */
struct user {
	struct card *card;
	uint64_t vram_pa;
	unsigned int way;
	int ret;
};

static int by_scalars(const struct user *u)
{
	uint32_t val;
	int ret = pramin_write32(u->card->dev, u->vram_pa, 1);

	return ret ? ret : pramin_read32(u->card->dev, u->vram_pa + 4, &val);
}

static int by_bulk(const struct user *u)
{
	unsigned char bytes[4096] = { 1 };
	int ret = pramin_write(u->card->dev, u->vram_pa, bytes, sizeof(bytes),
			       NULL);

	return ret ? ret :
		     pramin_read(u->card->dev, u->vram_pa, bytes, sizeof(bytes),
				 NULL);
}

static int by_view(const struct user *u)
{
	struct pramin_view *view;
	struct pramin_span span;
	int ret = pramin_view_begin(u->card->dev, u->vram_pa, 4096, &view);
	uint64_t off;

	if (ret)
		return ret;
	span = pramin_view_span(view);
	for (off = 0; off < 4096; off += 8)
		pramin_span_write64(span, off, pramin_span_read64(span, off));
	return pramin_view_end(view);
}

static void *use(void *arg)
{
	static int (*const ways[])(const struct user *) = { by_scalars, by_bulk,
							    by_view };
	struct user *u = arg;

	u->ret = ways[u->way](u);
	pthread_barrier_wait(&under_way);
	while (!u->ret)
		u->ret = ways[u->way](u);
	return NULL;
}

static int every_thread_finds_the_gpu_removed(void)
{
	struct user users[THREADS];
	pthread_t threads[THREADS];
	unsigned int round, i;

	for (round = 0; round < ROUNDS; round++) {
		struct card *c = &cards[0];

		CHECK_EQ(card_make(c), 0);
		CHECK_EQ(card_attach(c, false), 0);
		pthread_barrier_init(&under_way, NULL, THREADS + 1);
		for (i = 0; i < THREADS; i++) {
			users[i] = (struct user){
				.card = c,
				.vram_pa = i * 128 * KIB + 4096,
				.way = i % 3,
			};
			CHECK_EQ(pthread_create(&threads[i], NULL, use,
						&users[i]),
				 0);
		}
		pthread_barrier_wait(&under_way);
		CHECK_EQ(card_pull(c), 0);
		for (i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		pthread_barrier_destroy(&under_way);
		for (i = 0; i < THREADS; i++)
			CHECK_EQ(users[i].ret, -ENODEV);
		CHECK_EQ(pramin_close(c->dev, NULL), -ENODEV);
	}
	return 0;
}

static void *let_go(void *arg)
{
	const struct card *c = arg;

	pthread_barrier_wait(&under_way);
	unplug_let_go(c->unplug);
	return NULL;
}

static int a_gpu_that_is_let_go_is_removed_for_every_thread(void)
{
	struct card *c = &cards[0];
	struct user users[3];
	pthread_t threads[4];
	unsigned int i;

	CHECK_EQ(card_make(c), 0);
	CHECK_EQ(card_attach(c, false), 0);
	pthread_barrier_init(&under_way, NULL, 4);
	for (i = 0; i < 3; i++) {
		users[i] = (struct user){
			.card = c,
			.vram_pa = i * 128 * KIB + 4096,
			.way = i,
		};
		CHECK_EQ(pthread_create(&threads[i], NULL, use, &users[i]), 0);
	}
	CHECK_EQ(pthread_create(&threads[3], NULL, let_go, c), 0);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&under_way);
	for (i = 0; i < 3; i++)
		CHECK_EQ(users[i].ret, -ENODEV);
	CHECK_EQ(pramin_close(c->dev, NULL), -ENODEV);
	return 0;
}

/* One opens and closes all the time, while another's GPU is pulled out. */
static void *come_and_go(void *arg)
{
	struct card *c = arg;
	unsigned int i;

	if (card_make(c))
		return c;
	pthread_barrier_wait(&under_way);
	for (i = 0; i < 50; i++)
		if (card_attach(c, false) || pramin_write32(c->dev, 0, i) ||
		    pramin_close(c->dev, NULL))
			return c;
	return NULL;
}

static int faults_are_found_while_others_open_and_close(void)
{
	struct card *c = &cards[0];
	uint32_t off, val = 0;
	pthread_t thread;
	void *failed;

	CHECK_EQ(card_make(c), 0);
	CHECK_EQ(card_attach(c, false), 0);
	pthread_barrier_init(&under_way, NULL, 2);
	CHECK_EQ(pthread_create(&thread, NULL, come_and_go, &cards[1]), 0);
	CHECK_EQ(pramin_write32(c->dev, 0, 1), 0);
	CHECK_EQ(card_pull(c), 0);
	pthread_barrier_wait(&under_way);
	for (off = 0; off < BAR0_SIZE; off += 64 * KIB)
		val |= ~*(volatile uint32_t *)card_at(c, off);
	pthread_join(thread, &failed);
	pthread_barrier_destroy(&under_way);
	CHECK_EQ(val, 0);
	CHECK(failed == NULL);
	CHECK_EQ(pramin_close(c->dev, NULL), -ENODEV);
	return 0;
}

static const struct check_test tests[] = {
	TEST(every_thread_finds_the_gpu_removed),
	TEST(a_gpu_that_is_let_go_is_removed_for_every_thread),
	TEST(faults_are_found_while_others_open_and_close),
};

int main(int argc, char **argv)
{
	if (pramin_catch_sigbus())
		return 1;
	return check_main(argc, argv, tests, ARRAY_LEN(tests));
}

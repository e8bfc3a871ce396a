/* Numbers for guests that do things at random; the same seed gives the same numbers. */
#ifndef GUESTS_RANDOM_H
#define GUESTS_RANDOM_H

#include <stdint.h>

/* Takes the seed from the digits of a command line. */
void random_seed(const char *command_line);

uint64_t next_random(void);

/* A number below a bound. */
#ifdef __i386__ /* where dividing 64 bits takes a library */
static inline uint32_t below(uint32_t bound)
{
    return (uint32_t)(next_random() >> 32) % bound;
}
#else
static inline uint64_t below(uint64_t bound)
{
    return next_random() % bound;
}
#endif

#endif

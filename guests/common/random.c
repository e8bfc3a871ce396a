#include "random.h"

static uint64_t state = 1;

void random_seed(const char *command_line)
{
    uint64_t seed = 0;
    for (; *command_line; command_line++)
        if (*command_line >= '0' && *command_line <= '9') seed = seed * 10 + (*command_line - '0');
    state = (seed + 1) * 0x9e3779b97f4a7c15;
}

/* xorshift64*, of Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled". */
uint64_t next_random(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545f4914f6cdd1d;
}

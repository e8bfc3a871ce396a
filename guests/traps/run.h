/* Runs a probe and keeps what its handlers saw. */
#ifndef TRAPS_RUN_H
#define TRAPS_RUN_H

#include "probes.h"

/* The circumstances of a run. */
struct scene {
    enum mode mode;
    bool masked; /* events, before */
    word stack;  /* of the kernel: its own in kernel mode, the registered one in user mode */
};

/* What a handler saw, and where it was expected. */
struct sighting {
    struct entry entry;
    word cr2, debug_status, instruction, after, sp, top; /* the stack pointer then, and where the frame ought to begin */
    bool masked;
};

#define MOST_SIGHTINGS 4

extern struct sighting sightings[MOST_SIGHTINGS];
extern unsigned sighting_count;

/* Run by the handler of the next trap, once, before it returns. */
extern void (*hook)(void);

/* Stacks of the kernel: where one begins to which user mode leads. */
extern uint8_t registered_stack[2 * PAGE_SIZE];
word usual_stack(enum mode mode);

void run(const struct scene *scene, word start, word instruction, word after);

/* Two faults one after the other, in the kernel, on the stack that it stands on. */
void fault_twice(void);

#endif

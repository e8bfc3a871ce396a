/* What can be run in either mode. */
#ifndef TRAPS_PROBES_H
#define TRAPS_PROBES_H

/* A probe's traits. */
#define VECTOR        0x0ff /* that it raises, if its gate is open */
#define INTERRUPT     0x100 /* INT n, for which the gate's level matters */
#define SWITCHES_TASK 0x200 /* fpu_taskswitch comes first */
#define VARIANT       0x400 /* another one raises the same vector */
#define OFTEN         0x800 /* is run on stacks of all sorts */
#define LEVEL_3      0x1000 /* raises nothing at a level inside that */
#define STOPPED      0x2000 /* a breakpoint is at the instruction */
#define WATCHED      0x4000 /* a breakpoint is at WATCHED_DATA */

/* Where in the pages of data four bytes are that are watched for stores. */
#define WATCHED_DATA 0x30

/* A data selector, for any level, of a segment that is not present, and one of no descriptor. */
#define ABSENT_SELECTOR 0x0b
#define NO_SELECTOR     0x1003

#ifndef __ASSEMBLER__

#include "kind.h"

struct probe {
    const char *name;
    word start, instruction, after, traits;
};

extern const struct probe probes[];

/* A fault in the kernel, where it is, and the stack pointer at it. */
void fault(void);
__attribute__((noreturn)) void fault_at(word sp);
extern const uint8_t fault_instruction[], fault_after[];
extern word fault_sp;

extern const uint8_t probes_start[], probes_end[];

#endif
#endif

/* Everything that a guest's own file needs. */
#ifndef GUESTS_GUEST_H
#define GUESTS_GUEST_H

#include "console.h"
#include "hypercall.h"
#include "memory.h"
#include "traps.h"

/* The guest itself; when it returns the domain powers off. */
void guest_main(const struct start_info *info);

/* shared_info, mapped over a page of the image before guest_main. */
extern struct shared_info *shared_info;

/* Runs one instruction that may fault, and says how often it did. */
#define FAULTS(instruction, ...)                                    \
    ({                                                              \
        trap.count = 0;                                             \
        __asm__ volatile("lea 1f(%%rip), %%rax\n\t"                 \
                         "mov %%rax, resume_at(%%rip)\n\t"          \
                         instruction "\n"                           \
                         "1:" __VA_ARGS__ : "rax", "memory", "cc"); \
        resume_at = 0;                                              \
        trap.count;                                                 \
    })

#endif

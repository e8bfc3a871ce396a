/* What interrupted the guest, and a record of it. */
#ifndef GUESTS_TRAPS_H
#define GUESTS_TRAPS_H

#include "xen.h"

/* Pushed by traps.S, lowest address first. */
struct frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector;
    uint64_t error; /* on the way out: VGCF flags */
    uint64_t rip, cs, rflags, rsp, ss;
};

enum { VECTOR_EVENT = 256, VECTOR_SYSCALL = 257, VECTOR_FAILSAFE = 258 };

/* The last trap. A count of 0 means that none came since the record was cleared. */
struct trap_record {
    unsigned count;
    uint64_t vector, error, rip, cs, rflags, cr2;
    uint8_t mask_in_handler, saved_mask;
};

extern volatile struct trap_record trap;

/* Where execution goes on after the next fault; 0: a fault that nobody expects ends the guest. */
extern volatile uint64_t resume_at;

/* Run by the handler of the next trap, once. */
extern void (*volatile trap_hook)(struct frame *frame);

/* Called for each pending port, and for a SYSCALL of user mode. Null: ignored. */
extern void (*volatile event_hook)(uint32_t port, struct frame *frame);
extern void (*volatile syscall_hook)(struct frame *frame);

void traps_init(void);

/* Says where vcpu_info is, once it is mapped: upcalls and CR2 are there. */
void traps_use(struct shared_info *shared);

/* Ends the domain with a reason of SCHEDOP_shutdown. */
__attribute__((noreturn)) void shutdown(uint32_t reason);

uint64_t user_enter(uint64_t rip, uint64_t argument, uint64_t rsp);
__attribute__((noreturn)) void user_leave(uint64_t value);
uint64_t kernel_call(uint64_t rip, uint64_t argument);

#endif

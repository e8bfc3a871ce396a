/* What differs between the two kinds of guests: kind64.c with entry64.S, and kind32.c with entry32.S. */
#ifndef TRAPS_KIND_H
#define TRAPS_KIND_H

/* Comes back from wherever run() went, in either mode. */
#define LEAVE 0x81

#ifndef __ASSEMBLER__

#ifdef __x86_64__
#include "guest.h"
#else
#include "ring1.h"
#endif

/* As wide as a register. */
typedef unsigned long word;

enum mode { KERNEL, USER };

/* Where the probes and what they work on are for a mode. */
struct place {
    word code;  /* of probes_start */
    word data;  /* three pages: read-write without execute, read-only, absent */
    word stack; /* the end of it */
    word selector; /* of a stack segment that is not present */
};

extern struct place places[2];

/* A frame that Xen made, whatever its layout. */
struct entry {
    word vector;
    bool has_code, has_stack; /* error code; ss and sp */
    word code, ip, cs, saved_mask, flags, sp, ss;
    word bottom; /* the lowest address of the frame */
    word words;
    word flags_on_entry; /* of the handler */
};

/* What an entry point leaves on the stack. */
struct stacked;

/* Selectors as a frame should have them, and what the stack pointer is aligned to before a frame is made. */
extern const word kernel_cs, user_cs, kernel_ss, user_ss, frame_alignment;

/* An address of Xen's that everything may read and nothing may write, one where not even that is so, and one that is not canonical (0: all are). */
extern const word xen_readable, xen_address, odd_address;

/* The pages of the image that differ by mode, user page tables, descriptors. */
void kind_init(void);

/* Changes how a page of the image is mapped. */
void map_absent(void *page);
void map_readonly(void *page);
void map_writable(void *page);

/* The trap table: none, or one more. */
void forget_handlers(void);
void set_handler(unsigned vector, unsigned flags);

/* An iret frame with which nothing can go on. */
struct bad_return {
    const char *name;
    word sp;
};
extern const struct bad_return bad_return;

void register_stack(word sp);
void switch_task(void);
void set_masked(bool masked);
bool is_masked(void);
word fault_address(void);

/* One breakpoint: its address and what DR7 says of it, or none with 0. */
void set_breakpoint(word address, word control);

/* What the virtual DR6 has, which is cleared. */
word take_debug_status(void);
const char *command_line(void);
void put(const char *text);
__attribute__((noreturn)) void power_off(void);

/* Goes to code of probes.S on a stack and comes back when it leaves. */
void run_kernel(word ip, const struct place *place, word sp);
void run_user(word ip, const struct place *place, word sp, word flags);
__attribute__((noreturn)) void come_back(void);

/* The iret hypercall with whatever lies there. */
__attribute__((noreturn)) void iret_from(word sp);

void read_frame(struct stacked *stacked, struct entry *entry);

/* Goes on, when the entry point returns, as the frame says now. */
void go_on(struct stacked *stacked, const struct entry *entry);

/* Called by the entry points. */
void trap_taken(struct stacked *stacked);

#endif
#endif

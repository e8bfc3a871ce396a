/* The parts of the soak. */
#ifndef SOAK_H
#define SOAK_H

#include "kind.h"
#include "landing.h"
#include "random.h"

/* The span of one L1 table, at addresses that code of every kind reaches; what lies at which slot of it. */
#define LOW 0x400000u
enum {
    CODE_AT = 0, CODE_PAGES = 16,
    DATA_AT = 32, DATA_PAGES = 8,
    USER_STACK_AT = 40, USER_STACK_PAGES = 4,
    KERNEL_STACK_AT = 44, KERNEL_STACK_PAGES = 16, /* floor.h follows from these */
    ARENA_AT = 60, ARENA = 24,
    GDT_AT = 84, GDT_PAGES = 2,
    ANYTHING_AT = 86,
};
#include "floor.h"

/* Slots of upper tables of ours, below which tables of the arena come and go. */
enum { L2_FREE_AT = 4, L3_FREE_AT = 1, L4_FREE_AT = 5 };

static inline word low(unsigned slot)
{
    return LOW + slot * PAGE_SIZE;
}

static inline uint64_t entry_for(uint64_t mfn, uint64_t flags)
{
    return mfn << 12 | flags;
}

typedef uint64_t table[512] __attribute__((aligned(4096)));

/* Frames that become tables, descriptors and data, and those that are descriptors at first. */
extern table arena[ARENA], gdt[GDT_PAGES];
extern word arena_mfn[ARENA];

/* The tables that map LOW, from the leaf up. */
extern table low_tables[LEVELS];
extern uint8_t code[CODE_PAGES][PAGE_SIZE];

/* Maps LOW below the kernel's root, and below one of applications if they have their own. */
void make_space(void);

/* One change, or a few, of tables and mappings of the arena. */
void change_tables(void);

/* Back to the kernel's own root, which nothing changes. */
void go_home(void);

/* Values of the kind that hypercalls and random code like: entries, frames, addresses, numbers; addresses that may be mapped. */
uint64_t any_value(void);
word any_address(void);

/* Descriptors: those with a use come first and stay. */
enum { USEFUL_DESCRIPTORS = 14, DESCRIPTORS = 64 };
void make_descriptors(void);
void change_descriptors(void);
uint16_t any_selector(void);

/* Nearly always one that the kernel's code, or stack, can have: a guest does not survive another. */
uint16_t any_kernel_code(void);
uint16_t any_kernel_stack(void);

/* Fills a part of a page: instructions of the page's kind, or any bytes. */
enum code { CODE_NATIVE, CODE_32, CODE_16, CODE_WILD };
static inline enum code code_of(unsigned page)
{
    return page & 3;
}
enum { CODE_STEP = 128 };
void make_code(void);
void fill_code(unsigned page, unsigned offset);

/* Where a run in a page may begin: an instruction does. */
static inline word start_in(enum code kind, unsigned random)
{
    unsigned page = (random & (CODE_PAGES / 4 - 1)) * 4 + kind, at = random >> 2 & 4095;
    return low(CODE_AT + page) + (kind == CODE_WILD ? at : at & ~63u);
}

/* The sane trap table, and random ones. */
void sane_traps(void);
void change_traps(void);

/* A hypercall that is wild, or nearly right. */
void random_hypercall(void);

/* Changes something and goes on somewhere else, for ever. */
__attribute__((noreturn)) void next(void);

/* A frame of the iret hypercall. */
struct frame_in {
#ifdef __i386__
    uint32_t ax, ip, cs, flags, sp, ss;
#else
    uint64_t ax, r11, cx, options, ip, cs, flags, sp, ss;
#endif
};

/* Where random code goes on: its registers and the way there, one of those below. */
struct landing {
    struct landing *next;
    void (*way)(void);
    word bx, bp, si, di, cx, stack, stack_selector;
    uint16_t selectors[4]; /* DS, ES, FS, GS */
    _Alignas(LANDING_FRAME) struct frame_in frame;
};
enum { LANDINGS = 32 };
extern struct landing landings[LANDINGS];

/* All of them; one, and how many there are to be before the next change. */
void make_landings(void);
void change_landing(void);
word any_stack(void);

/* kind64.c, kind32.c: which way. */
void (*way_for(struct landing *landing, bool is_user, bool has_selectors, unsigned random))(void);

/*
 * entry64.S and entry32.S: the entry points, which leave what was interrupted behind; others that go on at their targets while there is
 * stack left; and the ways out.
 */
extern const word wary_points[];
extern word wary_targets[];
void entered(void);
void event_point(void);
__attribute__((noreturn)) void leave(void);
#ifdef __i386__
void way_to_user_by_iret(void);
void way_to_user_by_hypercall(void);
void way_to_kernel_by_iret(void);
void way_to_kernel_by_hypercall(void);
void way_to_user_by_iret_with_selectors(void);
void way_to_user_by_hypercall_with_selectors(void);
void way_to_kernel_by_iret_with_selectors(void);
void way_to_kernel_by_hypercall_with_selectors(void);
#else
void way_by_iret(void);
void way_by_hypercall(void);
void way_by_iret_with_selectors(void);
void way_by_hypercall_with_selectors(void);
#endif

#endif

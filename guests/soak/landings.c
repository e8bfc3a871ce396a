#include <stddef.h>
#include "soak.h"

struct landing landings[LANDINGS], *cursor = landings;
int32_t landings_left;

#define TF 0x100u
#define IF 0x200u
#define AC 0x40000u

#define IS_AT(member, number) _Static_assert(offsetof(struct landing, member) == (number) * sizeof(word), "landing.h says where " #member " is")
IS_AT(next, LANDING_NEXT);
IS_AT(way, LANDING_WAY);
IS_AT(bx, LANDING_BX);
IS_AT(bp, LANDING_BP);
IS_AT(si, LANDING_SI);
IS_AT(di, LANDING_DI);
IS_AT(cx, LANDING_CX);
IS_AT(stack, LANDING_STACK);
IS_AT(selectors, LANDING_SELECTORS);
_Static_assert(offsetof(struct landing, frame) == LANDING_FRAME, "landing.h says where the frame is");

/* A stack of the kernel's, with room above and below. */
word any_stack(void)
{
    return low(KERNEL_STACK_AT + KERNEL_STACK_PAGES / 2);
}

static word any_user_stack(uint32_t random)
{
    return random & 31 ? low(USER_STACK_AT + USER_STACK_PAGES) - 256 - (random >> 5 & 0x3f0) : (word)any_value();
}

static word any_pointer(void)
{
    return below(16) ? any_address() : (word)any_value();
}

/* Of each of these so many bits decide. */
static word any_flags(uint32_t random)
{
    word flags = 2 | (random & 0xcd5) | IF;
    if ((random >> 12 & 255) == 0) flags |= TF;
    if ((random >> 20 & 15) == 0) flags |= AC;
    if ((random >> 12 & 1023) == 1) flags ^= IF;
    if ((random >> 24 & 255) == 0) flags |= next_random() & 0x3f7ed5;
    return flags;
}

/* One of the useful segments, by either table: the local one mostly begins like the global one. */
static uint16_t one_of(unsigned index, unsigned level, uint32_t random)
{
    return index << 3 | level | (random >> 12 & 1) << 2;
}

/* A code selector of a privilege level, and where in its segment a run begins. */
static uint16_t any_code(bool is_user, uint32_t random, word *start)
{
    unsigned choice = random & 31;
    enum code kind = (random >> 5 & (is_user ? 15 : 511)) == 0 ? CODE_WILD : CODE_NATIVE;
    *start = start_in(kind, random >> 16);
    if (choice < 22) return is_user ? USER_CS : KERNEL_CS;
    if (choice < 26) {
        *start = start_in(CODE_16, random >> 16) - LOW;
        return is_user || IS_64_BIT ? one_of(3, 3, random) : one_of(2, 1, random);
    }
    if (choice < 31 && IS_64_BIT) {
        *start = start_in(CODE_32, random >> 16);
        return 0xe023;
    }
    if (choice < 31) return is_user ? one_of(7, 3, random) : one_of(6, 1, random);
    return any_selector();
}

static void prepare(struct landing *landing)
{
    uint64_t random = next_random();
    uint32_t first = random, second = random >> 32;
    bool is_user = second & 1, is_wild = (second & 14) == 0;
    *landing = (struct landing){ .next = landing->next, .bx = any_pointer(), .bp = any_pointer(), .si = any_pointer(), .di = any_pointer(), .cx = below(16) };
    for (unsigned i = 0; i < 4; i++) landing->selectors[i] = USER_DS;
    if (is_wild) landing->selectors[second >> 4 & 3] = any_selector();

    struct frame_in *frame = &landing->frame;
    uint16_t cs = any_code(is_user, first, &frame->ip);
    frame->cs = cs;
    frame->flags = any_flags(next_random());
    frame->ax = any_value();
    bool is_flat = second >> 27;
#ifdef __i386__
    frame->cs |= 1; /* RPL 0 ends a guest. */
    landing->stack = is_user ? (word)&frame->ip : any_stack() - (second >> 6 & 0x3f0);
    landing->stack_selector = KERNEL_DS;
    frame->sp = any_user_stack(second >> 6);
    frame->ss = is_flat ? USER_DS : any_selector();
#else
    frame->r11 = any_value();
    frame->cx = landing->cx;
    frame->options = (first & 15) == 0 ? VGCF_in_syscall : 0;
    frame->sp = is_user && (cs & 3) == 3 ? any_user_stack(second >> 6) : any_stack() - (second >> 6 & 0x3f0);
    frame->ss = is_flat || !is_user ? USER_DS : any_selector(); /* A stack of 16 bits leaves most of RSP as it was, and that ends a guest. */
#endif
    landing->way = way_for(landing, is_user, is_wild, second >> 16);
}

void make_landings(void)
{
    for (unsigned i = 0; i < LANDINGS; i++) {
        landings[i].next = &landings[(i + 1) % LANDINGS];
        prepare(&landings[i]);
    }
}

void change_landing(void)
{
    prepare(&landings[below(LANDINGS)]);
    landings_left = 192 + below(128);
}

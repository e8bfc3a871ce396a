/*
 * Random code at every privilege level, with random trap tables, descriptors and page tables, for ever. The command line is
 * "seed=N". Whatever interrupts the random code, it is left where it is, and other random code goes on: so nothing has to
 * be returned to, and nothing random code does to its registers and stack matters.
 */
#include "soak.h"

#define MASK (shared_info->vcpu_info[0].evtchn_upcall_mask)

enum { RECORDS = 32, WORDS = 16, VECTOR_EVENT = 256 };

#define TF 0x100u
#define IF 0x200u
#define AC 0x40000u

static word records[RECORDS][WORDS];
static uint32_t runs, acts;
static bool was_kernel; /* the last run */

static uint64_t now(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static void fill_record(word *record)
{
    /* In the order in which they are popped; RCX counts repetitions. */
#ifdef __i386__
    enum { POINTERS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 4, COUNT = 6, REGISTERS = 8 };
#else
    enum { POINTERS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11, COUNT = 13, REGISTERS = 15 };
#endif
    for (unsigned i = 0; i < REGISTERS; i++) {
        bool is_pointer = POINTERS >> i & 1;
        record[i] = i == COUNT && below(16) ? below(16) : is_pointer && below(16) ? any_address() : any_value();
    }
}

/* A stack of the kernel's, with room above and below. */
static word any_stack(void)
{
    return low(KERNEL_STACK_AT + KERNEL_STACK_PAGES / 2);
}

static void change_privileges(void)
{
    uint32_t iopl = below(8) ? 0 : below(4); /* With it CLI masks events, and then nothing ends a loop. */
    switch (below(8)) {
    case 0: HYPERCALL(physdev_op, PHYSDEVOP_set_iopl, &iopl, 0, 0); break;
    case 1: HYPERCALL(vm_assist, below(2), below(8) ? below(6) : below(64), 0, 0); break;
    case 2: HYPERCALL(vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables, 0, 0); break;
    case 3: HYPERCALL(fpu_taskswitch, below(2), 0, 0, 0); break;
    case 4: HYPERCALL(set_debugreg, below(8), below(2) ? any_address() : any_value(), 0, 0); break;
    case 5: set_segment_bases(); break;
    case 6: set_kernel_stack(below(1024) ? any_stack() : (word)any_value()); break;
    default: shared_info->evtchn_mask[below(2)] = below(4) ? 0 : (word)next_random();
    }
}

static void act(void)
{
    acts++;
    if (below(4)) go_home();
    switch (below(15)) {
    case 0: change_traps(); break;
    case 1: sane_traps(); break;
    case 2: change_descriptors(); break;
    case 3:
    case 4: change_privileges(); break;
    case 5: fill_code(below(CODE_PAGES), below(PAGE_SIZE / CODE_STEP) * CODE_STEP); break;
    case 6: fill_record(records[below(RECORDS)]); break;
    case 7: random_hypercall(); break;
    default: change_tables();
    }
}

/* Of each of these so many bits decide: a run must cost less than it is long. */
static word any_flags(uint32_t random)
{
    word flags = 2 | (random & 0xcd5) | IF;
    if ((random >> 12 & 63) == 0) flags |= TF;
    if ((random >> 18 & 15) == 0) flags |= AC;
    if ((random >> 12 & 1023) == 1) flags ^= IF;
    if ((random >> 22 & 255) == 0) flags |= next_random() & 0x3f7ed5;
    return flags;
}

/* A code selector of a privilege level, and where in its segment a run begins. */
static uint16_t any_code(bool is_user, uint32_t random, word *start)
{
    unsigned choice = random & 15;
    enum code kind = (random >> 4 & (is_user ? 7 : 511)) == 0 ? CODE_WILD : CODE_NATIVE;
    *start = start_in(kind, random >> 16);
    if (choice < 10) return is_user ? USER_CS : KERNEL_CS;
    if (choice < 12) {
        *start = start_in(CODE_16, random >> 16) - LOW;
        return is_user || IS_64_BIT ? 3 << 3 | 3 : 2 << 3 | 1;
    }
    if (choice < 15 && IS_64_BIT) {
        *start = start_in(CODE_32, random >> 16);
        return 0xe023;
    }
    if (choice < 15) return is_user ? 7 << 3 | 3 : 6 << 3 | 1;
    return any_selector();
}

#ifdef __i386__

static void prepare(const word *record, bool is_user)
{
    uint64_t random = next_random();
    uint32_t first = random, second = random >> 32;
    word start, *at = is_user ? user_frame : (word *)(any_stack() - (second & 0x3f0));
    uint16_t cs = any_code(is_user, first, &start) | 1; /* RPL 0 ends a guest. */
    word flat = is_user ? USER_DS : KERNEL_DS;
    out = (struct way_out){ flat, flat, flat, flat, (word)at, KERNEL_DS };
    if ((second >> 16 & 3) == 0) (&out.gs)[second >> 18 & 3] = any_selector();
    for (unsigned i = 0; i < 8; i++) at[i] = record[i];
    at[8] = start;
    at[9] = cs;
    at[10] = any_flags(second);
    if (is_user) {
        at[11] = second & 31 ? low(USER_STACK_AT + USER_STACK_PAGES) - 256 - (first & 0x3f0) : (word)any_value();
        at[12] = second >> 27 ? USER_DS : any_selector();
    }
}

#else

static void prepare(const word *record, bool is_user)
{
    uint64_t random = next_random();
    uint32_t first = random, second = random >> 32;
    word start;
    uint16_t cs = any_code(is_user, first, &start);
    out.rax = record[0];
    out.r11 = record[1];
    out.rcx = record[13];
    out.flags = (first & 15) == 0 ? VGCF_in_syscall : 0;
    out.rip = start;
    out.cs = cs;
    out.rflags = any_flags(second);
    out.rsp = any_stack() - (second & 0x3f0);
    out.ss = second >> 27 ? USER_DS : any_selector();
    if (is_user && (cs & 3) == 3) out.rsp = second & 31 ? low(USER_STACK_AT + USER_STACK_PAGES) - 256 - (first & 0x3f0) : any_value();
    else if (second & 255) out.ss = USER_DS; /* A stack of 16 bits leaves most of RSP as it was, and that ends a guest. */
    if ((second >> 16 & 7) == 0) set_data_segment(second >> 19 & 3, any_selector());
}

#endif

void next(unsigned vector)
{
    uint32_t random = next_random() >> 32;
    MASK = 1;
    bool is_timer_over = vector == VECTOR_EVENT || shared_info->evtchn_pending[0];
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
    shared_info->vcpu_info[0].evtchn_pending_sel = 0;
    shared_info->evtchn_pending[0] = 0;
    shared_info->evtchn_mask[0] = 0;
    if (++runs % 4096 == 0) print("%d runs, %d acts\n", runs, acts);

    bool acts_now = (random & 7) == 0;
    if (acts_now) act();
    /* Only events end a loop; kernel code may have set the timer to another time, or taken its event. */
    if (acts_now || is_timer_over || (random & (was_kernel ? 0x30 : 0xf0)) == 0) set_timer(now() + 1000 + (random >> 16 & 0xfff));

    bool is_user = random >> 8 & 1, by_hypercall = IS_64_BIT ? is_user : (random >> 9 & 3) == 0;
    was_kernel = !is_user;
    const word *record = records[(random >> 11) % RECORDS];
    prepare(record, is_user);
    MASK = (random >> 21) == 0;
#ifndef __i386__
    /* An application is gone to by the hypercall; a kernel returns to itself by either way, and RPL 0 says that it is one. */
    if (!is_user && (random >> 9 & 3) == 0) {
        by_hypercall = true;
        out.cs &= ~3ull;
    }
#endif
    leave(record, by_hypercall);
}

__attribute__((noreturn)) void soak(const struct start_info *start_info)
{
    kind_init(start_info);
    random_seed(start_info->cmd_line);
    for (unsigned i = 0; i < ARENA; i++) arena_mfn[i] = frame_of(arena[i]);
    make_space();
    make_descriptors();
    make_code();
    for (unsigned i = 0; i < RECORDS; i++) fill_record(records[i]);
    sane_traps();
    set_kernel_stack(any_stack());

    struct {
        uint32_t virq, vcpu, port;
    } timer = { 0, 0, 0 };
    HYPERCALL(event_channel_op, EVTCHNOP_bind_virq, &timer, 0, 0);
    next(VECTOR_EVENT);
}

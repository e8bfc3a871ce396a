/*
 * Random code at every privilege level, with random trap tables, descriptors and page tables, for ever. The command line is
 * "seed=N", or "tables seed=N" for changes of page tables and mappings alone. Whatever interrupts the random code, it is left
 * where it is, and other random code goes on at the next landing, by twenty instructions of assembly: so nothing has to be
 * returned to, and nothing random code does to its registers and stack matters. Now and then, and when the timer goes off,
 * something changes first.
 */
#include "soak.h"

#define MASK (shared_info->vcpu_info[0].evtchn_upcall_mask)

static uint32_t rounds;
static bool only_tables;

static uint64_t now(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
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
    if (below(4)) go_home();
    switch (below(14)) {
    case 0: change_traps(); break;
    case 1: sane_traps(); break;
    case 2: change_descriptors(); break;
    case 3:
    case 4: change_privileges(); break;
    case 5: fill_code(below(CODE_PAGES), below(PAGE_SIZE / CODE_STEP) * CODE_STEP); break;
    case 6: random_hypercall(); break;
    default: change_tables();
    }
}

void next(void)
{
    MASK = 1;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
    shared_info->vcpu_info[0].evtchn_pending_sel = 0;
    shared_info->evtchn_pending[0] = 0;
    shared_info->evtchn_mask[0] = 0;
    if (++rounds % 64 == 0) print("%d rounds\n", rounds);

    while (only_tables) change_tables(); /* Until one faults, which leads back here. */
    for (unsigned n = 1 + below(2); n; n--) act();
    change_landing();
    /* Only events end a loop; kernel code may have set the timer to another time, or taken its event. */
    set_timer(now() + 12000 + below(8192));
    MASK = below(2048) == 0;
    leave();
}

__attribute__((noreturn)) void soak(const struct start_info *start_info)
{
    kind_init(start_info);
    random_seed(start_info->cmd_line);
    only_tables = start_info->cmd_line[0] == 't';
    for (unsigned i = 0; i < ARENA; i++) arena_mfn[i] = frame_of(arena[i]);
    make_space();
    make_descriptors();
    make_code();
    make_landings();
    sane_traps();
    set_kernel_stack(any_stack());

    struct {
        uint32_t virq, vcpu, port;
    } timer = { 0, 0, 0 };
    HYPERCALL(event_channel_op, EVTCHNOP_bind_virq, &timer, 0, 0);
    next();
}

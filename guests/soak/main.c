/*
 * A hostile guest: hypercalls with arguments that are wild, or nearly right, and pages of random code in user mode. The
 * command line is "seed=N". It goes on until something it did ends it, and reports how far it is now and then.
 */
#include "soak.h"

#define SPARE (VIRT_BASE + 0x300000) /* the last of the 4 MiB that the domain builder maps */

static unsigned pages;
static uint32_t timer_port;
static uint64_t words[512] __attribute__((aligned(4096))); /* what pointers point to */
static uint64_t *table; /* an L1 table of ours, for entries that may be changed freely */

static uint64_t any_frame(void)
{
    return frame_of_pfn(below(frame_count()));
}

/* A value of the kind that hypercalls take. */
static uint64_t argument(void)
{
    switch (below(16)) {
    case 0: return next_random();
    case 1: return any_frame();
    case 2: return any_frame() << 12 | below(4096);
    case 3: return pte(any_frame(), next_random() & 0x8000000000000fff);
    case 4: return pte(any_frame(), PTE_P | PTE_US | (next_random() & PTE_RW));
    case 5: return entry_machine(&table[below(512)]) | below(4);
    case 6: return entry_machine(&root_table[below(512)]) | below(4);
    case 7: return 0xffff800000000000 + next_random() % 0x80000000000;
    case 8: return SPARE + below(0x100000);
    case 9: return DOMID_SELF;
    case 10: return -below(4);
    case 11: return frame_number(table);
    case 12: return 1UL << below(64);
    case 13: return below(64);
    default: return below(8);
    }
}

/* A pointer to words that make sense to some call, mostly. */
static uint64_t pointer(void)
{
    unsigned start = below(500);
    for (unsigned i = start; i < start + 12; i++) words[i] = below(3) ? argument() : below(4) << 32 | below(16);
    if (below(4) == 0) words[start] = (uint64_t)&words[below(512)];
    return (uint64_t)&words[start] + (below(8) ? 0 : below(8));
}

static void random_hypercall(void)
{
    /* Calls that end the guest or take its handlers away are made too, but rarely, or nothing else would be seen. */
    static const uint8_t quiet[] = { 1, 2, 3, 5, 8, 9, 10, 12, 13, 14, 15, 17, 20, 21, 22, 24, 25, 26, 32, 33, 1, 14, 26, 12, 32 };
    uint64_t number = below(50) ? quiet[below(sizeof quiet)] : below(200) ? 34 + below(30) : below(64);
    uint64_t a[5];
    for (int i = 0; i < 5; i++) a[i] = below(3) ? argument() : pointer();
    if (number == 1 || number == 13 || number == 26) {
        a[0] = below(20) ? pointer() : a[0];
        a[1] = below(20) ? below(4) : a[1];
        a[2] = below(4) ? 0 : a[2];
        a[3] = below(10) ? DOMID_SELF : a[3];
    } else if (number == 12 || number == 20 || number == 32 || number == 33 || number == 24) {
        a[0] = below(20) ? below(14) : a[0];
        a[1] = number == 24 ? below(3) : below(20) ? pointer() : a[1];
        a[2] = number == 24 || number != 20 ? pointer() : below(3);
    } else if (number == 14 && below(100)) {
        a[0] = SPARE + below(0x100000); /* Elsewhere it would soon take the guest's own code or stack away. */
    }
    hypercall(number, a[0], a[1], a[2], a[3], a[4]);
}

static void tick(uint32_t port, struct frame *frame)
{
    if (port == timer_port && (frame->cs & 3) == 3) user_leave(0);
}

static void left(struct frame *frame)
{
    (void)frame;
    user_leave(0);
}

static void set_timer(void)
{
    struct vcpu_set_singleshot_timer timer = { system_time() + 20000, 0 };
    HYPERCALL(vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer, 0);
}

static void random_page(void)
{
    restore_entry();
    fill_code(user_code);
    set_timer();
    resume_at = 1; /* Every trap leads to the hook, which does not come back. */
    trap_hook = left;
    user_enter(USER_CODE + below(256), argument(), USER_STACK + 2048);
    resume_at = 0;
    trap_hook = NULL;
    if (++pages % 16 == 0) print("%u pages\n", pages);
}

void guest_main(const struct start_info *info)
{
    random_seed(info->cmd_line);
    make_user_space();
    table = page_alloc();
    remap(table, PTE_READONLY);
    mmuext_op(MMUEXT_PIN_L1_TABLE, frame_number(table));

    struct evtchn_bind_virq virq = { VIRQ_TIMER, 0, 0 };
    event_channel_op(EVTCHNOP_bind_virq, &virq);
    timer_port = virq.port;
    event_hook = tick;
    syscall_hook = left;

    for (;;) {
        for (unsigned n = below(8); n; n--) random_hypercall();
        random_page();
    }
}

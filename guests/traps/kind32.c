/* A 32-bit guest: the kernel at level 1, its programs at level 3, in one address space. */
#include "kind.h"
#include "probes.h"

#define PTE_NX (1ull << 63)

#define ABSENT_DATA_OF_LEVEL_3 0x00cf72000000ffffull
#define ABSENT_DATA_OF_LEVEL_1 0x00cf32000000ffffull
#define ABSENT_SELECTOR_OF_LEVEL_1 0x11

struct stacked {
    word es, ds, edi, esi, ebp, unused, ebx, edx, ecx, eax;
    word flags_on_entry, vector;
    word frame[];
};

const word kernel_cs = FLAT_RING1_CS, user_cs = FLAT_RING3_CS, kernel_ss = FLAT_RING1_DS, user_ss = FLAT_RING3_DS, frame_alignment = 1;
const word xen_readable = MACH2PHYS_VIRT_START, xen_address = 0xfff04000, odd_address = 0;

struct place places[2];

/* eax, eip, cs, eflags, esp, ss */
static const word to_level_0[] = { 0, 0, FLAT_RING1_CS & ~3, 2, 0, FLAT_RING1_DS & ~3 };
const struct bad_return bad_return = { "then iret to level 0", (word)to_level_0 };

/* Where the frame is that the iret hypercall takes, from the instruction pointer on. */
word return_frame;

extern const uint8_t entry_points[];

static uint8_t data[3][PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t own_stack[2 * PAGE_SIZE] __attribute__((aligned(4096))), user_stack[PAGE_SIZE] __attribute__((aligned(4096)));
static uint64_t gdt[512] __attribute__((aligned(4096)));

/* No event comes by itself. */
static void quiet(void)
{
    for (unsigned i = 0; i < 32; i++) shared_info->evtchn_mask[i] = ~0u;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
}

void kind_init(void)
{
    for (const uint8_t *code = probes_start; code < probes_end; code += PAGE_SIZE) map(code, leaf_of(code, PTE_PRESENT | PTE_USER));
    map(data[0], leaf_of(data[0], PTE_KERNEL | PTE_USER | PTE_NX));
    map(data[1], leaf_of(data[1], PTE_PRESENT | PTE_USER | PTE_NX));
    map_absent(data[2]);
    map(user_stack, leaf_of(user_stack, PTE_KERNEL | PTE_USER | PTE_NX));

    uint32_t frame = leaf_of(gdt, 0) >> 12;
    gdt[ABSENT_SELECTOR >> 3] = ABSENT_DATA_OF_LEVEL_3;
    gdt[ABSENT_SELECTOR_OF_LEVEL_1 >> 3] = ABSENT_DATA_OF_LEVEL_1;
    map_readonly(gdt);
    HYPERCALL(set_gdt, &frame, 512, 0, 0);

    quiet();
    places[KERNEL] = (struct place){ (word)probes_start, (word)data, (word)own_stack + sizeof own_stack, ABSENT_SELECTOR_OF_LEVEL_1 };
    places[USER] = (struct place){ (word)probes_start, (word)data, (word)user_stack + sizeof user_stack, ABSENT_SELECTOR };
}

void map_absent(void *page)
{
    map(page, 0);
}

void map_readonly(void *page)
{
    map(page, leaf_of(page, PTE_PRESENT));
}

void map_writable(void *page)
{
    map(page, leaf_of(page, PTE_KERNEL));
}

void set_handler(unsigned vector, unsigned flags)
{
    struct trap_info table[2] = { { vector, flags, FLAT_RING1_CS, (uint32_t)&entry_points[vector * 16] }, { 0 } };
    HYPERCALL(set_trap_table, table, 0, 0, 0);
}

void register_stack(word sp)
{
    HYPERCALL(stack_switch, FLAT_RING1_DS, sp, 0, 0);
}

const char *command_line(void)
{
    return info->cmd_line;
}

void put(const char *text)
{
    print("%s", text);
}

void power_off(void)
{
    uint32_t reason = SHUTDOWN_poweroff;
    for (;;) HYPERCALL(sched_op, SCHEDOP_shutdown, &reason, 0, 0);
}

void read_frame(struct stacked *s, struct entry *entry)
{
    /* Without an error code the second word is the code selector, and never an address of ours. */
    bool has_code = (s->frame[1] & ~0x100ffu) != (FLAT_RING1_CS & 0xff00);
    const word *at = &s->frame[has_code];
    bool has_stack = (at[1] & 3) == 3;
    *entry = (struct entry){
        .vector = s->vector, .has_code = has_code, .code = has_code ? s->frame[0] : 0, .has_stack = has_stack,
        .ip = at[0], .cs = at[1] & 0xffff, .saved_mask = at[1] >> 16, .flags = at[2], .sp = has_stack ? at[3] : 0, .ss = has_stack ? at[4] : 0,
        .bottom = (word)s->frame, .words = 3 + has_code + 2 * has_stack, .flags_on_entry = s->flags_on_entry,
    };
}

void go_on(struct stacked *s, const struct entry *entry)
{
    word *at = &s->frame[entry->has_code];
    (at[0] = entry->ip, at[1] = entry->cs, at[2] = entry->flags);
    return_frame = (word)at;
}

void test_main(void);

/* Called by entry.S on the guest's own stack. */
__attribute__((noreturn)) void start(const struct start_info *start_info)
{
    info = start_info;
    setup();
    kind_init();
    test_main();
    power_off();
}

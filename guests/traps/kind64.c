/* A 64-bit guest: kernel and programs at level 3, told apart by Xen; programs have page tables of their own. */
#include "kind.h"
#include "probes.h"

#define USER_CODE  0x400000UL
#define DATA       0x500000UL
#define USER_STACK 0x510000UL

#define XEN_ADDRESS 0xffff830000004000

#define ABSENT_DATA 0x00cf72000000ffffUL

struct stacked {
    word rax, r11, rcx, vgcf, ip, cs, flags, sp, ss; /* what the iret hypercall takes */
    word r15, r14, r13, r12, rbp, rbx, r10, r9, r8, saved_rax, rdx, rsi, rdi;
    word flags_on_entry, vector;
    word frame[];
};

const word kernel_cs = FLAT_RING3_CS64 & ~3, user_cs = FLAT_RING3_CS64, kernel_ss = FLAT_RING3_SS64, user_ss = FLAT_RING3_SS64, frame_alignment = 16;
const word xen_readable = MACH2PHYS_VIRT_START, xen_address = XEN_ADDRESS, odd_address = 0x8000000000004000;

struct place places[2];

const struct bad_return bad_return = { "then iret from Xen's addresses", XEN_ADDRESS };

static const struct start_info *info;
static uint8_t own_stack[2 * PAGE_SIZE] __attribute__((aligned(4096)));

extern const uint8_t entry_points[];

static uint64_t table_frame(void *page)
{
    map_readonly(page);
    return frame_number(page);
}

/* Code, data and stack of user mode; the kernel's root shares them. */
static void make_user_tables(void)
{
    uint64_t *l1 = page_alloc(), *l2 = page_alloc(), *l3 = page_alloc(), *l4 = page_alloc(), user = PTE_P | PTE_US | PTE_A;
    for (const uint8_t *code = probes_start; code < probes_end; code += PAGE_SIZE)
        l1[slot_of(USER_CODE + (code - probes_start), 1)] = pte(frame_number(code), user);
    l1[slot_of(DATA, 1)] = pte(frame_number(page_alloc()), user | PTE_RW | PTE_D | PTE_NX);
    l1[slot_of(DATA, 1) + 1] = pte(frame_number(page_alloc()), user | PTE_NX);
    l1[slot_of(USER_STACK, 1)] = pte(frame_number(page_alloc()), user | PTE_RW | PTE_D | PTE_NX);

    l2[slot_of(USER_CODE, 2)] = pte(table_frame(l1), PTE_TABLE);
    l3[slot_of(USER_CODE, 3)] = pte(table_frame(l2), PTE_TABLE);
    l4[slot_of(USER_CODE, 4)] = pte(table_frame(l3), PTE_TABLE);
    mmuext_op(MMUEXT_PIN_L4_TABLE, table_frame(l4));
    mmuext_op(MMUEXT_NEW_USER_BASEPTR, frame_number(l4));
    mmu_update(entry_machine(root_table), pte(frame_number(l3), PTE_TABLE));
}

/* No event comes by itself. */
static void quiet(void)
{
    for (unsigned i = 0; i < 64; i++) shared_info->evtchn_mask[i] = ~0UL;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
}

void kind_init(void)
{
    make_user_tables();
    uint64_t *gdt = page_alloc(), frame = frame_number(gdt);
    gdt[ABSENT_SELECTOR >> 3] = ABSENT_DATA;
    map_readonly(gdt);
    HYPERCALL(set_gdt, &frame, 512, 0, 0);

    quiet();
    places[KERNEL] = (struct place){ (word)probes_start, DATA, (word)own_stack + sizeof own_stack, ABSENT_SELECTOR };
    places[USER] = (struct place){ USER_CODE, DATA, USER_STACK + PAGE_SIZE, ABSENT_SELECTOR };
}

void map_absent(void *page)
{
    update_va_mapping((uint64_t)page, 0, UVMF_INVLPG);
}

void map_readonly(void *page)
{
    remap(page, PTE_READONLY);
}

void map_writable(void *page)
{
    remap(page, PTE_KERNEL);
}

void set_handler(unsigned vector, unsigned flags)
{
    struct trap_info table[2] = { { vector, flags, FLAT_RING3_CS64, (uint64_t)&entry_points[vector * 16] }, { 0 } };
    HYPERCALL(set_trap_table, table, 0, 0, 0);
}

void register_stack(word sp)
{
    HYPERCALL(stack_switch, FLAT_RING3_SS64, sp, 0, 0);
}

const char *command_line(void)
{
    return info->cmd_line;
}

void put(const char *text)
{
    uint32_t length = 0;
    while (text[length]) length++;
    console_write(text, length);
}

void power_off(void)
{
    shutdown(SHUTDOWN_poweroff);
}

void read_frame(struct stacked *s, struct entry *entry)
{
    /* Without an error code the fourth word is the code selector, and never an address of ours. */
    bool has_code = (s->frame[3] & ~0x1000000ffUL) != (FLAT_RING3_CS64 & 0xff00);
    const word *at = &s->frame[has_code ? 3 : 2];
    *entry = (struct entry){
        .vector = s->vector, .has_code = has_code, .code = has_code ? s->frame[2] : 0, .has_stack = true,
        .ip = at[0], .cs = at[1] & 0xffff, .saved_mask = at[1] >> 32, .flags = at[2], .sp = at[3], .ss = at[4],
        .bottom = (word)s->frame, .words = has_code ? 8 : 7, .flags_on_entry = s->flags_on_entry,
    };
}

void go_on(struct stacked *s, const struct entry *entry)
{
    s->rax = s->saved_rax;
    s->r11 = s->frame[1];
    s->rcx = s->frame[0];
    s->vgcf = 0;
    (s->ip = entry->ip, s->cs = entry->cs, s->flags = entry->flags, s->sp = entry->sp, s->ss = entry->ss);
}

void test_main(void);

void guest_main(const struct start_info *start_info)
{
    info = start_info;
    kind_init();
    test_main();
}

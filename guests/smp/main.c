/* A second vCPU: what VCPUOP_initialise refuses, bringing it up, both at work on the same tables, taking it down. */
#include "guest.h"

#define SECOND 1
#define ROUNDS 200

static struct vcpu_guest_context context __attribute__((aligned(4096)));
static uint8_t stack[16384] __attribute__((aligned(16)));
static uint64_t *leaf, *upper;

static volatile uint64_t said, turns, done;

static long vcpu_op(uint32_t command, uint32_t vcpu, void *argument)
{
    return HYPERCALL(vcpu_op, command, vcpu, argument, 0);
}

/* A frame of the builder's is mapped read-only, so that it can become a table. */
static void protect(void *page)
{
    update_va_mapping((uint64_t)page, pte(frame_number(page), PTE_READONLY), UVMF_INVLPG);
}

/* Pins and unpins a table of level 2 over a leaf table, again and again; whoever else does so too is refused meanwhile. */
static unsigned contend(void)
{
    unsigned pinned = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (mmuext_op(MMUEXT_PIN_L2_TABLE, frame_number(upper)) == 0)
            pinned += mmuext_op(MMUEXT_UNPIN_TABLE, frame_number(upper)) == 0;
        mmuext_op(MMUEXT_TLB_FLUSH_ALL, 0); /* of both */
        if (i % 16 == 0)
            sched_op(SCHEDOP_yield, 0);
    }
    return pinned;
}

/* Where the second vCPU starts. */
__attribute__((noreturn)) static void second(uint64_t word)
{
    said = word;
    turns = contend();
    done = 1;
    vcpu_op(VCPUOP_down, SECOND, 0);
    for (;;)
        said = 0; /* Nobody is here. */
}

static void set_context(void)
{
    context = (struct vcpu_guest_context){ .flags = VGCF_IN_KERNEL };
    context.rip = (uint64_t)second;
    context.rdi = 0x5ec0d;
    context.rsp = (uint64_t)stack + sizeof stack - 8;
    context.cs = FLAT_RING3_CS64;
    context.ss = FLAT_RING3_SS64;
    context.kernel_sp = context.rsp;
    context.ctrlreg[3] = frame_number(root_table) << 12;
}

static void try(const char *what)
{
    print("  %s = %d\n", what, (int)vcpu_op(VCPUOP_initialise, SECOND, &context));
    set_context();
}

static void refusals(void)
{
    print("what is refused\n");
    print("  up without a state = %d\n", (int)vcpu_op(VCPUOP_up, SECOND, 0));
    print("  is_up = %d\n", (int)vcpu_op(VCPUOP_is_up, SECOND, 0));
    set_context();
    print("  the first vCPU = %d\n", (int)vcpu_op(VCPUOP_initialise, 0, &context));
    print("  no such vCPU = %d\n", (int)vcpu_op(VCPUOP_initialise, 7, &context));
    print("  no readable state = %d\n", (int)vcpu_op(VCPUOP_initialise, SECOND, (void *)0xdead0000000));
    context.rip = 1UL << 47;
    try("rip not canonical");
    context.traps[200].address = 1UL << 63;
    try("a handler not canonical");
    context.gs_base_user = 1UL << 48;
    try("gs base not canonical");
    context.ldt_base = 8;
    try("LDT not at a page");
    context.ldt_ents = 8193;
    try("LDT too long");
    context.flags = 0;
    try("user mode without a root");
    context.gdt_ents = 7169;
    try("GDT too long");
    context.gdt_ents = 1;
    context.gdt_frames[0] = frame_number(root_table);
    try("GDT in a page table");
    context.ctrlreg[3] = 0;
    try("no root");
    context.ctrlreg[3] = frame_number(leaf) << 12;
    try("a leaf table for a root");
    context.ctrlreg[1] = frame_number(leaf) << 12;
    try("a leaf table for a user root");
    context.ctrlreg[3] = ~0UL;
    try("a root beyond memory");
}

void guest_main(const struct start_info *info)
{
    (void)info;
    print("a second vCPU\n");
    leaf = page_alloc();
    upper = page_alloc();
    upper[511] = pte(frame_number(leaf), PTE_TABLE);
    protect(leaf);
    protect(upper);
    print("  pin a leaf = %d\n", (int)mmuext_op(MMUEXT_PIN_L1_TABLE, frame_number(leaf)));
    refusals();

    print("brought up\n");
    print("  initialise = %d\n", (int)vcpu_op(VCPUOP_initialise, SECOND, &context));
    print("  again = %d\n", (int)vcpu_op(VCPUOP_initialise, SECOND, &context));
    print("  is_up = %d\n", (int)vcpu_op(VCPUOP_is_up, SECOND, 0));
    print("  up = %d\n", (int)vcpu_op(VCPUOP_up, SECOND, 0));
    unsigned pinned = contend();
    while (!done || vcpu_op(VCPUOP_is_up, SECOND, 0))
        sched_op(SCHEDOP_yield, 0);
    print("  it was told %u\n", (unsigned)said);
    print("  both had turns: %s\n", pinned && turns ? "yes" : "no");
    print("  up again = %d\n", (int)vcpu_op(VCPUOP_is_up, SECOND, 0));
    print("done\n");
}

/* Roots of four entries: what is pinned, what is refused, and life on another root. */
#include "ring1.h"

typedef uint64_t table[512] __attribute__((aligned(4096)));

static table root, last, leaf, page;

static void make_read_only(const table *t)
{
    map(t, leaf_of(t, PTE_PRESENT));
}

static uint32_t mfn_of(const table *t)
{
    return leaf_of(t, 0) >> 12;
}

static long update(const table *t, uint32_t slot, uint64_t entry)
{
    struct mmu_update request = { (leaf_of(t, 0)) + slot * 8, entry };
    return HYPERCALL(mmu_update, &request, 1, 0, DOMID_SELF);
}

/* The builder's table for the last GiB, by its entry in the builder's root. */
static const uint64_t *own_last(void)
{
    const uint64_t *own_root = (const uint64_t *)info->pt_base;
    uint32_t pfn = ((const uint32_t *)MACH2PHYS_VIRT_START)[own_root[3] >> 12 & 0xfffff];
    return (const uint64_t *)(VIRT_BASE + pfn * PAGE_SIZE);
}

static void check_roots(void)
{
    const uint64_t *own_root = (const uint64_t *)info->pt_base;
    uint32_t own = ((const uint32_t *)info->mfn_list)[(info->pt_base - VIRT_BASE) / PAGE_SIZE];
    print("flags in slot 3 of the root: %x\n", (uint32_t)own_root[3] & 0xfdf); /* without A, which the processor sets */
    print("first slot of Xen's is present: %d, the last: %d\n", (uint32_t)own_last()[428] & 1, (uint32_t)own_last()[511] & 1);

    make_read_only(&root);
    print("pin an empty root: %d\n", mmuext(MMUEXT_PIN_L3_TABLE, mfn_of(&root)));
    print("slot 3 := the L2 in use: %d, ", update(&root, 3, (own_root[3] & ~0xfffull) | PTE_PRESENT));
    print("pin: %d\n", mmuext(MMUEXT_PIN_L3_TABLE, mfn_of(&root)));

    for (uint32_t i = 0; i < 428; i++) last[i] = own_last()[i];
    last[511] = ~0ull;
    make_read_only(&last);
    update(&root, 3, leaf_of(&last, PTE_PRESENT | PTE_WRITABLE | 0x80));
    print("pin with a reserved bit: %d\n", mmuext(MMUEXT_PIN_L3_TABLE, mfn_of(&root)));
    update(&root, 3, leaf_of(&last, PTE_PRESENT));
    print("pin a good one: %d\n", mmuext(MMUEXT_PIN_L3_TABLE, mfn_of(&root)));
    print("its slot 3 now: %x, Xen's last slot: %x\n", (uint32_t)root[3] & 0xfff, (uint32_t)last[511]);
    print("pin as L4: %d, as L2: %d\n", mmuext(MMUEXT_PIN_L4_TABLE, mfn_of(&root)), mmuext(MMUEXT_PIN_L2_TABLE, mfn_of(&root)));
    print("slot 3 := 0: %d, slot 4 := 0: %d, Xen's slot := 0: %d\n", update(&root, 3, 0), update(&root, 4, 0), update(&last, 428, 0));

    print("go there: %d\n", mmuext(MMUEXT_NEW_BASEPTR, mfn_of(&root)));
    uint32_t cr3;
    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    print("cr3 is it: %d\n", cr3 == (mfn_of(&root) << 12 | mfn_of(&root) >> 20));
    print("and back: %d\n", mmuext(MMUEXT_NEW_BASEPTR, own));
    print("new user root: %d\n", mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(&root)));
    print("unpin: %d\n", mmuext(MMUEXT_UNPIN_TABLE, mfn_of(&root)));
    print("its slot 3 now: %x\n", (uint32_t)root[3] & 0xfff);
}

static void check_leaves(void)
{
    leaf[0] = leaf_of(&page, PTE_KERNEL);
    make_read_only(&leaf);
    print("pin an L1: %d\n", mmuext(MMUEXT_PIN_L1_TABLE, mfn_of(&leaf)));
    print("a leaf without US stays so: %d\n", leaf[0] == leaf_of(&page, PTE_KERNEL));
    print("map it writable: %d\n", map(&leaf, leaf_of(&leaf, PTE_KERNEL)));

    volatile uint32_t *half = (volatile uint32_t *)&leaf[1];
    TRY("movl $0x200, %0", : "=m"(*half) :);
    report("store to it");
    print("writable_pagetables: %d\n", HYPERCALL(vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables, 0, 0));
    TRY("movl $0x200, %0", : "=m"(*half) :);
    report("store to it");
    TRY("lock orl $0x400, %0", : "+m"(*half) :);
    report("or into it");
    print("now %x\n", *half);
    TRY("movl $0x0fffffff, %0", : "=m"(half[-1]) :); /* of leaf[0] */
    report("store of an upper half too many");
    print("it is there, and the entry is present: %d, %d\n", leaf[0] >> 32 == 0x0fffffff, (uint32_t)leaf[0] & 1);
    TRY("lock orl $1, %0", : "+m"(half[-2]) :);
    report("or of P into it");
    print("writable_pagetables off: %d\n", HYPERCALL(vm_assist, VMASST_CMD_disable, VMASST_TYPE_writable_pagetables, 0, 0));
    print("unpin: %d\n", mmuext(MMUEXT_UNPIN_TABLE, mfn_of(&leaf)));
    print("map it writable: %d\n", map(&leaf, leaf_of(&leaf, PTE_KERNEL)));
}

void check_tables(void)
{
    check_roots();
    check_leaves();
}

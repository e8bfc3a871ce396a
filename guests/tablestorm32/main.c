/*
 * What tablestorm does, in ring 1: two dozen frames become tables of the three levels of a 32-bit guest, roots of four
 * entries with the table that carries Xen's slots among them, are pinned, loaded, stored to by halves, given back. The
 * command line is "seed=N". It goes on until something it did ends it.
 */
#include "random.h"
#include "ring1.h"

enum { FRAMES = 24, ROOT_SLOT = 1 };

static uint64_t pages[FRAMES][512] __attribute__((aligned(4096)));
static uint32_t mfn[FRAMES];
static uint64_t *own_root;
static uint32_t own_root_mfn;
static uint32_t pinned, loaded; /* roots, so far */

static uint32_t any(void)
{
    return below(FRAMES);
}

/* Few slots, so that requests meet; the first and last of Xen's, and those that a root does not have, are among them. */
static uint32_t any_slot(void)
{
    static const uint16_t slots[] = { 0, 1, 2, 3, 4, 255, 427, 428, 511 };
    return slots[below(3) ? below(4) : below(sizeof slots / sizeof *slots)];
}

static uint64_t pte(uint32_t frame, uint64_t flags)
{
    return (uint64_t)frame << 12 | flags;
}

static uint64_t any_entry(void)
{
    static const uint8_t flags[] = { 1, 1, 5, 3, 7, 0x63, 0x67, 0x25 };
    uint64_t chosen = flags[below(sizeof flags)];
    uint32_t target = mfn[any()];
    switch (below(20)) {
    case 0: return 0;
    case 1: return chosen & ~PTE_PRESENT;
    case 2: chosen |= 0x80; break;                   /* PSE, PAT */
    case 3: chosen |= 1ull << 63; break;             /* NX */
    case 4: chosen |= below(8) << 9; break;          /* available */
    case 5: chosen |= 8u << below(2); break;         /* PWT, PCD */
    case 6: chosen |= 0x100; break;                  /* G */
    case 7: chosen |= 1ull << (52 + below(11)); break;
    case 8: target = pfn_to_mfn(below(info->nr_pages)), chosen &= ~PTE_WRITABLE; break;
    case 9: target = own_root_mfn, chosen &= ~PTE_WRITABLE; break;
    case 10: target = below(64), chosen &= ~PTE_WRITABLE; break;
    case 11: target = next_random() >> 32; break;
    }
    return pte(target, chosen);
}

static void change_mapping(void)
{
    static const uint8_t flags[] = { 3, 1, 1, 0 };
    uint32_t i = any(), how = flags[below(4)];
    uint64_t entry = how ? pte(mfn[below(8) ? i : any()], how) : 0;
    HYPERCALL(update_va_mapping, pages[i], entry, entry >> 32, below(3));
}

static void store(void)
{
    uint32_t *at = (uint32_t *)&pages[any()][any_slot()] + below(2);
    uint32_t value = any_entry() >> (below(4) ? 0 : 32);
    switch (below(4)) {
    case 0: TRY("xchgl %0, (%1)", : : "r"(value), "r"(at)); break;
    case 1: TRY("lock andl %0, (%1)", : : "r"(~0x22), "r"(at)); break;
    case 2: TRY("mov (%1), %%eax; mov 4(%1), %%edx; xor %%ecx, %%ecx; lock cmpxchg8b (%1)", : : "b"(value), "S"((uint32_t)at & ~7u)); break;
    default: TRY("movl %0, (%1)", : : "r"(value), "r"(at));
    }
}

static void clear(void)
{
    uint32_t *at = (uint32_t *)pages[any()], *end = at + (below(3) ? 1024 : 8);
    do TRY("movl $0, (%0)", : : "r"(at));
    while (++at < end && seen.count == 0);
}

static void update(void)
{
    struct mmu_update batch[3];
    uint32_t count = below(4) ? 1 : 3, done;
    for (uint32_t i = 0; i < count; i++) {
        batch[i].ptr = pte(mfn[any()], any_slot() * 8 + (below(5) == 0 ? 2 : 0));
        batch[i].val = any_entry();
    }
    HYPERCALL(mmu_update, batch, count, below(2) ? &done : 0, DOMID_SELF);
}

static void set_entry(uint64_t where, uint64_t value)
{
    struct mmu_update request = { where, value };
    HYPERCALL(mmu_update, &request, 1, 0, DOMID_SELF);
}

static void link_itself(void)
{
    uint32_t i = any();
    set_entry(pte(mfn[i], any_slot() * 8), pte(mfn[below(3) ? i : any()], PTE_PRESENT | (below(4) ? 0 : PTE_WRITABLE)));
}

/* Makes one of the frames reachable below the kernel's root, and uses what it maps. */
static void reach(void)
{
    if (below(3) == 0) set_entry(pte(own_root_mfn, ROOT_SLOT * 8), below(4) ? pte(mfn[any()], PTE_PRESENT) : 0);
    uint32_t at = (uint32_t)ROOT_SLOT << 30 | below(4) << 21 | below(4) << 12 | below(1024) * 4;
    if (below(2)) TRY("mov (%0), %%eax", : : "r"(at));
    else TRY("mov %0, (%1)", : : "r"((uint32_t)(next_random() >> 32)), "r"(at));
}

/* A root with its last table, which the kernel could live on: pinned, and sometimes loaded for a while. */
static void make_root(void)
{
    const uint64_t *own_last = (const uint64_t *)(VIRT_BASE + ((const uint32_t *)MACH2PHYS_VIRT_START)[own_root[3] >> 12 & 0xfffff] * PAGE_SIZE);
    uint32_t root = any(), last = any();
    mmuext(MMUEXT_UNPIN_TABLE, mfn[root]);
    mmuext(MMUEXT_UNPIN_TABLE, mfn[last]);
    for (uint32_t slot = below(2) ? 3 : 0; slot < 3; slot++) set_entry(pte(mfn[root], slot * 8), 0);
    if (below(4)) set_entry(pte(mfn[last], 255 * 8), 0);
    if (below(4)) set_entry(pte(mfn[last], 427 * 8), 0);
    for (uint32_t slot = 0; slot < 8; slot++) set_entry(pte(mfn[last], slot * 8), own_last[slot]);
    set_entry(pte(mfn[root], 3 * 8), pte(mfn[last], PTE_PRESENT));
    if (below(8)) map(pages[root], pte(mfn[root], PTE_PRESENT));
    if (below(8)) map(pages[last], pte(mfn[last], PTE_PRESENT));
    if (mmuext(MMUEXT_PIN_L3_TABLE, mfn[root]) || root == last) return;

    pinned++;
    map(pages[last], pte(mfn[last], PTE_PRESENT));
    bool can_live = true;
    for (uint32_t slot = 0; slot < 8; slot++) can_live = can_live && !((pages[last][slot] ^ own_last[slot]) & ~0x60ull);
    if (!can_live || mmuext(MMUEXT_NEW_BASEPTR, mfn[root])) return;
    loaded++;
    mmuext(MMUEXT_NEW_BASEPTR, own_root_mfn);
}

static void give_back(void)
{
    uint32_t i = any();
    struct {
        uint32_t *extent_start, nr_extents, extent_order, mem_flags, domid;
    } reservation = { &mfn[i], 1, 0, 0, DOMID_SELF };
    HYPERCALL(memory_op, XENMEM_decrease_reservation, &reservation, 0, 0);
    if (HYPERCALL(memory_op, XENMEM_increase_reservation, &reservation, 0, 0) != 1) return;
    set_entry(pte(mfn[i], 1), ((uint32_t)pages[i] - VIRT_BASE) / PAGE_SIZE);
    map(pages[i], pte(mfn[i], PTE_KERNEL));
}

static void act(void)
{
    switch (below(20)) {
    case 0:
    case 1:
    case 2: change_mapping(); break;
    case 3:
    case 4:
    case 5: store(); break;
    case 6:
    case 7:
    case 8: update(); break;
    case 9:
    case 10: mmuext(MMUEXT_PIN_L1_TABLE + below(4), mfn[any()]); break;
    case 11:
    case 12: mmuext(MMUEXT_UNPIN_TABLE, mfn[any()]); break;
    case 13:
    case 14: make_root(); break;
    case 15: reach(); break;
    case 16: clear(); break;
    case 17: link_itself(); break;
    case 18: mmuext(below(2) ? MMUEXT_TLB_FLUSH_LOCAL : MMUEXT_INVLPG_LOCAL, (uint32_t)pages[any()]); break;
    default:
        if (below(8) == 0) give_back();
    }
}

/* Called by entry.S on the guest's own stack. */
__attribute__((noreturn)) void start(const struct start_info *start_info)
{
    info = start_info;
    setup();
    random_seed(info->cmd_line);
    HYPERCALL(vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables, 0, 0);
    own_root = (uint64_t *)info->pt_base;
    own_root_mfn = pfn_to_mfn((info->pt_base - VIRT_BASE) / PAGE_SIZE);
    for (uint32_t i = 0; i < FRAMES; i++) mfn[i] = leaf_of(pages[i], 0) >> 12;

    for (uint32_t step = 1;; step++) {
        act();
        if (step % 1000 == 0) print("%d steps, %d roots pinned, %d loaded\n", step, pinned, loaded);
    }
}

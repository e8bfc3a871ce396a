/*
 * A guest that does nothing but change page tables, at random but with sense: two dozen frames become tables of every
 * level, link to each other and to themselves, are pinned, loaded, mapped, stored to, cached, given back. The command line
 * is "seed=N". It goes on until something it did ends it.
 */
#include "any_entry.h"
#include "guest.h"
#include "random.h"

enum { FRAMES = 24, ROOT_SLOT = 5 };

static uint64_t *page[FRAMES]; /* where the domain builder mapped it; how it is mapped changes */
static uint64_t mfn[FRAMES];

static unsigned any(void)
{
    return below(FRAMES);
}

/* Few slots, so that requests meet; the first and last of Xen's in a root are among them. */
static unsigned any_slot(void)
{
    static const uint16_t slots[] = { 0, 1, 2, 3, 255, 256, 271, 272, 511 };
    return slots[below(3) ? below(4) : below(sizeof slots / sizeof *slots)];
}

static uint64_t played_with(void)
{
    return mfn[any()];
}

static uint64_t own(void)
{
    return frame_of_pfn(below(frame_count()));
}

static uint64_t some_entry(void)
{
    return any_entry(played_with, own, frame_number(root_table));
}

static void change_mapping(void)
{
    static const uint64_t flags[] = { PTE_KERNEL, PTE_READONLY, PTE_READONLY, 0 };
    unsigned i = any();
    uint64_t how = flags[below(4)];
    update_va_mapping((uint64_t)page[i], how ? pte(mfn[below(8) ? i : any()], how) : 0, below(3));
}

static void store(void)
{
    uint64_t *at = &page[any()][any_slot()], value = some_entry();
    switch (below(4)) {
    case 0: FAULTS("xchg %[v], (%[at])", : : [v] "r"(value), [at] "r"(at)); break;
    case 1: FAULTS("lock andq %[v], (%[at])", : : [v] "r"(~(PTE_RW | PTE_A)), [at] "r"(at)); break;
    default: FAULTS("mov %[v], (%[at])", : : [v] "r"(value), [at] "r"(at));
    }
}

static void clear(void)
{
    uint64_t *at = page[any()], *end = at + (below(3) ? 512 : 4);
    while (at < end && !FAULTS("movq $0, (%[at])", : : [at] "r"(at))) at++;
}

static void update(void)
{
    struct mmu_update batch[3];
    unsigned count = below(4) ? 1 : 3;
    uint32_t done;
    for (unsigned i = 0; i < count; i++) {
        batch[i].ptr = (mfn[any()] << 12 | any_slot() * 8) + (below(5) == 0 ? MMU_PT_UPDATE_PRESERVE_AD : 0);
        batch[i].val = some_entry();
    }
    HYPERCALL(mmu_update, batch, count, below(2) ? (uint64_t)&done : 0, DOMID_SELF);
}

static void link_itself(void)
{
    unsigned i = any();
    mmu_update(mfn[i] << 12 | any_slot() * 8, pte(mfn[below(3) ? i : any()], PTE_P | PTE_US | (below(4) ? 0 : PTE_RW)));
}

/* Makes one of the frames reachable below the kernel's root, and uses what it maps. */
static void reach(void)
{
    if (below(3) == 0) mmu_update(entry_machine(&root_table[ROOT_SLOT]), below(4) ? pte(mfn[any()], PTE_TABLE) : 0);
    uint64_t at = (uint64_t)ROOT_SLOT << 39 | (uint64_t)below(4) << 30 | below(4) << 21 | below(4) << 12 | below(512) * 8;
    if (below(2)) FAULTS("mov (%[at]), %%rax", : : [at] "r"(at));
    else FAULTS("mov %[v], (%[at])", : : [v] "r"(some_entry()), [at] "r"(at));
}

static void give_back(void)
{
    unsigned i = any();
    struct xen_memory_reservation reservation = { &mfn[i], 1, 0, 0, DOMID_SELF };
    HYPERCALL(memory_op, XENMEM_decrease_reservation, &reservation, 0, 0);
    if (HYPERCALL(memory_op, XENMEM_increase_reservation, &reservation, 0, 0) != 1) return;
    mmu_update(mfn[i] << 12 | MMU_MACHPHYS_UPDATE, ((uint64_t)page[i] - VIRT_BASE) / PAGE_SIZE);
    update_va_mapping((uint64_t)page[i], pte(mfn[i], PTE_KERNEL), UVMF_INVLPG);
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
    case 10: mmuext_op(MMUEXT_PIN_L1_TABLE + below(4), mfn[any()]); break;
    case 11:
    case 12: mmuext_op(MMUEXT_UNPIN_TABLE, mfn[any()]); break;
    case 13: mmuext_op(MMUEXT_NEW_USER_BASEPTR, below(3) ? mfn[any()] : 0); break;
    case 14:
    case 15: reach(); break;
    case 16: clear(); break;
    case 17: link_itself(); break;
    case 18: mmuext_op(below(2) ? MMUEXT_TLB_FLUSH_LOCAL : MMUEXT_INVLPG_LOCAL, (uint64_t)page[any()]); break;
    default:
        if (below(8) == 0) give_back();
    }
}

void guest_main(const struct start_info *info)
{
    random_seed(info->cmd_line);
    HYPERCALL(vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables, 0, 0);
    for (unsigned i = 0; i < FRAMES; i++) {
        page[i] = page_alloc();
        mfn[i] = frame_number(page[i]);
    }

    for (unsigned step = 1;; step++) {
        act();
        if (step % 1000 == 0) print("%u steps\n", step);
    }
}

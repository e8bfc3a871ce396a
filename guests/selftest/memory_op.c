/* memory_op: where M2P lies, giving a frame back and getting another. */
#include "selftest.h"

void test_memory(void)
{
    print("memory_op\n");
    struct xen_machphys_mapping m2p;
    print("  machphys_mapping = %d\n", (int)HYPERCALL(memory_op, XENMEM_machphys_mapping, &m2p, 0, 0));
    say("M2P is where it always is", m2p.v_start == MACH2PHYS_VIRT_START && m2p.v_end > m2p.v_start);

    uint8_t *page = page_alloc();
    uint64_t mfn = frame_number(page), pfn = ((uint64_t)page - VIRT_BASE) / PAGE_SIZE;
    struct xen_memory_reservation reservation = { &mfn, 1, 0, 0, DOMID_SELF };
    update_va_mapping((uint64_t)page, 0, UVMF_INVLPG);
    print("  decrease_reservation = %d\n", (int)HYPERCALL(memory_op, XENMEM_decrease_reservation, &reservation, 0, 0));
    print("  mapping the frame that is gone = %d\n",
          (int)update_va_mapping((uint64_t)page, pte(mfn, PTE_KERNEL), UVMF_INVLPG));
    print("  decrease_reservation of it = %d\n", (int)HYPERCALL(memory_op, XENMEM_decrease_reservation, &reservation, 0, 0));

    print("  increase_reservation = %d\n", (int)HYPERCALL(memory_op, XENMEM_increase_reservation, &reservation, 0, 0));
    print("  name it in M2P = %d\n", (int)mmu_update(mfn << 12 | MMU_MACHPHYS_UPDATE, pfn));
    print("  map it = %d\n", (int)update_va_mapping((uint64_t)page, pte(mfn, PTE_KERNEL), UVMF_INVLPG));
    page[9] = 9;
    say("it holds what is stored", page[9] == 9 && frame_address(mfn) == page);

    reservation.nr_extents = 1;
    uint64_t root = frame_number(root_table);
    reservation.extent_start = &root;
    print("  decrease_reservation of the root in use = %d\n",
          (int)HYPERCALL(memory_op, XENMEM_decrease_reservation, &reservation, 0, 0));
    say("the root is still there", *root_table & PTE_P);
}

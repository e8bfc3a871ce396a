/*
 * XSA-148 (2015): PSE was accepted in an L2 entry when neither frame nor presence changed. The entry that named one L1
 * table of the guest's then maps the 2 MiB around it, whoever owns them.
 */
#include "guest.h"

#define REGION 0xffffffffa0000000UL /* 2 MiB that nothing maps yet */

/* A frame of the domain's, beyond what the builder mapped, that starts 2 MiB of machine memory; else null. */
static uint64_t aligned_frame(uint64_t mapped_pages)
{
    for (uint64_t pfn = mapped_pages; pfn < frame_count(); pfn++)
        if (frame_of_pfn(pfn) % 512 == 0) return frame_of_pfn(pfn);
    return 0;
}

static void clear(uint64_t mfn)
{
    void *window = page_alloc();
    update_va_mapping((uint64_t)window, pte(mfn, PTE_KERNEL), UVMF_INVLPG);
    memset(window, 0, PAGE_SIZE);
    remap(window, PTE_KERNEL);
}

void guest_main(const struct start_info *info)
{
    uint64_t mapped = 0;
    (void)info;
    while (entry_of(VIRT_BASE + mapped * PAGE_SIZE, 1) && *entry_of(VIRT_BASE + mapped * PAGE_SIZE, 1) & PTE_P) mapped++;

    print("XSA-148: PSE in an L2 entry\n");
    uint64_t table = aligned_frame(mapped);
    if (table) clear(table);
    else {
        void *page = page_alloc();
        remap(page, PTE_READONLY);
        table = frame_number(page);
    }

    uint64_t *entry = entry_of(REGION, 2);
    print("  L2 entry that names a table = %d\n", (int)mmu_update(entry_machine(entry), pte(table, PTE_TABLE)));
    long answer = mmu_update(entry_machine(entry), pte(table, PTE_TABLE | PTE_PSE));
    print("  the same with PSE = %d\n", (int)answer);
    if (answer < 0) {
        print("refused\n");
        return;
    }

    mmuext_op(MMUEXT_TLB_FLUSH_LOCAL, 0);
    unsigned faults = FAULTS("movb (%[va]), %%al", : : [va] "r"(REGION + PAGE_SIZE));
    print("accepted: %s\n", faults ? "the frame is not 2 MiB aligned, the processor refuses it" : "the guest reads beyond its table");
}

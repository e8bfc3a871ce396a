/* What the domain builder left: start_info, P2M and M2P, the pinned boot tables. */
#include "selftest.h"

void test_start_info(const struct start_info *info)
{
    print("start_info\n");
    print("  magic %s\n", info->magic);
    say("the first domain", info->flags & SIF_INITDOMAIN);
    say("shared_info is page aligned", info->shared_info % PAGE_SIZE == 0);
    say("tables are page aligned", info->pt_base % PAGE_SIZE == 0 && info->nr_pt_frames >= 4);
    say("upcalls start masked", shared_info->vcpu_info[0].evtchn_upcall_mask == 1);
    say("no event channel starts masked", shared_info->evtchn_mask[0] == 0);

    const uint64_t *m2p = (const uint64_t *)MACH2PHYS_VIRT_START;
    uint64_t agree = 0;
    for (uint64_t pfn = 0; pfn < frame_count(); pfn++) agree += m2p[frame_of_pfn(pfn)] == pfn;
    say("M2P is the inverse of P2M", agree == frame_count());

    say("the root maps itself read-only", !(*entry_of(info->pt_base, 1) & PTE_RW));
    say("this page is mapped to the frame P2M names",
        PTE_FRAME(*entry_of((uint64_t)&test_start_info, 1)) == frame_number(&test_start_info));
    say("Xen's slots are present in the root", root_table[256] & PTE_P);
}

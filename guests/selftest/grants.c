/* The grant table of the guest's own: its size, its frames, an entry in it. */
#include "selftest.h"

void test_grants(void)
{
    print("grant table\n");
    uint64_t frame = 0;
    struct gnttab_setup_table setup = { DOMID_SELF, 1, 0, &frame };
    print("  setup_table = %d", (int)HYPERCALL(grant_table_op, GNTTABOP_setup_table, &setup, 1, 0));
    print(", status %d\n", setup.status);

    struct gnttab_query_size size = { DOMID_SELF, 0, 0, 0 };
    print("  query_size = %d", (int)HYPERCALL(grant_table_op, GNTTABOP_query_size, &size, 1, 0));
    print(", status %d\n", size.status);
    say("at least four frames allowed", size.nr_frames >= 1 && size.max_nr_frames >= 4);

    uint8_t *window = page_alloc();
    uint64_t old = *entry_of((uint64_t)window, 1);
    print("  map its frame = %d\n", (int)update_va_mapping((uint64_t)window, pte(frame, PTE_KERNEL), UVMF_INVLPG));
    volatile struct grant_entry_v1 *table = (void *)window;
    table[8].domid = 0;
    table[8].frame = 1234;
    table[8].flags = GTF_permit_access | GTF_readonly;
    print("  entry 8: flags %u, domain %u, frame %u\n", table[8].flags, table[8].domid, table[8].frame);
    table[8].flags = 0;
    update_va_mapping((uint64_t)window, old, UVMF_INVLPG);

    setup.dom = 5;
    print("  setup_table for another domain = %d", (int)HYPERCALL(grant_table_op, GNTTABOP_setup_table, &setup, 1, 0));
    print(", status %d\n", setup.status);
}

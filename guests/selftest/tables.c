/* Page tables of the guest's own: updates one by one, a second root, and what Xen refuses. */
#include "selftest.h"

static void print_entry(const char *what, uint64_t entry)
{
    print("  %s: flags %lx\n", what, PTE_FLAGS(entry));
}

static void entries(void)
{
    uint8_t *page = page_alloc(), *window = page_alloc();
    uint64_t *entry = entry_of((uint64_t)window, 1), old = *entry, mfn = frame_number(page);

    print("update_va_mapping\n");
    print("  map a page = %d\n", (int)update_va_mapping((uint64_t)window, pte(mfn, PTE_P | PTE_RW), UVMF_INVLPG));
    print_entry("kernel entry as Xen left it", *entry);
    page[5] = 77;
    say("both mappings reach one frame", window[5] == 77);
    print_entry("after a load", *entry);
    window[6] = 78;
    print_entry("after a store", *entry);
    print("  map it for user mode = %d\n",
          (int)update_va_mapping((uint64_t)window, pte(mfn, PTE_P | PTE_US), UVMF_TLB_FLUSH));
    print_entry("user entry as Xen left it", *entry);
    print("  map a frame that no machine has = %d\n",
          (int)update_va_mapping((uint64_t)window, pte(1UL << 39, PTE_P), UVMF_INVLPG));
    print("  writable map of the root table = %d\n",
          (int)update_va_mapping((uint64_t)window, pte(frame_number(root_table), PTE_P | PTE_RW), UVMF_INVLPG));
    print("  address without a table = %d\n", (int)update_va_mapping(0x600000, pte(mfn, PTE_P), 0));
    print("  unmap = %d\n", (int)update_va_mapping((uint64_t)window, 0, UVMF_INVLPG));
    print("  a load then faults: %u\n", FAULTS("movb (%[va]), %%al", : : [va] "r"(window)));

    print("mmu_update\n");
    uint64_t at = entry_machine(entry);
    print("  NORMAL_PT_UPDATE = %d\n", (int)mmu_update(at | MMU_NORMAL_PT_UPDATE, pte(mfn, PTE_P | PTE_RW)));
    window[7] = 79;
    say("the page is there", page[7] == 79);
    print("  PRESERVE_AD = %d\n", (int)mmu_update(at | MMU_PT_UPDATE_PRESERVE_AD, pte(mfn, PTE_P | PTE_RW)));
    print_entry("A and D kept", *entry);
    print("  NORMAL again = %d\n", (int)mmu_update(at | MMU_NORMAL_PT_UPDATE, pte(mfn, PTE_P | PTE_RW)));
    print_entry("A and D gone", *entry);
    print("  MACHPHYS_UPDATE = %d\n", (int)mmu_update(mfn << 12 | MMU_MACHPHYS_UPDATE, 12345));
    const uint64_t *m2p = (const uint64_t *)MACH2PHYS_VIRT_START;
    say("M2P has the new number", m2p[mfn] == 12345);
    mmu_update(mfn << 12 | MMU_MACHPHYS_UPDATE, ((uint64_t)page - VIRT_BASE) / PAGE_SIZE);
    say("and the old one again", frame_address(mfn) == page);
    print("  slot of Xen in the root = %d\n",
          (int)mmu_update(frame_number(root_table) << 12 | 256 * 8, pte(mfn, PTE_P)));
    print("  entry in a page that is no table = %d\n", (int)mmu_update(mfn << 12 | 16, 0x1234));
    say("is a plain store", ((uint64_t *)page)[2] == 0x1234);

    struct mmu_update batch[] = {
        { at, pte(mfn, PTE_P | PTE_RW) }, { at, pte(frame_number(root_table), PTE_P | PTE_RW) }, { at, 0 },
    };
    uint32_t done = 0;
    print("  three, the second refused = %d", (int)HYPERCALL(mmu_update, batch, 3, &done, DOMID_SELF));
    print(", done %u\n", done);
    mmu_update(at, old);
    mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)window);
}

static void second_root(void)
{
    print("a second root\n");
    uint64_t *old = root_table, *fresh = page_alloc();
    memcpy(fresh, old, 256 * 8);
    memcpy(fresh + 272, old + 272, 240 * 8);

    print("  pin while mapped writable = %d\n", (int)mmuext_op(MMUEXT_PIN_L4_TABLE, frame_number(fresh)));
    print("  map read-only = %d\n", (int)remap(fresh, PTE_READONLY));
    print("  pin = %d\n", (int)mmuext_op(MMUEXT_PIN_L4_TABLE, frame_number(fresh)));
    print("  pin again = %d\n", (int)mmuext_op(MMUEXT_PIN_L4_TABLE, frame_number(fresh)));
    print("  map writable while pinned = %d\n", (int)remap(fresh, PTE_KERNEL));
    print("  NEW_BASEPTR of a writable page = %d\n", (int)mmuext_op(MMUEXT_NEW_BASEPTR, frame_number(page_alloc())));
    print("  NEW_BASEPTR = %d\n", (int)mmuext_op(MMUEXT_NEW_BASEPTR, frame_number(fresh)));
    root_table = fresh;
    print("  unpin the old root = %d\n", (int)mmuext_op(MMUEXT_UNPIN_TABLE, frame_number(old)));
    print("  unpin it again = %d\n", (int)mmuext_op(MMUEXT_UNPIN_TABLE, frame_number(old)));
    print("  map it writable = %d\n", (int)remap(old, PTE_KERNEL));
    old[0] = 0x42;
    say("it is an ordinary page now", old[0] == 0x42);
    print("  unpin the root in use = %d\n", (int)mmuext_op(MMUEXT_UNPIN_TABLE, frame_number(fresh)));
    print("  map it writable all the same = %d\n", (int)remap(fresh, PTE_KERNEL));
    print("  pin it = %d\n", (int)mmuext_op(MMUEXT_PIN_L4_TABLE, frame_number(fresh)));
}

void test_tables(void)
{
    entries();
    second_root();
}

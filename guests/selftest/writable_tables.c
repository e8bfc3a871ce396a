/* Stores to a page table that is mapped read-only: Xen emulates them when they are legal. */
#include "selftest.h"

void test_writable_tables(void)
{
    print("writable page tables\n");
    uint8_t *page = page_alloc(), *window = page_alloc();
    volatile uint64_t *entry = entry_of((uint64_t)window, 1);
    uint64_t old = *entry, value = pte(frame_number(page), PTE_P | PTE_RW);

    page[0] = 0x5a;
    *entry = value;
    mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)window);
    say("mov", window[0] == 0x5a);

    uint64_t before = __atomic_exchange_n(entry, 0, __ATOMIC_SEQ_CST);
    mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)window);
    say("xchg answers the old entry", PTE_FRAME(before) == frame_number(page) && (before & PTE_A));
    say("xchg clears it", *entry == 0);

    uint64_t expected = 0;
    say("cmpxchg succeeds", __atomic_compare_exchange_n(entry, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    expected = 0x1234;
    say("cmpxchg fails", !__atomic_compare_exchange_n(entry, &expected, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    say("and answers the entry", expected == *entry);

    __asm__ volatile("lock andq %1, %0" : "+m"(*entry) : "r"(~PTE_RW) : "cc");
    mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)window);
    say("lock and makes it read-only", !(*entry & PTE_RW));
    print("  a store through it faults: %u", FAULTS("movb $1, (%[va])", : : [va] "r"(window)));
    print(", error %lx\n", trap.error);
    __asm__ volatile("lock btsq $1, %0" : "+m"(*entry) : : "cc");
    window[1] = 0x5b;
    say("lock bts makes it writable", page[1] == 0x5b);

    uint64_t root = pte(frame_number(root_table), PTE_P | PTE_RW);
    print("  an entry that maps the root writable faults: %u", FAULTS("movq %[v], (%[e])", : : [v] "r"(root), [e] "r"(entry)));
    print(", error %lx\n", trap.error);
    say("and is not made", PTE_FRAME(*entry) == frame_number(page));
    print("  a store to an L2 table faults: %u\n",
          FAULTS("movq $0, (%[e])", : : [e] "r"(entry_of(0xffffffffffe00000, 2))));
    *entry = old;
    mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)window);
}

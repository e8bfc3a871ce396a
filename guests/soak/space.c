#include "soak.h"

table low_tables[LEVELS];

static uint8_t data[DATA_PAGES + USER_STACK_PAGES + KERNEL_STACK_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));

#define FOR_ALL     (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define FOR_KERNEL  (PTE_P | PTE_RW | PTE_A | PTE_D)

static void lead_to(unsigned level, unsigned slot, const table *lower)
{
    set_mapping((word)lower, entry_for(frame_of(lower), PTE_P));
    low_tables[level][slot] = entry_for(frame_of(lower), IS_64_BIT || level == 1 ? FOR_ALL : PTE_P);
}

void make_space(void)
{
    for (unsigned i = 0; i < CODE_PAGES; i++) low_tables[0][CODE_AT + i] = entry_for(frame_of(code[i]), FOR_ALL);
    for (unsigned i = 0; i < sizeof data / PAGE_SIZE; i++)
        low_tables[0][DATA_AT + i] = entry_for(frame_of(data[i]), DATA_AT + i < KERNEL_STACK_AT ? FOR_ALL : FOR_KERNEL);
    lead_to(1, LOW >> 21, &low_tables[0]);
#ifdef __i386__
    set_mapping((word)low_tables[1], entry_for(frame_of(low_tables[1]), PTE_P));
    set_entry(entry_for(own_root_mfn, 0), entry_for(frame_of(low_tables[1]), PTE_P));
#else
    lead_to(2, 0, &low_tables[1]);
    set_mapping((word)low_tables[2], entry_for(frame_of(low_tables[2]), PTE_P));
    set_entry(entry_for(own_root_mfn, 0), entry_for(frame_of(low_tables[2]), FOR_ALL));
#endif
    make_user_root(ARENA);
}

#include "soak.h"

table gdt[GDT_PAGES];

#define PRESENT 0x0000800000000000ull
#define SEGMENT 0x0000100000000000ull
#define BIG     0x00c0000000000000ull /* G and D */
#define LONG    0x00a0000000000000ull /* G and L */

static uint64_t descriptor(uint32_t base, uint32_t limit, uint64_t bits)
{
    return bits | (limit & 0xffff) | (uint64_t)(limit >> 16 & 15) << 48 | (uint64_t)(base & 0xffffff) << 16 | (uint64_t)(base >> 24) << 56;
}

static uint64_t access(unsigned type, unsigned dpl)
{
    return PRESENT | SEGMENT | (uint64_t)type << 40 | (uint64_t)dpl << 45;
}

/* Pairs of which the second is for applications: 16-bit code and data at LOW, flat ones, a small one, one that grows down. */
static uint64_t useful(unsigned index)
{
    unsigned dpl = index & 1 ? 3 : 1;
    switch (index >> 1) {
    case 1: return descriptor(LOW, 0xffff, access(11, dpl));
    case 2: return descriptor(LOW, 0xffff, access(3, dpl));
    case 3: return descriptor(0, 0xfffff, access(11, dpl) | (IS_64_BIT && dpl == 3 ? LONG : BIG));
    case 4: return descriptor(low(DATA_AT), DATA_PAGES * PAGE_SIZE - 1, access(3, dpl) | 0x0040000000000000ull);
    case 5: return descriptor(0, low(DATA_AT) >> 12, access(7, dpl) | BIG);
    case 6: return descriptor(0, 0xfffff, access(15, 1) | BIG); /* conforming */
    default: return 0;
    }
}

/* Anything, mostly near to what is allowed. */
static uint64_t any_descriptor(void)
{
    uint64_t random = next_random();
    if ((random & 31) == 0) return next_random();
    if ((random & 31) == 1) return 0;
    uint32_t base = random >> 8 & 1 ? 0 : below(4) ? any_address() : next_random();
    uint32_t limit = random >> 9 & 1 ? 0xfffff : next_random() >> 44;
    uint64_t bits = access(random >> 10, random >> 14) & 0x0000ff0000000000ull;
    if ((random >> 16 & 15) == 0) bits &= ~SEGMENT;
    if ((random >> 20 & 15) == 0) bits &= ~PRESENT;
    /* A call gate keeps an offset and a selector where a segment keeps base and limit. */
    if (!(bits & SEGMENT) && random >> 24 & 1) return bits | (uint64_t)any_selector() << 16 | (any_address() & 0xffff);
    return descriptor(base, limit, bits | (random >> 28 & 15) << 52);
}

uint16_t any_selector(void)
{
    uint64_t random = next_random();
    switch (random & 15) {
    case 0: return random >> 8;
    case 1: return random >> 8 & 3;
    case 2: return 0xe000 | (random >> 8 & 0x7f);
    case 3: return 4 | (random >> 8 & 0xff);
    case 4:
    case 5: return KERNEL_DS;
    case 6:
    case 7: return USER_DS;
    case 8: return random & 0x10 ? KERNEL_CS : USER_CS;
    case 9:
    case 10:
    case 11:
    case 12: return (random >> 8) % USEFUL_DESCRIPTORS << 3 | (random >> 16 & 1 ? 3 : 1);
    default: return (random >> 8) % DESCRIPTORS << 3 | (random >> 16 & 3);
    }
}

uint16_t any_kernel_code(void)
{
    if (IS_64_BIT || below(8)) return KERNEL_CS;
    return below(1024) ? 6 << 3 | 1 : any_selector();
}

uint16_t any_kernel_stack(void)
{
    return below(1024) ? KERNEL_DS : any_selector();
}

static void use(word count)
{
    word frames[14];
    for (unsigned i = 0; i < 14; i++) frames[i] = i < GDT_PAGES ? frame_of(gdt[i]) : arena_mfn[below(ARENA)];
    HYPERCALL(set_gdt, frames, count, 0, 0);
}

void make_descriptors(void)
{
    for (unsigned i = 0; i < USEFUL_DESCRIPTORS; i++) gdt[0][i] = useful(i);
    for (unsigned i = 0; i < GDT_PAGES; i++) {
        set_mapping((word)gdt[i], entry_for(frame_of(gdt[i]), PTE_P));
        set_mapping(low(GDT_AT + i), entry_for(frame_of(gdt[i]), PTE_P | PTE_US));
    }
    use(GDT_PAGES * 512);
    set_local_table((word)gdt[0], GDT_PAGES * 512);
}

void change_descriptors(void)
{
    for (unsigned n = below(8); n; n--) {
        unsigned slot = below(16) ? USEFUL_DESCRIPTORS + below(DESCRIPTORS - USEFUL_DESCRIPTORS) : below(GDT_PAGES * 512);
        set_descriptor(entry_for(frame_of(gdt[slot / 512]), slot % 512 * 8), any_descriptor());
    }
    for (unsigned n = below(3); n; n--) {
        unsigned slot = below(USEFUL_DESCRIPTORS);
        set_descriptor(entry_for(frame_of(gdt[0]), slot * 8), useful(slot));
    }
    switch (below(8)) {
    case 0: use(below(14 * 512)); break;
    case 1: set_descriptor(entry_for(arena_mfn[below(ARENA)], below(512) * 8), any_descriptor()); break;
    case 2: use(GDT_PAGES * 512); break;
    case 3: set_local_table((word)arena[below(ARENA)] + below(2) * below(512) * 8, below(1025)); break;
    case 4: set_local_table((word)gdt[0], GDT_PAGES * 512); break;
    }
}

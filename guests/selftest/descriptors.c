/* A GDT of the guest's own: what may stand in it, and selectors that use it. */
#include "selftest.h"

#define CODE64 0x00affb000000ffffUL
#define DATA   0x00cff3000000ffffUL
#define LIMIT5 0x0040f20000000005UL /* data, byte granular, limit 5 */
#define LDT    0x0000820000000fffUL
#define TSS    0x0000890000000067UL
#define DATA0  0x00cf93000000ffffUL /* data of level 0 */

static uint64_t limit_of(uint16_t selector)
{
    uint64_t limit = 0;
    bool valid;
    __asm__ volatile("lsl %2, %0; setz %1" : "=r"(limit), "=q"(valid) : "r"((uint64_t)selector) : "cc");
    return valid ? limit : ~0UL;
}

static bool loads(uint16_t selector)
{
    return FAULTS("mov %[s], %%es", : : [s] "r"((uint32_t)selector)) == 0;
}

void test_descriptors(void)
{
    print("descriptors\n");
    uint64_t *gdt = page_alloc(), frame = frame_number(gdt);
    gdt[1] = CODE64;
    gdt[2] = DATA;
    gdt[4] = DATA0;

    print("  set_gdt of a writable page = %d\n", (int)HYPERCALL(set_gdt, &frame, 512, 0, 0));
    print("  map read-only = %d\n", (int)remap(gdt, PTE_READONLY));
    print("  set_gdt = %d\n", (int)HYPERCALL(set_gdt, &frame, 512, 0, 0));
    print("  map it writable = %d\n", (int)remap(gdt, PTE_KERNEL));
    say("a data selector loads", loads(2 << 3 | 3));
    say("a readable code selector loads into ES", loads(1 << 3 | 3));
    say("level 0 was raised to 3", (gdt[4] >> 45 & 3) == 3 && loads(4 << 3 | 3));
    say("an empty slot loads", loads(3 << 3 | 3));
    print("  error %lx\n", trap.error);

    uint64_t slot = frame * PAGE_SIZE + 3 * 8;
    print("  update_descriptor = %d\n", (int)HYPERCALL(update_descriptor, slot, LIMIT5, 0, 0));
    print("  lsl then answers %lx\n", limit_of(3 << 3 | 3));
    print("  an LDT descriptor = %d\n", (int)HYPERCALL(update_descriptor, slot, LDT, 0, 0));
    print("  a TSS descriptor = %d\n", (int)HYPERCALL(update_descriptor, slot, TSS, 0, 0));
    print("  a misaligned address = %d\n", (int)HYPERCALL(update_descriptor, slot + 4, DATA, 0, 0));
    print("  lsl still answers %lx\n", limit_of(3 << 3 | 3));
    print("  too many entries = %d\n", (int)HYPERCALL(set_gdt, &frame, 8000, 0, 0));
    say("Xen's own code selector is there", limit_of(FLAT_RING3_CS64) != ~0UL);

    uint64_t cs;
    __asm__ volatile("push %1; lea 1f(%%rip), %0; push %0; lretq; 1: mov %%cs, %0; push %2; lea 2f(%%rip), %%rax; push %%rax; lretq; 2:"
                     : "=&r"(cs)
                     : "i"(1 << 3 | 3), "r"((uint64_t)FLAT_RING3_CS64)
                     : "rax", "memory");
    print("  a far return runs with cs %lx\n", cs & 0xffff);

    __asm__ volatile("mov %0, %%es" : : "r"(0));
    print("  no GDT = %d\n", (int)HYPERCALL(set_gdt, 0, 0, 0, 0));
    say("its page can be written again", remap(gdt, PTE_KERNEL) == 0);
}

/* Descriptors of the guest's own: lowered to ring 1, refused, loaded. */
#include "ring1.h"

static uint64_t gdt[512] __attribute__((aligned(4096)));

#define CODE_RING0 0x00cf9b000000ffffull
#define DATA_RING0 0x00cf93000000ffffull
#define DATA_SMALL 0x0040f30000000fffull /* ring 3, one page from 0 */
#define CODE_LONG  0x00af9b000000ffffull
#define TSS        0x0000890000000067ull
#define GATE       0x00008c00e0190000ull /* a call gate of ring 0 to Xen's flat ring 1 code */

static long update(uint32_t slot, uint64_t descriptor)
{
    uint64_t address = leaf_of(gdt, 0) + slot * 8;
    return HYPERCALL(update_descriptor, address, address >> 32, descriptor, descriptor >> 32);
}

static void load(uint32_t selector)
{
    TRY("mov %0, %%fs", : : "r"(selector));
    print("load of selector %x", selector);
    report("");
}

void check_segments(void)
{
    uint32_t frame = leaf_of(gdt, 0) >> 12;
    gdt[1] = CODE_RING0;
    gdt[2] = DATA_RING0;
    print("set_gdt of a writable page: %d\n", HYPERCALL(set_gdt, &frame, 512, 0, 0));
    map(gdt, leaf_of(gdt, PTE_PRESENT));
    print("set_gdt: %d\n", HYPERCALL(set_gdt, &frame, 512, 0, 0));
    print("ring 0 code became %x, data %x\n", (uint32_t)(gdt[1] >> 40) & 0xff, (uint32_t)(gdt[2] >> 40) & 0xff);
    print("64-bit code: %d, a TSS: %d, a gate: %d\n", update(3, CODE_LONG), update(3, TSS), update(3, GATE));
    print("the gate became %x:%x\n", (uint32_t)(gdt[3] >> 32), (uint32_t)gdt[3]);

    load(0x11); /* gdt[2] */
    load(0xe021);
    load(0xe010); /* Xen's own data */
    load(0x18);   /* the gate */
    load(0xffff);
    print("a small segment: %d\n", update(4, DATA_SMALL));
    __asm__ volatile("mov %0, %%fs" : : "r"(0x23));
    TRY("movl %%fs:0xffd, %%eax", : :);
    report("read across its limit");
    __asm__ volatile("mov %0, %%fs" : : "r"(0));
    TRY("movl %%fs:0, %%eax", : :);
    report("read through no segment");
    print("set_gdt to none: %d\n", HYPERCALL(set_gdt, &frame, 0, 0, 0));
    load(0x11);
}

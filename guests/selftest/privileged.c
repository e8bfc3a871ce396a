/* Instructions that a kernel at CPL 3 cannot execute and Xen carries out, or refuses, for it. */
#include "selftest.h"

static inline void cpuid(bool forced, uint32_t leaf, uint32_t r[4])
{
    if (forced)
        __asm__ volatile("ud2; .ascii \"xen\"; cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(0));
    else
        __asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(0));
}

static void set_iopl(uint32_t level)
{
    struct physdev_set_iopl argument = { level };
    print("  set_iopl %u = %d\n", level, (int)HYPERCALL(physdev_op, PHYSDEVOP_set_iopl, &argument, 0, 0));
}

static void ports_and_interrupt_flag(void)
{
    print("  in: %u fault\n", FAULTS("in $0x80, %%al", : :));
    print("  out: %u fault\n", FAULTS("out %%al, $0x80", : :));
    print("  cli: %u fault\n", FAULTS("cli", : :));
    print("  sti: %u fault\n", FAULTS("sti", : :));
}

void test_privileged(void)
{
    print("privileged instructions\n");
    uint32_t plain[4], forced[4], xen[5] = { 0 };
    cpuid(false, 0, plain);
    cpuid(true, 0, forced);
    say("forced and plain cpuid name one vendor", plain[1] == forced[1] && plain[2] == forced[2] && plain[3] == forced[3]);
    cpuid(true, 0x40000000, xen);
    print("  hypervisor %s\n", (const char *)&xen[1]);
    cpuid(true, 1, forced);
    say("cpuid says there is a hypervisor", forced[2] >> 31);

    ports_and_interrupt_flag();
    set_iopl(1);
    ports_and_interrupt_flag();
    set_iopl(0);

    uint64_t flags;
    __asm__ volatile("push $0x3002; popf; pushf; pop %0" : "=r"(flags) : : "cc", "memory");
    print("  popf leaves IF %u, IOPL %u\n", (unsigned)(flags >> 9 & 1), (unsigned)(flags >> 12 & 3));

    print("  rdmsr of an unknown register: %u fault", FAULTS("rdmsr", : : "c"(0x4321)));
    print(", vector %u, error %lx\n", (unsigned)trap.vector, trap.error);

    static uint64_t word = 0x6d;
    uint64_t base = (uint64_t)&word, value;
    __asm__ volatile("wrmsr" : : "c"(0xc0000101), "a"((uint32_t)base), "d"(base >> 32));
    __asm__ volatile("mov %%gs:0, %0" : "=r"(value));
    print("  wrmsr GS_BASE: GS:0 is %lx\n", value);

    uint64_t cr0, cr3, cr4;
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    say("cr0 has PE, WP and PG", (cr0 & 0x80010001) == 0x80010001);
    say("cr3 names the root", cr3 >> 12 == frame_number(root_table));
    say("cr4 has PAE", cr4 & 0x20);
    print("  mov to cr4 of what it is: %u fault\n", FAULTS("mov %[v], %%cr4", : : [v] "r"(cr4)));
}

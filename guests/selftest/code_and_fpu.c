/* Code that changes under the processor, and the x87 and SSE state. */
#include "selftest.h"

static void changing_code(void)
{
    static const uint8_t answer[] = { 0xb8, 0, 0, 0, 0, 0xc3 }; /* mov $0, %eax; ret */
    uint8_t *page = page_alloc(), *alias = page_alloc();
    uint64_t old = *entry_of((uint64_t)alias, 1);
    memcpy(page, answer, sizeof answer);
    update_va_mapping((uint64_t)alias, pte(frame_number(page), PTE_READONLY), UVMF_INVLPG);

    unsigned right = 0;
    for (uint32_t i = 0; i < 200; i++) {
        memcpy(page + 1, &i, 4);
        __asm__ volatile("" ::: "memory");
        right += ((uint32_t(*)(void))alias)() == i;
    }
    print("  code rewritten through an alias: %u of 200 right\n", right);
    update_va_mapping((uint64_t)alias, old, UVMF_INVLPG);
}

static void sse_state(void)
{
    static uint8_t image[512] __attribute__((aligned(16)));
    static const uint64_t pattern[2] = { 0x0123456789abcdef, 0xfedcba9876543210 };
    uint64_t back[2] = { 0, 0 };

    __asm__ volatile("movups %0, %%xmm5; fxsave64 %1" : : "m"(pattern), "m"(image) : "memory");
    say("fxsave holds what movups loaded", *(uint64_t *)(image + 160 + 5 * 16) == pattern[0]);
    __asm__ volatile("pxor %%xmm5, %%xmm5; fxrstor64 %1; movups %%xmm5, %0" : "=m"(back) : "m"(image) : "memory");
    say("fxrstor brings it back", back[0] == pattern[0] && back[1] == pattern[1]);

    print("  fpu_taskswitch 1 = %d\n", (int)HYPERCALL(fpu_taskswitch, 1, 0, 0, 0));
    print("  the next SSE instruction: %u fault", FAULTS("movups %%xmm5, %%xmm6", : :));
    print(", vector %u\n", (unsigned)trap.vector);
    print("  and the one after: %u fault\n", FAULTS("movups %%xmm5, %%xmm6", : :));
}

void test_code_and_fpu(void)
{
    print("code and floating point\n");
    changing_code();
    sse_state();
}

/* A user root with code, stack and data, shared with the kernel's root. */
#include "selftest.h"

/* Makes a page that nothing maps writable any more, as a table must be. */
static uint64_t table_frame(void *page)
{
    remap(page, PTE_READONLY);
    return frame_number(page);
}

uint64_t run_user(const uint8_t *code, uint64_t argument)
{
    return user_enter(user_address((uint64_t)code), argument, USER_STACK_TOP);
}

static void left_user(struct frame *frame)
{
    if (frame->rax == 0) user_leave(frame->rdi);
}

void test_user_space(void)
{
    static uint8_t kernel_stack[8192] __attribute__((aligned(16)));

    print("user space\n");
    uint64_t *l1 = page_alloc(), *l2 = page_alloc(), *l3 = page_alloc(), *l4 = page_alloc();
    for (const uint8_t *code = probes_start; code < probes_end; code += PAGE_SIZE)
        l1[slot_of(user_address((uint64_t)code), 1)] = pte(frame_number(code), PTE_P | PTE_US | PTE_A);

    uint8_t *stack = page_alloc(), *writable = page_alloc(), *readonly = page_alloc();
    *(uint64_t *)(stack + PAGE_SIZE - 8) = user_address((uint64_t)probe_exit);
    memset(writable, 0xc3, PAGE_SIZE);
    uint64_t user = PTE_P | PTE_US | PTE_A;
    l1[slot_of(USER_DATA, 1)] = pte(frame_number(writable), user | PTE_RW | PTE_D | PTE_NX);
    l1[slot_of(USER_DATA, 1) + 1] = pte(frame_number(readonly), user);
    l1[slot_of(USER_STACK, 1)] = pte(frame_number(stack), user | PTE_RW | PTE_D | PTE_NX);

    l2[slot_of(USER_CODE, 2)] = pte(table_frame(l1), PTE_TABLE);
    l3[slot_of(USER_CODE, 3)] = pte(table_frame(l2), PTE_TABLE);
    l4[slot_of(USER_CODE, 4)] = pte(table_frame(l3), PTE_TABLE);

    print("  pin the user root = %d\n", (int)mmuext_op(MMUEXT_PIN_L4_TABLE, table_frame(l4)));
    print("  NEW_USER_BASEPTR = %d\n", (int)mmuext_op(MMUEXT_NEW_USER_BASEPTR, frame_number(l4)));
    print("  the kernel's root shares it = %d\n", (int)mmu_update(entry_machine(root_table), pte(frame_number(l3), PTE_TABLE)));
    print("  stack_switch = %d\n",
          (int)HYPERCALL(stack_switch, FLAT_RING3_SS64, kernel_stack + sizeof kernel_stack, 0, 0));

    syscall_hook = left_user;
    say("the kernel sees the user's data", *(uint8_t *)USER_DATA == 0xc3);
}

/* The ways into and out of user mode: iret hypercall, SYSCALL callback, the two GS bases, an event. */
#include "selftest.h"

static unsigned pings;

static void ping(struct frame *frame)
{
    if (frame->rax == 0) user_leave(frame->rdi);
    pings++;
    frame->rax = 7;
    frame->error = VGCF_in_syscall;
}

void test_user_mode(void)
{
    static uint64_t kernel_data = 0x6b, *user_data = (uint64_t *)(USER_DATA + 0x100);

    print("user mode\n");
    syscall_hook = ping;
    print("  a SYSCALL that returns: %lx", run_user(probe_ping, 0));
    print(", %u seen\n", pings);

    *user_data = 0x75;
    print("  set_segment_base GS of the kernel = %d\n",
          (int)HYPERCALL(set_segment_base, SEGBASE_GS_KERNEL, &kernel_data, 0, 0));
    print("  set_segment_base GS of the user = %d\n", (int)HYPERCALL(set_segment_base, SEGBASE_GS_USER, user_data, 0, 0));
    print("  GS:0 in kernel mode %lx", kernel_call((uint64_t)probe_gs, 0));
    print(", in user mode %lx", run_user(probe_gs, 0));
    print(", in kernel mode again %lx\n", kernel_call((uint64_t)probe_gs, 0));

    trap.count = 0;
    resume_at = user_address((uint64_t)probe_exit);
    user_enter((uint64_t)probe_gs, 0, USER_STACK_TOP);
    resume_at = 0;
    print("  at a kernel address: %u fault, error %lx\n", trap.count, trap.error);
}

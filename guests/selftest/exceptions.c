/* One exception of each kind, in kernel mode and in user mode, and a fault inside a handler. */
#include "selftest.h"

static void print_trap(const struct probe *probe, uint64_t from)
{
    uint64_t instruction = from + (probe->instruction - (uint64_t)probes_start);
    uint64_t resume = from + (probe->resume - (uint64_t)probes_start);

    print("  %s: ", probe->name);
    if (trap.count == 0) {
        print("nothing\n");
        return;
    }
    const char *where = trap.rip == instruction ? "at" : trap.rip == resume ? "after" : trap.rip == trap.cr2 ? "target of" : "elsewhere than";
    print("vector %u, error %lx, rip %s the instruction, cs rpl %u, saved mask %u, mask %u", (unsigned)trap.vector, trap.error,
          where, (unsigned)(trap.cs & 3), trap.saved_mask, trap.mask_in_handler);
    if (trap.vector == 14) print(", cr2 %lx", trap.cr2);
    print("%s\n", trap.count > 1 ? ", repeated" : "");
}

static void nested(struct frame *frame)
{
    uint64_t outer = frame->rip;
    unsigned inner = FAULTS("movb (%[va]), %%al", : : [va] "r"(USER_DATA + 2 * PAGE_SIZE));
    print("  inside the handler: %u fault, vector %u, error %lx\n", inner, (unsigned)trap.vector, trap.error);
    frame->rip = outer;
}

void test_exceptions(void)
{
    print("exceptions in kernel mode\n");
    for (const struct probe *probe = probes; probe->name; probe++) {
        trap.count = 0;
        resume_at = probe->resume;
        kernel_call(probe->start, USER_DATA);
        resume_at = 0;
        print_trap(probe, (uint64_t)probes_start);
    }

    print("exceptions in user mode\n");
    for (const struct probe *probe = probes; probe->name; probe++) {
        trap.count = 0;
        resume_at = user_address(probe->resume);
        run_user((const uint8_t *)probe->start, USER_DATA);
        resume_at = 0;
        print_trap(probe, USER_CODE);
    }

    print("a fault inside a handler\n");
    trap_hook = nested;
    unsigned outer = FAULTS("ud2", : :);
    say("the outer handler came back", outer == 1);
}

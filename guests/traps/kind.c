/* Of what kind.h declares, that which both kinds of guests say alike. */
#include "kind.h"

#define DR6_STATUS 0xe00f /* BT, BS, BD, B3-B0; the others are always the same */

void forget_handlers(void)
{
    HYPERCALL(set_trap_table, NULL, 0, 0, 0);
}

void switch_task(void)
{
    HYPERCALL(fpu_taskswitch, 1, 0, 0, 0);
}

void set_masked(bool masked)
{
    shared_info->vcpu_info[0].evtchn_upcall_mask = masked;
}

bool is_masked(void)
{
    return shared_info->vcpu_info[0].evtchn_upcall_mask;
}

void set_breakpoint(word address, word control)
{
    HYPERCALL(set_debugreg, 0, address, 0, 0);
    HYPERCALL(set_debugreg, 7, control, 0, 0);
}

word take_debug_status(void)
{
    word status = HYPERCALL(get_debugreg, 6, 0, 0, 0);
    HYPERCALL(set_debugreg, 6, 0, 0, 0);
    return status & DR6_STATUS;
}

word fault_address(void)
{
    return shared_info->vcpu_info[0].cr2;
}

/* Of what kind.h declares, that which both kinds of guests say alike. */
#include "kind.h"

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

word fault_address(void)
{
    return shared_info->vcpu_info[0].cr2;
}

/* The state of the vCPU, of its timers and of the domain's events, as a script finds it. */
#include "conform.h"

static uint8_t kernel_stack[16384] __attribute__((aligned(16)));

static void return_to_kernel(struct frame *frame)
{
    frame->cs &= ~3UL;
}

/* The ring that may raise a vector by INT n is its number modulo 4, so that there are gates of all kinds. */
static void set_entry_points(void)
{
    static struct trap_info table[257];
    static const struct callback_register callbacks[] = {
        { CALLBACKTYPE_failsafe, 0, (uint64_t)failed_return },
        { CALLBACKTYPE_syscall, 0, (uint64_t)syscall_entry },
    };

    traps_init();
    for (unsigned n = 0; n < 256; n++) table[n] = (struct trap_info){ n, n & 3, FLAT_RING3_CS64, (uint64_t)vectors[n] };
    HYPERCALL(set_trap_table, table, 0, 0, 0);
    for (unsigned i = 0; i < 2; i++) HYPERCALL(callback_op, CALLBACKOP_register, &callbacks[i], 0, 0);
    HYPERCALL(stack_switch, FLAT_RING3_SS64, kernel_stack + sizeof kernel_stack, 0, 0);
    syscall_hook = return_to_kernel;
}

static void clear_events(void)
{
    domid_t self = DOMID_SELF;
    event_channel_op(EVTCHNOP_reset, &self);
    for (unsigned i = 0; i < 64; i++) shared_info->evtchn_pending[i] = shared_info->evtchn_mask[i] = 0;
    shared_info->vcpu_info[0].evtchn_pending_sel = 0;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
}

static void stop_timers(void)
{
    HYPERCALL(set_timer_op, 0, 0, 0, 0);
    HYPERCALL(vcpu_op, VCPUOP_stop_periodic_timer, 0, 0, 0);
    HYPERCALL(vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0, 0);
}

void vcpu_reset(void)
{
    struct physdev_set_iopl iopl = { 0 };
    struct physdev_set_iobitmap bitmap = { NULL, 0 };

    set_entry_points();
    clear_events();
    stop_timers();
    HYPERCALL(set_gdt, 0, 0, 0, 0);
    HYPERCALL(set_debugreg, 7, 0x400, 0, 0);
    HYPERCALL(set_debugreg, 6, 0xffff0ff0, 0, 0);
    for (unsigned which = 0; which < 4; which++) HYPERCALL(set_debugreg, which, 0, 0, 0);
    HYPERCALL(fpu_taskswitch, 0, 0, 0, 0);
    HYPERCALL(physdev_op, PHYSDEVOP_set_iopl, &iopl, 0, 0);
    HYPERCALL(physdev_op, PHYSDEVOP_set_iobitmap, &bitmap, 0, 0);
    for (unsigned which = SEGBASE_FS; which <= SEGBASE_GS_USER_SEL; which++) HYPERCALL(set_segment_base, which, 0, 0, 0);
    for (unsigned type = 0; type <= VMASST_TYPE_m2p_strict; type++)
        HYPERCALL(vm_assist, type == VMASST_TYPE_writable_pagetables ? VMASST_CMD_enable : VMASST_CMD_disable, type, 0, 0);
    __asm__ volatile("mov %0, %%ds\n\tmov %0, %%es" : : "r"(0));
}

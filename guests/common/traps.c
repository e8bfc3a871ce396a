#include "traps.h"

#include "console.h"
#include "hypercall.h"

#define FOR_EACH_EXCEPTION(_) \
    _(0) _(1) _(3) _(4) _(5) _(6) _(7) _(10) _(11) _(12) _(13) _(14) _(16) _(17) _(19)

#define DECLARE(n) void trap_##n(void);
FOR_EACH_EXCEPTION(DECLARE)
DECLARE(128)
DECLARE(129)
DECLARE(131)
void event_entry(void);
void syscall_entry(void);
void failsafe_entry(void);

volatile struct trap_record trap;
volatile uint64_t resume_at;
void (*volatile trap_hook)(struct frame *frame);
void (*volatile event_hook)(uint32_t port, struct frame *frame);
void (*volatile syscall_hook)(struct frame *frame);

static struct shared_info *shared;

void traps_init(void)
{
#define ENTRY(n) { n, 0, FLAT_RING3_CS64, (uint64_t)trap_##n },
    static const struct trap_info table[] = {
        FOR_EACH_EXCEPTION(ENTRY)
        { 3, 3 | TI_MASK_EVENTS, FLAT_RING3_CS64, (uint64_t)trap_3 },
        { 4, 3, FLAT_RING3_CS64, (uint64_t)trap_4 },
        { 128, 3, FLAT_RING3_CS64, (uint64_t)trap_128 },
        { 129, 0, FLAT_RING3_CS64, (uint64_t)trap_129 },
        { 131, 1, FLAT_RING3_CS64, (uint64_t)trap_131 },
        { 0, 0, 0, 0 },
    };
    static const struct callback_register callbacks[] = {
        { CALLBACKTYPE_event, 0, (uint64_t)event_entry },
        { CALLBACKTYPE_failsafe, 0, (uint64_t)failsafe_entry },
        { CALLBACKTYPE_syscall, 0, (uint64_t)syscall_entry },
    };

    HYPERCALL(set_trap_table, table, 0, 0, 0);
    for (unsigned i = 0; i < 3; i++) HYPERCALL(callback_op, CALLBACKOP_register, &callbacks[i], 0, 0);
}

void traps_use(struct shared_info *mapped)
{
    shared = mapped;
}

void shutdown(uint32_t reason)
{
    struct sched_shutdown argument = { reason };
    console_drain();
    for (;;) sched_op(SCHEDOP_shutdown, &argument);
}

static void deliver_events(struct frame *frame)
{
    struct vcpu_info *vcpu = &shared->vcpu_info[0];
    vcpu->evtchn_upcall_pending = 0;
    uint64_t words = __atomic_exchange_n(&vcpu->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    while (words) {
        unsigned word = __builtin_ctzl(words);
        words &= words - 1;
        uint64_t ports = shared->evtchn_pending[word] & ~shared->evtchn_mask[word];
        __atomic_fetch_and(&shared->evtchn_pending[word], ~ports, __ATOMIC_SEQ_CST);
        for (; ports; ports &= ports - 1)
            if (event_hook) event_hook(word * 64 + __builtin_ctzl(ports), frame);
    }
}

static void unexpected(const struct frame *frame)
{
    print("unexpected trap %u, error %lx, rip %lx, rsp %lx, cs %lx\n", (unsigned)frame->vector, frame->error, frame->rip,
          frame->rsp, frame->cs);
    shutdown(SHUTDOWN_crash);
}

/* Called by traps.S for everything that enters the guest's kernel. */
void trapped(struct frame *frame)
{
    uint64_t error = frame->error;
    frame->error = 0; /* From here on the slot holds the flags of the iret hypercall. */

    if (frame->vector == VECTOR_EVENT) {
        deliver_events(frame);
        return;
    }
    if (frame->vector == VECTOR_SYSCALL && syscall_hook) {
        syscall_hook(frame);
        return;
    }
    if (!resume_at) {
        frame->error = error;
        unexpected(frame);
    }

    trap.count++;
    trap.vector = frame->vector;
    trap.error = error;
    trap.rip = frame->rip;
    trap.cs = frame->cs & 0xffff;
    trap.saved_mask = frame->cs >> 32;
    trap.rflags = frame->rflags;
    trap.cr2 = shared ? shared->vcpu_info[0].cr2 : 0;
    trap.mask_in_handler = shared ? shared->vcpu_info[0].evtchn_upcall_mask : 0;
    frame->rip = resume_at;
    frame->rflags &= ~0x40100UL; /* TF would single-step on, AC would fault on. */

    void (*hook)(struct frame *) = trap_hook;
    trap_hook = NULL;
    if (hook) hook(frame);
}

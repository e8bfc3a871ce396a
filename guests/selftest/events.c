/* Event channels: a loopback pair, an IPI, masks, upcalls into kernel and user mode. */
#include "selftest.h"

static unsigned upcalls;
static uint32_t last_port;
static uint64_t from_user;

static void count(uint32_t port, struct frame *frame)
{
    upcalls++;
    last_port = port;
    from_user = (frame->cs & 3) == 3;
}

static long send(uint32_t port)
{
    struct evtchn_port argument = { port };
    return event_channel_op(EVTCHNOP_send, &argument);
}

static long unmask(uint32_t port)
{
    struct evtchn_port argument = { port };
    return event_channel_op(EVTCHNOP_unmask, &argument);
}

static void print_status(const char *what, uint32_t port)
{
    struct evtchn_status status = { .dom = DOMID_SELF, .port = port };
    long answer = event_channel_op(EVTCHNOP_status, &status);
    print("  status of %s = %d, kind %u\n", what, (int)answer, status.status);
}

static void loopback(struct vcpu_info *vcpu)
{
    struct evtchn_alloc_unbound listener = { DOMID_SELF, DOMID_SELF, 0 };
    print("  alloc_unbound = %d\n", (int)event_channel_op(EVTCHNOP_alloc_unbound, &listener));
    print_status("an unbound port", listener.port);
    struct evtchn_bind_interdomain caller = { DOMID_SELF, listener.port, 0 };
    print("  bind_interdomain = %d\n", (int)event_channel_op(EVTCHNOP_bind_interdomain, &caller));
    print_status("the bound port", listener.port);
    say("binding left the local port pending", shared_info->evtchn_pending[0] >> caller.local_port & 1);
    say("no upcall while masked", upcalls == 0);

    vcpu->evtchn_upcall_mask = 0;
    HYPERCALL(xen_version, XENVER_version, 0, 0, 0);
    print("  upcalls once unmasked: %u\n", upcalls);
    upcalls = 0;

    print("  send = %d\n", (int)send(caller.local_port));
    say("it arrives at the other port", upcalls == 1 && last_port == listener.port);
    say("from kernel mode", !from_user);
    say("its upcall was taken once", !vcpu->evtchn_upcall_pending && !vcpu->evtchn_upcall_mask);

    upcalls = 0;
    shared_info->evtchn_mask[0] |= 1UL << listener.port;
    send(caller.local_port);
    say("a masked port is quiet", upcalls == 0);
    print("  unmask = %d\n", (int)unmask(listener.port));
    say("and then heard", upcalls == 1 && last_port == listener.port);

    struct evtchn_port end = { listener.port };
    print("  close = %d\n", (int)event_channel_op(EVTCHNOP_close, &end));
    print("  close it again = %d\n", (int)event_channel_op(EVTCHNOP_close, &end));
    print_status("the end that is left", caller.local_port);
    end.port = caller.local_port;
    event_channel_op(EVTCHNOP_close, &end);
}

void test_events(const struct start_info *info)
{
    print("events\n");
    if (!(info->flags & SIF_INITDOMAIN)) /* Every line printed brings an event of the console's. */
        shared_info->evtchn_mask[0] |= 1UL << info->console_evtchn | 1UL << info->store_evtchn;

    struct vcpu_info *vcpu = &shared_info->vcpu_info[0];
    event_hook = count;
    vcpu->evtchn_upcall_mask = 1; /* The return to user mode above left it clear. */
    loopback(vcpu);

    struct evtchn_bind_ipi ipi = { 0, 0 };
    print("  bind_ipi = %d\n", (int)event_channel_op(EVTCHNOP_bind_ipi, &ipi));
    print_status("it", ipi.port);
    upcalls = 0;
    vcpu->evtchn_upcall_mask = 1;
    send(ipi.port);
    send(ipi.port);
    say("upcall pending while masked", vcpu->evtchn_upcall_pending == 1 && upcalls == 0);
    vcpu->evtchn_upcall_mask = 0;
    HYPERCALL(xen_version, XENVER_version, 0, 0, 0);
    print("  two sends, upcalls %u\n", upcalls);
    print("  send to a closed port = %d\n", (int)send(1000));
    print("  send beyond all ports = %d\n", (int)send(100000));
    struct evtchn_bind_ipi other = { 7, 0 };
    print("  bind_ipi for no such vCPU = %d\n", (int)event_channel_op(EVTCHNOP_bind_ipi, &other));
}

/* The time stamp counter, the shared clock, timers that wake a blocked guest and interrupt a busy one. */
#include "selftest.h"

static uint32_t timer_port;
static unsigned fired;
static bool in_user;

static uint64_t rdtsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

uint64_t system_time(void)
{
    const volatile struct vcpu_time_info *time = &shared_info->vcpu_info[0].time;
    uint32_t version;
    uint64_t now;
    do {
        version = time->version;
        uint64_t ticks = rdtsc() - time->tsc_timestamp;
        ticks = time->tsc_shift < 0 ? ticks >> -time->tsc_shift : ticks << time->tsc_shift;
        now = time->system_time + (uint64_t)((unsigned __int128)ticks * time->tsc_to_system_mul >> 32);
    } while (version & 1 || version != time->version);
    return now;
}

static void tick(uint32_t port, struct frame *frame)
{
    if (port != timer_port) return;
    fired++;
    in_user = (frame->cs & 3) == 3;
    if (in_user) frame->rip = user_address((uint64_t)probe_exit);
}

static long singleshot(uint64_t when)
{
    struct vcpu_set_singleshot_timer timer = { when, 0 };
    return HYPERCALL(vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer, 0);
}

void test_time(void)
{
    print("time\n");
    uint64_t first = rdtsc(), second = rdtsc();
    say("rdtsc does not go back", second >= first);
    uint64_t then = system_time(), now = system_time();
    say("nor does system time", now >= then);
    say("the wall clock is consistent", shared_info->wc_version % 2 == 0);

    print("  is_up of this vCPU = %d\n", (int)HYPERCALL(vcpu_op, VCPUOP_is_up, 0, 0, 0));
    print("  is_up of vCPU 4000 = %d\n", (int)HYPERCALL(vcpu_op, VCPUOP_is_up, 4000, 0, 0));
    print("  stop_periodic_timer = %d\n", (int)HYPERCALL(vcpu_op, VCPUOP_stop_periodic_timer, 0, 0, 0));
    struct evtchn_bind_virq virq = { VIRQ_TIMER, 0, 0 };
    print("  bind_virq = %d\n", (int)event_channel_op(EVTCHNOP_bind_virq, &virq));
    print("  bind_virq again = %d\n", (int)event_channel_op(EVTCHNOP_bind_virq, &virq));
    timer_port = virq.port;
    event_hook = tick;

    uint64_t deadline = system_time() + 2000000;
    print("  set_timer_op = %d\n", (int)HYPERCALL(set_timer_op, deadline, 0, 0, 0));
    while (!fired) sched_op(SCHEDOP_block, NULL);
    say("it woke the guest in time, not before", system_time() >= deadline);

    fired = 0;
    deadline = system_time() + 1000000;
    print("  set_singleshot_timer = %d\n", (int)singleshot(deadline));
    while (!fired) sched_op(SCHEDOP_block, NULL);
    say("it woke the guest in time, not before", system_time() >= deadline);

    fired = 0;
    print("  a time in the past = %d\n", (int)singleshot(1));
    while (!fired) sched_op(SCHEDOP_block, NULL);
    say("it fires at once", true);

    fired = 0;
    singleshot(system_time() + 1000000);
    run_user(probe_spin, 0);
    say("a busy user is interrupted", fired == 1 && in_user);

    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    shared_info->evtchn_mask[0] |= 1UL << timer_port;
    struct sched_poll poll = { &timer_port, 1, 0 };
    singleshot(system_time() + 1000000);
    print("  poll for the timer = %d\n", (int)sched_op(SCHEDOP_poll, &poll));
    say("its port is pending", shared_info->evtchn_pending[0] >> timer_port & 1);
    print("  yield = %d\n", (int)sched_op(SCHEDOP_yield, NULL));
}

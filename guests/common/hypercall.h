/* Hypercalls by name. Each answers 0 or more, or a negative errno. */
#ifndef GUESTS_HYPERCALL_H
#define GUESTS_HYPERCALL_H

#include "xen.h"

long hypercall(uint64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);

#define HYPERCALL(name, a1, a2, a3, a4) \
    hypercall(__HYPERVISOR_##name, (uint64_t)(a1), (uint64_t)(a2), (uint64_t)(a3), (uint64_t)(a4), 0)

/* One mmu_update request of the caller's own domain. */
static inline long mmu_update(uint64_t ptr, uint64_t val)
{
    struct mmu_update request = { ptr, val };
    return HYPERCALL(mmu_update, &request, 1, 0, DOMID_SELF);
}

/* One mmuext_op of the caller's own domain. */
static inline long mmuext_op(uint32_t cmd, uint64_t arg1)
{
    struct mmuext_op op = { cmd, arg1, 0 };
    return HYPERCALL(mmuext_op, &op, 1, 0, DOMID_SELF);
}

static inline long update_va_mapping(uint64_t va, uint64_t pte, uint64_t flags)
{
    return HYPERCALL(update_va_mapping, va, pte, flags, 0);
}

static inline long sched_op(uint32_t cmd, void *argument)
{
    return HYPERCALL(sched_op, cmd, argument, 0, 0);
}

static inline long event_channel_op(uint32_t cmd, void *argument)
{
    return HYPERCALL(event_channel_op, cmd, argument, 0, 0);
}

#endif

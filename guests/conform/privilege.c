/*
 * The first domain may map device memory and use I/O ports, and whoever may do so chooses cache attributes, flushes caches
 * and maps what is no memory. It may also take these rights from domains, and from itself: what remains is, as far as page
 * tables go, an ordinary domain.
 */
#include "conform.h"

/* xen/include/public/domctl.h */
enum { DOMCTL_iomem_permission = 20, DOMCTL_ioport_permission = 21 };

#define DOMCTL_VERSION 0x15 /* Xen 4.17's */

#define NR_domctl 36
#define IO_PORTS  0x10000UL

struct domctl {
    uint32_t cmd, interface_version;
    domid_t domain;
    uint16_t pad[3];
    union {
        struct { uint64_t first, count; uint8_t allowed; } iomem;
        struct { uint32_t first, count; uint8_t allowed; } ioport;
        uint8_t space[128];
    };
};

static long give_up(uint32_t cmd, uint64_t first, uint64_t count)
{
    struct domctl op = { .cmd = cmd, .interface_version = DOMCTL_VERSION, .domain = own_domain };
    if (cmd == DOMCTL_iomem_permission) {
        op.iomem.first = first;
        op.iomem.count = count;
    } else {
        op.ioport.first = first;
        op.ioport.count = count;
    }
    return hypercall(NR_domctl, (uint64_t)&op, 0, 0, 0, 0);
}

/* Xen takes a range only from who has all of it: what has holes is halved. */
static void give_up_all(uint32_t cmd, uint64_t first, uint64_t count)
{
    if (give_up(cmd, first, count) == 0 || count == 1) return;
    give_up_all(cmd, first, count / 2);
    give_up_all(cmd, first + count / 2, count - count / 2);
}

static uint64_t machine_frames(void)
{
    uint32_t a = 0x80000008, b, c = 0, d;
    __asm__ volatile("ud2; .ascii \"xen\"; cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return 1UL << ((a & 255) - 12);
}

bool become_ordinary(void)
{
    give_up_all(DOMCTL_iomem_permission, 0, machine_frames());
    give_up_all(DOMCTL_ioport_permission, 0, IO_PORTS);
    return mmuext_op(MMUEXT_FLUSH_CACHE, 0) != 0; /* Refused to who has neither. */
}

/*
 * The part of Xen's paravirtual interface that is the same for guests of 64 and of 32 bits.
 *
 * Written from the layouts and numbers that Xen's public headers define (xen.h, event_channel.h, memory.h, physdev.h, sched.h,
 * io/console.h, elfnote.h); names are theirs.
 */
#ifndef GUESTS_XEN_ANY_H
#define GUESTS_XEN_ANY_H

/* ELF notes, owner "Xen". */
#define XEN_ELFNOTE_ENTRY          1
#define XEN_ELFNOTE_HYPERCALL_PAGE 2
#define XEN_ELFNOTE_VIRT_BASE      3
#define XEN_ELFNOTE_PADDR_OFFSET   4
#define XEN_ELFNOTE_XEN_VERSION    5
#define XEN_ELFNOTE_GUEST_OS       6
#define XEN_ELFNOTE_LOADER         8
#define XEN_ELFNOTE_PAE_MODE       9

/* Hypercall numbers. */
#define __HYPERVISOR_set_trap_table     0
#define __HYPERVISOR_mmu_update         1
#define __HYPERVISOR_set_gdt            2
#define __HYPERVISOR_stack_switch       3
#define __HYPERVISOR_set_callbacks      4
#define __HYPERVISOR_fpu_taskswitch     5
#define __HYPERVISOR_set_debugreg       8
#define __HYPERVISOR_get_debugreg       9
#define __HYPERVISOR_update_descriptor 10
#define __HYPERVISOR_memory_op         12
#define __HYPERVISOR_multicall         13
#define __HYPERVISOR_update_va_mapping 14
#define __HYPERVISOR_set_timer_op      15
#define __HYPERVISOR_xen_version       17
#define __HYPERVISOR_console_io        18
#define __HYPERVISOR_grant_table_op    20
#define __HYPERVISOR_vm_assist         21
#define __HYPERVISOR_iret              23
#define __HYPERVISOR_vcpu_op           24
#define __HYPERVISOR_set_segment_base  25
#define __HYPERVISOR_mmuext_op         26
#define __HYPERVISOR_sched_op          29
#define __HYPERVISOR_callback_op       30
#define __HYPERVISOR_event_channel_op  32
#define __HYPERVISOR_physdev_op        33

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOMID_SELF 0x7ff0

/* The page that carries the console: two rings with free-running indices. */
struct xencons_interface {
    char in[1024];
    char out[2048];
    uint32_t in_cons, in_prod;
    uint32_t out_cons, out_prod;
};

/* trap_info: events are masked on entry. */
#define TI_MASK_EVENTS 4

/* mmu_update: what the low two bits of ptr ask for. */
enum { MMU_NORMAL_PT_UPDATE, MMU_MACHPHYS_UPDATE, MMU_PT_UPDATE_PRESERVE_AD };

struct mmu_update {
    uint64_t ptr;
    uint64_t val;
};

enum {
    MMUEXT_PIN_L1_TABLE,
    MMUEXT_PIN_L2_TABLE,
    MMUEXT_PIN_L3_TABLE,
    MMUEXT_PIN_L4_TABLE,
    MMUEXT_UNPIN_TABLE,
    MMUEXT_NEW_BASEPTR,
    MMUEXT_TLB_FLUSH_LOCAL,
    MMUEXT_INVLPG_LOCAL,
    MMUEXT_TLB_FLUSH_ALL = 10,
    MMUEXT_FLUSH_CACHE = 12,
    MMUEXT_SET_LDT,
    MMUEXT_NEW_USER_BASEPTR = 15,
};

/* update_va_mapping flags. */
enum { UVMF_NONE, UVMF_TLB_FLUSH, UVMF_INVLPG };

enum { XENMEM_increase_reservation = 0, XENMEM_decrease_reservation = 1, XENMEM_machphys_mapping = 12 };

enum { SCHEDOP_yield, SCHEDOP_block, SCHEDOP_shutdown, SCHEDOP_poll };
enum { SHUTDOWN_poweroff, SHUTDOWN_reboot, SHUTDOWN_suspend, SHUTDOWN_crash };

enum {
    EVTCHNOP_bind_interdomain = 0,
    EVTCHNOP_bind_virq = 1,
    EVTCHNOP_close = 3,
    EVTCHNOP_send = 4,
    EVTCHNOP_status = 5,
    EVTCHNOP_alloc_unbound = 6,
    EVTCHNOP_bind_ipi = 7,
    EVTCHNOP_unmask = 9,
    EVTCHNOP_reset = 10,
};

enum { PHYSDEVOP_set_iopl = 6, PHYSDEVOP_set_iobitmap = 7 };

enum { VMASST_CMD_enable = 0, VMASST_CMD_disable = 1, VMASST_TYPE_writable_pagetables = 2, VMASST_TYPE_m2p_strict = 32 };

#endif
#endif

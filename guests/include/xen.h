/*
 * The part of Xen's paravirtual interface that our guests use, for a 64-bit x86 guest.
 *
 * Written from the layouts and numbers that Xen's public headers define (xen.h, arch-x86/xen-x86_64.h, callback.h,
 * event_channel.h, grant_table.h, memory.h, physdev.h, sched.h, vcpu.h, version.h, elfnote.h); names are theirs.
 */
#ifndef GUESTS_XEN_H
#define GUESTS_XEN_H

#include "xen-any.h"

/* Selectors of the descriptors that Xen puts into every guest's GDT. */
#define FLAT_RING3_CS32 0xe023
#define FLAT_RING3_SS64 0xe02b
#define FLAT_RING3_CS64 0xe033

/* Flag in the fourth word of an iret frame: return as SYSRET would, RCX and R11 are not restored. */
#define VGCF_in_syscall 0x100

#define MACH2PHYS_VIRT_START 0xffff800000000000
#define HYPERVISOR_VIRT_END  0xffff880000000000

#ifndef __ASSEMBLER__

typedef uint16_t domid_t;

/* errno values; Xen answers their negation. */
enum { EPERM = 1, ENOENT = 2, EAGAIN = 11, EFAULT = 14, EBUSY = 16, EINVAL = 22, ENOSYS = 38, ETIME = 62 };

struct start_info {
    char magic[32];
    uint64_t nr_pages;
    uint64_t shared_info; /* machine address */
    uint32_t flags;
    uint64_t store_mfn;
    uint32_t store_evtchn;
    uint64_t console_mfn;
    uint32_t console_evtchn;
    uint64_t pt_base; /* virtual address of the root table */
    uint64_t nr_pt_frames;
    uint64_t mfn_list; /* virtual address of the P2M list */
    uint64_t mod_start;
    uint64_t mod_len;
    char cmd_line[1024];
    uint64_t first_p2m_pfn;
    uint64_t nr_p2m_frames;
};

#define SIF_INITDOMAIN 2

struct vcpu_time_info {
    uint32_t version;
    uint32_t pad0;
    uint64_t tsc_timestamp;
    uint64_t system_time;
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
    uint8_t flags;
    uint8_t pad1[2];
};

struct vcpu_info {
    uint8_t evtchn_upcall_pending;
    uint8_t evtchn_upcall_mask;
    uint64_t evtchn_pending_sel;
    uint64_t cr2;
    uint64_t pad;
    struct vcpu_time_info time;
};

struct shared_info {
    struct vcpu_info vcpu_info[32];
    uint64_t evtchn_pending[64];
    uint64_t evtchn_mask[64];
    uint32_t wc_version, wc_sec, wc_nsec, wc_sec_hi;
};

_Static_assert(sizeof(struct vcpu_info) == 64, "vcpu_info is 64 bytes");
_Static_assert(offsetof(struct shared_info, evtchn_pending) == 0x800, "evtchn_pending is at 0x800");

struct trap_info {
    uint8_t vector;
    uint8_t flags; /* bits 0-1: privilege level that may raise it by INT n; bit 2: mask events on entry */
    uint16_t cs;
    uint64_t address;
};

struct mmuext_op {
    uint32_t cmd;
    uint64_t arg1; /* mfn, or linear address */
    uint64_t arg2;
};

struct multicall_entry {
    uint64_t op;
    uint64_t result;
    uint64_t args[6];
};

enum { XENVER_version = 0, XENVER_get_features = 6 };

struct xen_feature_info {
    uint32_t submap_idx;
    uint32_t submap;
};

enum {
    XENFEAT_writable_page_tables = 0,
    XENFEAT_auto_translated_physmap = 2,
    XENFEAT_mmu_pt_update_preserve_ad = 5,
    XENFEAT_gnttab_map_avail_bits = 7,
};

struct xen_memory_reservation {
    uint64_t *extent_start;
    uint64_t nr_extents;
    uint32_t extent_order;
    uint32_t mem_flags;
    domid_t domid;
};

struct xen_machphys_mapping {
    uint64_t v_start, v_end, max_mfn;
};

struct sched_shutdown {
    uint32_t reason;
};

struct sched_poll {
    uint32_t *ports;
    uint32_t nr_ports;
    uint64_t timeout; /* absolute system time in ns */
};

enum { CALLBACKOP_register };
enum { CALLBACKTYPE_event = 0, CALLBACKTYPE_failsafe = 1, CALLBACKTYPE_syscall = 2 };

struct callback_register {
    uint16_t type;
    uint16_t flags;
    uint64_t address;
};

enum { VIRQ_TIMER = 0 };

struct evtchn_alloc_unbound {
    domid_t dom, remote_dom;
    uint32_t port;
};

struct evtchn_bind_interdomain {
    domid_t remote_dom;
    uint32_t remote_port;
    uint32_t local_port;
};

struct evtchn_bind_virq {
    uint32_t virq, vcpu, port;
};

struct evtchn_bind_ipi {
    uint32_t vcpu, port;
};

struct evtchn_port {
    uint32_t port;
};

enum { EVTCHNSTAT_closed, EVTCHNSTAT_unbound, EVTCHNSTAT_interdomain, EVTCHNSTAT_pirq, EVTCHNSTAT_virq, EVTCHNSTAT_ipi };

struct evtchn_status {
    domid_t dom;
    uint32_t port;
    uint32_t status;
    uint32_t vcpu;
    uint32_t detail[2];
};

enum { GNTTABOP_setup_table = 2, GNTTABOP_query_size = 6, GNTTABOP_set_version = 8 };

struct gnttab_setup_table {
    domid_t dom;
    uint32_t nr_frames;
    int16_t status;
    uint64_t *frame_list;
};

struct gnttab_query_size {
    domid_t dom;
    uint32_t nr_frames, max_nr_frames;
    int16_t status;
};

struct grant_entry_v1 {
    uint16_t flags;
    domid_t domid;
    uint32_t frame;
};

enum { GTF_permit_access = 1, GTF_readonly = 4 };

struct physdev_set_iopl {
    uint32_t iopl;
};

struct physdev_set_iobitmap {
    uint8_t *bitmap;
    uint32_t nr_ports;
};

enum {
    VCPUOP_initialise, VCPUOP_up, VCPUOP_down, VCPUOP_is_up,
    VCPUOP_stop_periodic_timer = 7, VCPUOP_set_singleshot_timer = 8, VCPUOP_stop_singleshot_timer = 9
};

#define VGCF_IN_KERNEL (1 << 2)
#define VGCF_ONLINE    (1 << 5)

struct vcpu_guest_context {
    uint8_t fpu[512];
    uint64_t flags;
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector, rip, cs, rflags, rsp, ss, es, ds, fs, gs;
    struct {
        uint8_t vector, flags;
        uint16_t cs;
        uint64_t address;
    } traps[256];
    uint64_t ldt_base, ldt_ents;
    uint64_t gdt_frames[16], gdt_ents;
    uint64_t kernel_ss, kernel_sp;
    uint64_t ctrlreg[8], debugreg[8];
    uint64_t event_callback, failsafe_callback, syscall_callback;
    uint64_t vm_assist;
    uint64_t fs_base, gs_base_kernel, gs_base_user;
};

_Static_assert(sizeof(struct vcpu_guest_context) == 5168, "the context is 5168 bytes");

struct vcpu_set_singleshot_timer {
    uint64_t timeout_abs_ns;
    uint32_t flags;
};

enum { SEGBASE_FS, SEGBASE_GS_USER, SEGBASE_GS_KERNEL, SEGBASE_GS_USER_SEL };

#endif
#endif

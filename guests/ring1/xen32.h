/*
 * The part of Xen's paravirtual interface that this guest uses, as a 32-bit x86 guest sees it.
 *
 * Written from the layouts and numbers that Xen's public headers define (xen.h, arch-x86/xen-x86_32.h, callback.h,
 * event_channel.h, sched.h, version.h, elfnote.h); names are theirs.
 */
#ifndef RING1_XEN32_H
#define RING1_XEN32_H

#include "xen-any.h"

/* Selectors of the descriptors that Xen puts into every 32-bit guest's GDT. */
#define FLAT_RING1_CS 0xe019
#define FLAT_RING1_DS 0xe021
#define FLAT_RING3_CS 0xe02b
#define FLAT_RING3_DS 0xe033

#define MACH2PHYS_VIRT_START 0xf5800000

#ifndef __ASSEMBLER__

struct start_info {
    char magic[32];
    uint32_t nr_pages;
    uint32_t shared_info; /* machine address */
    uint32_t flags;
    uint32_t store_mfn;
    uint32_t store_evtchn;
    uint32_t console_mfn;
    uint32_t console_evtchn;
    uint32_t pt_base; /* address of the root table */
    uint32_t nr_pt_frames;
    uint32_t mfn_list; /* address of the P2M list */
    uint32_t mod_start;
    uint32_t mod_len;
    char cmd_line[1024];
    uint32_t first_p2m_pfn;
    uint32_t nr_p2m_frames;
};

struct vcpu_info {
    uint8_t evtchn_upcall_pending;
    uint8_t evtchn_upcall_mask;
    uint32_t evtchn_pending_sel;
    uint32_t cr2;
    uint32_t pad[5];
    uint32_t time[8];
};

struct shared_info {
    struct vcpu_info vcpu_info[32];
    uint32_t evtchn_pending[32];
    uint32_t evtchn_mask[32];
    uint32_t wc_version, wc_sec, wc_nsec;
};

_Static_assert(sizeof(struct vcpu_info) == 64, "vcpu_info is 64 bytes");
_Static_assert(offsetof(struct shared_info, wc_version) == 0x900, "wc_version is at 0x900");

struct trap_info {
    uint8_t vector;
    uint8_t flags; /* bits 0-1: privilege level that may raise it by INT n; bit 2: mask events on entry */
    uint16_t cs;
    uint32_t address;
};

struct mmuext_op {
    uint32_t cmd;
    uint32_t arg1; /* mfn, or linear address */
    uint32_t arg2;
};

struct multicall_entry {
    uint32_t op;
    uint32_t result;
    uint32_t args[6];
};

struct xen_machphys_mapping {
    uint32_t v_start, v_end, max_mfn;
};

#endif
#endif

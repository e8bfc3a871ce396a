/* The stage: ten frames that scripts use as they like, below a root that is the guest's own. */
#include "conform.h"

const uint16_t root_slots[ROOT_SLOTS] = { 2, 3, 300 };

uint64_t stage[STAGE_FRAMES];
domid_t own_domain;

/* Each frame of the pool is reached here, and nowhere else, while no script runs. */
static uint64_t peep[STAGE_POOL][512] __attribute__((aligned(4096)));
static uint64_t peep_entry[STAGE_POOL]; /* the machine address of the entry */
static uint64_t nobodys;                /* a frame that is not the domain's, in place of one that it no longer has */
static uint64_t first_pfn;              /* of the frames of the pool at the start */
static bool writable[STAGE_POOL];       /* reached for writing */

/* The frame field of a value that names a frame of the stage: what no machine has as a frame number. */
#define STAGE_MARK 0xffffffff00UL

enum { MOVED = 32, MOST_MOVED = 256 };

enum { FIRST_XEN_SLOT = 256, LAST_XEN_SLOT = 271, GUEST_SLOT = 511 };

#define FRAME_MASK 0x000ffffffffff000UL

/* Frames that came or went while the script ran: which of those it got back is Xen's choice, so that they are told as one. */
static uint64_t moved[MOST_MOVED];
static unsigned moved_count;

static bool is_moved(uint64_t mfn)
{
    for (unsigned i = 0; i < moved_count; i++)
        if (moved[i] == mfn) return true;
    return false;
}

static void move(uint64_t mfn)
{
    if (moved_count < MOST_MOVED && !is_moved(mfn)) moved[moved_count++] = mfn;
}

static int index_of(uint64_t mfn)
{
    if (mfn == nobodys || is_moved(mfn)) return MOVED;
    for (int k = 0; k < STAGE_FRAMES; k++)
        if (stage[k] == mfn) return k;
    return -1;
}

uint64_t stage_value(uint64_t value)
{
    int index = value & FRAME_MASK ? index_of(PTE_FRAME(value)) : -1;
    value &= ~(PTE_A | PTE_D);
    if (index < 0) return value;
    return (value & ~FRAME_MASK) | (STAGE_MARK + index) << 12;
}

static uint64_t root_slot(unsigned slot)
{
    return stage[STAGE_ROOT] << 12 | slot * 8;
}

static long look(unsigned k, uint64_t flags)
{
    return mmu_update(peep_entry[k], flags ? pte(stage[k], flags) : 0);
}

/* All of the pool in one request. False: one is refused, and those behind it are not asked. */
static bool look_all(uint64_t flags)
{
    struct mmu_update requests[STAGE_POOL];
    for (unsigned k = 0; k < STAGE_POOL; k++) requests[k] = (struct mmu_update){ peep_entry[k], flags ? pte(stage[k], flags) : 0 };
    return HYPERCALL(mmu_update, requests, STAGE_POOL, 0, DOMID_SELF) == 0;
}

static void clear_page(uint64_t *page)
{
    unsigned long words = PAGE_SIZE / sizeof *page;
    __asm__ volatile("rep stosq" : "+D"(page), "+c"(words) : "a"(0) : "memory");
}

static void flush(void)
{
    mmuext_op(MMUEXT_TLB_FLUSH_LOCAL, 0);
}

/* What the machine-to-physical table says, with the pseudo-physical numbers of the start by index. */
static uint64_t physical(unsigned k)
{
    uint64_t pfn = ((const uint64_t *)MACH2PHYS_VIRT_START)[stage[k]];
    return pfn >= first_pfn && pfn < first_pfn + STAGE_POOL ? STAGE_MARK + (pfn - first_pfn) : stage_value(pfn);
}

static uint64_t read_frame(uint32_t script, unsigned k, bool root, uint64_t hash)
{
    for (unsigned slot = 0; slot < 512; slot++) {
        if (root && slot == FIRST_XEN_SLOT) slot = LAST_XEN_SLOT + 1;
        if (root && slot == GUEST_SLOT) break;
        uint64_t word = peep[k][slot];
        if (!word || !(word = stage_value(word))) continue;
        hash = mix(mix(hash, slot + 1), word);
        if (verbose) RECORD('W', script, k, slot, word);
    }
    return hash;
}

uint64_t stage_read(uint32_t script, uint16_t roots, uint64_t hash)
{
    bool readable[STAGE_POOL];
    bool all = look_all(PTE_P | PTE_A);
    for (unsigned k = 0; k < STAGE_POOL; k++) readable[k] = all || look(k, PTE_P | PTE_A) == 0;
    flush();
    for (unsigned k = 0; k < STAGE_POOL; k++)
        if (readable[k]) hash = read_frame(script, k, roots >> k & 1, hash);
    for (unsigned i = 0; i < ROOT_SLOTS; i++) {
        uint64_t word = stage_value(root_table[root_slots[i]]);
        hash = mix(hash, word);
        if (verbose) RECORD('W', script, STAGE_ROOT, root_slots[i], word);
    }
    for (unsigned k = 0; k < STAGE_POOL; k++) writable[k] = readable[k] && look(k, PTE_P | PTE_RW | PTE_A | PTE_D) == 0;
    for (unsigned k = 0; k <= STAGE_POOL; k++) {
        bool is_root = k == STAGE_POOL, there = is_root || readable[k];
        bool pinned = there && mmuext_op(MMUEXT_UNPIN_TABLE, stage[k]) == 0;
        uint64_t facts = is_root ? 0 : readable[k] | writable[k] << 1, pfn = is_root || !there ? 0 : physical(k);
        hash = mix(mix(hash, facts | pinned << 2), pfn);
        if (verbose) RECORD('F', script, k, facts | pinned << 2, pfn);
    }
    return hash;
}

/* A frame in place of one that the domain no longer has. */
static bool replace(unsigned k)
{
    uint64_t mfn = 0;
    struct xen_memory_reservation reservation = { &mfn, 1, 0, 0, DOMID_SELF };
    if (HYPERCALL(memory_op, XENMEM_increase_reservation, &reservation, 0, 0) != 1) return false;
    stage[k] = mfn;
    return true;
}

/* Replaces the frames that the domain no longer has: first all are looked for, since what it is given may be one of them. */
static bool replace_lost(void)
{
    if (look_all(PTE_P | PTE_A)) return true;

    bool lost[STAGE_POOL];
    for (unsigned k = 0; k < STAGE_POOL; k++) lost[k] = look(k, PTE_P | PTE_A) != 0;
    for (unsigned k = 0; k < STAGE_POOL; k++)
        if (lost[k] && !replace(k)) return false;
    return true;
}

void stage_move(unsigned k)
{
    if (stage[k] != nobodys) move(stage[k]);
}

void stage_adopt(unsigned k, uint64_t mfn)
{
    /* A frame that was given back may come again: its old index then stands for a frame that is not the domain's. */
    for (unsigned other = 0; other < STAGE_POOL; other++)
        if (stage[other] == mfn) stage[other] = nobodys;
    stage_move(k);
    move(mfn);
    stage[k] = mfn;
    if (look(k, PTE_KERNEL)) return;
    mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)peep[k]);
    clear_page(peep[k]);
    look(k, 0);
    mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)peep[k]);
}

void stage_clear_roots(uint16_t roots)
{
    for (unsigned k = 0; k < STAGE_POOL; k++) {
        if (!(roots >> k & 1) || look(k, PTE_KERNEL)) continue;
        mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)peep[k]);
        memset(&peep[k][FIRST_XEN_SLOT], 0, (LAST_XEN_SLOT + 1 - FIRST_XEN_SLOT) * sizeof peep[k][0]);
        look(k, 0);
        mmuext_op(MMUEXT_INVLPG_LOCAL, (uint64_t)peep[k]);
    }
}

/* The tables below the root: stores to what is ordinary memory so far. */
static bool link(unsigned table, unsigned target)
{
    return mmu_update(stage[table] << 12, pte(stage[target], PTE_TABLE)) == 0;
}

/* Whether nothing holds the frames, writable or as tables: each passes as a leaf table, and is let go. */
static bool are_free(void)
{
    struct mmuext_op ops[2 * STAGE_POOL];
    unsigned n = 0;
    for (unsigned k = 0; k < STAGE_POOL; k++) {
        ops[n++] = (struct mmuext_op){ MMUEXT_PIN_L1_TABLE, stage[k], 0 };
        ops[n++] = (struct mmuext_op){ MMUEXT_UNPIN_TABLE, stage[k], 0 };
    }
    return HYPERCALL(mmuext_op, ops, n, 0, DOMID_SELF) == 0;
}

/* All frames are reached for writing, cleared, and let go. False: one is in use, or was not the domain's to keep. */
static bool clear(void)
{
    if (!replace_lost() || !look_all(PTE_KERNEL)) return false;
    flush();
    for (unsigned k = 0; k < STAGE_POOL; k++) clear_page(peep[k]);
    look_all(0);
    flush();
    return are_free();
}

static const char *set_up(void)
{
    /* What a script gave back while it was still held goes only when it is let go. */
    if (!clear() && !clear()) return "a frame stays in use";
    for (unsigned k = 0; k < STAGE_POOL; k++)
        if (physical(k) != STAGE_MARK + k && mmu_update(stage[k] << 12 | MMU_MACHPHYS_UPDATE, first_pfn + k)) return "the machine-to-physical table";
    if (!link(STAGE_L1, STAGE_DATA) || !link(STAGE_L2, STAGE_L1) || !link(STAGE_L3, STAGE_L2)) return "the tables";
    if (mmu_update(root_slot(root_slots[0]), pte(stage[STAGE_L3], PTE_TABLE))) return "the tables are refused";
    return root_table[root_slots[1]] || root_table[root_slots[2]] ? "a slot of the root" : NULL;
}

static void take_rest(void);

const char *stage_restore(bool everything)
{
    if (everything) vcpu_reset();
    port_count = 0;
    moved_count = 0;

    if (mmuext_op(MMUEXT_NEW_BASEPTR, stage[STAGE_ROOT])) return "the root";
    if (mmuext_op(MMUEXT_NEW_USER_BASEPTR, stage[STAGE_ROOT])) return "the user root";
    mmuext_op(MMUEXT_PIN_L4_TABLE, stage[STAGE_ROOT]); /* Mostly refused: it is pinned. */
    for (unsigned i = 0; i < ROOT_SLOTS; i++)
        if (root_table[root_slots[i]] && mmu_update(root_slot(root_slots[i]), 0)) return "a slot of the root is held";
    for (unsigned k = 0; k < STAGE_POOL; k++)
        if (!writable[k]) mmuext_op(MMUEXT_UNPIN_TABLE, stage[k]);

    const char *problem = set_up();
    if (!problem && everything) take_rest();
    return problem;
}

/* The domain takes what it may still have, so that from here on it is given only as much as it gives back. */
static void take_rest(void)
{
    static uint64_t extents[512];
    for (int order = 9; order >= 0; order--) {
        struct xen_memory_reservation reservation = { extents, 512, order, 0, DOMID_SELF };
        while (HYPERCALL(memory_op, XENMEM_increase_reservation, &reservation, 0, 0) == 512);
    }
}

bool stage_make(const struct start_info *info)
{
    uint64_t mapped = 0;
    while (entry_of(VIRT_BASE + mapped * PAGE_SIZE, 1) && *entry_of(VIRT_BASE + mapped * PAGE_SIZE, 1) & PTE_P) mapped++;
    if (mapped + STAGE_POOL > frame_count()) {
        print("conform: no memory beyond what the builder mapped\n");
        return false;
    }

    own_domain = info->flags & SIF_INITDOMAIN ? 0 : 1;
    if (info->flags & SIF_INITDOMAIN && !become_ordinary()) {
        print("conform: the rights to device memory cannot be given up\n");
        return false;
    }

    first_pfn = mapped;
    stage[STAGE_ROOT] = frame_number(root_table);
    stage[STAGE_SHARED] = info->shared_info >> 12;
    stage[STAGE_XEN] = PTE_FRAME(root_table[260]);
    nobodys = PTE_FRAME(root_table[261]);
    for (unsigned k = 0; k < STAGE_POOL; k++) {
        stage[k] = frame_of_pfn(mapped + k);
        peep_entry[k] = entry_machine(entry_of((uint64_t)peep[k], 1));
        writable[k] = false;
    }

    take_rest();
    vcpu_reset();
    const char *problem = stage_restore(false);
    if (problem) print("conform: no stage: %s\n", problem);
    return !problem;
}

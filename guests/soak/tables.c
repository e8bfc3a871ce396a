#include "any_entry.h"
#include "soak.h"

table arena[ARENA];
word arena_mfn[ARENA];

static unsigned any(void)
{
    return below(ARENA);
}

/* Few slots, so that requests meet; the first and last of Xen's, and those that a root does not have, are among them. */
static unsigned any_slot(void)
{
    static const uint16_t slots[] = { 0, 1, 2, 3, 4, 255, FIRST_XEN_SLOT - 1, FIRST_XEN_SLOT, LAST_XEN_SLOT, 511 };
    return slots[below(3) ? below(4) : below(sizeof slots / sizeof *slots)];
}

static uint64_t played_with(void)
{
    return arena_mfn[any()];
}

static uint64_t own(void)
{
    return any_frame();
}

static uint64_t some_entry(void)
{
    return any_entry(played_with, own, own_root_mfn);
}

static void change_mapping(void)
{
    static const uint8_t flags[] = { 3, 1, 1, 0 };
    unsigned i = any(), how = flags[below(4)];
    set_mapping((word)arena[i], how ? entry_for(arena_mfn[below(8) ? i : any()], how) : 0);
}

/* The same at LOW, where random code finds it, and anything beyond. */
static void change_low(void)
{
    unsigned slot = below(2) ? ARENA_AT + any() : ANYTHING_AT + below(64);
    if (below(2)) set_mapping(low(slot), some_entry() | (below(4) ? PTE_US : 0));
    else set_entry(entry_for(frame_of(low_tables[0]), slot * 8), some_entry() | (below(4) ? PTE_US : 0));
}

/* Makes a frame reachable below one of the upper tables. */
static void reach(void)
{
    uint64_t entry = below(4) ? entry_for(arena_mfn[any()], PTE_P | PTE_US | PTE_RW) : 0;
    switch (below(LEVELS - 1)) {
    case 0: set_entry(entry_for(frame_of(low_tables[1]), (L2_FREE_AT + below(4)) * 8), entry); break;
#ifdef __i386__
    default: set_entry(entry_for(own_root_mfn, (L3_FREE_AT + below(2)) * 8), entry & ~6ull); break;
#else
    case 1: set_entry(entry_for(frame_of(low_tables[2]), (L3_FREE_AT + below(2)) * 8), entry); break;
    default: set_entry(entry_for(own_root_mfn, L4_FREE_AT * 8), entry); break;
#endif
    }
}

static void store(void)
{
    volatile uint32_t *at = (volatile uint32_t *)&arena[any()][any_slot()] + below(2);
    uint32_t value = some_entry() >> (below(4) ? 0 : 32);
    if (below(4) == 0) __atomic_fetch_and(at, ~0x22, __ATOMIC_SEQ_CST);
    else if (below(4) == 0) __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);
    else if (below(8) == 0) for (unsigned i = 0; i < 8; i++) at[i] = 0;
    else *at = value;
}

/* An access to what may be mapped. */
static void touch(void)
{
    volatile word *at = (volatile word *)(any_address() & -sizeof(word));
    if (below(2)) (void)*at;
    else *at = any_value();
}

static void update(void)
{
    struct mmu_update batch[3];
    uint32_t count = below(4) ? 1 : 3, done;
    for (uint32_t i = 0; i < count; i++) {
        batch[i].ptr = entry_for(arena_mfn[any()], any_slot() * 8 + (below(5) == 0 ? MMU_PT_UPDATE_PRESERVE_AD : 0));
        batch[i].val = some_entry();
    }
    HYPERCALL(mmu_update, batch, count, below(2) ? &done : 0, DOMID_SELF);
}

static void link_itself(void)
{
    unsigned i = any();
    set_entry(entry_for(arena_mfn[i], any_slot() * 8), entry_for(arena_mfn[below(3) ? i : any()], PTE_P | PTE_US | (below(4) ? 0 : PTE_RW)));
}

/* Whether a root leads where the kernel lives. */
static bool can_live_on(const uint64_t *root)
{
    const uint64_t kept = ~(PTE_A | PTE_D);
#ifdef __i386__
    if ((root[0] ^ own_root[0]) & kept || !(root[3] & PTE_P)) return false;
    const uint64_t *last = table_at(root[3]), *own_last = table_at(own_root[3]);
    for (unsigned slot = 0; slot < 8; slot++)
        if ((last[slot] ^ own_last[slot]) & kept) return false;
    return true;
#else
    return !((root[511] ^ own_root[511]) & kept) && !((root[0] ^ own_root[0]) & kept);
#endif
}

static bool is_away;

void go_home(void)
{
    if (!is_away) return;
    is_away = false;
    extended(MMUEXT_NEW_BASEPTR, own_root_mfn);
}

/* A root that the kernel could live on, and sometimes does until the next of these; or one for applications. */
static void new_root(void)
{
    unsigned root = any(), last = any();
    go_home();
    if (below(8) == 0) {
        make_user_root(below(4) ? ARENA : root);
        return;
    }
    extended(MMUEXT_UNPIN_TABLE, arena_mfn[root]);
    extended(MMUEXT_UNPIN_TABLE, arena_mfn[last]);
    make_root_like_own(root, last);
    if (below(8)) set_mapping((word)arena[root], entry_for(arena_mfn[root], PTE_P));
    if (below(8)) set_mapping((word)arena[last], entry_for(arena_mfn[last], PTE_P));
    if (extended(MMUEXT_PIN_L1_TABLE + LEVELS - 1, arena_mfn[root]) || root == last) return;

    set_mapping((word)arena[root], entry_for(arena_mfn[root], PTE_P));
    if (can_live_on(arena[root]) && below(4)) is_away = extended(MMUEXT_NEW_BASEPTR, arena_mfn[root]) == 0;
}

static void give_back(void)
{
    unsigned i = any();
    struct {
        word *extent_start, nr_extents;
        uint32_t extent_order, mem_flags;
        uint16_t domid;
    } reservation = { &arena_mfn[i], 1, 0, 0, DOMID_SELF };
    HYPERCALL(memory_op, XENMEM_decrease_reservation, &reservation, 0, 0);
    if (HYPERCALL(memory_op, XENMEM_increase_reservation, &reservation, 0, 0) != 1) return;
    set_entry(entry_for(arena_mfn[i], MMU_MACHPHYS_UPDATE), ((word)arena[i] - VIRT_BASE) / PAGE_SIZE);
    set_mapping((word)arena[i], entry_for(arena_mfn[i], PTE_P | PTE_RW));
}

void change_tables(void)
{
    switch (below(21)) {
    case 0:
    case 1: change_mapping(); break;
    case 2:
    case 3:
    case 4: change_low(); break;
    case 5: store(); break;
    case 6:
    case 7:
    case 8: update(); break;
    case 9:
    case 10: extended(MMUEXT_PIN_L1_TABLE + below(4), arena_mfn[any()]); break;
    case 11:
    case 12: extended(MMUEXT_UNPIN_TABLE, arena_mfn[any()]); break;
    case 13: new_root(); break;
    case 14:
    case 15:
    case 16: reach(); break;
    case 17: link_itself(); break;
    case 18: touch(); break;
    case 19: extended(below(2) ? MMUEXT_TLB_FLUSH_LOCAL : MMUEXT_INVLPG_LOCAL, any_address()); break;
    default:
        if (below(8) == 0) give_back();
    }
}

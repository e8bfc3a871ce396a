#include "soak.h"

enum { VECTORS = 16, PAGE_FAULT = 10, PROTECTION_FAULT = 9 }; /* indices of the vectors below */

static const uint8_t vectors[VECTORS] = { 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128 };

void sane_traps(void)
{
    struct trap_info all[VECTORS + 1];
    for (unsigned i = 0; i < VECTORS; i++)
        all[i] = (struct trap_info){ vectors[i], (vectors[i] == 3 || vectors[i] == 4 || vectors[i] == 128) ? 3 : 0, KERNEL_CS, (word)entered };
    all[VECTORS] = (struct trap_info){ 0 };
    HYPERCALL(set_trap_table, all, 0, 0, 0);
    set_callback(0, (word)event_point, true);
    set_callback(1, (word)entered, true);
    if (IS_64_BIT) set_callback(2, (word)entered, true);
}

/* In random code, or nowhere. */
static word any_handler(void)
{
    return below(8) ? start_in(below(16) ? CODE_NATIVE : below(4), next_random() >> 32) : (word)any_value() | 1; /* 0 would be none. */
}

/*
 * Most faults of random code are #GP and #PF, and a guest whose handlers fault for ever is lost: these two are sane half of
 * the time, and nearly every random handler is entered only while there is stack left.
 */
static struct trap_info any_trap(void)
{
    unsigned i = below(VECTORS);
    bool is_sane = vectors[i] == 13 || vectors[i] == 14 ? below(2) : below(4) == 0;
    uint8_t vector = below(8) ? vectors[i] : 32 + below(224);
    if (vector >= 32 && vector != 128) is_sane = false;
    uint8_t flags = below(4) | (below(32) ? 0 : TI_MASK_EVENTS);
    if (is_sane) return (struct trap_info){ vector, flags, KERNEL_CS, (word)entered };
    wary_targets[i] = any_handler();
    bool is_wary = vector == vectors[i] && below(64);
    return (struct trap_info){ vector, flags, any_kernel_code(), is_wary ? wary_points[i] : wary_targets[i] };
}

void change_traps(void)
{
    struct trap_info some[9];
    unsigned count = 1 + below(8);
    for (unsigned i = 0; i < count; i++) some[i] = any_trap();
    some[count] = (struct trap_info){ 0 };
    HYPERCALL(set_trap_table, some, 0, 0, 0);
    switch (below(8)) {
    case 0: set_callback(0, below(16) ? (word)event_point : any_handler(), below(4)); break;
    case 1: set_callback(1, below(2) ? (word)entered : any_handler(), below(2)); break;
    case 2: set_callback(IS_64_BIT ? 2 : below(8), below(2) ? (word)entered : any_handler(), below(2)); break;
    case 3: sane_traps(); break;
    }
}

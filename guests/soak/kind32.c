#include "soak.h"

uint64_t *own_root;
word own_root_mfn;

/* Called by entry.S on the guest's own stack. */
__attribute__((noreturn)) void start(const struct start_info *start_info)
{
    void soak(const struct start_info *);
    soak(start_info);
    __builtin_unreachable();
}

void kind_init(const struct start_info *start_info)
{
    info = start_info;
    setup();
    own_root = (uint64_t *)info->pt_base;
    own_root_mfn = frame_of(own_root);
}

word frame_of(const void *page)
{
    return leaf_of(page, 0) >> 12;
}

word any_frame(void)
{
    return pfn_to_mfn(below(info->nr_pages));
}

const uint64_t *table_at(uint64_t entry)
{
    uint32_t pfn = ((const uint32_t *)MACH2PHYS_VIRT_START)[entry >> 12 & 0xfffff];
    return (const uint64_t *)(VIRT_BASE + pfn * PAGE_SIZE);
}

long set_mapping(word address, uint64_t entry)
{
    return map((const void *)address, entry);
}

long set_entry(uint64_t machine, uint64_t entry)
{
    struct mmu_update request = { machine, entry };
    return HYPERCALL(mmu_update, &request, 1, 0, DOMID_SELF);
}

long extended(uint32_t cmd, word argument)
{
    return mmuext(cmd, argument);
}

long set_descriptor(uint64_t machine, uint64_t descriptor)
{
    return HYPERCALL(update_descriptor, machine, machine >> 32, descriptor, descriptor >> 32);
}

void set_local_table(word address, unsigned descriptors)
{
    struct mmuext_op request = { MMUEXT_SET_LDT, address, descriptors };
    HYPERCALL(mmuext_op, &request, 1, 0, DOMID_SELF);
}

void set_timer(uint64_t at)
{
    HYPERCALL(set_timer_op, at, at >> 32, 0, 0);
}

void set_callback(unsigned type, word address, bool masks)
{
    struct {
        uint16_t type, flags;
        uint32_t cs, address;
    } callback = { type, masks, any_kernel_code(), address };
    HYPERCALL(callback_op, 0, &callback, 0, 0);
}

void set_segment_bases(void)
{
}

void (*way_for(struct landing *landing, bool is_user, bool has_selectors, unsigned random))(void)
{
    static void (*const ways[])(void) = {
        way_to_kernel_by_iret, way_to_kernel_by_hypercall, way_to_user_by_iret, way_to_user_by_hypercall,
        way_to_kernel_by_iret_with_selectors, way_to_kernel_by_hypercall_with_selectors,
        way_to_user_by_iret_with_selectors, way_to_user_by_hypercall_with_selectors,
    };
    (void)landing;
    return ways[has_selectors << 2 | is_user << 1 | ((random & 3) == 0)];
}

void set_kernel_stack(word top)
{
    HYPERCALL(stack_switch, any_kernel_stack(), top, 0, 0);
}

void make_root_like_own(unsigned root, unsigned last)
{
    const uint64_t *own_last = table_at(own_root[3]);
    for (unsigned slot = 0; slot < 8; slot++) set_entry(entry_for(arena_mfn[last], slot * 8), own_last[slot]);
    set_entry(entry_for(arena_mfn[last], 255 * 8), 0);
    set_entry(entry_for(arena_mfn[last], 427 * 8), 0);
    set_entry(entry_for(arena_mfn[root], 3 * 8), entry_for(arena_mfn[last], PTE_P));
    set_entry(entry_for(arena_mfn[root], 0), entry_for(frame_of(low_tables[1]), PTE_P));
}

void make_user_root(unsigned root)
{
    (void)root; /* Applications live on the kernel's. */
}

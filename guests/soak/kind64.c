#include "soak.h"

struct shared_info *shared_info;
uint64_t *own_root;
word own_root_mfn;

static uint8_t shared_page[PAGE_SIZE] __attribute__((aligned(4096)));
static table user_root;

/* Called by entry.S on the guest's own stack. */
__attribute__((noreturn)) void start(const struct start_info *start_info)
{
    void soak(const struct start_info *);
    soak(start_info);
    __builtin_unreachable();
}

void kind_init(const struct start_info *start_info)
{
    memory_init(start_info);
    console_init(start_info);
    update_va_mapping((word)shared_page, start_info->shared_info | PTE_KERNEL, UVMF_INVLPG);
    shared_info = (struct shared_info *)shared_page;
    own_root = root_table;
    own_root_mfn = frame_number(root_table);
}

word frame_of(const void *page)
{
    return frame_number(page);
}

word any_frame(void)
{
    return frame_of_pfn(below(frame_count()));
}

const uint64_t *table_at(uint64_t entry)
{
    return frame_address(PTE_FRAME(entry));
}

long set_mapping(word address, uint64_t entry)
{
    return update_va_mapping(address, entry, UVMF_INVLPG);
}

long set_entry(uint64_t machine, uint64_t entry)
{
    return mmu_update(machine, entry);
}

long extended(uint32_t cmd, word argument)
{
    return mmuext_op(cmd, argument);
}

long set_descriptor(uint64_t machine, uint64_t descriptor)
{
    return HYPERCALL(update_descriptor, machine, descriptor, 0, 0);
}

void set_local_table(word address, unsigned descriptors)
{
    struct mmuext_op request = { MMUEXT_SET_LDT, address, descriptors };
    HYPERCALL(mmuext_op, &request, 1, 0, DOMID_SELF);
}

void set_timer(uint64_t at)
{
    HYPERCALL(set_timer_op, at, 0, 0, 0);
}

void set_callback(unsigned type, word address, bool masks)
{
    struct callback_register callback = { type, masks, address };
    HYPERCALL(callback_op, CALLBACKOP_register, &callback, 0, 0);
}

void set_segment_bases(void)
{
    HYPERCALL(set_segment_base, SEGBASE_FS + below(2), below(8) ? any_address() : any_value(), 0, 0);
    if (below(4) == 0) HYPERCALL(set_segment_base, SEGBASE_GS_USER_SEL, any_selector(), 0, 0);
}

/* An application is gone to by the hypercall; a kernel returns to itself by either way, and RPL 0 says that it is one. */
void (*way_for(struct landing *landing, bool is_user, bool has_selectors, unsigned random))(void)
{
    bool by_hypercall = is_user || (random & 3) == 0;
    if (!is_user && by_hypercall) landing->frame.cs &= ~3ull;
    if (has_selectors) return by_hypercall ? way_by_hypercall_with_selectors : way_by_iret_with_selectors;
    return by_hypercall ? way_by_hypercall : way_by_iret;
}

void set_kernel_stack(word top)
{
    HYPERCALL(stack_switch, KERNEL_DS, top, 0, 0);
}

void make_root_like_own(unsigned root, unsigned last)
{
    (void)last;
    set_entry(entry_for(arena_mfn[root], 511 * 8), own_root[511]);
    set_entry(entry_for(arena_mfn[root], 0), own_root[0]);
}

void make_user_root(unsigned root)
{
    static bool is_made;
    if (!is_made) {
        is_made = true;
        user_root[0] = entry_for(frame_of(low_tables[2]), PTE_TABLE);
        set_mapping((word)user_root, entry_for(frame_of(user_root), PTE_READONLY));
        extended(MMUEXT_PIN_L4_TABLE, frame_of(user_root));
    }
    word mfn = root < ARENA ? arena_mfn[root] : frame_of(user_root);
    if (root < ARENA) set_entry(entry_for(mfn, 0), user_root[0]);
    extended(MMUEXT_NEW_USER_BASEPTR, mfn);
}

/* Console, traps, events: what the checks stand on. */
#include <stdarg.h>

#include "ring1.h"

struct trap seen;
uint32_t resume_at, events;
const struct start_info *info;
struct shared_info *shared_info;

extern const uint32_t trap_entries[10];

static const uint8_t vectors[] = { 0, 1, 3, 4, 5, 6, 11, 12, 13, 14 };
static uint8_t shared_page[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t kernel_stack[PAGE_SIZE] __attribute__((aligned(4096)));

uint32_t pfn_to_mfn(uint32_t pfn)
{
    return ((const uint32_t *)info->mfn_list)[pfn];
}

uint64_t leaf_of(const void *page, uint64_t flags)
{
    return (uint64_t)pfn_to_mfn(((uint32_t)page - VIRT_BASE) / PAGE_SIZE) << 12 | flags;
}

long map(const void *page, uint64_t pte)
{
    return HYPERCALL(update_va_mapping, page, pte, pte >> 32, UVMF_INVLPG);
}

long mmuext(uint32_t cmd, uint32_t arg1)
{
    struct mmuext_op op = { cmd, arg1, 0 };
    return HYPERCALL(mmuext_op, &op, 1, 0, DOMID_SELF);
}

static struct xencons_interface *ring(void)
{
    uint32_t pfn = ((const uint32_t *)MACH2PHYS_VIRT_START)[info->console_mfn];
    return (struct xencons_interface *)(VIRT_BASE + pfn * PAGE_SIZE);
}

static void put(char c)
{
    struct xencons_interface *console = ring();
    volatile uint32_t *taken = &console->out_cons;
    while (console->out_prod - *taken == sizeof console->out) {
        HYPERCALL(event_channel_op, EVTCHNOP_send, &info->console_evtchn, 0, 0);
        HYPERCALL(sched_op, SCHEDOP_yield, 0, 0, 0);
    }
    console->out[console->out_prod % sizeof console->out] = c;
    __asm__ volatile("" ::: "memory"); /* The text must be there before the index says so. */
    console->out_prod++;
}

static void put_number(uint32_t value, uint32_t base)
{
    if (value >= base) put_number(value / base, base);
    put("0123456789abcdef"[value % base]);
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        uint32_t value = va_arg(arguments, uint32_t);
        switch (*++format) {
        case 's':
            for (const char *s = (const char *)value; *s; s++) put(*s);
            break;
        case 'd':
            if ((int32_t)value < 0) put('-');
            put_number((int32_t)value < 0 ? -value : value, 10);
            break;
        default:
            put('0');
            put('x');
            put_number(value, 16);
        }
    }
    va_end(arguments);
    HYPERCALL(event_channel_op, EVTCHNOP_send, &info->console_evtchn, 0, 0);
}

void report(const char *what)
{
    if (seen.count == 0) print("%s: done\n", what);
    else print("%s: vector %d, error %x, cs %x\n", what, seen.vector, seen.error, seen.cs & 0xffff);
}

/* Called by entry.S; what it leaves in the frame is returned to. */
void trap(struct frame *frame)
{
    seen = (struct trap){ seen.count + 1, frame->vector, frame->error, frame->cs, frame->eflags };
    if ((frame->cs & 3) == 3) {
        back_from_user();
    } else if (resume_at) {
        frame->eip = resume_at;
    } else {
        print("unexpected vector %d, error %x at %x\n", frame->vector, frame->error, frame->eip);
        uint32_t reason = SHUTDOWN_crash;
        HYPERCALL(sched_op, SCHEDOP_shutdown, &reason, 0, 0);
    }
}

void event(void)
{
    events++;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
    uint32_t words = shared_info->vcpu_info[0].evtchn_pending_sel;
    shared_info->vcpu_info[0].evtchn_pending_sel = 0;
    for (uint32_t i = 0; i < 32; i++)
        if (words >> i & 1) shared_info->evtchn_pending[i] = 0;
}

void setup(void)
{
    struct trap_info table[12] = { 0 };
    for (uint32_t i = 0; i < sizeof vectors; i++)
        table[i] = (struct trap_info){ vectors[i], vectors[i] == 3 ? 3 : 0, FLAT_RING1_CS, trap_entries[i] };
    table[10] = (struct trap_info){ 0x80, 3 | TI_MASK_EVENTS, FLAT_RING1_CS, (uint32_t)back_from_user };
    HYPERCALL(set_trap_table, table, 0, 0, 0);

    HYPERCALL(stack_switch, FLAT_RING1_DS, kernel_stack + sizeof kernel_stack, 0, 0);
    HYPERCALL(set_callbacks, FLAT_RING1_CS, event_entry, FLAT_RING1_CS, failsafe_entry);
    map(shared_page, info->shared_info | PTE_KERNEL);
    shared_info = (struct shared_info *)shared_page;
}

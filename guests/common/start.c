#include "guest.h"

struct shared_info *shared_info;

static uint8_t shared_page[PAGE_SIZE] __attribute__((aligned(4096)));

/* Called by entry.S on the guest's own stack. */
__attribute__((noreturn)) void start(const struct start_info *info)
{
    memory_init(info);
    console_init(info);
    traps_init();

    if (update_va_mapping((uint64_t)shared_page, info->shared_info | PTE_KERNEL, UVMF_INVLPG) < 0) {
        print("shared_info cannot be mapped\n");
        shutdown(SHUTDOWN_crash);
    }
    shared_info = (struct shared_info *)shared_page;
    traps_use(shared_info);

    guest_main(info);
    shutdown(SHUTDOWN_poweroff);
}

#include "memory.h"

#include "hypercall.h"

enum { POOL_PAGES = 48 };

uint64_t *root_table;

static const uint64_t *p2m;
static uint64_t frames;
static uint8_t pool[POOL_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
static unsigned pool_used;

void memory_init(const struct start_info *info)
{
    p2m = (const uint64_t *)info->mfn_list;
    frames = info->nr_pages;
    root_table = (uint64_t *)info->pt_base;
}

uint64_t frame_count(void)
{
    return frames;
}

uint64_t frame_of_pfn(uint64_t pfn)
{
    return p2m[pfn];
}

void *frame_address(uint64_t mfn)
{
    return (void *)(VIRT_BASE + ((const uint64_t *)MACH2PHYS_VIRT_START)[mfn] * PAGE_SIZE);
}

uint64_t frame_number(const void *address)
{
    return p2m[((uint64_t)address - VIRT_BASE) / PAGE_SIZE];
}

void *page_alloc(void)
{
    if (pool_used == POOL_PAGES) __asm__ volatile("ud2");
    return pool[pool_used++];
}

uint64_t *entry_of(uint64_t va, int level)
{
    uint64_t *table = root_table;
    for (int l = 4; l > level; l--) {
        uint64_t entry = table[slot_of(va, l)];
        if (!(entry & PTE_P)) return NULL;
        table = frame_address(PTE_FRAME(entry));
    }
    return &table[slot_of(va, level)];
}

uint64_t entry_machine(const uint64_t *entry)
{
    return frame_number(entry) * PAGE_SIZE + ((uint64_t)entry & (PAGE_SIZE - 1));
}

long remap(void *page, uint64_t flags)
{
    return update_va_mapping((uint64_t)page, pte(frame_number(page), flags), UVMF_INVLPG);
}

void *memset(void *to, int value, size_t length)
{
    void *at = to;
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(length) : "a"(value) : "memory");
    return to;
}

void *memcpy(void *to, const void *from, size_t length)
{
    void *at = to;
    __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(length) : : "memory");
    return to;
}

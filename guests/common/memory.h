/* Frames, translations and page-table entries of the guest itself. */
#ifndef GUESTS_MEMORY_H
#define GUESTS_MEMORY_H

#include "xen.h"

#define PAGE_SIZE 4096UL
#define VIRT_BASE 0xffffffff80000000UL

#define PTE_P        0x001UL
#define PTE_RW       0x002UL
#define PTE_US       0x004UL
#define PTE_A        0x020UL
#define PTE_D        0x040UL
#define PTE_PSE      0x080UL
#define PTE_NX       (1UL << 63)
#define PTE_KERNEL   (PTE_P | PTE_RW | PTE_A | PTE_D)
#define PTE_READONLY (PTE_P | PTE_A)
#define PTE_TABLE    (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)

#define PTE_FRAME(pte) (((pte) & 0x000ffffffffff000UL) >> 12)
#define PTE_FLAGS(pte) ((pte) & ~0x000ffffffffff000UL)

/* The frame number in an entry, with flags. */
static inline uint64_t pte(uint64_t mfn, uint64_t flags)
{
    return mfn << 12 | flags;
}

void memory_init(const struct start_info *info);

/* The number of frames that the domain started with, and the machine frame of one of them. */
uint64_t frame_count(void);
uint64_t frame_of_pfn(uint64_t pfn);

/* The address at which the domain builder mapped one of the domain's own machine frames. */
void *frame_address(uint64_t mfn);

/* The machine frame behind one of the builder's addresses. */
uint64_t frame_number(const void *address);

/* A zeroed page of the image, mapped writable. The pool is small and nothing returns to it. */
void *page_alloc(void);

/* The root table in use, as the builder's address of it. Set it after NEW_BASEPTR. */
extern uint64_t *root_table;

/* The slot of a table of a level (1..4) that translates an address. */
static inline unsigned slot_of(uint64_t va, int level)
{
    return va >> (12 + 9 * (level - 1)) & 511;
}

/* The entry of a level that translates an address under root_table; null if an upper one is absent. */
uint64_t *entry_of(uint64_t va, int level);

/* The machine address of an entry. */
uint64_t entry_machine(const uint64_t *entry);

/* Changes how the builder's address of a page is mapped, and flushes it. */
long remap(void *page, uint64_t flags);

void *memset(void *to, int value, size_t length);
void *memcpy(void *to, const void *from, size_t length);

#endif

/* What the parts of this guest share. */
#ifndef RING1_H
#define RING1_H

#include "xen32.h"

#define PAGE_SIZE 4096u
#define VIRT_BASE 0xc0000000u

#define PTE_PRESENT 1ull
#define PTE_WRITABLE 2ull
#define PTE_USER 4ull
#define PTE_KERNEL (PTE_PRESENT | PTE_WRITABLE)

long hypercall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3, uint32_t a4, uint32_t a5);
void go_to_user(uint32_t eip, uint32_t esp);
void back_from_user(void);
void event_entry(void);
void failsafe_entry(void);

#define HYPERCALL(name, a1, a2, a3, a4) \
    hypercall(__HYPERVISOR_##name, (uint32_t)(a1), (uint32_t)(a2), (uint32_t)(a3), (uint32_t)(a4), 0)

/* What a trap left, lowest first; esp and ss are there when it came from ring 3. */
struct frame {
    uint32_t es, ds, edi, esi, ebp, unused, ebx, edx, ecx, eax;
    uint32_t vector, error, eip, cs, eflags, esp, ss;
};

/* The last trap, and how many there were since it was cleared. */
struct trap {
    uint32_t count, vector, error, cs, eflags;
};

extern struct trap seen;
extern uint32_t resume_at; /* where the next trap returns to; 0: a trap that nobody expects */
extern uint32_t events;
extern const struct start_info *info;
extern struct shared_info *shared_info;

void print(const char *format, ...); /* %s, %d and %x */
void setup(void);
void check_tables(void);
void check_segments(void);
void check_user(void);

uint32_t pfn_to_mfn(uint32_t pfn);
uint64_t leaf_of(const void *page, uint64_t flags);
long map(const void *page, uint64_t pte);
long mmuext(uint32_t cmd, uint32_t arg1);
void report(const char *what);

/* Runs one instruction that may fault; the operands are outputs and inputs. */
#define TRY(instruction, ...)                             \
    do {                                                                      \
        seen = (struct trap){ 0 };                                            \
        __asm__ volatile("movl $1f, resume_at\n\t"                            \
                         instruction "\n"                                     \
                         "1:" __VA_ARGS__ : "eax", "ecx", "edx", "memory", "cc"); \
        resume_at = 0;                                                        \
    } while (0)

#endif

/* The parts of the self test, in the order in which they run, and what they share. */
#ifndef SELFTEST_H
#define SELFTEST_H

#include "guest.h"

void test_start_info(const struct start_info *info);
void test_version(void);
void test_tables(void);
void test_writable_tables(void);
void test_user_space(void);
void test_exceptions(void);
void test_user_mode(void);
void test_privileged(void);
void test_descriptors(void);
void test_events(const struct start_info *info);
void test_time(void);
void test_memory(void);
void test_grants(void);
void test_code_and_fpu(void);

/* Prints a statement and whether it holds. */
static inline void say(const char *statement, bool holds)
{
    print("  %s: %s\n", statement, holds ? "yes" : "no");
}

/* User addresses: the probes' code, a stack, and three pages that differ in what they allow. */
#define USER_CODE     0x400000UL
#define USER_DATA     0x500000UL /* read-write, no execute; the next page is read-only, the one after it absent */
#define USER_STACK    0x510000UL
#define USER_STACK_TOP (USER_STACK + PAGE_SIZE - 8)

/* Code of probes.S, at its kernel address and, from test_user_space on, at its user address. */
struct probe {
    const char *name;
    uint64_t start, instruction, resume;
};

extern const struct probe probes[];
extern const uint8_t probes_start[], probes_end[];
extern const uint8_t probe_exit[], probe_ping[], probe_spin[], probe_gs[];

static inline uint64_t user_address(uint64_t kernel_address)
{
    return USER_CODE + (kernel_address - (uint64_t)probes_start);
}

/* Runs code of probes.S in user mode until its SYSCALL with RAX = 0; answers RDI at that SYSCALL. */
uint64_t run_user(const uint8_t *code, uint64_t argument);

/* Nanoseconds of system time by the shared clock. */
uint64_t system_time(void);

#endif

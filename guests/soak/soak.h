/* The parts of the hostile guest. */
#ifndef SOAK_H
#define SOAK_H

#include "guest.h"
#include "random.h"

#define USER_CODE  0x400000UL
#define USER_STACK 0x500000UL

/* The user's code page, at its kernel address. */
extern uint8_t *user_code;

/* A user root with one page of code, one of stack and one of data, all of them writable. */
void make_user_space(void);

/* Puts the traps, the user root and the kernel's stack back, which random hypercalls may have changed. */
void restore_entry(void);

/* Fills a page with bytes: sometimes any bytes, mostly ones that decode to something. */
void fill_code(uint8_t *page);

/* Nanoseconds by the shared clock; good enough for a deadline. */
uint64_t system_time(void);

#endif

/* Text to the console ring of an ordinary domain, or by console_io when the guest is the first domain. */
#ifndef GUESTS_CONSOLE_H
#define GUESTS_CONSOLE_H

#include "xen.h"

void console_init(const struct start_info *info);

/* %s, %d, %u, %lx (which writes the 0x itself), %%; one line of at most 220 characters. */
__attribute__((format(printf, 1, 2))) void print(const char *format, ...);

/* Text as it is. */
void console_write(const char *text, uint32_t length);

/* Waits until the other end has taken everything. */
void console_drain(void);

#endif

/* Lines of text. */
#ifndef TRAPS_LINE_H
#define TRAPS_LINE_H

#include "kind.h"

void say(const char *text);
void say_number(word value);
void say_hex(word value);

/* Ends the line and shows it. */
void end_line(void);

#endif

#include "line.h"

static char line[256];
static unsigned length;

static void put_char(char c)
{
    if (length < sizeof line - 2) line[length++] = c;
}

static void put_digits(word value, unsigned base)
{
    if (value >= base) put_digits(value / base, base);
    put_char("0123456789abcdef"[value % base]);
}

void say(const char *text)
{
    while (*text) put_char(*text++);
}

void say_number(word value)
{
    put_digits(value, 10);
}

void say_hex(word value)
{
    say("0x");
    put_digits(value, 16);
}

void end_line(void)
{
    line[length++] = '\n';
    line[length] = 0;
    length = 0;
    put(line);
}

/* What the guest tells, as lines that a reader can check. */
#include "conform.h"

bool verbose;

static char pending[8192];
static unsigned used;

static uint32_t crc_table[256];

static uint32_t checksum(const char *text, unsigned length)
{
    if (!crc_table[1]) {
        for (unsigned i = 0; i < 256; i++) {
            uint32_t c = i;
            for (int bit = 0; bit < 8; bit++) c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
            crc_table[i] = c;
        }
    }
    uint32_t crc = ~0u;
    for (unsigned i = 0; i < length; i++) crc = crc >> 8 ^ crc_table[(crc ^ (uint8_t)text[i]) & 255];
    return ~crc;
}

static char *put_hex(char *at, uint64_t value)
{
    int digits = 1;
    while (digits < 16 && value >> (4 * digits)) digits++;
    while (digits--) *at++ = "0123456789abcdef"[value >> (4 * digits) & 15];
    return at;
}

void record_flush(void)
{
    if (used) console_write(pending, used);
    used = 0;
}

void record(char kind, unsigned count, const uint64_t *words)
{
    if (used + 4 + count * 17 + 12 > sizeof pending) record_flush();
    char *begin = pending + used, *at = begin;
    *at++ = '~';
    *at++ = kind;
    for (unsigned i = 0; i < count; i++) {
        *at++ = ' ';
        at = put_hex(at, words[i]);
    }
    uint32_t crc = checksum(begin, at - begin);
    *at++ = ' ';
    at = put_hex(at, crc);
    *at++ = '\n';
    used = at - pending;
}

#include "soak.h"

static uint8_t *put(uint8_t *at, const char *bytes, unsigned length)
{
    memcpy(at, bytes, length);
    return at + length;
}

/* One instruction, or something like one. */
static uint8_t *instruction(uint8_t *at)
{
    static const uint8_t prefixes[] = { 0x66, 0xf2, 0xf3, 0xf0, 0x64, 0x65, 0x67, 0x2e };
    uint64_t r = next_random();
    if ((r & 0xf) == 0) *at++ = prefixes[r >> 8 & 7];
    if ((r & 0x30) != 0) *at++ = 0x40 | (r >> 12 & 15);

    switch (r >> 16 & 15) {
    case 0:
    case 1:
    case 2: *at++ = r >> 24 & 0x3b; break; /* ALU with ModRM */
    case 3: *at++ = 0x80 | (r >> 24 & 3); break;
    case 4: *at++ = 0x88 | (r >> 24 & 7); break;
    case 5: *at++ = 0xc0 | (r >> 24 & 1); break;
    case 6: *at++ = 0xd0 | (r >> 24 & 3); break;
    case 7: *at++ = 0xf6 | (r >> 24 & 9); break;
    case 8: *at++ = 0x70 | (r >> 24 & 15); break;
    case 9: *at++ = 0xa4 | (r >> 24 & 11); break; /* strings */
    case 10: *at++ = 0x50 | (r >> 24 & 15); break;
    case 11:
    case 12:
        *at++ = 0x0f;
        *at++ = r >> 24;
        break;
    case 13: return put(at, "\x0f\x05", 2);
    default: *at++ = r >> 24;
    }

    /* ModRM and what may follow: half of them name registers, the rest addresses near RDI, RSP or RIP. */
    static const uint8_t bases[] = { 0x07, 0x47, 0x04, 0x44, 0x05, 0x86, 0x0e, 0x3f };
    *at++ = r & 0x40 ? 0xc0 | (r >> 32 & 63) : bases[r >> 38 & 7] | (r >> 32 & 0x38);
    *at++ = r >> 40 & 0x2f;
    if (r & 0x80) return at;
    for (unsigned i = 0; i < 4; i++) *at++ = i < 2 ? r >> (48 + i * 8) : 0;
    return at;
}

void fill_code(uint8_t *page)
{
    bool wild = next_random() % 4 == 0;
    for (uint8_t *at = page; at < page + PAGE_SIZE - 16;) {
        if (wild) {
            uint64_t bytes = next_random();
            at = put(at, (const char *)&bytes, 8);
        } else {
            at = instruction(at);
        }
    }
}

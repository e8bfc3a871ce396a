/* The batch that the boot module holds, as src/Conformance/RealXen/BatchEncoder.cs writes it. */
#include "conform.h"

uint8_t argument_buffer[PAGE_SIZE] __attribute__((aligned(4096)));
uint32_t ports[MAX_PORTS];
unsigned port_count;

uint8_t take8(struct cursor *from)
{
    if (from->at == from->end) __asm__ volatile("ud2");
    return *from->at++;
}

static uint64_t take(struct cursor *from, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) value |= (uint64_t)take8(from) << (8 * i);
    return value;
}

uint16_t take16(struct cursor *from)
{
    return take(from, 2);
}

uint32_t take32(struct cursor *from)
{
    return take(from, 4);
}

uint64_t take_operand(struct cursor *from)
{
    uint8_t tag = take8(from);
    unsigned bytes = tag >> 4;
    switch (tag & 15) {
    case 0: /* a number */
        return take(from, bytes);
    case 1: /* a frame's number */
        return stage[take8(from) % STAGE_FRAMES];
    case 2: { /* a machine address */
        uint64_t address = stage[take8(from) % STAGE_FRAMES] << 12;
        return address + take(from, bytes);
    }
    case 3: /* the buffer's address */
        return (uint64_t)argument_buffer + take(from, bytes);
    case 4: { /* a port */
        uint16_t index = take16(from);
        return port_count ? ports[index % port_count] : 0;
    }
    default: /* a domain's id: there is one */
        take8(from);
        return own_domain;
    }
}

#include "soak.h"

uint8_t code[CODE_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));

/* What follows an opcode. */
enum {
    MODRM = 1,
    REGISTER = 2,  /* with MODRM: names a register, never memory */
    MEMORY = 4,    /* with MODRM: names memory, never a register */
    GROUP = 8,     /* with MODRM: the middle field is the form's */
    IMM8 = 16,
    IMMZ = 32,     /* of the operand's size, 4 bytes at most */
    IN_OPCODE = 64, /* a register in the low bits of the opcode */
    JUMP = 128,    /* a short displacement to a place where an instruction begins */
    SSE = 256,     /* any of the four mandatory prefixes */
    PACKED = 512,  /* 66, or rarely another */
};

struct form {
    uint16_t operands;
    uint8_t weight, vary; /* bits of the last byte of the opcode that are drawn */
    uint8_t prefix, escape, opcode, group, groups; /* the first of so many values of the middle field */
};

/* Nothing here sets the stack pointer but by pushing and popping. */
static const struct form common[] = {
    { MODRM, 60, 0x3b, .opcode = 0x00 },
    { MODRM | IMM8, 20, 0, .opcode = 0x83 },
    { MODRM | IMMZ, 12, 0, .opcode = 0x81 },
    { MODRM | IMM8, 12, 1, .opcode = 0xc0 },
    { MODRM, 10, 3, .opcode = 0xd0 },
    { MODRM | GROUP, 10, 1, .opcode = 0xf6, .group = 2, .groups = 4 },
    { MODRM | GROUP, 10, 1, .opcode = 0xfe, .group = 0, .groups = 2 },
    { IN_OPCODE, 4, 0, .opcode = 0x50 },
    { IN_OPCODE, 3, 0, .opcode = 0x58 },
    { IN_OPCODE | IMMZ, 4, 0, .opcode = 0xb8 },
    { MODRM, 40, 3, .opcode = 0x88 },
    { MODRM | MEMORY, 12, 0, .opcode = 0x8d },
    { MODRM, 12, 3, .opcode = 0x84 },
    { IN_OPCODE, 2, 0, .opcode = 0x90 },
    { 0, 2, 1, .opcode = 0x98 },
    { 0, 2, 1, .opcode = 0x9e },
    { 0, 4, 5, .opcode = 0xf8 },
    { JUMP, 30, 15, .opcode = 0x70 },
    { JUMP, 2, 3, .opcode = 0xe0 },
    { JUMP, 2, 0, .opcode = 0xeb },
    { MODRM, 3, 0, .escape = 0x0f, .opcode = 0xaf },
    { MODRM, 4, 9, .escape = 0x0f, .opcode = 0xb6 },
    { MODRM, 8, 15, .escape = 0x0f, .opcode = 0x90 },
    { MODRM, 8, 15, .escape = 0x0f, .opcode = 0x40 },
    { MODRM | REGISTER, 3, 0x18, .escape = 0x0f, .opcode = 0xa3 },
    { MODRM | GROUP | IMM8, 2, 0, .escape = 0x0f, .opcode = 0xba, .group = 4, .groups = 4 },
    { MODRM, 2, 1, .escape = 0x0f, .opcode = 0xbc },
    { IN_OPCODE, 2, 0, .escape = 0x0f, .opcode = 0xc8 },
    { MODRM, 2, 1, .escape = 0x0f, .opcode = 0xb0 },
    { MODRM, 2, 1, .escape = 0x0f, .opcode = 0xc0 },
    { MODRM | IMM8, 1, 8, .escape = 0x0f, .opcode = 0xa4 },
    { MODRM, 1, 8, .escape = 0x0f, .opcode = 0xa5 },
    { MODRM | GROUP | MEMORY, 1, 0, .escape = 0x0f, .opcode = 0xc7, .group = 1, .groups = 1 },
    { MODRM | SSE, 3, 1, .escape = 0x0f, .opcode = 0x10 },
    { MODRM | PACKED, 2, 1, .escape = 0x0f, .opcode = 0x28 },
    { MODRM | PACKED, 1, 1, .escape = 0x0f, .opcode = 0x2e },
    { MODRM | SSE, 1, 0, .escape = 0x0f, .opcode = 0x51 },
    { MODRM | PACKED, 2, 3, .escape = 0x0f, .opcode = 0x54 },
    { MODRM | SSE, 3, 5, .escape = 0x0f, .opcode = 0x58 },
    { MODRM | PACKED, 5, 15, .escape = 0x0f, .opcode = 0x60 },
    { MODRM | PACKED, 2, 3, .escape = 0x0f, .opcode = 0x74 },
    { MODRM | PACKED, 1, 1, .escape = 0x0f, .opcode = 0xd2 },
    { MODRM | PACKED, 4, 7, .escape = 0x0f, .opcode = 0xd8 },
    { MODRM | PACKED, 2, 7, .escape = 0x0f, .opcode = 0xe8 },
    { MODRM | PACKED, 2, 1, .escape = 0x0f, .opcode = 0xf4 },
    { MODRM | PACKED, 2, 3, .escape = 0x0f, .opcode = 0xf8 },
    { MODRM | PACKED | REGISTER | IMM8, 1, 1, .escape = 0x0f, .opcode = 0xc4 },
    { MODRM | PACKED | IMM8, 1, 0, .escape = 0x0f, .opcode = 0x70 },
};

/* What protection is about, and what mostly traps for other reasons. */
static const struct form rare[] = {
    { MODRM | SSE, 3, 15, .escape = 0x0f, .opcode = 0x28 },
    { MODRM | SSE, 3, 15, .escape = 0x0f, .opcode = 0x50 },
    { MODRM | SSE, 3, 0x3f, .escape = 0x0f, .opcode = 0xc0 },
    { MODRM | GROUP, 1, 1, .opcode = 0xf6, .group = 6, .groups = 2 }, /* division */
    { 0, 1, 0, .opcode = 0xc3 },
    { 0, 3, 3, .opcode = 0xa4 }, /* string instructions, alone and repeated */
    { 0, 2, 5, .opcode = 0xaa },
    { 0, 1, 1, .opcode = 0xac },
    { 0, 1, 3, .prefix = 0xf3, .opcode = 0xa4 },
    { 0, 1, 5, .prefix = 0xf2, .opcode = 0xaa },
    { MODRM, 3, 7, .opcode = 0xd8 }, /* x87 */
    { 0, 2, 1, .opcode = 0x9c }, /* PUSHF, POPF */
    { MODRM, 3, 0, .opcode = 0x8e },
    { MODRM, 2, 0, .opcode = 0x8c },
    { MODRM, 1, 0, .escape = 0x0f, .opcode = 0x00 },
    { MODRM, 1, 0, .escape = 0x0f, .opcode = 0x01 },
    { MODRM, 2, 1, .escape = 0x0f, .opcode = 0x02 }, /* LAR, LSL */
    { MODRM | MEMORY, 1, 4, .escape = 0x0f, .opcode = 0xb0 }, /* LFS and CMPXCHG */
    { MODRM | MEMORY, 1, 1, .escape = 0x0f, .opcode = 0xb4 },
    { MODRM, 1, 0, .escape = 0x0f, .opcode = 0xae },
    { MODRM | REGISTER, 1, 3, .escape = 0x0f, .opcode = 0x20 },
    { 0, 1, 0x32, .escape = 0x0f, .opcode = 0x00 }, /* SLDT.. to RDMSR, by chance */
    { 0, 1, 0, .escape = 0x0f, .opcode = 0x31 },
    { 0, 1, 0, .escape = 0x0f, .opcode = 0xa2 },
    { 0, 1, 0, .escape = 0x0f, .opcode = 0x06 },
    { 0, 1, 1, .escape = 0x0f, .opcode = 0x34 },
    { 0, 1, 0, .escape = 0x0f, .opcode = 0x05 },
    { 0, 1, 0, .opcode = 0xcc },
    { IMM8, 1, 0, .opcode = 0xcd },
    { 0, 1, 0, .opcode = 0xce },
    { 0, 1, 1, .opcode = 0xfa }, /* CLI, STI */
    { IMM8, 1, 3, .opcode = 0xe4 },
    { 0, 1, 3, .opcode = 0xec },
    { 0, 1, 0, .opcode = 0xf4 },
    { 0, 1, 0, .opcode = 0xcb }, /* RETF */
    { 0, 1, 0, .opcode = 0xcf }, /* IRET */
    { MODRM | GROUP, 1, 0, .opcode = 0xff, .group = 2, .groups = 4 }, /* calls and jumps */
    { 0, 1, 0x18, .opcode = 0x06 }, /* PUSH and POP of segment registers, decimal adjustment, in 32-bit code */
    { 0, 1, 0x18, .opcode = 0x07 },
    { 0, 1, 1, .opcode = 0x60 },
    { MODRM, 1, 1, .opcode = 0x62 },
    { MODRM, 1, 1, .opcode = 0xc4 },
    { IMM8, 1, 1, .opcode = 0xd4 },
    { 0, 1, 0, .opcode = 0xd7 },
};

struct draw {
    const struct form *forms;
    unsigned count, total;
    uint8_t by_weight[512];
};

static const struct form *draw(struct draw *from)
{
    if (from->total == 0)
        for (unsigned i = 0; i < from->count; i++)
            for (unsigned n = 0; n < from->forms[i].weight; n++) from->by_weight[from->total++] = i;
    return &from->forms[from->by_weight[below(from->total)]];
}

static const struct form *any_form(void)
{
    static struct draw of_common = { common, sizeof common / sizeof *common, 0, { 0 } }, of_rare = { rare, sizeof rare / sizeof *rare, 0, { 0 } };
    return draw(below(128) ? &of_common : &of_rare);
}

/* Any register but the stack pointer, whatever the operand's size. */
static unsigned any_register(unsigned random)
{
    unsigned number = random & 7;
    return number == 4 ? 0 : number;
}

_Static_assert(DATA_PAGES == 8, "0x7fff is the last byte of the data");

static uint8_t *put_modrm(uint8_t *at, const struct form *form, bool is_absolute, unsigned random)
{
    static const uint8_t bases[] = { 3, 5, 6, 7 }; /* BX, BP, SI, DI, which each landing has point somewhere, mostly */
    unsigned middle = form->operands & GROUP ? form->group + (random >> 8) % form->groups : any_register(random >> 8);
    bool is_register = form->operands & REGISTER || (!(form->operands & MEMORY) && (random & 3) != 0);
    if (is_register) {
        *at++ = 0xc0 | middle << 3 | any_register(random >> 16);
        return at;
    }
    if (!is_absolute) {
        *at++ = 0x40 | middle << 3 | bases[random >> 16 & 3];
        *at++ = random >> 20 & 0x7f;
        return at;
    }
    /* No base and no index, which is absolute in 64-bit code too; mostly as aligned as SSE wants it. */
    word address = low(DATA_AT) + (random >> 16 & ((random & 0x7e) ? 0x7ff0 : 0x7fff));
    *at++ = 0x04 | middle << 3;
    *at++ = 0x25;
    for (unsigned i = 0; i < 4; i++) *at++ = address >> (8 * i);
    return at;
}

static uint8_t *put_immediate(uint8_t *at, unsigned bytes)
{
    uint64_t random = next_random();
    if (random & 1) random = random >> 56;
    for (unsigned i = 0; i < bytes; i++) *at++ = random >> (8 * i + 1);
    return at;
}

/* One instruction; `at` lies in a cell of 64 bytes, and so does where it jumps to. */
static uint8_t *instruction(uint8_t *at, enum code kind)
{
    static const uint8_t segments[] = { 0x64, 0x65, 0x2e, 0x3e, 0x26, 0x36, 0x67, 0xf0 };
    static const uint8_t mandatory[] = { 0, 0x66, 0xf3, 0xf2 };
    const struct form *form = any_form();
    uint64_t random = next_random();
    bool is_long = IS_64_BIT && kind == CODE_NATIVE, has_size = (random & 7) == 0 && !(form->operands & (SSE | PACKED));
    bool is_absolute = random >> 50 & 63;
    bool is_word = has_size != (kind == CODE_16);

    if ((random >> 3 & 31) == 0 && (random >> 56 & 7) == 0) *at++ = segments[random >> 8 & 7];
    if (is_absolute && kind == CODE_16 && form->operands & MODRM) *at++ = 0x67;
    if (has_size) *at++ = 0x66;
    unsigned prefix = form->operands & PACKED && random >> 11 & 31 ? 1 : random >> 11 & 3;
    if (form->operands & (SSE | PACKED) && mandatory[prefix]) *at++ = mandatory[prefix];
    if (form->prefix) *at++ = form->prefix;
    bool has_rex = is_long && (random >> 13 & 3) != 0;
    bool is_wide = has_rex && random >> 15 & 1 && !(form->operands & IN_OPCODE && form->operands & IMMZ);
    if (has_rex) *at++ = 0x40 | (is_wide ? 8 : 0) | (random >> 16 & 5);
    if (form->escape) *at++ = form->escape;
    *at++ = form->opcode | (random >> 20 & form->vary) | (form->operands & IN_OPCODE ? any_register(random >> 28) : 0);
    if (form->operands & MODRM) at = put_modrm(at, form, is_absolute, random >> 32);
    if (form->operands & IMM8) at = put_immediate(at, 1);
    if (form->operands & IMMZ) at = put_immediate(at, is_word && !is_wide ? 2 : 4);
    if (form->operands & JUMP) {
        /* To the beginning of the next cell, or, rarely since it may go on for ever, of this one. */
        int in_cell = (word)(at + 1) & 63;
        *at++ = form->opcode == 0xeb || random >> 53 ? 64 - in_cell : -in_cell;
    }
    return at;
}

static void fill_cell(uint8_t *cell, enum code kind)
{
    uint8_t *at = cell;
    while (at < cell + 64 - 14) at = instruction(at, kind);
    while (at < cell + 64) *at++ = 0x90;
}

/* A piece of each kind, and copies of it that change as time goes on. */
void make_code(void)
{
    enum { PIECE = 2048 };
    for (unsigned page = 0; page < CODE_PAGES; page++) {
        for (unsigned at = 0; page < 4 && at < PIECE; at += CODE_STEP) fill_code(page, at);
        const word *from = (const word *)code[page & 3];
        word *to = (word *)code[page];
        for (unsigned i = page < 4 ? PIECE / sizeof(word) : 0; i < PAGE_SIZE / sizeof(word); i++) to[i] = from[i % (PIECE / sizeof(word))];
    }
}

void fill_code(unsigned page, unsigned offset)
{
    uint8_t *at = code[page] + offset, *end = at + CODE_STEP;
    for (; at < end; at += 64) {
        if (code_of(page) == CODE_WILD) {
            for (unsigned i = 0; i < 8; i++) ((uint64_t *)at)[i] = next_random();
        } else {
            fill_cell(at, code_of(page));
        }
    }
}

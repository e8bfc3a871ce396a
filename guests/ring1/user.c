/* Applications in ring 3. */
#include "ring1.h"

static uint8_t stack[PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t code[PAGE_SIZE] __attribute__((aligned(4096)));

/* Runs a few bytes in ring 3; what comes back is a trap, or INT 0x80. */
static void run(const char *what, const char *bytes, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) code[i] = bytes[i];
    seen = (struct trap){ 0 };
    go_to_user((uint32_t)code, (uint32_t)stack + sizeof stack);
    report(what);
}

#define RUN(what, bytes) run(what, bytes, sizeof bytes - 1)

void check_user(void)
{
    map(code, leaf_of(code, PTE_KERNEL | PTE_USER));
    map(stack, leaf_of(stack, PTE_KERNEL | PTE_USER));

    RUN("int 0x80 from ring 3", "\xcd\x80");
    RUN("push there", "\x6a\x01\x58\xcd\x80");
    RUN("ud2", "\x0f\x0b");
    RUN("int3", "\xcc");
    RUN("int 0x82", "\xcd\x82");
    RUN("int 0x20", "\xcd\x20");
    RUN("cli", "\xfa");
    RUN("hlt", "\xf4");
    RUN("syscall without a callback", "\x0f\x05");
    RUN("jump into the kernel", "\xb8\x00\x00\x10\xc0\xff\xe0");
    RUN("read through ds, which is gone", "\x8b\x03\xcd\x80");
    RUN("read the kernel's page", "\xb8\x33\xe0\x00\x00\x8e\xd8\xa1\x00\x00\x10\xc0\xcd\x80");
    RUN("read the m2p", "\xb8\x33\xe0\x00\x00\x8e\xd8\xa1\x00\x00\x80\xf5\xcd\x80");
    RUN("load the kernel's data segment", "\xb8\x21\xe0\x00\x00\x8e\xd8\xcd\x80");
    RUN("far jump to ring 1", "\xea\x00\x00\x10\xc0\x19\xe0");
    RUN("iret to ring 1", "\x68\x02\x02\x00\x00\x68\x19\xe0\x00\x00\x68\x00\x00\x10\xc0\xcf");
}

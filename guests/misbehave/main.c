/* What no batch does on purpose: says nothing for ever, or never ends saying something. Built as two images. */
#include "guest.h"

void guest_main(const struct start_info *info)
{
    (void)info;
    print("misbehaving\n");
#ifdef FLOODS
    for (;;) print("0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n");
#else
    for (;;) __asm__ volatile("pause");
#endif
}

/*
 * Between these addresses random handlers may have the kernel's stack: a few frames below where landings begin, since a handler that faults at
 * once does so for ever; and with room above.
 */
#define STACK_FLOOR   0x433b00
#define STACK_CEILING 0x43bf00

/* Between these addresses the kernel's stack has room on either side. */
#define STACK_FLOOR   0x42d000
#define STACK_CEILING 0x43bf00

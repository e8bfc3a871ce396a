/* An entry point for each vector, so that every INT n has a gate; and one for returns that fail. */
#include "xen.h"

    .text
    .balign 64
    .globl vectors
vectors:
    .set vector, 0
    .rept 256
    .balign 64
    pop %rcx
    pop %r11
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17
    cmpw $0xe030, 8(%rsp) /* CS where RIP would be: INT n pushes no error code. */
    je 1f
    cmpw $FLAT_RING3_CS64, 8(%rsp)
    jne 2f
    .endif
1:  push $0
2:  push $vector
    jmp enter
    .set vector, vector + 1
    .endr

/* Four selectors lie between R11 and RIP. */
    .globl failed_return
failed_return:
    pop %rcx
    pop %r11
    add $32, %rsp
    push $0
    push $258 /* VECTOR_FAILSAFE */
    jmp enter

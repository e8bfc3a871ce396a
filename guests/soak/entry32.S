/* Ways in and out of a 32-bit kernel that never returns to what was interrupted. */
#include "xen32.h"
#include "floor.h"

    .text
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
point_\vector:
    mov $\vector, %ecx
    jmp entered
    .endr
    .set number, 0
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
wary_\vector:
    cmp $STACK_FLOOR, %esp
    jb point_\vector
    cmp $STACK_CEILING, %esp
    ja point_\vector
    jmp *wary_targets + 4 * number
    .set number, number + 1
    .endr
    .globl event_point, failsafe_point, syscall_point
event_point:
    mov $256, %ecx
    jmp entered
failsafe_point:
    mov $258, %ecx
    jmp entered
syscall_point:
    mov $257, %ecx
entered:
    mov $FLAT_RING1_DS, %eax
    mov %eax, %ss
    mov $stack_top, %esp
    mov %eax, %ds
    mov %eax, %es
    cld
    push %ecx
    call next

/* void leave(registers, by_hypercall): the registers are at out's stack already. */
    .globl leave
leave:
    mov 8(%esp), %eax
    mov %eax, by_hypercall
    mov out, %gs
    mov out + 4, %fs
    mov out + 8, %es
    lss out + 16, %esp
    cmpl $0, by_hypercall
    jne 1f
    mov out + 12, %ds
    popa
    iret
1:  mov out + 12, %ds
    popa
    jmp hypercall_page + __HYPERVISOR_iret * 32

    .section .rodata
    .balign 4
    .globl entry_points
entry_points:
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
    .long point_\vector
    .endr

    .globl wary_points
wary_points:
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
    .long wary_\vector
    .endr

    .bss
    .balign 4096
    .skip 16384
stack_top:
    .globl wary_targets, out, user_frame
wary_targets:
    .skip 16 * 4
by_hypercall:
    .skip 8
    .balign 4096
    .skip 2048 /* A way out that faults leaves its frame here. */
user_frame:
    .skip 64
out:
    .skip 64

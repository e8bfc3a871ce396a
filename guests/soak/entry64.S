/* Ways in and out of a 64-bit kernel that never returns to what was interrupted. */
#include "xen.h"
#include "floor.h"

    .text
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
point_\vector:
    mov $\vector, %edi
    jmp entered
    .endr
    .set number, 0
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
wary_\vector:
    cmp $STACK_FLOOR, %rsp
    jb point_\vector
    cmp $STACK_CEILING, %rsp
    ja point_\vector
    jmp *wary_targets + 8 * number(%rip)
    .set number, number + 1
    .endr
    .globl event_point, failsafe_point, syscall_point
event_point:
    mov $256, %edi
    jmp entered
failsafe_point:
    mov $258, %edi
    jmp entered
syscall_point:
    mov $257, %edi
entered:
    lea stack_top(%rip), %rsp
    cld
    call next

/* void leave(registers, by_hypercall) */
    .globl leave
leave:
    mov %esi, by_hypercall(%rip)
    mov %rdi, %rsp
    .irp register, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax
    pop %\register
    .endr
    cmpl $0, by_hypercall(%rip)
    jne 1f
    lea out + 32(%rip), %rsp
    iretq
1:  lea out(%rip), %rsp
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2

    .section .rodata
    .balign 8
    .globl entry_points
entry_points:
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
    .quad point_\vector
    .endr

    .globl wary_points
wary_points:
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
    .quad wary_\vector
    .endr

    .bss
    .balign 4096
    .skip 16384
stack_top:
    .globl wary_targets, out
wary_targets:
    .skip 16 * 8
by_hypercall:
    .skip 8
    .balign 4096
    .skip 2048 /* A way out that faults leaves its frame here. */
out:
    .skip 128

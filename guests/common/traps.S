/*
 * Entry from Xen's bounce frames and return by the iret hypercall.
 *
 * Xen pushes SS, RSP, RFLAGS, CS, RIP, [error code], R11, RCX. Every entry point turns that into a struct frame
 * (traps.h) and every exit turns a struct frame into what the iret hypercall pops: the error-code slot becomes the
 * VGCF flags, the vector slot RCX, and R11 and RAX are pushed below.
 */
#include "xen.h"

.macro entry_point name, vector, has_error=0
    .globl \name
\name:
    pop %rcx
    pop %r11
    .if !\has_error
    push $0
    .endif
    push $\vector
    jmp enter
.endm

    .text
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 16, 19, 128, 129, 131
    entry_point trap_\vector, \vector
    .endr
    .irp vector, 10, 11, 12, 13, 14, 17
    entry_point trap_\vector, \vector, has_error=1
    .endr
    entry_point event_entry, 256
    entry_point syscall_entry, 257
    entry_point failsafe_entry, 258

    .globl enter
enter:
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %rax
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, %rdi
    cld
    call trapped
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rax
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
    mov %rcx, (%rsp)
    push %r11
    push %rax
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2

/* uint64_t user_enter(rip, argument, rsp): runs user code until something calls user_leave; answers its value. */
    .globl user_enter
user_enter:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, left_at(%rip)
    mov $FLAT_RING3_SS64, %eax
    push %rax
    push %rdx
    push $0x202
    mov $FLAT_RING3_CS64, %eax
    push %rax
    push %rdi
    push $0
    push $0
    push $0
    push $0
    mov %rsi, %rdi
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2

/* void user_leave(value): abandons the stack it is called on and goes on after user_enter. */
    .globl user_leave
user_leave:
    mov %rdi, %rax
    mov left_at(%rip), %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret

/* uint64_t kernel_call(rip, argument): calls code that may change every register but RSP. */
    .globl kernel_call
kernel_call:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    sub $8, %rsp
    mov %rdi, %rax
    mov %rsi, %rdi
    call *%rax
    add $8, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret

    .bss
    .balign 8
left_at:
    .skip 8

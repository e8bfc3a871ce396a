/* Ways in and out of a 64-bit kernel: from Xen's frames, to kernel and user code, and back. */
#include "xen.h"
#include "kind.h"

    .text
/* One entry point for each vector, 16 bytes apart. */
    .balign 16
    .globl entry_points
entry_points:
    .set vector, 0
    .rept 256
    .balign 16
    pushq $vector
    jmp taken
    .set vector, vector + 1
    .endr

/* Leaves struct stacked. */
taken:
    pushf
    push %rdi
    push %rsi
    push %rdx
    push %rax
    push %r8
    push %r9
    push %r10
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    sub $72, %rsp
    mov %rsp, %rdi
    cld
    call trap_taken
    mov 72(%rsp), %r15
    mov 80(%rsp), %r14
    mov 88(%rsp), %r13
    mov 96(%rsp), %r12
    mov 104(%rsp), %rbp
    mov 112(%rsp), %rbx
    mov 120(%rsp), %r10
    mov 128(%rsp), %r9
    mov 136(%rsp), %r8
    mov 152(%rsp), %rdx
    mov 160(%rsp), %rsi
    mov 168(%rsp), %rdi
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2

    .macro keep_home
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, home(%rip)
    .endm

    .macro load_place
    mov 8(%rsi), %rdi
    mov xen_readable(%rip), %rbx
    mov 24(%rsi), %rdx
    .endm

/* void run_kernel(ip, place, sp) */
    .globl run_kernel
run_kernel:
    keep_home
    mov %rdi, %rax
    mov %rdx, %rsp
    load_place
    jmp *%rax

/* void run_user(ip, place, sp, flags) */
    .globl run_user
run_user:
    keep_home
    mov $FLAT_RING3_SS64, %eax
    push %rax
    push %rdx
    push %rcx
    mov $FLAT_RING3_CS64, %eax
    push %rax
    push %rdi
    push $0
    push $0
    push $0
    push $0
    load_place
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2

    .globl come_back
come_back:
    mov home(%rip), %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret

    .globl iret_from
iret_from:
    mov %rdi, %rsp
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2

    .bss
    .balign 8
home:
    .skip 8

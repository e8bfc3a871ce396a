/* Code that a script asks for, one instruction at a time, and the ways between the two modes. */
#include "xen.h"

    .text
/* uint64_t run_code(code, registers): calls code with all other registers 0; answers RAX. A fault that it takes ends it. */
    .globl run_code
run_code:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, stack_at(%rip)
    mov %rdi, code_at(%rip)
    lea 1f(%rip), %rax
    mov %rax, resume_at(%rip)
    mov (%rsi), %rax
    mov 8(%rsi), %rcx
    mov 16(%rsi), %rdx
    mov 24(%rsi), %rdi
    xor %esi, %esi
    xor %ebx, %ebx
    xor %ebp, %ebp
    xor %r8d, %r8d
    xor %r9d, %r9d
    xor %r10d, %r10d
    xor %r11d, %r11d
    xor %r12d, %r12d
    xor %r13d, %r13d
    xor %r14d, %r14d
    xor %r15d, %r15d
    call *code_at(%rip)
1:  mov stack_at(%rip), %rsp
    movq $0, resume_at(%rip)
    cld
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret

/* void enter_user(void): returns in user mode, on the same stack. Events stay masked. */
    .globl enter_user
enter_user:
    mov %rsp, %rax
    mov $FLAT_RING3_SS64, %ecx
    push %rcx
    push %rax
    push $2
    mov $FLAT_RING3_CS64, %ecx
    push %rcx
    lea 1f(%rip), %rcx
    push %rcx
    push $0
    push $0
    push $0
    push $0
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2
1:  ret

/*
 * uint64_t return_by(frame): goes on as the six words say: flags, RIP, CS, RFLAGS, RSP, SS. A RIP of 1 is behind the call, one of 2 an
 * instruction that does not exist. Answers RAX, in flat segments again.
 */
    .globl return_by
return_by:
    push %rbx
    mov %rsp, stack_at(%rip)
    lea 2f(%rip), %rax
    mov %rax, resume_at(%rip)
    push 40(%rdi)
    push 32(%rdi)
    push 24(%rdi)
    push 16(%rdi)
    mov 8(%rdi), %rax
    lea 1f(%rip), %rdx
    lea undefined(%rip), %rcx
    cmp $1, %rax
    cmove %rdx, %rax
    cmp $2, %rax
    cmove %rcx, %rax
    push %rax
    push (%rdi)
    push $0
    push $0
    push $0
    mov $__HYPERVISOR_iret, %eax
    syscall
undefined:
    ud2
1:  nop /* Another place to stop at while TF is set. */
2:  mov stack_at(%rip), %rsp
    mov $FLAT_RING3_SS64, %ecx
    mov %ecx, %ss
    mov $FLAT_RING3_CS64, %ecx
    push %rcx
    lea 4f(%rip), %rcx
    push %rcx
    lretq
4:  push $2
    popf
    movq $0, resume_at(%rip)
    pop %rbx
    ret

/* void enter_kernel(void): a system call, whose hook changes the mode to return to. */
    .globl enter_kernel
enter_kernel:
    xor %eax, %eax
    syscall
    ret

    .balign 4
    .globl int_stubs
int_stubs:
    .set vector, 0
    .rept 256
    .byte 0xcd, vector, 0xc3, 0xcc
    .set vector, vector + 1
    .endr

    .bss
    .balign 8
    .globl stack_at
stack_at:
    .skip 8
code_at:
    .skip 8

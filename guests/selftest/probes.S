/*
 * Instructions that fault or trap, each in a routine that can be called in kernel mode and in user mode. RDI is the
 * address of three pages: read-write without execute, read-only, absent.
 */
#include "xen.h"

.macro probe name, instruction:vararg
    .pushsection .rodata.probe_names, "a"
9:  .asciz "\name"
    .popsection
    .pushsection .rodata.probes, "a"
    .quad 9b, 1f, 2f, 3f
    .popsection
1:  .ifnb \instruction
2:  \instruction
3:  ret
    .endif
.endm

    .section .rodata.probes, "a"
    .balign 8
    .globl probes
probes:

    .section .text_page_aligned, "ax"
    .balign 4096
    .globl probes_start
probes_start:

    probe "#DE, div by 0"
    xor %ecx, %ecx
    xor %edx, %edx
2:  div %ecx
3:  ret

    probe "#DB, single step"
    pushf
    orl $0x100, (%rsp)
    popf
2:  nop
3:  ret

    probe "#BP, int3", int3
    probe "#OF, int 4", int $4
    probe "#UD, ud2", ud2
    probe "#GP, non-canonical load"
    movabs $0x8000000000000000, %rax
2:  mov (%rax), %rax
3:  ret

    probe "#SS, non-canonical stack load"
    mov %rbp, %rdx
    movabs $0x8000000000000000, %rbp
2:  mov (%rbp), %rax
3:  mov %rdx, %rbp
    ret

    probe "#GP, selector without descriptor"
    mov $0x1003, %eax
2:  mov %eax, %es
3:  ret

    probe "#GP, hlt", hlt
    probe "#GP, swapgs", swapgs
    probe "#PF, load from absent page", mov 0x2008(%rdi), %rax
    probe "#PF, store to absent page", mov %rax, 0x2010(%rdi)
    probe "#PF, store to read-only page", mov %rax, 0x1018(%rdi)
    probe "#PF, read-modify-write of read-only page", lock incl 0x1018(%rdi)
    probe "#PF, store across into the read-only page", mov %rax, 0xffc(%rdi)
    probe "#PF, execute absent page"
    lea 0x2020(%rdi), %rax
2:  jmp *%rax
3:  ret

    probe "#PF, execute no-execute page"
    lea 0x28(%rdi), %rax
2:  jmp *%rax
3:  ret

    probe "int 0x80, gate of level 3", int $0x80
    probe "int 0x83, gate of level 1", int $0x83
    probe "int 0x81, gate of level 0", int $0x81
    probe "int 0x90, no gate", int $0x90

/* Leaves user mode: the SYSCALL that run_user waits for. A probe returns here. */
    .globl probe_exit
probe_exit:
    mov %rax, %rdi
    xor %eax, %eax
    syscall

/* Two SYSCALLs that return; answers how far RCX, R11 and RAX were as SYSRET leaves them. */
    .globl probe_ping
probe_ping:
    mov $1, %eax
    syscall
1:  lea 1b(%rip), %rdx
    xor %edi, %edi
    cmp %rdx, %rcx
    sete %dil
    mov %r11, %rdx
    and $0x200, %edx
    add %edx, %edi
    shl $16, %rax
    add %rax, %rdi
    mov %rdi, %rax
    ret

/* Waits for an event to lead it out. */
    .globl probe_spin
probe_spin:
1:  pause
    jmp 1b

/* What lies at GS:0. */
    .globl probe_gs
probe_gs:
    mov %gs:0, %rax
    ret

    .balign 4096
    .globl probes_end
probes_end:

    .section .rodata.probes, "a"
    .quad 0, 0, 0, 0

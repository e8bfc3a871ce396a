/*
 * Instructions that fault or trap, each in a routine that leaves by INT. It finds the address of three pages in DI (read-write without
 * execute, read-only, absent), of Xen's table that can be read in BX, and a selector of a stack segment that is not present in DX.
 */
#include "kind.h"
#include "probes.h"

#ifdef __x86_64__
#define WORD .quad
#define AX %rax
#define BX %rbx
#define DI %rdi
#define SP %rsp
#else
#define WORD .long
#define AX %eax
#define BX %ebx
#define DI %edi
#define SP %esp
#endif

/* Every exception masked, and the mask of division by zero. */
#define MXCSR_RESET 0x1f80
#define MXCSR_ZM    0x200

.macro probe name, traits
    .pushsection .rodata.probe_names, "a"
9:  .asciz "\name"
    .popsection
    .pushsection .rodata.probes, "a"
    WORD 9b, 1f, 2f, 3f, \traits
    .popsection
1:
.endm

.macro one name, traits, instruction:vararg
    probe "\name", \traits
2:  \instruction
3:  int $LEAVE
.endm

    .section .rodata.probes, "a"
    .balign 8
    .globl probes
probes:

    .section .text_page_aligned, "ax"
    .balign 4096
    .globl probes_start
probes_start:

    probe "#DE, div by zero", 0
    xor %ecx, %ecx
    xor %edx, %edx
2:  div %ecx
3:  int $LEAVE

    probe "#DB, single step", 1
    pushf
    pop AX
    or $0x100, %eax
    push AX
    popf
2:  nop
3:  int $LEAVE

    one "#DB, int1", (1 | VARIANT), .byte 0xf1
    one "#DB, breakpoint", (1 | VARIANT | STOPPED), nop
    one "#DB, store to watched data", (1 | VARIANT | WATCHED), mov %eax, WATCHED_DATA(DI)
    one "#BP, int3", (3 | OFTEN), int3
    one "#OF, int 4", 4, int $4
#ifdef __i386__
    probe "#OF, into", (4 | VARIANT)
    mov $0x7fffffff, %eax
    inc %eax
2:  into
3:  int $LEAVE

    probe "#BR, bound", 5
    mov $-1, %eax
2:  bound %eax, (%edi)
3:  int $LEAVE
#endif
    one "#UD, ud2", (6 | OFTEN), ud2

    probe "#UD, with NT", (6 | VARIANT)
    pushf
    pop AX
    or $0x4000, %eax
    push AX
    popf
2:  ud2
3:  int $LEAVE

    probe "#UD, with AC", (6 | VARIANT)
    pushf
    pop AX
    or $0x40000, %eax
    push AX
    popf
2:  ud2
3:  int $LEAVE

    probe "#NM, fninit", (7 | SWITCHES_TASK)
2:  fninit
3:  int $LEAVE

    probe "#NP, es", 11
    mov $ABSENT_SELECTOR, %eax
2:  mov %eax, %es
3:  int $LEAVE

    one "#SS, ss", 12, mov %edx, %ss
#ifdef __x86_64__
    probe "#SS, not canonical", (12 | VARIANT)
    mov %rbp, %rax
    movabs $0x8000000000000000, %rbp
2:  mov (%rbp), %rcx
3:  int $LEAVE

    probe "#GP, not canonical", (13 | VARIANT)
    movabs $0x8000000000000000, %rax
2:  mov (%rax), %rax
3:  int $LEAVE
#endif

    probe "#GP, no descriptor", (13 | VARIANT)
    mov $NO_SELECTOR, %eax
2:  mov %eax, %es
3:  int $LEAVE

    one "#GP, hlt", 13, hlt
    one "#PF, load, absent", (14 | OFTEN), mov 0x2008(DI), AX
    one "#PF, store, absent", (14 | VARIANT), mov AX, 0x2010(DI)
    one "#PF, store, read-only", (14 | VARIANT), mov AX, 0x1018(DI)
    one "#PF, store, across", (14 | VARIANT), mov %eax, 0xffe(DI)
    one "#PF, store, Xen's", (14 | VARIANT), mov AX, (BX)

    probe "#PF, fetch, absent", (14 | VARIANT)
    lea 0x2020(DI), AX
2:  jmp *AX
3:  int $LEAVE

    probe "#PF, fetch, no execute", (14 | VARIANT)
    lea 0x28(DI), AX
2:  jmp *AX
3:  int $LEAVE

    probe "#MF, fwait", 16
    fninit
    fldcw 4(DI)
    .rept 9
    fildl (DI)
    .endr
2:  fwait
3:  int $LEAVE

    probe "#MF, division by zero", (16 | VARIANT)
    fninit
    fldcw 4(DI)
    fld1
    fdivs (DI)
2:  fwait
3:  int $LEAVE

    probe "#AC, load", (17 | LEVEL_3)
    pushf
    pop AX
    or $0x40000, %eax
    push AX
    popf
2:  mov 0x21(DI), %eax
3:  int $LEAVE

    probe "#XM, division by zero", 19
    mov $(MXCSR_RESET - MXCSR_ZM), %eax
    push AX
    ldmxcsr (SP)
    pop AX
    mov $0x3f800000, %eax
    movd %eax, %xmm1
    xorps %xmm0, %xmm0
2:  divss %xmm0, %xmm1
3:  int $LEAVE

.macro interrupt vectors:vararg
    .irp n, \vectors
    probe "int \n", (INTERRUPT | \n)
2:  .byte 0xcd, \n
3:  int $LEAVE
    .endr
.endm

    interrupt 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f
    interrupt 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f
    interrupt 0x20, 0x80
#ifdef __x86_64__
    interrupt 0x82 /* calls Xen in a 32-bit guest's kernel */
#endif

    .balign 4096
    .globl probes_end
probes_end:

    .section .rodata.probes, "a"
    WORD 0, 0, 0, 0, 0

    .text
    .globl fault, fault_instruction, fault_after
fault:
    mov SP, fault_sp
fault_instruction:
    ud2
fault_after:
    ret

/* void fault_at(sp) */
    .globl fault_at
fault_at:
#ifdef __x86_64__
    mov %rdi, %rsp
#else
    mov 4(%esp), %esp
#endif
    ud2

    .bss
    .balign 8
    .globl fault_sp
fault_sp:
    .skip 8

/* Ways in and out of a 32-bit kernel: from Xen's frames, to kernel and user code, and back. */
#include "xen32.h"
#include "kind.h"

    .text
/* One entry point for each vector, 16 bytes apart. */
    .balign 16
    .globl entry_points
entry_points:
    .set vector, 0
    .rept 256
    .balign 16
    pushl $vector
    jmp taken
    .set vector, vector + 1
    .endr

/* Leaves struct stacked. */
taken:
    pushf
    pusha
    push %ds
    push %es
    mov $FLAT_RING1_DS, %eax
    mov %eax, %ds
    mov %eax, %es
    cld
    push %esp
    call trap_taken
    add $4, %esp
    pop %es
    pop %ds
    popa
    mov %ss:return_frame, %esp
    jmp hypercall_page + __HYPERVISOR_iret * 32

    .macro keep_home
    mov 4(%esp), %eax
    mov 8(%esp), %esi
    mov 12(%esp), %ecx
    push %ebx
    push %esi
    push %edi
    push %ebp
    mov %esp, home
    mov 4(%esi), %edi
    mov xen_readable, %ebx
    mov 12(%esi), %edx
    .endm

/* void run_kernel(ip, place, sp) */
    .globl run_kernel
run_kernel:
    keep_home
    mov %ecx, %esp
    jmp *%eax

/* void run_user(ip, place, sp, flags) */
    .globl run_user
run_user:
    keep_home
    mov 32(%esp), %esi /* flags */
    push $FLAT_RING3_DS
    push %ecx
    push %esi
    push $FLAT_RING3_CS
    push %eax
    mov $FLAT_RING3_DS, %eax
    mov %eax, %ds
    mov %eax, %es
    jmp hypercall_page + __HYPERVISOR_iret * 32

    .globl come_back
come_back:
    mov $FLAT_RING1_DS, %eax
    mov %eax, %ds
    mov %eax, %es
    mov home, %esp
    pop %ebp
    pop %edi
    pop %esi
    pop %ebx
    ret

    .globl iret_from
iret_from:
    mov 4(%esp), %esp
    mov $__HYPERVISOR_iret, %eax
    int $0x82
    ud2

    .bss
    .balign 4
home:
    .skip 4

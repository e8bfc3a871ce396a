/* Where the domain builder starts the guest, its Xen notes, the way to make a hypercall, and the ways in and out of traps. */
#include "xen32.h"

.macro note type, value:vararg
    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  \value
2:  .balign 4
    .popsection
.endm

note XEN_ELFNOTE_ENTRY, .long _start
note XEN_ELFNOTE_HYPERCALL_PAGE, .long hypercall_page
note XEN_ELFNOTE_VIRT_BASE, .long VIRT_BASE
note XEN_ELFNOTE_PADDR_OFFSET, .long 0
note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
note XEN_ELFNOTE_GUEST_OS, .asciz "ring1"
note XEN_ELFNOTE_LOADER, .asciz "generic"
note XEN_ELFNOTE_PAE_MODE, .asciz "yes"

    .section .text.start, "ax"
    .globl _start
_start:
    cld
    mov $boot_stack_top, %esp
    xor %ebp, %ebp
    push %esi
    call start
    ud2

    .text
/* long hypercall(number, a1, a2, a3, a4, a5) */
    .globl hypercall
hypercall:
    push %ebx
    push %esi
    push %edi
    mov 16(%esp), %eax
    mov 20(%esp), %ebx
    mov 24(%esp), %ecx
    mov 28(%esp), %edx
    mov 32(%esp), %esi
    mov 36(%esp), %edi
    shl $5, %eax
    add $hypercall_page, %eax
    call *%eax
    pop %edi
    pop %esi
    pop %ebx
    ret

/* void go_to_user(eip, esp): to ring 3, events unmasked; comes back by INT 0x80 and then returns. */
    .globl go_to_user
go_to_user:
    push %ebx
    push %esi
    push %edi
    push %ebp
    mov 20(%esp), %eax
    mov 24(%esp), %ecx
    mov %esp, user_return
    push $FLAT_RING3_DS
    push %ecx
    push $0x202
    push $FLAT_RING3_CS
    push %eax
    jmp hypercall_page + 23 * 32

    .globl back_from_user
back_from_user:
    mov $FLAT_RING1_DS, %eax
    mov %eax, %ds
    mov %eax, %es
    mov user_return, %esp
    pop %ebp
    pop %edi
    pop %esi
    pop %ebx
    ret

/* Each entry leaves on the stack: error code or 0, vector. */
.macro entry vector, has_code
    .globl entry_\vector
entry_\vector:
    .if \has_code == 0
    push $0
    .endif
    push $\vector
    jmp trapped
    .pushsection .rodata
    .long entry_\vector
    .popsection
.endm

    .section .rodata
    .balign 4
    .globl trap_entries
trap_entries:
    .text
entry 0, 0
entry 1, 0
entry 3, 0
entry 4, 0
entry 5, 0
entry 6, 0
entry 11, 1
entry 12, 1
entry 13, 1
entry 14, 1

trapped:
    pusha
    push %ds
    push %es
    mov $FLAT_RING1_DS, %eax
    mov %eax, %ds
    mov %eax, %es
    cld
    push %esp
    call trap
    add $4, %esp
    pop %es
    pop %ds
    popa
    add $8, %esp
    jmp hypercall_page + 23 * 32

    .globl event_entry
event_entry:
    pusha
    push %ds
    push %es
    mov $FLAT_RING1_DS, %eax
    mov %eax, %ds
    mov %eax, %es
    cld
    call event
    pop %es
    pop %ds
    popa
    jmp hypercall_page + 23 * 32

    .globl failsafe_entry
failsafe_entry:
    ud2

    .section .text_page_aligned, "ax"
    .balign 4096
    .globl hypercall_page
hypercall_page:
    .fill 4096, 1, 0xcc /* Xen overwrites it; an unwritten slot is INT3. */

    .bss
    .balign 4096
    .skip 16384
boot_stack_top:
user_return:
    .skip 4

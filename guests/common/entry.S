/* Where the domain builder starts the guest, its Xen notes, and the two ways to make a hypercall. */
#include "xen.h"

.macro note type, value:vararg
    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  \value
2:  .balign 4
    .popsection
.endm

note XEN_ELFNOTE_GUEST_OS,     .asciz "ringfence-guest"
note XEN_ELFNOTE_XEN_VERSION,  .asciz "xen-3.0"
note XEN_ELFNOTE_LOADER,       .asciz "generic"
note XEN_ELFNOTE_PAE_MODE,     .asciz "yes"
note XEN_ELFNOTE_VIRT_BASE,    .quad VIRT_BASE
note XEN_ELFNOTE_PADDR_OFFSET, .quad 0
note XEN_ELFNOTE_ENTRY,        .quad _start

    .section .text.start, "ax"
    .globl _start
_start:
    cld
    lea boot_stack_top(%rip), %rsp
    mov %rsi, %rdi
    xor %ebp, %ebp
    call start
    ud2

    .text
/* long hypercall(number, a1, a2, a3, a4, a5): C passes the arguments one register away from where Xen wants them. */
    .globl hypercall
hypercall:
    mov %rdi, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %r10
    mov %r9, %r8
#ifdef THROUGH_HYPERCALL_PAGE
    shl $5, %eax
    lea hypercall_page(%rip), %rcx
    add %rcx, %rax
    jmp *%rax

note XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page

    .section .text_page_aligned, "ax"
    .balign 4096
    .globl hypercall_page
hypercall_page:
    .fill 4096, 1, 0xcc /* Xen overwrites it; an unwritten slot is INT3. */
#else
    syscall
    ret
#endif

    .bss
    .balign 4096
    .skip 16384
boot_stack_top:

/* Ways in and out of a 32-bit kernel that never returns to what was interrupted. */
#include "xen32.h"
#include "floor.h"
#include "landing.h"

#define AT(number) 4 * (number)(%eax)

    .text
/* Exceptions and SYSCALL: with nothing else to do, straight on at the next landing. Segments that applications have serve the kernel too. */
    .globl entered, event_point, leave
entered:
    mov $FLAT_RING3_DS, %eax
    mov %eax, %ds
    decl landings_left
    js event_point
    mov shared_info, %eax
    movb $0, 1(%eax) /* evtchn_upcall_mask */
leave:
    mov cursor, %eax
    mov AT(LANDING_NEXT), %ecx
    mov %ecx, cursor
    mov AT(LANDING_BX), %ebx
    mov AT(LANDING_BP), %ebp
    mov AT(LANDING_SI), %esi
    mov AT(LANDING_DI), %edi
    mov AT(LANDING_CX), %ecx
    lss AT(LANDING_STACK), %esp
    jmp *AT(LANDING_WAY)

event_point:
    mov $FLAT_RING1_DS, %eax
    mov %eax, %ss
    mov $stack_top, %esp
    mov $FLAT_RING3_DS, %eax
    mov %eax, %ds
    mov %eax, %es
    cld
    call next

/* The frame has EAX, EIP, CS, EFLAGS, ESP and SS. An application's is gone on by where it lies, a kernel's is pushed to the stack that it is to have. */
    .macro ways selectors
    .globl way_to_user_by_iret\selectors, way_to_user_by_hypercall\selectors, way_to_kernel_by_iret\selectors, way_to_kernel_by_hypercall\selectors
way_to_kernel_by_iret\selectors:
    pushl LANDING_FRAME + 12(%eax)
    pushl LANDING_FRAME + 8(%eax)
    pushl LANDING_FRAME + 4(%eax)
way_to_user_by_iret\selectors:
    load\selectors
    iret
way_to_kernel_by_hypercall\selectors:
    pushl LANDING_FRAME + 12(%eax)
    pushl LANDING_FRAME + 8(%eax)
    pushl LANDING_FRAME + 4(%eax)
way_to_user_by_hypercall\selectors:
    load\selectors
    jmp hypercall_page + __HYPERVISOR_iret * 32
    .endm
    .macro load
    .endm
    .macro load_with_selectors
    .set number, 6
    .irp register, gs, fs, es, ds
    mov LANDING_SELECTORS * 4 + number(%eax), %\register
    .set number, number - 2
    .endr
    .endm
    ways
    ways _with_selectors

/* Random code as a handler, while there is stack left. */
    .set number, 0
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
wary_\vector:
    cmp $STACK_FLOOR, %esp
    jb entered
    cmp $STACK_CEILING, %esp
    ja entered
    jmp *%cs:wary_targets + 4 * number
    .set number, number + 1
    .endr

    .section .rodata
    .balign 4
    .globl wary_points
wary_points:
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
    .long wary_\vector
    .endr

    .bss
    .balign 4096
    .skip 16384
stack_top:
    .globl wary_targets
wary_targets:
    .skip 16 * 4

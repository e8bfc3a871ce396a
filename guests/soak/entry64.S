/* Ways in and out of a 64-bit kernel that never returns to what was interrupted. */
#include "xen.h"
#include "floor.h"
#include "landing.h"

#define AT(number) 8 * (number)(%rax)

    .text
/* Exceptions and SYSCALL: with nothing else to do, straight on at the next landing. */
    .globl entered, event_point, leave
entered:
    decl landings_left(%rip)
    js event_point
    mov shared_info(%rip), %rax
    movb $0, 1(%rax) /* evtchn_upcall_mask */
leave:
    mov cursor(%rip), %rax
    mov AT(LANDING_NEXT), %rcx
    mov %rcx, cursor(%rip)
    mov AT(LANDING_BX), %rbx
    mov AT(LANDING_BP), %rbp
    mov AT(LANDING_SI), %rsi
    mov AT(LANDING_DI), %rdi
    mov AT(LANDING_CX), %rcx
    jmp *AT(LANDING_WAY)

event_point:
    lea stack_top(%rip), %rsp
    cld
    call next

/* On at the frame of an iret hypercall, which IRET knows the last words of. */
    .macro ways selectors
    .globl way_by_iret\selectors, way_by_hypercall\selectors
way_by_iret\selectors:
    load\selectors
    lea LANDING_FRAME + 32(%rax), %rsp
    iretq
way_by_hypercall\selectors:
    load\selectors
    lea LANDING_FRAME(%rax), %rsp
    mov $__HYPERVISOR_iret, %eax
    syscall
    ud2
    .endm
    .macro load
    .endm
    .macro load_with_selectors
    .set number, 0
    .irp register, ds, es, fs, gs
    mov LANDING_SELECTORS * 8 + number(%rax), %\register
    .set number, number + 2
    .endr
    .endm
    ways
    ways _with_selectors

/* Random code as a handler, while there is stack left. */
    .set number, 0
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
wary_\vector:
    cmp $STACK_FLOOR, %rsp
    jb entered
    cmp $STACK_CEILING, %rsp
    ja entered
    jmp *wary_targets + 8 * number(%rip)
    .set number, number + 1
    .endr

    .section .rodata
    .balign 8
    .globl wary_points
wary_points:
    .irp vector, 0, 1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 19, 128
    .quad wary_\vector
    .endr

    .bss
    .balign 4096
    .skip 16384
stack_top:
    .globl wary_targets
wary_targets:
    .skip 16 * 8

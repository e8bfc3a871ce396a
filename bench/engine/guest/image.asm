; The benchmark image: a flat binary for physical address 0x100000, linked for virtual 0x400000 (VA = PA + 0x300000).
;
; Offset 0x000  multiboot header and the way into 64-bit mode, for a whole machine
;        0x400  addresses of the kernels, ended by 0
;        0x800  how often each kernel repeats (changed by the benchmark before a run)
;        0xc00  `call rax; hlt`: an engine without a machine enters here with RAX = kernel, RDI = repetitions
;        0x1000 page tables: 4 levels, 4 KiB pages, virtual 0x400000-0xbfffff for user and supervisor
;
; A whole machine writes to port 0xe9, for each kernel: a letter when it starts, the letter's capital when it ends, RAX in
; 16 hexadecimal digits and a newline. '!' ends the run.
bits 32
global _start
extern k_qsort, k_sha, k_vm

VA_OFFSET equ 0x300000
STACK_TOP equ 0xbff000
SOURCE    equ 0x800000
RANDOM    equ 0x900000
TARGET    equ 0x913000  ; Not a power of two away from SOURCE: small direct-mapped TLBs would thrash.

section .boot
_start:
multiboot:
    dd 0x1badb002, 0x00010000, -(0x1badb002 + 0x00010000)
    dd multiboot - VA_OFFSET, multiboot - VA_OFFSET, 0, 0, machine - VA_OFFSET

align 8
gdt:
    dq 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_register:
    dw 23
    dd gdt - VA_OFFSET

machine:
    cli
    lgdt [gdt_register - VA_OFFSET]
    mov eax, cr4
    or eax, 0x20
    mov cr4, eax
    mov eax, pml4 - VA_OFFSET
    mov cr3, eax
    mov ecx, 0xc0000080
    rdmsr
    or eax, 0x100
    wrmsr
    mov eax, cr0
    or eax, 0x80010001
    mov cr0, eax
    db 0xea
    dd long_mode - VA_OFFSET
    dw 8

bits 64
long_mode:
    mov ax, 16
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov rsp, STACK_TOP
    mov rax, run_all
    jmp rax

run_all:
    xor r15d, r15d
.next:
    mov r14, [r15 * 8 + kernels]
    test r14, r14
    jz .done
    mov al, 'a'
    add al, r15b
    out 0xe9, al
    mov rdi, [r15 * 8 + repetitions]
    push r15
    call r14
    pop r15
    mov rbx, rax
    mov al, 'A'
    add al, r15b
    out 0xe9, al
    mov ecx, 16
.digit:
    rol rbx, 4
    mov eax, ebx
    and eax, 15
    add al, '0'
    cmp al, '9'
    jbe .out
    add al, 'a' - '9' - 1
.out:
    out 0xe9, al
    dec ecx
    jnz .digit
    mov al, 10
    out 0xe9, al
    inc r15
    jmp .next
.done:
    mov al, '!'
    out 0xe9, al
.halt:
    hlt
    jmp .halt

    times 0x400 - ($ - $$) db 0
kernels:
    dq k_alu, k_mem, k_qsort, k_sha, k_fib, k_tlb, k_vm, k_rep, 0
    times 0x800 - ($ - $$) db 0
repetitions:
    dq 30000000, 500, 100, 80000, 34, 10000000, 3000000, 500
    times 0xc00 - ($ - $$) db 0
enter:
    call rax
    hlt

%include "tables.inc"

section .text

; A linear congruential generator whose bits decide a branch: 14 instructions a round.
align 64
k_alu:
    mov rcx, rdi
    mov eax, 12345
    xor ebx, ebx
    xor esi, esi
    xor edi, edi
.round:
    imul eax, eax, 1103515245
    add eax, 12345
    mov edx, eax
    shr edx, 16
    test edx, 1
    jz .even
    add rbx, rdx
    jmp .odd
.even:
    xor rbx, rdx
    rol rbx, 3
.odd:
    cmp edx, 0x4000
    adc rsi, 0
    lea rdi, [rdi + rdx * 4 + 1]
    sub rdi, rsi
    dec rcx
    jnz .round
    lea rax, [rbx + rdi]
    add rax, rsi
    ret

; Copies 1 MiB in 8-byte words and sums it.
align 64
k_mem:
    mov r8, rdi
    mov esi, SOURCE
    mov edi, TARGET
    xor ebx, ebx
    xor ecx, ecx
.fill:
    mov [rsi + rcx * 8], rcx
    inc rcx
    cmp rcx, 131072
    jb .fill
.pass:
    xor ecx, ecx
.word:
    mov rax, [rsi + rcx * 8]
    add rbx, rax
    mov [rdi + rcx * 8], rax
    inc rcx
    cmp rcx, 131072
    jb .word
    xchg rsi, rdi
    dec r8
    jnz .pass
    mov rax, rbx
    ret

; Fibonacci numbers by the definition: calls, returns, pushes, pops.
align 64
k_fib:
    cmp rdi, 2
    jb .small
    push rbx
    push rdi
    dec rdi
    call k_fib
    mov rbx, rax
    pop rdi
    sub rdi, 2
    call k_fib
    add rax, rbx
    pop rbx
    ret
.small:
    mov rax, rdi
    ret

; Read-modify-write and reload of random words in 512 pages.
align 64
k_tlb:
    mov r8, rdi
    mov edi, RANDOM
    mov ecx, 0x40000
    xor eax, eax
    rep stosq
    mov rcx, r8
    mov eax, 12345
    xor ebx, ebx
.round:
    imul eax, eax, 1103515245
    add eax, 12345
    mov edx, eax
    shr edx, 11
    and edx, 0x1ffff8
    add [rdx + RANDOM], rcx
    xor rbx, [rdx + RANDOM]
    dec rcx
    jnz .round
    mov rax, rbx
    ret

; REP MOVSQ of 1 MiB.
align 64
k_rep:
    mov r8, rdi
.pass:
    mov esi, SOURCE
    mov edi, TARGET
    mov ecx, 131072
    rep movsq
    dec r8
    jnz .pass
    mov rax, rdi
    ret

; The kernels in 32-bit form, for compatibility mode: the same layout as image.asm, but no way in for a whole machine.
;
; Offset 0x400  addresses of the kernels
;        0x800  how often each kernel repeats (changed by the benchmark before a run)
;        0xc00  `push edi; call eax; hlt`: entered with EAX = kernel, EDI = repetitions
;        0x1000 page tables
bits 32
global _start
extern k_qsort, k_sha, k_vm

VA_OFFSET equ 0x300000
SOURCE    equ 0x800000
RANDOM    equ 0x900000
TARGET    equ 0x913000

section .boot
_start:
    times 0x400 - ($ - $$) db 0
kernels:
    dd k_alu, 0, k_mem, 0, k_qsort, 0, k_sha, 0, k_fib, 0, k_tlb, 0, k_vm, 0, k_rep, 0, 0, 0
    times 0x800 - ($ - $$) db 0
repetitions:
    dq 30000000, 250, 100, 80000, 34, 10000000, 3000000, 500
    times 0xc00 - ($ - $$) db 0
enter:
    push edi
    call eax
    hlt

%include "tables.inc"

section .text

align 64
k_alu:
    mov ecx, [esp + 4]
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
    add ebx, edx
    jmp .odd
.even:
    xor ebx, edx
    rol ebx, 3
.odd:
    cmp edx, 0x4000
    adc esi, 0
    lea edi, [edi + edx * 4 + 1]
    sub edi, esi
    dec ecx
    jnz .round
    lea eax, [ebx + edi]
    add eax, esi
    ret

; Copies 1 MiB in 4-byte words and sums it.
align 64
k_mem:
    mov ebp, [esp + 4]
    mov esi, SOURCE
    mov edi, TARGET
    xor ebx, ebx
    xor ecx, ecx
.fill:
    mov [esi + ecx * 4], ecx
    inc ecx
    cmp ecx, 262144
    jb .fill
.pass:
    xor ecx, ecx
.word:
    mov eax, [esi + ecx * 4]
    add ebx, eax
    mov [edi + ecx * 4], eax
    inc ecx
    cmp ecx, 262144
    jb .word
    xchg esi, edi
    dec ebp
    jnz .pass
    mov eax, ebx
    ret

align 64
k_fib:
    mov edi, [esp + 4]
.next:
    cmp edi, 2
    jb .small
    push ebx
    push edi
    dec edi
    call .next
    mov ebx, eax
    pop edi
    sub edi, 2
    call .next
    add eax, ebx
    pop ebx
    ret
.small:
    mov eax, edi
    ret

align 64
k_tlb:
    mov edi, RANDOM
    mov ecx, 0x80000
    xor eax, eax
    rep stosd
    mov ecx, [esp + 4]
    mov eax, 12345
    xor ebx, ebx
.round:
    imul eax, eax, 1103515245
    add eax, 12345
    mov edx, eax
    shr edx, 11
    and edx, 0x1ffff8
    add [edx + RANDOM], ecx
    xor ebx, [edx + RANDOM]
    dec ecx
    jnz .round
    mov eax, ebx
    ret

; REP MOVSD of 1 MiB.
align 64
k_rep:
    mov edx, [esp + 4]
.pass:
    mov esi, SOURCE
    mov edi, TARGET
    mov ecx, 262144
    rep movsd
    dec edx
    jnz .pass
    mov eax, edi
    ret

/* Carries out acts. In user mode only those that are no hypercalls, which is the encoder's business. */
#include "conform.h"

enum { MEANS_HYPERCALL, MEANS_READ, MEANS_WRITE, MEANS_INSTRUCTION, MEANS_INTERRUPT, MEANS_ENTER_USER, MEANS_ENTER_KERNEL, MEANS_RETURN };
enum { YIELD_PORT = 1, YIELD_FRAMES = 2 };

bool in_user_mode;

static uint8_t scratch[PAGE_SIZE] __attribute__((aligned(4096)));
void back_to_kernel(void)
{
    if (in_user_mode) enter_kernel();
    in_user_mode = false;
}

static struct step outcome(uint64_t value)
{
    if (!trap.count) return (struct step){ STEP_DONE, 0, false, value, NULL };
    uint64_t vector = trap.vector == VECTOR_FAILSAFE ? 256 : trap.vector;
    return (struct step){ STEP_TRAPPED, 0, false, vector << 32 | (uint32_t)trap.error, NULL };
}

static uint64_t load64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

/* Takes what a call, or a member of a multicall, left in the buffer. */
static void take_yield(uint8_t kind, uint16_t offset, long answer, uint16_t *indices)
{
    const uint8_t *at = argument_buffer + offset;
    if (answer < 0) return;
    if (kind == YIELD_PORT) {
        uint32_t port;
        memcpy(&port, at, 4);
        if (port_count < MAX_PORTS) ports[port_count++] = port;
    }
    if (kind != YIELD_FRAMES) return;
    for (; answer > 0 && *indices; answer--, at += 8) {
        unsigned index = __builtin_ctz(*indices);
        *indices &= *indices - 1;
        stage_adopt(index, load64(at));
    }
}

static struct step play_hypercall(struct cursor *from)
{
    uint64_t r[6];
    for (int i = 0; i < 6; i++) r[i] = take_operand(from);

    uint16_t length = take16(from), fields = take16(from);
    memset(argument_buffer, 0, length);
    while (fields--) {
        uint16_t offset = take16(from);
        uint8_t bytes = take8(from);
        uint64_t value = take_operand(from);
        memcpy(argument_buffer + offset, &value, bytes);
    }

    long answer = hypercall(r[0], r[1], r[2], r[3], r[4], r[5]);

    uint8_t members = take8(from), yields = take8(from);
    uint16_t indices = take16(from), moved = take16(from), roots = take16(from);
    for (; moved; moved &= moved - 1) stage_move(__builtin_ctz(moved));
    struct step step = { STEP_ANSWERED, members, false, answer, argument_buffer };
    while (yields--) {
        uint8_t kind = take8(from), member = take8(from);
        uint16_t offset = take16(from);
        take_yield(kind, offset, member == 0xff ? answer : (long)load64(argument_buffer + member * 64 + 8), &indices);
    }
    if (roots) stage_clear_roots(roots);
    return step;
}

static struct step play_read(uint64_t address)
{
    uint64_t value = 0;
    trap.count = 0;
    __asm__ volatile("lea 1f(%%rip), %%rcx\n\t"
                     "mov %%rcx, resume_at(%%rip)\n\t"
                     "mov (%[va]), %%rax\n"
                     "1:" : "+a"(value) : [va] "d"(address) : "rcx", "memory", "cc");
    resume_at = 0;
    struct step step = outcome(value);
    if (step.kind == STEP_DONE) step.value = stage_value(step.value);
    return step;
}

static struct step play_write(uint64_t address, uint64_t value)
{
    FAULTS("mov %[v], (%[va])", : : [v] "d"(value), [va] "c"(address));
    return outcome(0);
}

static struct step play_instruction(struct cursor *from)
{
    struct registers r = { take_operand(from), take_operand(from), take_operand(from), take_operand(from) };
    uint8_t length = take8(from);
    for (unsigned i = 0; i < length; i++) scratch[i] = take8(from);
    scratch[length] = 0xc3; /* RET */
    trap.count = 0;
    return outcome(run_code(scratch, &r));
}

/* What a frame of the script's choice could not go on with is put right by the handler of the trap that tells so. */
static void put_right(struct frame *frame)
{
    frame->cs = (frame->cs & 3) == 3 ? FLAT_RING3_CS64 : FLAT_RING3_CS64 & ~3;
    frame->ss = FLAT_RING3_SS64;
    frame->rsp = stack_at;
    frame->rflags = 2;
}

static struct step play_return(struct cursor *from)
{
    uint64_t frame[6];
    for (unsigned i = 0; i < 6; i++) frame[i] = take_operand(from);
    if (frame[4] == 1) frame[4] = (uint64_t)__builtin_frame_address(0) - 1024;
    trap.count = 0;
    trap_hook = put_right;
    uint64_t value = return_by(frame);
    trap_hook = NULL;
    in_user_mode = (frame[2] & 3) == 3;
    return outcome(value);
}

struct step play(struct cursor *from)
{
    static const struct registers none;
    uint8_t means = take8(from);
    bool compared = take8(from) & 1;
    struct step step = { STEP_DONE, 0, compared, 0, NULL };
    switch (means) {
    case MEANS_HYPERCALL:
        step = play_hypercall(from);
        break;
    case MEANS_READ:
        step = play_read(take_operand(from));
        break;
    case MEANS_WRITE: {
        uint64_t address = take_operand(from);
        step = play_write(address, take_operand(from));
        break;
    }
    case MEANS_INSTRUCTION:
        step = play_instruction(from);
        break;
    case MEANS_INTERRUPT:
        trap.count = 0;
        step = outcome(run_code(int_stubs[take8(from)], &none));
        break;
    case MEANS_ENTER_USER:
        if (!in_user_mode) enter_user();
        in_user_mode = true;
        break;
    case MEANS_ENTER_KERNEL:
        back_to_kernel();
        break;
    case MEANS_RETURN:
        step = play_return(from);
        break;
    default:
        __asm__ volatile("ud2");
    }
    step.compared = compared;
    return step;
}

/* The parts of the guest that plays batches of scripts, and what they share. */
#ifndef CONFORM_H
#define CONFORM_H

#include "guest.h"

/* The frames that scripts name, as src/Conformance/Scripts/StageFrame.cs has them. */
enum { STAGE_L3, STAGE_L2, STAGE_L1, STAGE_DATA, STAGE_POOL = 10, STAGE_ROOT = 10, STAGE_SHARED, STAGE_XEN, STAGE_FRAMES };

/* The slots of the root that scripts change; the first leads to the window. */
#define ROOT_SLOTS 3
extern const uint16_t root_slots[ROOT_SLOTS];

/* The machine frame behind each index. */
extern uint64_t stage[STAGE_FRAMES];

/* Makes the stage for the first time. False, with a message: it cannot be made here. */
bool stage_make(const struct start_info *info);

/*
 * Adds what is readable of the stage to a hash, and prints it in verbose mode. Leaves the stage in disorder. Frames in the
 * mask may have been roots: Xen's slots in them are no script's business.
 */
uint64_t stage_read(uint32_t script, uint16_t roots, uint64_t hash);

/* Frames that ceased to be roots lose the entries that Xen left in its slots of them. */
void stage_clear_roots(uint16_t roots);

/* Makes the stage as at the start again. Null, or what could not be undone: no further script may be played. */
const char *stage_restore(bool everything);

/* Gives up the first domain's rights to device memory and I/O ports. False: it has some left. */
bool become_ordinary(void);

/* A frame that the domain was given while a script runs takes over an index; it is cleared, as nobody else does that. */
void stage_adopt(unsigned index, uint64_t mfn);

/* A frame that was given back before the domain was given others: which of them those are is Xen's choice. */
void stage_move(unsigned index);

/* A value as it is told outside: frames of the stage by index, without what the processor notes in entries. */
uint64_t stage_value(uint64_t value);

/* Event channels that a script was given. */
#define MAX_PORTS 64
extern uint32_t ports[MAX_PORTS];
extern unsigned port_count;

/* The id of the domain that this guest is. */
extern domid_t own_domain;

/* Reading the batch, which is little endian and has no alignment. */
struct cursor {
    const uint8_t *at, *end;
};

uint8_t take8(struct cursor *from);
uint16_t take16(struct cursor *from);
uint32_t take32(struct cursor *from);

/* An operand, resolved. */
uint64_t take_operand(struct cursor *from);

/* The buffer of arguments, one page. */
extern uint8_t argument_buffer[PAGE_SIZE];

/* How an act came out: StepKind of src/Conformance/Campaigns/ITarget.cs. */
enum { STEP_LEFT_OUT, STEP_ANSWERED, STEP_DONE, STEP_TRAPPED };

struct step {
    uint8_t kind, members;
    bool compared;
    uint64_t value;
    const uint8_t *results; /* of a multicall: the buffer */
};

/* Plays the next act. */
struct step play(struct cursor *from);

/* Leaves user mode, if a script ended there. */
void back_to_kernel(void);
extern bool in_user_mode;

/* Sets what scripts may have changed of the vCPU as it was: traps, callbacks, stacks, segments, descriptors. */
void vcpu_reset(void);

/* One word into a hash. */
static inline uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 29;
}

/* Records: a line each, "~" kind, words in hexadecimal, checksum. */
extern bool verbose;
void record(char kind, unsigned count, const uint64_t *words);
#define RECORD(kind, ...)                                        \
    do {                                                         \
        const uint64_t words_[] = { __VA_ARGS__ };               \
        record(kind, sizeof words_ / sizeof words_[0], words_);  \
    } while (0)
void record_flush(void);

/* run.S */
struct registers {
    uint64_t rax, rcx, rdx, rdi;
};

uint64_t run_code(const void *code, const struct registers *registers);
void enter_user(void);
uint64_t return_by(const uint64_t frame[6]);
extern uint64_t stack_at;
void enter_kernel(void);
extern const uint8_t int_stubs[256][4];

/* vectors.S */
extern const uint8_t vectors[256][64];
void failed_return(void);
void syscall_entry(void);

#endif

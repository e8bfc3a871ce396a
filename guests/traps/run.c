#include "run.h"

#define FLAG_TF 0x100
#define FLAG_IF 0x200
#define FLAG_NT 0x4000
#define FLAG_AC 0x40000

struct sighting sightings[MOST_SIGHTINGS];
unsigned sighting_count;
void (*hook)(void);
uint8_t registered_stack[2 * PAGE_SIZE] __attribute__((aligned(4096)));

/* What a handler is to see. A stack pointer of 0: fault_sp. */
static struct {
    word instruction, after, sp, top;
} at;

word usual_stack(enum mode mode)
{
    return mode == KERNEL ? places[KERNEL].stack : (word)registered_stack + sizeof registered_stack;
}

void run(const struct scene *scene, word start, word instruction, word after)
{
    const struct place *place = &places[scene->mode];
    word moved = place->code - (word)probes_start;
    at = (typeof(at)){ instruction + moved, after + moved, scene->mode == KERNEL ? scene->stack : place->stack, scene->stack };
    sighting_count = 0;
    if (scene->mode == KERNEL) {
        register_stack(usual_stack(USER));
        set_masked(scene->masked);
        run_kernel(start + moved, place, scene->stack);
    } else {
        register_stack(scene->stack);
        run_user(start + moved, place, place->stack, scene->masked ? 2 : 2 | FLAG_IF);
    }
    set_masked(true);
}

void fault_twice(void)
{
    typeof(at) outer = at;
    at = (typeof(at)){ (word)fault_instruction, (word)fault_after, 0, 0 };
    fault();
    fault();
    at = outer;
}

void trap_taken(struct stacked *stacked)
{
    struct entry entry;
    read_frame(stacked, &entry);
    if (entry.vector == LEAVE) come_back();

    if (sighting_count < MOST_SIGHTINGS)
        sightings[sighting_count++] = (struct sighting){ entry, fault_address(), take_debug_status(), at.instruction, at.after, at.sp ? at.sp : fault_sp, at.top ? at.top : fault_sp, is_masked() };
    void (*next)(void) = hook;
    hook = NULL;
    if (next) next();

    entry.ip = at.after;
    entry.flags &= ~(word)(FLAG_TF | FLAG_NT | FLAG_AC);
    go_on(stacked, &entry);
}

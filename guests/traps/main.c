/* Exceptions and interrupts of every vector from kernel and user mode; case=N on the command line: the Nth of those that end the domain. */
#include "crashes.h"
#include "tell.h"

/* Of the first breakpoint: L with what meets it. */
#define DR7_EXECUTION   0x00001
#define DR7_STORES_OF_4 0xd0001

static void set_handlers(unsigned flags)
{
    for (unsigned vector = 0; vector < 32; vector++) set_handler(vector, flags);
    set_handler(LEAVE, 3);
}

static struct scene scene_of(enum mode mode, bool masked)
{
    return (struct scene){ mode, masked, usual_stack(mode) };
}

static void run_probe(const struct scene *scene, const struct probe *probe, const char *gate)
{
    const struct place *place = &places[scene->mode];
    if (probe->traits & SWITCHES_TASK) switch_task();
    if (probe->traits & STOPPED) set_breakpoint(probe->instruction - (word)probes_start + place->code, DR7_EXECUTION);
    if (probe->traits & WATCHED) set_breakpoint(place->data + WATCHED_DATA, DR7_STORES_OF_4);
    run(scene, probe->start, probe->instruction, probe->after);
    if (probe->traits & (STOPPED | WATCHED)) set_breakpoint(0, 0);
    tell(scene, probe->name, gate);
}

/* Everything but INT n, with events masked and not, by gates that mask them and do not. */
static void run_exceptions(enum mode mode)
{
    for (unsigned i = 0; i < 4; i++) {
        struct scene scene = scene_of(mode, i & 2);
        set_handlers(i & 1 ? TI_MASK_EVENTS : 0);
        for (const struct probe *probe = probes; probe->name; probe++)
            if (!(probe->traits & INTERRUPT)) run_probe(&scene, probe, i & 1 ? "gate masks" : "gate does not");
    }
}

/* INT n with its own gate open to nobody, to the kernel, and to user mode. */
static void run_interrupts(enum mode mode)
{
    static const struct {
        unsigned flags;
        const char *name;
    } gates[] = { { 0, "gate closed" }, { 1, "gate open to the kernel" }, { 3, "gate open to all" }, { 3 | TI_MASK_EVENTS, "gate open to all and masks" } };

    struct scene scene = scene_of(mode, false);
    for (unsigned i = 0; i < sizeof gates / sizeof gates[0]; i++) {
        for (const struct probe *probe = probes; probe->name; probe++) {
            if (!(probe->traits & INTERRUPT)) continue;
            set_handlers(0);
            set_handler(probe->traits & VECTOR, gates[i].flags);
            run_probe(&scene, probe, gates[i].name);
        }
    }
}

/* INT n without a handler is refused; what goes through the handlers of others is no end. */
static void run_absent(enum mode mode)
{
    struct scene scene = scene_of(mode, false);
    for (const struct probe *probe = probes; probe->name; probe++) {
        unsigned vector = probe->traits & VECTOR;
        bool is_end = vector == 3 || vector == 4 || vector == 13;
        if (!(probe->traits & INTERRUPT) || is_end) continue;
        forget_handlers();
        set_handler(13, 0);
        set_handler(LEAVE, 3);
        run_probe(&scene, probe, "no gate");
    }
}

/* Faults inside a handler, and stacks that are not aligned. */
static void run_stacks(enum mode mode)
{
    set_handlers(0);
    for (const struct probe *probe = probes; probe->name; probe++) {
        if (!(probe->traits & OFTEN)) continue;
        struct scene scene = scene_of(mode, false);
        hook = fault_twice;
        run_probe(&scene, probe, "faults in the handler");
        for (unsigned i = 1; i < 16; i += 5) {
            scene.stack = usual_stack(mode) - i;
            run_probe(&scene, probe, "stack not aligned");
        }
    }
}

static bool read_case(unsigned *number)
{
    const char *at = command_line();
    while (*at && !(at[0] == 'c' && at[1] == 'a' && at[2] == 's' && at[3] == 'e' && at[4] == '=')) at++;
    if (!*at) return false;
    *number = 0;
    for (at += 5; *at >= '0' && *at <= '9'; at++) *number = *number * 10 + (*at - '0');
    return true;
}

void test_main(void)
{
    unsigned number;
    put("traps begin\n");
    if (read_case(&number)) {
        set_handlers(0);
        run_crash(number);
    } else {
        for (enum mode mode = KERNEL; mode <= USER; mode++) {
            run_exceptions(mode);
            run_interrupts(mode);
            run_absent(mode);
            run_stacks(mode);
        }
    }
    put("traps end\n");
    power_off();
}

#include "crashes.h"

#include "line.h"
#include "tell.h"

/* Pages for stacks that are no good. */
static uint8_t absent[PAGE_SIZE] __attribute__((aligned(4096))), writable[PAGE_SIZE] __attribute__((aligned(4096))),
    readonly[PAGE_SIZE] __attribute__((aligned(4096)));

static struct scene scene;

static void start(const struct probe *probe)
{
    if (probe->traits & SWITCHES_TASK) switch_task();
    run(&scene, probe->start, probe->instruction, probe->after);
    tell(&scene, probe->name, "survived");
}

static const struct probe *probe_named(const char *name)
{
    for (const struct probe *probe = probes;; probe++) {
        const char *a = probe->name, *b = name;
        while (*a && *a == *b) (a++, b++);
        if (*a == *b) return probe;
    }
}

static void introduce(const char *name, const char *what)
{
    say("crash: ");
    say(scene.mode == KERNEL ? "kernel, " : "user, ");
    say(name);
    say(", ");
    say(what);
    end_line();
}

static bool is_single(const struct probe *probe)
{
    return !(probe->traits & (INTERRUPT | VARIANT));
}

/* No handler for the very vector: none of an exception, but those of others. */
static bool run_absent(unsigned *number)
{
    for (const struct probe *probe = probes; probe->name; probe++) {
        if (!is_single(probe)) continue;
        for (scene.mode = KERNEL; scene.mode <= USER; scene.mode++) {
            if (probe->traits & LEVEL_3 && scene.mode == KERNEL && (kernel_ss & 3) != 3) continue;
            if ((*number)-- > 0) continue;
            scene.stack = usual_stack(scene.mode);
            introduce(probe->name, "no handler");
            forget_handlers();
            for (unsigned vector = 0; vector < 32; vector++)
                if (vector != (probe->traits & VECTOR)) set_handler(vector, 0);
            set_handler(LEAVE, 3);
            start(probe);
            return true;
        }
    }
    return false;
}

/* A stack that no frame can be made on. */
static bool run_stacks(unsigned *number)
{
    const struct {
        const char *name;
        word stack;
    } stacks[] = {
        { "stack absent", (word)absent + sizeof absent },
        { "stack read-only", (word)readonly + sizeof readonly },
        { "stack grows into an absent page", (word)writable + 8 },
        { "stack is Xen's", xen_address },
        { "stack at 0", 0 },
        { "stack not canonical", odd_address },
    };
    static const char *const names[] = { "#UD, ud2", "#PF, load, absent" };

    for (unsigned i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        for (unsigned k = 0; k < 2; k++) {
            if (i > 4 && odd_address == 0) continue;
            for (scene.mode = KERNEL; scene.mode <= USER; scene.mode++) {
                if ((*number)-- > 0) continue;
                scene.stack = stacks[i].stack;
                introduce(names[k], stacks[i].name);
                start(probe_named(names[k]));
                return true;
            }
        }
    }
    return false;
}

/* The handler itself stands on a stack that is no good when it faults. */
static void fault_on_absent_stack(void)
{
    fault_at((word)absent + sizeof absent);
}

static void iret_from_absent(void)
{
    iret_from((word)absent);
}

static void iret_from_bad(void)
{
    iret_from(bad_return.sp);
}

static bool run_handlers(unsigned *number)
{
    const struct {
        const char *name;
        void (*hook)(void);
    } handlers[] = {
        { "then a fault on an absent stack", fault_on_absent_stack },
        { "then iret from an absent page", iret_from_absent },
        { bad_return.name, iret_from_bad },
    };
    for (unsigned i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        for (scene.mode = KERNEL; scene.mode <= USER; scene.mode++) {
            if ((*number)-- > 0) continue;
            scene.stack = usual_stack(scene.mode);
            introduce("#UD, ud2", handlers[i].name);
            hook = handlers[i].hook;
            start(probe_named("#UD, ud2"));
            return true;
        }
    }
    return false;
}

void run_crash(unsigned number)
{
    map_absent(absent);
    map_readonly(readonly);
    if (!run_absent(&number) && !run_stacks(&number) && !run_handlers(&number)) put("no such case\n");
}

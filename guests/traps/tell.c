#include "tell.h"

#include "line.h"

#define CLEARED_FLAGS 0x74100 /* TF, NT, RF, VM, AC: SDM Vol. 3A, 6.12.1.3 */

static void say_scene(const struct scene *scene, const char *name, const char *gate)
{
    say(scene->mode == KERNEL ? "kernel" : "user");
    say(scene->masked ? ", events off, " : ", events on, ");
    say(name);
    say(", ");
    say(gate);
}

static void say_address(word address)
{
    static const char *const pages[] = { "read-write", "read-only", "absent" };
    word page = (address - places[KERNEL].data) / PAGE_SIZE;
    if (page < 3) {
        say(pages[page]);
        say(" page + ");
        say_hex(address % PAGE_SIZE);
    } else if (address == xen_readable) {
        say("Xen's");
    } else {
        say_hex(address);
    }
}

static void say_place(const struct sighting *s)
{
    say(s->entry.ip == s->instruction ? ", at it"
        : s->entry.ip == s->after ? ", after it"
        : s->entry.vector == 14 && s->entry.ip == s->cr2 ? ", at its target"
        : ", elsewhere");
}

static void say_selectors(const struct sighting *s)
{
    say(", cs ");
    if (s->entry.cs == kernel_cs) say("kernel");
    else if (s->entry.cs == user_cs) say("user");
    else say_hex(s->entry.cs);
    if (!s->entry.has_stack) return;
    say(", ss ");
    bool is_kernel = s->entry.cs == kernel_cs;
    if (s->entry.ss == (is_kernel ? kernel_ss : user_ss)) say("flat");
    else say_hex(s->entry.ss);
    if (s->entry.sp != s->sp) say(", sp elsewhere");
}

static void say_stack(const struct sighting *s)
{
    word bottom = (s->top & -frame_alignment) - s->entry.words * sizeof(word);
    say(s->entry.bottom != bottom ? ", frame elsewhere"
        : s->top - (word)registered_stack <= sizeof registered_stack ? ", on the registered stack"
        : ", on its own stack");
}

static void say_flags(const struct sighting *s)
{
    static const struct {
        word flag;
        const char *name;
    } kept[] = { { 0x100, " TF" }, { 0x4000, " NT" }, { 0x40000, " AC" }, { 0x10000, " RF" } };

    say(s->entry.flags & 0x200 ? ", IF" : ", no IF");
    for (unsigned i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (s->entry.flags & kept[i].flag) say(kept[i].name);
    if (s->entry.saved_mask == (s->entry.flags & 0x200 ? 1 : 0)) say(" and not the mask");
    if (s->entry.flags & 0x3000) say(" IOPL");
    if (s->entry.flags_on_entry & CLEARED_FLAGS) say(", flags left");
}

static void tell_one(const struct sighting *s)
{
    say("vector ");
    say_number(s->entry.vector);
    if (s->entry.has_code) {
        say(", code ");
        say_hex(s->entry.code);
    }
    say_place(s);
    say_selectors(s);
    say_flags(s);
    say_stack(s);
    say(s->masked ? ", events off" : ", events on");
    if (s->debug_status) {
        say(", status ");
        say_hex(s->debug_status);
    }
    if (s->entry.vector == 14 && s->entry.has_code) {
        say(", address ");
        say_address(s->cr2);
    }
    end_line();
}

void tell(const struct scene *scene, const char *name, const char *gate)
{
    for (unsigned i = 0; i < sighting_count; i++) {
        if (i == 0) say_scene(scene, name, gate);
        else say("  in the handler");
        say(": ");
        tell_one(&sightings[i]);
    }
    if (sighting_count > 0) return;
    say_scene(scene, name, gate);
    say(": nothing");
    end_line();
}

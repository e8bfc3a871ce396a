/*
 * Plays batches of scripts, each on a fresh stage, and tells how each went: one line a script, or every word in verbose
 * mode. The batch is the boot module. docs/real-xen.md has the format of both.
 */
#include "conform.h"

#define BATCH_MAGIC   0x31424652 /* "RFB1" */
#define BATCH_VERSION 5

enum { BATCH_VERBOSE = 1 };
enum { SCRIPT_EVERYTHING = 1 };

static uint64_t add_step(uint64_t hash, const struct step *step)
{
    if (!step->compared) return hash;
    hash = mix(mix(hash, step->kind), step->value);
    for (unsigned i = 0; i < step->members; i++) hash = mix(hash, ((const uint64_t *)step->results)[i * 8 + 1]);
    return hash;
}

static void tell_step(uint32_t script, unsigned number, const struct step *step)
{
    RECORD('S', script, number, step->kind, step->value);
    for (unsigned i = 0; i < step->members; i++) RECORD('M', script, number, i, ((const uint64_t *)step->results)[i * 8 + 1]);
}

static uint64_t play_script(uint32_t script, struct cursor acts, unsigned count)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < count; i++) {
        if (verbose && !in_user_mode) {
            RECORD('T', script, i);
            record_flush();
        }
        struct step step = play(&acts);
        hash = add_step(hash, &step);
        if (verbose) tell_step(script, i, &step);
    }
    back_to_kernel();
    return hash;
}

static void play_batch(struct cursor from, uint32_t scripts)
{
    for (uint32_t script = 0; script < scripts; script++) {
        uint32_t length = take32(&from);
        uint16_t acts = take16(&from), flags = take16(&from), roots = take16(&from);
        if (length > (uint64_t)(from.end - from.at)) __asm__ volatile("ud2");

        RECORD('B', script);
        record_flush();
        uint64_t hash = play_script(script, (struct cursor){ from.at, from.at + length }, acts);
        hash = stage_read(script, roots, hash);
        RECORD('R', script, hash);
        from.at += length;

        const char *problem = stage_restore(flags & SCRIPT_EVERYTHING);
        if (!problem) continue;
        RECORD('N', script);
        record_flush();
        print("conform: after script %u not restored: %s\n", script, problem);
        return;
    }
    RECORD('E', scripts);
}

void guest_main(const struct start_info *info)
{
    struct cursor from = { (const uint8_t *)info->mod_start, (const uint8_t *)info->mod_start + info->mod_len };
    if (info->mod_len < 20 || take32(&from) != BATCH_MAGIC || take32(&from) != BATCH_VERSION) {
        print("conform: the boot module is no batch\n");
        return;
    }
    uint32_t flags = take32(&from), scripts = take32(&from), length = take32(&from);
    if (length > (uint64_t)(from.end - from.at)) {
        print("conform: the batch is cut short\n");
        return;
    }
    from.end = from.at + length;
    verbose = flags & BATCH_VERBOSE;
    if (!stage_make(info)) return;

    RECORD('H', BATCH_VERSION, scripts);
    play_batch(from, scripts);
    record_flush();
}

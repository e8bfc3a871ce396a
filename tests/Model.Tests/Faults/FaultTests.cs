using Model.Faults;
using static Model.Tests.Worlds;

namespace Model.Tests.Faults;

/// <summary>For each invariant a mistake that breaks it, and the same story without the mistake, which does not.</summary>
/// <remarks>
/// The stories happen on a machine of 16 frames with tables of 4 entries, the last of a top-level table being Xen's.
/// Frames 1 to 4 are L4 to L1 of domain 1, pinned; frames 5 to 8 are its data; 9 to 12 are domain 2's; 13 is free.
/// </remarks>
public sealed class FaultTests
{
    [Fact, Clause("I-OWN")]
    public void Mapping_anothers_frame_breaks_ownership() => Breaks(
        "no-owner-check", "I-OWN", "mfn:4[1] of d1 names mfn:9, which d2 owns",
        m => m.Update(V0, 4, 1, Ro(9)));

    [Fact, Clause("I-REF")]
    public void Dropping_without_counting_breaks_the_general_count() => Breaks(
        "leaked-reference", "I-REF", "mfn:6 counts 2 references",
        m =>
        {
            m.Update(V0, 4, 1, Ro(6));
            m.Update(V0, 4, 1, default);
        });

    /// <summary>The domain gives a frame back that its processor still has a translation of.</summary>
    [Fact, Clause("I-LIVE")]
    public void Freeing_without_a_flush_leaves_a_frame_within_reach() => Breaks(
        "no-flush-at-free", "I-LIVE", "nobody owns mfn:5, yet something refers to it or a processor can reach it",
        m =>
        {
            m.WalkToData(write: true);
            m.Update(V0, 4, 0, default);
            m.Perform(new DecreaseReservation(V0, [new(5)]));
        });

    /// <summary>XSA-214: the type outlives the owner.</summary>
    [Fact, Clause("I-STATE")]
    public void Freeing_without_clearing_the_type_breaks_the_life_cycle() => Breaks(
        "XSA-214", "I-STATE", "mfn:5 of nobody is Writable",
        m =>
        {
            m.Update(V0, 4, 0, default);
            m.Perform(new DecreaseReservation(V0, [new(5)]));
        });

    [Fact, Clause("I-SCRUB")]
    public void Allocating_without_scrubbing_shows_what_another_domain_wrote() => Breaks(
        "no-scrub", "I-SCRUB", "mfn:6 came to d2 with what an earlier owner left in it",
        m =>
        {
            m.Load(new(6), 2, Rw(7));
            m.Perform(new DecreaseReservation(V0, [new(6)]));
            m.Perform(new PopulatePhysmap(V1, [new(6)]));
        });

    [Fact, Clause("I-TEXCL")]
    public void Mapping_a_table_writable_breaks_exclusivity() => Breaks(
        "writable-table", "I-TEXCL", "mfn:4[1] maps mfn:3 read-write while mfn:3 is L2",
        m => m.Update(V0, 4, 1, Rw(3)));

    /// <summary>XSA-401: a page becomes a table while a writable translation of it is still cached.</summary>
    [Fact, Clause("I-TEXCL")]
    public void A_new_type_without_a_flush_leaves_a_writable_translation_of_a_table() => Breaks(
        "XSA-401", "I-TEXCL", "v0 still holds a writable translation of mfn:5, now L1",
        m =>
        {
            m.WalkToData(write: true);
            m.Update(V0, 4, 0, default);
            m.Pin(V0, 5, 1);
        });

    [Fact, Clause("I-TCOUNT")]
    public void Dropping_a_type_without_counting_breaks_the_type_count() => Breaks(
        "leaked-type-reference", "I-TCOUNT", "mfn:5 counts 2 holders of its type Writable",
        m => m.Update(V0, 4, 0, default));

    /// <summary>XSA-299: a table is established although an entry was never looked at.</summary>
    [Fact, Clause("I-TVALID")]
    public void Finishing_early_leaves_an_entry_unaudited() => Breaks(
        "XSA-299", "I-TVALID", "mfn:6[0] names mfn:9 and was never audited, while mfn:6 is L1",
        m =>
        {
            m.Load(new(6), 0, Rw(9));
            m.Steps.Take(0, 6);
            m.Steps.Begin(0, 6, (int)PageType.L1);
            m.Steps.Settle(0, 6);
            m.Steps.Finish(0, 6, lawful: true);
        });

    /// <summary>XSA-182, on a leaf: R/W changes on the fast path.</summary>
    [Fact, Clause("I-TDELTA")]
    public void Changing_rights_in_place_leaves_an_entry_that_holds_too_little() => Breaks(
        "XSA-182", "I-TDELTA", "mfn:4[1] says mfn:6 rw and does not hold mfn:6 accordingly",
        m =>
        {
            m.Update(V0, 4, 1, Ro(6));
            m.Update(V0, 4, 1, Rw(6));
        });

    /// <summary>XSA-182, as it was: the root maps itself read-only, then R/W changes on the fast path.</summary>
    [Fact, Clause("I-TLINEAR"), Clause("I-TEXCL")]
    public void Changing_rights_in_place_opens_a_linear_table() => Breaks(
        "XSA-182", "I-TLINEAR", "mfn:1[1] maps mfn:1 read-write while both are L4",
        m =>
        {
            m.Update(V0, 1, 1, Ro(1));
            m.Update(V0, 1, 1, Rw(1));
        });

    /// <summary>XSA-148: PS in an upper entry; the processor then reaches whatever lies there.</summary>
    [Fact, Clause("I-TBITS"), Clause("TLB-2")]
    public void Accepting_superpages_breaks_reserved_bits_and_reaches_foreign_memory()
    {
        static void Story(Machine m)
        {
            Entry superpage = new(new(4), EntryFlags.Present | EntryFlags.User | EntryFlags.Writable | EntryFlags.Superpage);
            m.Update(V0, 3, 0, superpage);
            m.TouchSuperpage(V0, [(new(1), 0), (new(2), 0), (new(3), 0)], new(4), new(9), write: true);
        }

        Breaks("XSA-148", "I-TBITS", "mfn:3[0], a live entry of L2, has Present, Writable, User, Superpage", Story);
        Breaks("XSA-148", "I-OWN", "v0 caches a translation to mfn:9, which d2 owns", Story);
    }

    /// <summary>XSA-240: tables of one level name one another in a chain.</summary>
    [Fact, Clause("I-TLINEAR")]
    public void Forgetting_what_a_sibling_names_chains_linear_tables() => Breaks(
        "XSA-240", "I-TLINEAR", "mfn:1[1] names mfn:6 of its own level, which names another",
        m =>
        {
            m.Pin(V0, 6, 4);
            m.Pin(V0, 7, 4);
            m.Update(V0, 6, 1, Ro(7));
            m.Update(V0, 1, 1, Ro(6));
        });

    [Fact, Clause("I-TPART")]
    public void Aborting_halfway_leaves_audited_entries_behind() => Breaks(
        "half-abort", "I-TPART", "mfn:6[0] is audited while mfn:6 is no page table, or the slot is empty",
        m =>
        {
            m.Load(new(6), 0, Ro(7));
            m.Steps.Take(0, 6);
            m.Steps.Begin(0, 6, (int)PageType.L1);
            m.Steps.Settle(0, 6);
            m.Steps.AuditLeaf(0, 6, 0, 7);
            m.Steps.Abort(0, 6);
        });

    [Fact, Clause("I-TRETYPE")]
    public void Retyping_what_is_held_pulls_the_type_from_under_its_holder() => Breaks(
        "retype-while-held", "I-TRETYPE", "mfn:4[0], an entry of L1, holds mfn:5, which became L1",
        m => m.Pin(V0, 5, 1), isNear: false);

    [Fact, Clause("I-FTLB")]
    public void Loading_a_root_without_a_flush_keeps_the_old_root_in_use() => Breaks(
        "XSA-292", "I-FTLB", "v0 caches translations reached from mfn:1, which is no root of its any more",
        m =>
        {
            m.Pin(V0, 6, 4);
            m.WalkToData(write: false);
            m.Ext(V0, ExtCommand.NewBase, 6);
        });

    [Fact, Clause("I-BINDEX")]
    public void Taking_any_frame_holds_one_that_is_not_the_callers() => Breaks(
        "take-any-frame", "I-BINDEX", "v0 holds mfn:9, None of d2, as something that it is not",
        m => m.Steps.Take(0, 9));

    [Fact, Clause("I-BRC")]
    public void A_refusal_that_drops_nothing_leaves_a_reference_in_hand() => Breaks(
        "kept-reference", "I-BRC", "v0 was left with a reference to mfn:5",
        m => m.Pin(V0, 5, 1), betweenRequests: true);

    /// <summary>XSA-185: a 32-bit root names itself read-only, and Xen makes the entry writable.</summary>
    [Fact, Clause("I-TLINEAR"), Clause("I-TEXCL")]
    public void A_32_bit_root_that_names_itself_is_open_to_the_guest()
    {
        static void Story(Machine m) => m.Update(V0, 1, 1, new(new(1), EntryFlags.Present));

        Breaks("XSA-185", "I-TLINEAR", "mfn:1[1] maps mfn:1 read-write while both are L3", Story, world: CompatWorld);
        Breaks("XSA-185", "I-TEXCL", "mfn:1[1] maps mfn:1 read-write while mfn:1 is L3", Story, world: CompatWorld);
    }

    [Fact, Clause("I-TPAE")]
    public void Two_32_bit_roots_with_the_same_table_share_Xens_slots() => Breaks(
        "shared-xen-slots", "I-TPAE", "mfn:6[3] names mfn:3, XenL2, and not it alone",
        m =>
        {
            m.Load(new(6), 3, new(new(3), EntryFlags.Present));
            m.Pin(V0, 6, 3);
        },
        world: CompatWorld);

    /// <summary>Tells the story twice: with the mistake the invariant breaks as expected, without it nothing does.</summary>
    /// <param name="isNear">the breakage shows at what the story touched, and not only elsewhere</param>
    private static void Breaks(
        string mistake, string id, string witness, Action<Machine> story, bool betweenRequests = false, bool isNear = true, Func<string?, Machine>? world = null)
    {
        Machine faulty = (world ?? World)(mistake), sound = (world ?? World)(null);
        story(faulty);
        story(sound);

        Assert.Contains(faulty.CheckAll(betweenRequests), v => v.InvariantId == id && v.Witness.StartsWith(witness, StringComparison.Ordinal));
        if (isNear) Assert.Contains(faulty.CheckTouched(betweenRequests), v => v.InvariantId == id && v.Witness.StartsWith(witness, StringComparison.Ordinal));
        Assert.Empty(sound.CheckAll(betweenRequests));
    }

    /// <summary>Domain 1 is a 32-bit guest: frame 1 is its root, 2 an L2, 3 the L2 with Xen's slots; 4 to 8 are data.</summary>
    private static Machine CompatWorld(string? mistake)
    {
        Machine m = new(new(16, [D1, D2], Slots: 4) { Compat = [D1], XenL2Slots = [3], Steps = mistake is null ? null : Fault.Find(mistake)!.Make });
        for (ulong f = 1; f <= 8; f++) m.DeclareFrame(new(f), D1);
        m.Load(new(1), 0, Rw(2));
        m.Load(new(1), 3, Rw(3));
        m.Pin(V0, 1, 3);
        m.Ext(V0, ExtCommand.NewBase, 1);
        m.ClearTouched();
        return m;
    }

    private static Machine World(string? mistake)
    {
        Machine m = new(new(16, [D1, D2], Slots: 4) { XenSlots = [3], Steps = mistake is null ? null : Fault.Find(mistake)!.Make });
        for (ulong f = 1; f <= 8; f++) m.DeclareFrame(new(f), D1);
        for (ulong f = 9; f <= 12; f++) m.DeclareFrame(new(f), D2);
        m.Load(new(1), 0, Rw(2));
        m.Load(new(2), 0, Rw(3));
        m.Load(new(3), 0, Rw(4));
        m.Load(new(4), 0, Rw(5));
        m.Pin(V0, 1, 4);
        m.Ext(V0, ExtCommand.NewBase, 1);
        m.ClearTouched();
        return m;
    }
}

using Model.Domains.Concrete;
using Model.Invariants;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Model.Tests;

/// <summary>Checks leave out the vCPUs that no relation has to do with a frame, which the claims must allow.</summary>
public sealed class UnrelatedVcpuTests
{
    private const int Frame = 1;

    [Fact]
    public void Claims_hold_of_every_frame_and_a_vcpu_that_has_nothing_to_do_with_it()
    {
        Machine m = Worlds.OneDomain(2);
        OfVcpu<Truth, Number>[] claims = [.. m.Invariants.SelectMany(i => i.Claims).OfType<OfVcpu<Truth, Number>>()];
        Assert.NotEmpty(claims);

        foreach (Domid owner in (Domid[])[Domid.Nobody, Domid.Xen, Worlds.D1, Worlds.D2])
        {
            foreach (PageType type in Enum.GetValues<PageType>())
            {
                for (int bits = 0; bits < 1 << 8; bits++)
                {
                    Force(m.State, owner, type, bits);
                    foreach (OfVcpu<Truth, Number> claim in claims) Assert.True(claim.Holds(0, Frame), claim.Witness(Worlds.V0, m.View(new(Frame))));
                }
            }
        }
    }

    [Fact]
    public void A_vcpu_is_related_to_what_it_runs_on_caches_or_holds()
    {
        Footprint told = new(4), untold = new(4, isTold: false);
        new FramesByVcpu(2, 4, told).Assign(true, 1, 2);
        new TargetsBySlot(2, 8, 4, rowsAreFrames: false, told).Assign(true, 0, 7, 3);

        Assert.Equal([0UL, 0UL, 0b10UL, 0b01UL], [.. Enumerable.Range(0, 4).Select(told.RelatedTo)]);
        Assert.Equal(ulong.MaxValue, untold.RelatedTo(0));
    }

    [Fact]
    public void A_vcpu_that_changes_by_itself_is_told()
    {
        Machine m = Worlds.OneDomain(2);
        m.State.InKernel.Assign(true, false, 0);

        Assert.Contains(m.CheckTouched(), v => v.InvariantId == "I-BINDEX");
    }

    private static void Force(ConcreteState s, Domid owner, PageType type, int bits)
    {
        s.Owner.Assign(true, Frame, (int)owner.Value);
        s.Type.Assign(true, Frame, (int)type);
        Facts[] facts = [s.Allocated, s.Shared, s.Written, s.Partial, s.Paused, s.Stale, s.Valid, s.Pinned];
        for (int i = 0; i < facts.Length; i++) facts[i].Assign(true, (bits >> i & 1) != 0, Frame);
    }
}

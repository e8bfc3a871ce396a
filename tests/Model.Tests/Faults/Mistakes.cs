using Model.Domains.Concrete;

namespace Model.Tests.Faults;

// One mistake each: a step, or one question that a step asks, got wrong.

internal sealed class ForgetsOwner(FaultyState state) : FaultySteps(state)
{
    protected internal override Truth MayReach(Number table, Number target) => true;
}

internal sealed class LeaksReferences(FaultyState state) : FaultySteps(state)
{
    protected override void Discount(Truth when, Number f)
    {
    }
}

internal sealed class LeaksTypeReferences(FaultyState state) : FaultySteps(state)
{
    protected override void DiscountType(Truth when, Number f)
    {
    }
}

internal sealed class FreesUnflushed(FaultyState state) : FaultySteps(state)
{
    protected override Truth MayForget(Number f) => true;

    protected override void Empty(Truth when, Number v)
    {
    }
}

internal sealed class KeepsTypes(FaultyState state) : FaultySteps(state)
{
    protected override void Untype(Truth when, Number f)
    {
    }
}

internal sealed class NeverScrubs(FaultyState state) : FaultySteps(state)
{
    protected override void Scrub(Truth when, Number f)
    {
    }
}

internal sealed class MapsAnythingWritable(FaultyState state) : FaultySteps(state)
{
    protected override Truth MayWrite(Number target) => true;
}

internal sealed class NeverFlushesAtRetype(FaultyState state) : FaultySteps(state)
{
    protected override Truth NeedsFlush(Number f, Number type) => false;
}

internal sealed class FinishesEarly(FaultyState state) : FaultySteps(state)
{
    protected override Truth MayFinish(Number f) => true;
}

internal sealed class EditsRightsInPlace(FaultyState state) : FaultySteps(state)
{
    protected internal override Truth IsSameMapping(FaultyContent was, FaultyContent e) => Same(was.Superpage, e.Superpage);
}

internal sealed class AcceptsSuperpages(FaultyState state) : FaultySteps(state)
{
    protected internal override Truth HasLawfulBits(Number table, FaultyContent e) => !e.Cache & !e.Reserved;
}

internal sealed class ChainsLinearTables(FaultyState state) : FaultySteps(state)
{
    protected override Truth EndsHere(Number table, Number target) => true;
}

internal sealed class AbortsHalfway(FaultyState state) : FaultySteps(state)
{
    protected override Truth MayAbort(Number f) => true;
}

internal sealed class RetypesWhatIsHeld(FaultyState state) : FaultySteps(state)
{
    protected override Truth MayRetype(Number f) => true;
}

internal sealed class LoadsUnflushed(FaultyState state) : FaultySteps(state)
{
    protected override void FlushAtLoad(Truth when, Number v)
    {
    }
}

internal sealed class TakesAnyFrame(FaultyState state) : FaultySteps(state)
{
    protected internal override Truth MayTake(Number v, Number f) => true;
}

internal sealed class NeverDrops(FaultyState state) : FaultySteps(state)
{
    public override Truth Drop(Number v, Number f) => s.Taken[v, f];
}

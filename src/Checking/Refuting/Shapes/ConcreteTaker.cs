using Model;
using Model.Domains.Concrete;

namespace Checking.Refuting.Shapes;

/// <summary>Steps with real arguments.</summary>
internal sealed class ConcreteTaker : Taker<Truth, Number, Facts, Function>
{
    protected override Number AsWord(Kind kind, int argument) => argument;

    protected override Truth AsBit(int argument) => argument != 0;

    protected override Truth Has(int argument, EntryFlags flag) => ((EntryFlags)argument).HasFlag(flag);
}

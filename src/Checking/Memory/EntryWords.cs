using Model;
using Model.Domains.Concrete;
using static Model.EntryFlags;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Memory;

/// <summary>Entries that a scope offers, how they are packed, and how traces show them.</summary>
internal sealed class EntryWords(GuestKind kind)
{
    /// <summary>
    /// The bits that every entry offered has. Xen adjusts live entries of 64-bit guests (PT-21); with these set already it adjusts nothing,
    /// so that entries differ only in what an audit looks at. What it adjusts of a 32-bit root it takes back; and it knows no mark there.
    /// </summary>
    private readonly EntryFlags _always = kind == GuestKind.Pv32 ? Present : Present | User | Accessed | GuestKernel;

    private readonly EntryFlags[] _differing =
        kind == GuestKind.Pv32 ? [Writable, EntryFlags.Superpage, User, Accessed, GuestKernel, Global] : [Writable, EntryFlags.Superpage];

    /// <summary>How many bits entries of the scope differ in; they are packed below the target.</summary>
    public int Bits => _differing.Length;

    public Entry ReadOnly(Mfn target) => new(target, _always);

    public Entry ReadWrite(Mfn target) => new(target, _always | Writable);

    public Entry Superpage(Mfn target) => new(target, _always | Writable | EntryFlags.Superpage);

    /// <summary>The entry that a number of <see cref="CellSort.Content"/> stands for.</summary>
    public Entry Unpacked(ulong content)
    {
        if (content == 0) return default;

        EntryFlags flags = _always;
        for (int k = 0; k < _differing.Length; k++) flags |= (content >> k & 1) != 0 ? _differing[k] : None;
        return new(new((content >> Bits) - 1), flags);
    }

    /// <summary>Where a state says of its entries which of the differing bits they have, in the order in which they are packed.</summary>
    public Store[] StoresOf(ConcreteState state) =>
        [.. ((Facts[])[state.Writable, state.Superpage, state.User, state.Accessed, state.GuestKernel, state.Global]).Take(Bits).Select(relation => relation.Store)];

    /// <summary>"mfn:4 rw", "mfn:4 rw PSE", or two dots for an absent entry.</summary>
    public static string Of(Entry e) => e.Has(EntryFlags.Superpage) ? $"{e} PSE" : e.ToString();
}

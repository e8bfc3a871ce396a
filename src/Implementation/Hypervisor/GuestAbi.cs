namespace Implementation.Hypervisor;

/// <summary>How a guest's compiler lays a structure out (System V ABI, the i386 and the x86-64 supplements).</summary>
/// <param name="WordBytes">size and alignment of a long, a pointer and a frame number: 4 or 8; nothing is aligned to more</param>
public readonly record struct GuestAbi(int WordBytes)
{
    /// <summary>The greatest value of a word.</summary>
    public ulong MaxWord => WordBytes == sizeof(uint) ? uint.MaxValue : ulong.MaxValue;

    public static GuestAbi Of(DomainKind kind) => new(kind == DomainKind.Pv32Pae ? sizeof(uint) : sizeof(ulong));

    /// <summary>What differs between the two layouts: a size, an offset.</summary>
    public int Choose(int narrow, int wide) => WordBytes == sizeof(uint) ? narrow : wide;

    /// <summary>Where a member goes: at the first multiple of its size, but of a word at the most.</summary>
    public int Align(int at, int size)
    {
        int to = Math.Min(size, WordBytes);
        return (at + to - 1) / to * to;
    }
}

using Model;

namespace Conformance.Scripts;

/// <summary>The frames that scripts name, by index, in each domain of a stage.</summary>
/// <remarks>
/// At the start of every script, on every target, each domain runs on <see cref="Root"/>, which is also its user root, and
/// <c>Root[2]</c> names <see cref="L3"/>, whose slot 0 names <see cref="L2"/>, whose slot 0 names <see cref="L1"/>, whose slot 0 maps
/// <see cref="Data"/> read-write, so that <see cref="Stage.Window"/> is the address of <see cref="Data"/>. The rest of the pool is
/// zeroed memory of the domain's, mapped nowhere and in use as nothing. A frame that the domain gives back keeps its index until
/// another that it is given takes it over (<see cref="Yield.Frames"/>).
/// </remarks>
[Clause("CA-1"), Clause("CA-2")]
public static class StageFrame
{
    public const int L3 = 0, L2 = 1, L1 = 2, Data = 3;

    /// <summary>Frames of the pool: indices 0 .. Pool-1. The first <see cref="FirstFree"/> are the tables and data above.</summary>
    public const int Pool = 10, FirstFree = 4;

    /// <summary>The root table of the domain, pinned. Only some of its slots are a script's to change (<see cref="Stage.RootSlots"/>).</summary>
    public const int Root = 10;

    /// <summary>The domain's shared_info page: a frame of Xen's heap that the domain may map.</summary>
    public const int SharedInfo = 11;

    /// <summary>A frame of Xen's own.</summary>
    public const int Xen = 12;

    public const int Count = 13;

    /// <summary>"f3", "root", "shared", "xen".</summary>
    public static string Name(int index) => index switch
    {
        Root => "root",
        SharedInfo => "shared",
        Xen => "xen",
        _ => $"f{index}",
    };

    /// <returns>the index of a name, or -1</returns>
    public static int Find(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < Count; i++)
        {
            if (name.SequenceEqual(Name(i))) return i;
        }

        return -1;
    }
}

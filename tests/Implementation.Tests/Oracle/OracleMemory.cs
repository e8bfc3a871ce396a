namespace Implementation.Tests.Oracle;

/// <summary>One run of pages that both processors see at the same linear address.</summary>
/// <param name="Linear">first linear address</param>
/// <param name="Pages">how many pages</param>
/// <param name="FirstPage">index of the first page in the shared image</param>
/// <param name="Writable">whether user stores are allowed</param>
/// <param name="Executable">whether user code may be fetched</param>
internal readonly record struct Region(ulong Linear, int Pages, int FirstPage, bool Writable, bool Executable)
{
    internal ulong End => Linear + (ulong)(Pages * OracleMemory.PageSize);
}

/// <summary>
/// The linear address space of a case. Each region has an unmapped page behind it, so that accesses can fault halfway; the
/// whole lies below 2 GiB, so that every addressing form reaches it.
/// </summary>
internal static class OracleMemory
{
    internal const int PageSize = 4096;
    internal const int ImagePages = 6;
    internal const int ImageBytes = ImagePages * PageSize;

    /// <summary>Two pages that hold the instruction under test; stores to them are allowed.</summary>
    internal static Region Code { get; } = new(0x1000_0000, 2, 0, Writable: true, Executable: true);

    /// <summary>Two adjacent pages of operands.</summary>
    internal static Region Data { get; } = new(0x1001_0000, 2, 2, Writable: true, Executable: false);

    /// <summary>A writable page directly below the read-only one.</summary>
    internal static Region BelowReadOnly { get; } = new(0x1002_0000, 1, 4, Writable: true, Executable: false);

    internal static Region ReadOnly { get; } = new(0x1002_1000, 1, 5, Writable: false, Executable: false);

    /// <summary>The code pages once more, so that code is changed by stores to another linear address.</summary>
    internal static Region CodeAlias { get; } = new(0x1003_0000, 2, 0, Writable: true, Executable: false);

    internal static IReadOnlyList<Region> Regions { get; } = [Code, Data, BelowReadOnly, ReadOnly, CodeAlias];

    /// <summary>Where in the shared image a linear address lies, or -1 when it is not mapped.</summary>
    internal static int ImageOffset(ulong linear)
    {
        foreach (Region region in Regions)
        {
            if (linear - region.Linear < (ulong)(region.Pages * PageSize))
                return (region.FirstPage * PageSize) + (int)(linear - region.Linear);
        }

        return -1;
    }

    /// <summary>The linear address, in the first region that shows it, of an offset in the shared image.</summary>
    internal static ulong LinearOf(int imageOffset)
    {
        foreach (Region region in Regions)
        {
            int within = imageOffset - (region.FirstPage * PageSize);
            if (within >= 0 && within < region.Pages * PageSize) return region.Linear + (ulong)within;
        }

        throw new ArgumentOutOfRangeException(nameof(imageOffset));
    }
}

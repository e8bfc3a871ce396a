namespace Implementation.Cpu;

/// <summary>What FLDZ, FLD1 and their kin load.</summary>
internal enum X87Constant { Zero, One, Log2Of10, Log2OfE, Pi, Log10Of2, LnOf2 }

/// <summary>The constants of the x87, rounded from 66 places and more as the control word asks (SDM Vol. 1, 8.3.8).</summary>
internal static class X87Constants
{
    /// <summary>Cut off, and whether what was cut off is more than half a place.</summary>
    private static readonly (ulong Significand, ushort Exponent, bool IsMoreThanHalf)[] Values =
    [
        (0, 0, false),
        (0x8000_0000_0000_0000, 0x3fff, false),
        (0xd49a_784b_cd1b_8afe, 0x4000, false),
        (0xb8aa_3b29_5c17_f0bb, 0x3fff, true),
        (0xc90f_daa2_2168_c234, 0x4000, true),
        (0x9a20_9a84_fbcf_f798, 0x3ffd, true),
        (0xb172_17f7_d1cf_79ab, 0x3ffe, true),
    ];

    public static Extended Of(X87Constant constant, FloatRounding rounding)
    {
        (ulong significand, ushort exponent, bool isMoreThanHalf) = Values[(int)constant];
        bool isExact = constant is X87Constant.Zero or X87Constant.One;
        bool isUp = !isExact && (rounding == FloatRounding.Up || (rounding == FloatRounding.ToNearest && isMoreThanHalf));
        return new(significand + (isUp ? 1UL : 0), exponent);
    }
}

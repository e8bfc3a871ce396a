using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>What the translator must know of an instruction before it is built.</summary>
[Flags]
internal enum Traits
{
    None = 0,

    /// <summary>Its register forms never fault, trap or exit, so earlier flags need not be exact at it.</summary>
    Pure = 1,

    /// <summary>It gives all six status flags a value of our choice, those the SDM leaves undefined included.</summary>
    DefinesAllFlags = 2,

    /// <summary>It may leave the flags alone (a comparison repeated no times, a scan).</summary>
    MayKeepFlags = 4,

    /// <summary>It leaves the flags alone for a count of zero, so a form whose count is in CL may.</summary>
    MayKeepFlagsByCount = 16,

    /// <summary>The next instruction must be looked up anew: the mode, IF or TF may have changed.</summary>
    EndsBlock = 8,
}

/// <summary>From mnemonic to the method that builds its micro-op. Each family of instructions registers itself.</summary>
internal sealed class InstructionTable
{
    private readonly Action<Translator>?[] _builders = new Action<Translator>?[IcedConstants.MnemonicEnumCount];
    private readonly Traits[] _traits = new Traits[IcedConstants.MnemonicEnumCount];

    private InstructionTable()
    {
        Arithmetic.Register(this);
        CarryArithmetic.Register(this);
        Moves.Register(this);
        Stack.Register(this);
        Branches.Register(this);
        Unary.Register(this);
        Shifts.Register(this);
        Multiplication.Register(this);
        Bits.Register(this);
        Atomics.Register(this);
        Strings.Register(this);
        FlagInstructions.Register(this);
        SystemInstructions.Register(this);
        SegmentInstructions.Register(this);
        FarReturns.Register(this);
        Decimal.Register(this);
        LegacyInstructions.Register(this);
        SseMoves.Register(this);
        SseInteger.Register(this);
        SseShifts.Register(this);
        SseShuffles.Register(this);
        SseFloat.Register(this);
        SseCompare.Register(this);
        SseConvert.Register(this);
        FpuInstructions.Register(this);
        X87Instructions.Register(this);
        FxsaveInstructions.Register(this);
    }

    /// <summary>Built once; not changed afterwards.</summary>
    public static InstructionTable Instance { get; } = new();

    public void Add(Mnemonic mnemonic, Action<Translator> build, Traits traits = Traits.Pure)
    {
        _builders[(int)mnemonic] = build;
        _traits[(int)mnemonic] = traits;
    }

    /// <summary>The method that builds the instruction, or null where the form is not implemented.</summary>
    public Action<Translator>? this[Mnemonic mnemonic] => _builders[(int)mnemonic];

    public Traits TraitsOf(Mnemonic mnemonic) => _traits[(int)mnemonic];
}

internal static class IcedConstants
{
    /// <summary>One more than the largest mnemonic.</summary>
    public static int MnemonicEnumCount { get; } = Enum.GetValues<Mnemonic>().Length;
}

using Implementation.Hypervisor;

namespace Conformance.Bridge;

/// <summary>The words of a bounce frame as they lie in a guest's memory.</summary>
/// <remarks>
/// create_bounce_frame, xen/arch/x86/x86_64/entry.S: rcx, r11, (ds, es, fs, gs), (error code), rip, cs, rflags, rsp, ss. For a 32-bit guest
/// compat_create_bounce_frame: (ds, es, fs, gs), (error code), eip, cs, eflags, (esp, ss). What is in brackets is not in every frame.
/// </remarks>
internal readonly ref struct BounceLayout
{
    /// <summary>The vectors for which the processor pushes an error code (SDM Vol. 3A, table 6-1): 8, 10 to 14, 17.</summary>
    private const uint WithErrorCode = (1 << 8) | (0x1f << 10) | (1 << 17);

    private const int Scratch64 = 2;

    private readonly ReadOnlySpan<ulong> _words;
    private readonly int _rip, _code, _selectors;

    private BounceLayout(ReadOnlySpan<ulong> words, int selectors, int code, int rip)
    {
        _words = words;
        (_selectors, _code, _rip) = (selectors, code, rip);
    }

    public const int Most = 12, DataSelectors = 4;

    public static bool HasErrorCode(int entry) => entry < 32 && (WithErrorCode >> entry & 1) != 0;

    /// <summary>How many words the frame has.</summary>
    /// <param name="isInner">the kernel itself was interrupted</param>
    /// <param name="hasCode">with an error code</param>
    public static int Words(bool is32Bit, int entry, bool isInner, bool hasCode) =>
        (is32Bit ? isInner ? 3 : 5 : Scratch64 + 5) + (hasCode ? 1 : 0) + (entry == (int)EntryPoint.Failsafe ? DataSelectors : 0);

    /// <summary>The frame that was written for an entry.</summary>
    /// <param name="words">what memory holds, from the lowest address up</param>
    /// <param name="hasCode">with an error code</param>
    public static BounceLayout Of(ReadOnlySpan<ulong> words, bool is32Bit, int entry, bool hasCode)
    {
        int at = is32Bit ? 0 : Scratch64;
        int selectors = entry == (int)EntryPoint.Failsafe ? at : -1;
        if (selectors >= 0) at += DataSelectors;
        int code = hasCode ? at++ : -1;
        return new(words, selectors, code, at);
    }

    public ulong Rcx => _words[0];

    public ulong R11 => _words[1];

    public ulong? ErrorCode => _code < 0 ? null : _words[_code];

    /// <summary>ds, es, fs, gs, which only the failsafe callback is told.</summary>
    public ReadOnlySpan<ulong> Data => _selectors < 0 ? [] : _words.Slice(_selectors, DataSelectors);

    public ulong Rip => _words[_rip];

    /// <summary>The code selector, with the event mask as it was.</summary>
    public ulong Cs => _words[_rip + 1];

    public ulong Flags => _words[_rip + 2];

    /// <summary>The stack pointer, where the frame has one.</summary>
    public ulong? Sp => _rip + 3 < _words.Length ? _words[_rip + 3] : null;

    public ulong? Ss => _rip + 4 < _words.Length ? _words[_rip + 4] : null;

    /// <summary>Where the saved event mask is in the word of the code selector: cpu_user_regs.saved_upcall_mask.</summary>
    public static int MaskBit(bool is32Bit) => is32Bit ? 16 : 32;
}

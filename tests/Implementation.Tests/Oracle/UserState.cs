using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>The user-visible registers before or after one instruction.</summary>
internal sealed class UserState
{
    internal const int FpuBytes = 512;

    internal ulong[] Gprs { get; } = new ulong[16];

    /// <summary>The six selectors, in the order of their encoding.</summary>
    internal ushort[] Selectors { get; } = [0, Oracle.Selectors.UserCode, Oracle.Selectors.UserData, 0, 0, 0];

    /// <summary>The x87 and SSE state as FXSAVE64 lays it out (SDM Vol. 1, 10.5.1).</summary>
    internal byte[] Fpu { get; } = new byte[FpuBytes];

    internal ulong Rip { get; set; }

    internal ulong Rflags { get; set; }

    internal ulong FsBase { get; set; }

    internal ulong GsBase { get; set; }

    internal ref ushort ControlWord => ref MemoryMarshal.AsRef<ushort>(Fpu.AsSpan(0));

    internal ref ushort StatusWord => ref MemoryMarshal.AsRef<ushort>(Fpu.AsSpan(2));

    /// <summary>One bit for each physical x87 register, 1 where it is not empty.</summary>
    internal ref byte Tags => ref Fpu[4];

    /// <summary>ST0..ST7 in 16 bytes each. The last instruction's opcode and addresses, before them, differ between vendors.</summary>
    internal Span<byte> Stack => Fpu.AsSpan(32, 128);

    internal ref uint Mxcsr => ref MemoryMarshal.AsRef<uint>(Fpu.AsSpan(24));

    internal Span<Vector128<byte>> Xmms => MemoryMarshal.Cast<byte, Vector128<byte>>(Fpu.AsSpan(160, 256));

    /// <summary>64, 32 or 16: what the code is.</summary>
    internal int CodeBits => Oracle.Selectors.CodeBits(Selectors[(int)SegmentRegister.Cs]);

    /// <summary>Where RIP points.</summary>
    internal ulong LinearRip => Linear(SegmentRegister.Cs, Rip);

    /// <summary>Where RSP points, which has 16 bits in a 16-bit stack segment.</summary>
    internal ulong LinearStack
    {
        get
        {
            bool is16 = CodeBits != 64 && !Oracle.Selectors.Read(Selectors[(int)SegmentRegister.Ss]).IsBig;
            return Linear(SegmentRegister.Ss, is16 ? (ushort)this[Gpr.Rsp] : this[Gpr.Rsp]);
        }
    }

    internal ulong this[Gpr register] { get => Gprs[(int)register]; set => Gprs[(int)register] = value; }

    /// <summary>The base that addresses in a segment have added.</summary>
    internal ulong BaseOf(SegmentRegister register) => register switch
    {
        SegmentRegister.Fs => FsBase,
        SegmentRegister.Gs => GsBase,
        _ => CodeBits == 64 ? 0 : Oracle.Selectors.Read(Selectors[(int)register]).Base,
    };

    /// <summary>An offset with its segment's base, which wraps at 32 bits outside 64-bit code.</summary>
    internal ulong Linear(SegmentRegister register, ulong offset) =>
        CodeBits == 64 ? unchecked(BaseOf(register) + offset) : (uint)unchecked(BaseOf(register) + offset);

    internal void CopyFrom(UserState other)
    {
        other.Gprs.CopyTo(Gprs, 0);
        other.Fpu.CopyTo(Fpu, 0);
        other.Selectors.CopyTo(Selectors, 0);
        (Rip, Rflags, FsBase, GsBase) = (other.Rip, other.Rflags, other.FsBase, other.GsBase);
    }
}

/// <summary>How one instruction ended.</summary>
/// <param name="Vector">-1: it retired; otherwise the exception</param>
/// <param name="Address">the linear address of a page fault, else 0</param>
/// <param name="Present">of a page fault: whether the page is mapped (bit 0 of the error code)</param>
internal readonly record struct Outcome(int Vector, ulong Address = 0, bool Present = false)
{
    internal static Outcome Retired { get; } = new(-1);

    internal string Name => Vector switch
    {
        -1 => "retired",
        0 => "#DE",
        1 => "#DB",
        3 => "#BP",
        6 => "#UD",
        7 => "#NM",
        12 => "#SS",
        13 => "#GP",
        14 => "#PF",
        16 => "#MF or #XM",
        17 => "#AC",
        _ => $"vector {Vector}",
    };

    public override string ToString() =>
        Vector == 14 ? $"#PF at {Address:x} ({(Present ? "protection" : "not present")})" : Name;
}

/// <summary>A processor that executes one user-mode instruction over <see cref="OracleMemory"/>.</summary>
internal interface ISteppingProcessor : IDisposable
{
    /// <summary>The pages of <see cref="OracleMemory"/>, in the order of the image.</summary>
    Span<byte> Image { get; }

    /// <summary>Takes the image as it stands, executes one instruction (one iteration, if repeated) and updates the state.</summary>
    /// <param name="state">registers before, replaced by those after</param>
    /// <param name="simd">whether the x87 and SSE state takes part; otherwise they are left alone</param>
    Outcome Step(UserState state, bool simd);
}

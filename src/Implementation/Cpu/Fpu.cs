namespace Implementation.Cpu;

/// <summary>The x87 registers: what FNINIT, FXSAVE and the few x87 instructions of kernels do with them.</summary>
/// <remarks>
/// They are kept as FXSAVE lays them out (SDM Vol. 1, table 10-2) but for the data registers, which stand in their physical order.
/// Opcode and addresses of the last x87 instruction are kept as they were loaded and not updated.
/// </remarks>
internal static unsafe class Fpu
{
    /// <summary>Bytes of a number in double extended format.</summary>
    public const int ExtendedBytes = 10;

    private const ushort InitialControl = 0x37f;
    private const int MxcsrOffset = 24, DataOffset = 32, DataBytes = 16;
    private const ushort ExceptionFlags = 0x3f, InvalidOperation = 1, StackFault = 0x40, Summary = 0x80, C1 = 0x200, Busy = 0x8000;

    public static ref ushort Control(CpuState* c) => ref *(ushort*)c->X87;

    public static ref ushort Status(CpuState* c) => ref *(ushort*)(c->X87 + 2);

    /// <summary>One bit for each physical register, 1 where it is not empty.</summary>
    public static ref byte Tags(CpuState* c) => ref c->X87[4];

    /// <summary>The ten bytes of ST(<paramref name="index"/>), and six that are reserved and stay zero.</summary>
    public static Span<byte> Data(CpuState* c, int index) =>
        new(c->X87 + DataOffset + (DataBytes * ((Top(c) + index) & 7)), DataBytes);

    private static int Top(CpuState* c) => (Status(c) >> 11) & 7;

    /// <summary>FNINIT. The data registers keep their bits and are tagged empty.</summary>
    public static void Initialize(CpuState* c)
    {
        new Span<byte>(c->X87, MxcsrOffset).Clear();
        Control(c) = InitialControl;
    }

    /// <summary>FNCLEX.</summary>
    public static void ClearExceptions(CpuState* c) =>
        Status(c) &= unchecked((ushort)~(ExceptionFlags | StackFault | Summary | Busy));

    /// <summary>EMMS: all registers empty, the top at 0.</summary>
    public static void Empty(CpuState* c)
    {
        Tags(c) = 0;
        SetTop(c, 0);
    }

    /// <summary>FLDCW: an exception flag that becomes unmasked is pending from now on.</summary>
    public static void LoadControl(CpuState* c, ushort value)
    {
        Control(c) = (ushort)((value & 0x1f3f) | 0x40); // Bit 6 reads as 1 on processors with SSE.
        bool pending = (Status(c) & ~value & ExceptionFlags) != 0;
        Status(c) = (ushort)(pending ? Status(c) | Summary | Busy : Status(c) & ~(Summary | Busy));
    }

    /// <summary>Whether a waiting instruction must raise #MF.</summary>
    public static bool IsExceptionPending(CpuState* c) => (Status(c) & Summary) != 0;

    /// <summary>FILD: pushes an integer; onto a full stack, the masked answer is the indefinite number.</summary>
    /// <remarks>An overflow that is not masked pushes nothing and is pending as #MF.</remarks>
    public static void PushInteger(CpuState* c, long value)
    {
        int top = (Top(c) - 1) & 7;
        bool overflow = (Tags(c) & (1 << top)) != 0;
        Status(c) &= unchecked((ushort)~C1);
        if (overflow)
        {
            Status(c) |= InvalidOperation | StackFault | C1;
            if ((Control(c) & InvalidOperation) == 0)
            {
                Status(c) |= Summary | Busy;
                return;
            }
        }

        SetTop(c, top);
        (ulong significand, ushort signAndExponent) = overflow ? (0xc000_0000_0000_0000, (ushort)0xffff) : Extended(value);
        BitConverter.TryWriteBytes(Data(c, 0), significand);
        BitConverter.TryWriteBytes(Data(c, 0)[8..], signAndExponent);
        Tags(c) |= (byte)(1 << top);
    }

    private static void SetTop(CpuState* c, int top) => Status(c) = (ushort)((Status(c) & ~0x3800) | (top << 11));

    /// <summary>The double extended format (SDM Vol. 1, 4.2.2): significand with its integer bit, then sign and exponent.</summary>
    private static (ulong Significand, ushort SignAndExponent) Extended(long value)
    {
        const int Bias = 16383;

        if (value == 0) return (0, 0);
        ulong magnitude = value < 0 ? unchecked(0UL - (ulong)value) : (ulong)value;
        int leading = System.Numerics.BitOperations.LeadingZeroCount(magnitude);
        return (magnitude << leading, (ushort)(Bias + 63 - leading | (value < 0 ? 0x8000 : 0)));
    }
}

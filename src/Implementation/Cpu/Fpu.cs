namespace Implementation.Cpu;

/// <summary>The x87 registers.</summary>
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
    private const ushort ExceptionFlags = 0x3f, StackFault = 0x40, Summary = 0x80, Conditions = 0x4700, Busy = 0x8000;

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

    public static bool IsEmpty(CpuState* c, int index) => (Tags(c) & Tag(c, index)) == 0;

    /// <summary>The content of ST(<paramref name="index"/>).</summary>
    public static Extended Get(CpuState* c, int index) => *Register(c, index);

    public static void Put(CpuState* c, int index, Extended value)
    {
        *Register(c, index) = value;
        Tags(c) |= Tag(c, index);
    }

    public static void Free(CpuState* c, int index) => Tags(c) &= (byte)~Tag(c, index);

    public static void Push(CpuState* c, Extended value)
    {
        Rotate(c, -1);
        Put(c, 0, value);
    }

    public static void Pop(CpuState* c, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Free(c, 0);
            Rotate(c, 1);
        }
    }

    /// <summary>Moves the top of the stack.</summary>
    public static void Rotate(CpuState* c, int by) => SetTop(c, (Top(c) + by) & 7);

    /// <summary>C3, C2, C1 and C0.</summary>
    public static void SetConditions(CpuState* c, int value) => Status(c) = (ushort)((Status(c) & ~Conditions) | value);

    private static byte Tag(CpuState* c, int index) => (byte)(1 << ((Top(c) + index) & 7));

    private static Extended* Register(CpuState* c, int index) => (Extended*)(c->X87 + DataOffset + (DataBytes * ((Top(c) + index) & 7)));

    private static void SetTop(CpuState* c, int top) => Status(c) = (ushort)((Status(c) & ~0x3800) | (top << 11));
}

using Implementation.Cpu;
using Implementation.Hypervisor;
using Implementation.Tests.Guests;

namespace Implementation.Tests.Sensitive;

/// <summary>A guest in one mode, about to execute one instruction; its kernel has handlers and callbacks for everything.</summary>
internal sealed class SensitiveGuest : IDisposable
{
    /// <summary>Where the instruction stands, where a far transfer or a gate leads, and a buffer that registers name at the start.</summary>
    public const ulong Slot = TestGuest.Code + 0x800, Target = TestGuest.Code + 0xc00, Buffer = TestGuest.Data;

    /// <summary>A call gate of the guest's own.</summary>
    public const ushort Gate = 0x08;

    /// <summary>Vectors that INT may raise from the kernel, and from the programs too. The others are closed.</summary>
    public const byte OpenToKernel = 0x21, OpenToAll = 0x22;

    private const ulong Handlers = 0x20000, Callbacks = 0x22000, Table = 0x24000, Descriptors = 0x30000, Stack = TestGuest.UserStack;
    private const ulong Clock = 0x1_0000_1000;
    private const int Apart = 16, HasErrorCode = (1 << 8) | (0x1f << 10) | (1 << 17);

    private static readonly string?[] Exceptions =
    [
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", null, "#TS", "#NP", "#SS", "#GP", "#PF", null, "#MF", "#AC",
    ];

    private readonly TestGuest _guest;

    public SensitiveGuest(Mode mode)
    {
        Mode = mode;
        _guest = new(kind: mode.Kind);
        RegisterHandlers();
        foreach (ushort callback in (ushort[])[0, 1, 2, 5, 7]) RegisterCallback(callback);
        Assert.Equal(0, _guest.Call(3, mode.Kind == DomainKind.Pv64 ? Layout.FlatData : Layout.FlatData32, TestGuest.KernelStack));
        SetGate();
        OpenPages();
        Enter();
    }

    public Mode Mode { get; }

    public Processor Cpu => Vcpu.Cpu;

    public Vcpu Vcpu => _guest.Vcpu;

    private bool Is32Bit => Mode.Kind == DomainKind.Pv32Pae;

    /// <summary>Opens the ports to a level (PHYSDEVOP_set_iopl).</summary>
    public void OpenPorts(int level) => Vcpu.Iopl = level;

    /// <summary>Puts words of the code's size onto the stack, the first of them lowest.</summary>
    public void Push(params ulong[] words)
    {
        ulong rsp = Stack - (ulong)(words.Length * WordBytes);
        Cpu[Gpr.Rsp] = rsp;
        for (int i = 0; i < words.Length; i++) PutWord(rsp + (ulong)(i * WordBytes), words[i], WordBytes);
    }

    /// <summary>Puts a far pointer with an offset of 32 bits where RDI points.</summary>
    public void Point(ushort selector, ulong offset)
    {
        PutWord(Buffer, offset, sizeof(uint));
        PutWord(Buffer + sizeof(uint), selector, sizeof(ushort));
    }

    /// <summary>Executes one instruction, and lets Xen do what it does about it.</summary>
    public Observation Execute(byte[] code)
    {
        Assert.True(Vcpu.TryWrite(Slot, code));
        Assert.Equal(ExitReason.Budget, Cpu.Load(Buffer, out _).Reason); // so that a flush can be seen
        SensitiveState before = SensitiveState.Of(Vcpu);
        CpuExit exit = Cpu.Run(1);
        if (exit.Reason != ExitReason.Budget) RunLoop.Dispatch(Vcpu, exit);

        if (_guest.Domain.CrashReason is not null) return new("crash", null, []);
        Assert.True(Cpu.Cpl >= (Is32Bit ? 1 : 3), "no guest comes to a level inside its own");
        return Classify(exit, SensitiveState.Of(Vcpu).ChangesSince(before), Slot + (ulong)code.Length);
    }

    public void Dispose() => _guest.Dispose();

    private int WordBytes => Mode.Is64Bit ? sizeof(ulong) : sizeof(uint);

    private Observation Classify(CpuExit exit, string[] changes, ulong next)
    {
        ulong rip = Cpu.Rip;
        if (exit.Reason == ExitReason.Budget) return new("runs", null, changes);
        if (rip is >= Callbacks and < Callbacks + (8 * Apart)) return new("callback", null, []);
        if (rip is >= Handlers and < Handlers + (256 * Apart)) return Reflected(exit, (int)(rip - Handlers) / Apart);
        if (exit.Reason is ExitReason.Syscall or ExitReason.SoftwareInterrupt) return new("hypercall", null, changes);

        Assert.Contains(rip, (ulong[])[next, Target]);
        return new(changes.Length == 0 && rip == next ? "ignored" : "emulated", null, changes);
    }

    /// <summary>The kernel was entered: for an INT that it allows, or for an exception, with everything as before the instruction.</summary>
    private Observation Reflected(CpuExit exit, int vector)
    {
        bool isTrap = exit.Reason == ExitReason.SoftwareInterrupt && exit.Vector == vector;
        if (isTrap) return new("handler", null, []);

        string name = Assert.IsType<string>(Exceptions[vector]);
        bool hasCode = (HasErrorCode >> vector & 1) != 0;
        uint? code = hasCode ? (uint)FrameWord(0) : null;
        if (vector != TrapEntry.Debug) Assert.Equal(exit.Reason == ExitReason.Sysenter ? 0 : Slot, FrameWord(hasCode ? 1 : 0));
        return new(name, code, []);
    }

    /// <summary>A word of the bounce frame, from the error code on; a pv64 one begins with RCX and R11.</summary>
    private ulong FrameWord(int index) =>
        Is32Bit ? _guest.Half(Cpu[Gpr.Rsp] + ((ulong)index * 4)) : _guest.Word(Cpu[Gpr.Rsp] + ((ulong)(2 + index) * 8));

    private void RegisterHandlers()
    {
        ushort selector = Is32Bit ? Layout.FlatCode32 : Layout.FlatCode64;
        for (ulong vector = 0; vector < 256; vector++)
        {
            ulong dpl = vector switch { OpenToKernel => 1, OpenToAll => 3, _ => 0 };
            ulong head = vector | dpl << 8 | (ulong)selector << 16, address = Handlers + (vector * Apart);
            if (Is32Bit)
            {
                _guest.SetWord(Table + (vector * 8), head | address << 32);
                continue;
            }

            _guest.SetWord(Table + (vector * 16), head);
            _guest.SetWord(Table + (vector * 16) + 8, address);
        }

        Assert.Equal(0, _guest.Call(0, Table));
    }

    private void RegisterCallback(ushort type)
    {
        ulong address = Callbacks + ((ulong)type * Apart);
        ulong argument = Is32Bit ? _guest.PutNarrow(type, Layout.FlatCode32, (uint)address) : _guest.Put(type, address);
        Assert.Equal(type == 2 && Is32Bit ? -Errno.ENOSYS : 0, _guest.Call(30, 0, argument));
    }

    /// <summary>A GDT whose one descriptor is a gate of 32-bit code to the guest's kernel, open to its programs.</summary>
    private void SetGate()
    {
        ulong selector = Is32Bit ? Layout.FlatCode32 : Layout.FlatCode64, frame = _guest.FrameOf(Descriptors);
        _guest.SetWord(Descriptors + Gate, (Target & 0xffff) | selector << 16 | 0xec00UL << 32 | Target >> 16 << 48);
        long mapped = Is32Bit ? _guest.Call(14, Descriptors, (uint)(frame << 12) | 1, frame >> 20, 2) : _guest.Call(14, Descriptors, frame << 12 | 1, 2);
        Assert.Equal(0, mapped);
        Assert.Equal(0, _guest.Call(2, Is32Bit ? _guest.PutNarrow((uint)frame) : _guest.Put(frame), 512));
    }

    /// <summary>User mode needs a root of its own, or pages that a 32-bit guest's programs may access.</summary>
    private void OpenPages()
    {
        if (!Is32Bit)
        {
            Assert.Equal(0, _guest.Call(26, _guest.Put(15, Vcpu.KernelRootMfn), 1, 0, 0x7ff0));
            return;
        }

        foreach (ulong page in (ulong[])[TestGuest.Code, Buffer, Stack - 4096]) _guest.Open32(page);
    }

    /// <summary>Goes to the mode by the iret hypercall, with all registers but three empty.</summary>
    private void Enter()
    {
        ulong cs = Mode.IsKernel && !Is32Bit ? Mode.Cs & ~3UL : Mode.Cs, frame = Stack - 0x100;
        ulong[] words = Is32Bit ? [0, Slot, cs, 0x202, Stack, Mode.Ss] : [0, 0, 0, 0, Slot, cs, 0x202, Stack, Mode.Ss];
        for (int i = 0; i < words.Length; i++) PutWord(frame + (ulong)(i * (Is32Bit ? 4 : 8)), words[i], Is32Bit ? 4 : 8);
        Cpu[Gpr.Rsp] = frame;
        Assert.Equal(0, _guest.Call(23));
        Assert.Equal((Slot, Mode.Cs, Mode.IsKernel, Mode.Ring), (Cpu.Rip, Cpu.GetSelector(SegmentRegister.Cs), Vcpu.InKernelMode, Cpu.Cpl));

        foreach (Gpr register in Enum.GetValues<Gpr>()) Cpu[register] = 0;
        (Cpu[Gpr.Rsp], Cpu[Gpr.Rdi], Cpu[Gpr.Rsi]) = (Stack, Buffer, Buffer);
        Cpu.TscOffset = Clock;
        if (Mode.Is64Bit) return;
        Cpu.SetSelector(SegmentRegister.Ds, Mode.Ss);
        Cpu.SetSelector(SegmentRegister.Es, Mode.Ss);
    }

    private void PutWord(ulong linear, ulong value, int bytes) => Assert.True(Vcpu.TryWrite(linear, BitConverter.GetBytes(value).AsSpan(0, bytes)));
}

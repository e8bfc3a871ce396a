using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>The environment does not let this process trace a child, so the host cannot be asked.</summary>
internal sealed class HostUnavailableException(string message) : Exception(message);

/// <summary>The processor of this machine: a child process that is single-stepped with ptrace.</summary>
/// <remarks>Linux ties a tracee to the thread that started it, so one instance belongs to one thread.</remarks>
internal sealed unsafe class HostProcessor : ISteppingProcessor
{
    // struct user_regs_struct of <sys/user.h>: 27 words in the kernel's order.
    private const int RegisterWords = 27;
    private const int OrigRaxWord = 15;
    private const int RipWord = 16;
    private const int FlagsWord = 18;
    private const int RspWord = 19;
    private const int FsBaseWord = 21;
    private const int GsBaseWord = 22;

    private const int StatusRegister = 6, ControlRegister = 7;

    private const ulong TrapFlag = 1UL << 8;
    private const ulong IdFlag = 1UL << 21;

    private static readonly (Gpr Register, int Word)[] _gprWords =
    [
        (Gpr.R15, 0), (Gpr.R14, 1), (Gpr.R13, 2), (Gpr.R12, 3), (Gpr.Rbp, 4), (Gpr.Rbx, 5), (Gpr.R11, 6), (Gpr.R10, 7),
        (Gpr.R9, 8), (Gpr.R8, 9), (Gpr.Rax, 10), (Gpr.Rcx, 11), (Gpr.Rdx, 12), (Gpr.Rsi, 13), (Gpr.Rdi, 14),
        (Gpr.Rsp, RspWord),
    ];

    /// <summary>The words that hold ES, CS, SS, DS, FS, GS.</summary>
    private static readonly int[] _selectorWords = [24, 17, 20, 23, 25, 26];

    private readonly int _file;
    private readonly byte* _image;
    private readonly ulong* _registers = (ulong*)NativeMemory.AllocZeroed(RegisterWords * sizeof(ulong));
    private int _pid;

    /// <exception cref="HostUnavailableException">tracing or shared memory is refused here</exception>
    internal HostProcessor()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new HostUnavailableException("it is not an x86-64 processor under Linux");

        _file = CreateFile("ringfence-oracle");
        Check(Libc.Truncate(_file, OracleMemory.ImageBytes), "ftruncate");
        _image = (byte*)Libc.Map(null, OracleMemory.ImageBytes, Libc.ReadWrite, Libc.Shared, _file, 0);
        if (_image == (byte*)-1) throw new HostUnavailableException("mmap of the shared image is refused");

        try
        {
            Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Span<byte> Image => new(_image, OracleMemory.ImageBytes);

    public Outcome Step(UserState state, bool simd)
    {
        if (simd) WriteFpu(state);
        WriteRegisters(state);
        bool pushesFlags = PushesFlags(state);

        Check(Libc.Ptrace(Libc.PtraceSingleStep, _pid, null, null), "PTRACE_SINGLESTEP");
        int signal = WaitForStop();

        Check(Libc.Ptrace(Libc.PtraceGetRegs, _pid, null, _registers), "PTRACE_GETREGS");
        foreach ((Gpr register, int word) in _gprWords) state[register] = _registers[word];
        state.Rip = _registers[RipWord];
        state.Rflags = _registers[FlagsWord] & ~TrapFlag;
        bool keepsFlags = (_registers[FlagsWord] & IdFlag) != 0;
        state.FsBase = _registers[FsBaseWord];
        state.GsBase = _registers[GsBaseWord];
        for (int i = 0; i < 6; i++) state.Selectors[i] = (ushort)_registers[_selectorWords[i]];
        if (simd) ReadFpu(state);

        Outcome outcome = signal == Libc.SigTrap ? Outcome.Retired : Fault(signal);
        if (keepsFlags) ResetFlags();
        if (outcome != Outcome.Retired) return outcome;

        if (pushesFlags) HideTrapFlag(state.LinearStack);
        return Outcome.Retired;
    }

    /// <summary>Sets one breakpoint, and no other.</summary>
    /// <param name="control">DR7</param>
    internal void SetBreakpoint(int index, ulong linear, ulong control)
    {
        WriteDebugRegister(ControlRegister, 0);
        WriteDebugRegister(index, linear);
        WriteDebugRegister(ControlRegister, control);
        WriteDebugRegister(StatusRegister, 0);
    }

    /// <summary>B0 to B3 of DR6, as Linux keeps it for the child.</summary>
    internal uint ReadBreakpointsMet() => (uint)Libc.Ptrace(Libc.PtracePeekUser, _pid, DebugRegister(StatusRegister), null) & 0xf;

    private void WriteDebugRegister(int index, ulong value) =>
        Check(Libc.Ptrace(Libc.PtracePokeUser, _pid, DebugRegister(index), (void*)value), "PTRACE_POKEUSER");

    /// <summary>Where DRi lies in struct user of sys/user.h.</summary>
    private static void* DebugRegister(int index) => (void*)(848 + (index * sizeof(ulong)));

    public void Dispose()
    {
        if (_pid != 0)
        {
            _ = Libc.Kill(_pid, Libc.SigKill);
            _ = Libc.WaitPid(_pid, out _, Libc.WaitAll);
            _pid = 0;
        }

        _ = Libc.Unmap(_image, OracleMemory.ImageBytes);
        _ = Libc.Close(_file);
        NativeMemory.Free(_registers);
    }

    private void Start()
    {
        int program = CreateFile("ringfence-oracle-stub");
        byte[] elf = StubProgram.Build();
        fixed (byte* bytes = elf)
        {
            if (Libc.Write(program, bytes, elf.Length) != elf.Length)
                throw new HostUnavailableException("write to a memfd failed");
        }

        // Named through this process, both files stay close-on-exec and leave nothing on a disk.
        string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/");
        string?[] arguments = ["stub", $"{directory}{_file}", null];
        int error = Libc.PosixSpawn(out int pid, $"{directory}{program}", null, null, arguments, [null]);
        _ = Libc.Close(program);
        if (error != 0) throw new HostUnavailableException($"posix_spawn of the stub failed with errno {error}");

        _pid = pid;
        WaitForStop();
        Check(Libc.Ptrace(Libc.PtraceSetOptions, _pid, null, (void*)Libc.PtraceOptionExitKill), "PTRACE_SETOPTIONS");
        Check(Libc.Ptrace(Libc.PtraceGetRegs, _pid, null, _registers), "PTRACE_GETREGS");
    }

    /// <summary>Waits until the child stops, and answers the signal it stopped for.</summary>
    private int WaitForStop()
    {
        Check(Libc.WaitPid(_pid, out int status, Libc.WaitAll), "waitpid");
        if ((status & 0xff) == 0x7f) return (status >> 8) & 0xff;

        _pid = 0;
        throw new HostUnavailableException(((status & 0x7f) == 0, (status >> 8) & 0xff) switch
        {
            (true, StubProgram.TracingRefused) => "PTRACE_TRACEME is refused (seccomp or a security module)",
            (true, StubProgram.FileRefused) => "the stub cannot open the shared image by /proc",
            (true, StubProgram.TableRefused) => "the stub cannot make an LDT",
            (true, StubProgram.MappingRefused) => "the stub cannot map the shared image at its fixed addresses",
            _ => string.Create(CultureInfo.InvariantCulture, $"the stub ended with wait status {status:x}"),
        });
    }

    /// <summary>PTRACE_SETREGS leaves the ID flag alone, so that POPF would change it for all later cases.</summary>
    private void ResetFlags()
    {
        _registers[RipWord] = StubProgram.ResetFlags;
        _registers[RspWord] = StubProgram.ResetFlagsStack;
        _registers[_selectorWords[(int)SegmentRegister.Cs]] = Selectors.UserCode;
        _registers[_selectorWords[(int)SegmentRegister.Ss]] = Selectors.UserData;
        Check(Libc.Ptrace(Libc.PtraceSetRegs, _pid, null, _registers), "PTRACE_SETREGS");
        Check(Libc.Ptrace(Libc.PtraceSingleStep, _pid, null, null), "PTRACE_SINGLESTEP");
        WaitForStop();
    }

    private void WriteRegisters(UserState state)
    {
        foreach ((Gpr register, int word) in _gprWords) _registers[word] = state[register];
        _registers[OrigRaxWord] = ulong.MaxValue; // Not in a system call: nothing to restart.
        _registers[RipWord] = state.Rip;
        _registers[FlagsWord] = state.Rflags;
        _registers[FsBaseWord] = state.FsBase;
        _registers[GsBaseWord] = state.GsBase;
        for (int i = 0; i < 6; i++) _registers[_selectorWords[i]] = state.Selectors[i];
        Check(Libc.Ptrace(Libc.PtraceSetRegs, _pid, null, _registers), "PTRACE_SETREGS");
    }

    private void WriteFpu(UserState state)
    {
        fixed (byte* image = state.Fpu) Check(Libc.Ptrace(Libc.PtraceSetFpRegs, _pid, null, image), "PTRACE_SETFPREGS");
    }

    private void ReadFpu(UserState state)
    {
        fixed (byte* image = state.Fpu) Check(Libc.Ptrace(Libc.PtraceGetFpRegs, _pid, null, image), "PTRACE_GETFPREGS");
    }

    private bool PushesFlags(UserState state)
    {
        const byte PushF = 0x9c;

        ReadOnlySpan<byte> code = Image[OracleMemory.ImageOffset(state.LinearRip)..];
        int opcode = InstructionBytes.Prefixes(code, state.CodeBits).Length;
        return opcode < 15 && opcode < code.Length && code[opcode] == PushF;
    }

    /// <summary>PUSHF stores, with the other flags, the TF by which the host is stepped.</summary>
    private void HideTrapFlag(ulong stack)
    {
        int offset = OracleMemory.ImageOffset(stack + 1);
        if (offset >= 0) Image[offset] &= unchecked((byte)~(TrapFlag >> 8));
    }

    /// <summary>The exception behind a signal (arch/x86/kernel/traps.c and arch/x86/mm/fault.c).</summary>
    private Outcome Fault(int signal)
    {
        const int KernelSent = 0x80; // SI_KERNEL: raised without an address.
        const int AccessDenied = 2; // SEGV_ACCERR

        byte* info = stackalloc byte[128];
        Check(Libc.Ptrace(Libc.PtraceGetSigInfo, _pid, null, info), "PTRACE_GETSIGINFO");
        int code = *(int*)(info + 8);
        ulong address = *(ulong*)(info + 16);

        return signal switch
        {
            Libc.SigSegv when code == KernelSent => new(13),
            Libc.SigSegv => new(14, address, code == AccessDenied),
            Libc.SigBus => new(code == KernelSent ? 12 : 17),
            Libc.SigIll => new(6),
            Libc.SigFpe when code == 1 => new(0), // FPE_INTDIV
            Libc.SigFpe => new(16), // #MF or #XM; the signal does not say which.
            _ => throw new InvalidOperationException($"the stub stopped with signal {signal}, code {code}"),
        };
    }

    private static int CreateFile(string name)
    {
        int file = Libc.MemfdCreate(name, Libc.CloseOnExec);
        return file >= 0 ? file : throw new HostUnavailableException("memfd_create is refused");
    }

    private static void Check(long result, string call)
    {
        if (result < 0)
            throw new InvalidOperationException($"{call} failed with errno {Marshal.GetLastPInvokeError()}");
    }
}

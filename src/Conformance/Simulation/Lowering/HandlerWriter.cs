using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>Writes what Xen enters the program by, and what tells Xen of it.</summary>
/// <remarks>
/// A handler writes vector and error code into the record of the act at hand and goes on after it, in the mode that was interrupted.
/// Xen leaves on the kernel's stack, lowest first: RCX, R11, the error code if there is one, RIP, CS (with RPL 0 if it was the kernel),
/// RFLAGS, RSP, SS (xen/include/public/arch-x86/xen-x86_64.h and create_bounce_frame).
/// </remarks>
internal sealed class HandlerWriter : IHandlers
{
    /// <summary>"A return to an unusable context", in the place of a vector.</summary>
    private const int Failsafe = Stubs.Vectors;

    /// <summary>Selectors of 64-bit user mode (FLAT_USER_CS64, FLAT_USER_SS64).</summary>
    public const ushort UserCode = 0xe033, UserStack = 0xe02b;

    // xen/include/public/xen.h
    private const int SetTrapTable = 0, StackSwitch = 3, CallbackOp = 30;
    public const int Iret = 23;

    /// <summary>VGCF_in_syscall of struct iret_context, and where it has RIP.</summary>
    private const ulong InSyscall = 1 << 8;
    public const int RipInFrame = 4 * sizeof(ulong);

    private const int PageFault = 14, ReservedFlag = 1 << 1, InterruptFlag = 1 << 9;

    private const ushort EventCallback = 0, FailsafeCallback = 1, SyscallCallback = 2;

    /// <summary>The vectors for which the processor pushes an error code (SDM Vol. 3A, table 6-1): 8, 10-14, 17.</summary>
    private const uint HaveErrorCode = (1 << 8) | (0x1f << 10) | (1 << 17);

    private static readonly EntryTables Tables = new(sizeof(ulong), UserCode);

    private readonly Assembler _code;
    private readonly ProgramPages _pages;
    private readonly Label[] _handlers;
    private readonly (ushort Type, Label Entry)[] _callbacks;
    private Label _coded, _uncoded, _record;

    /// <param name="marker">where <see cref="Registration"/> ends</param>
    public HandlerWriter(Assembler code, ProgramPages pages, Label marker)
    {
        (_code, _pages) = (code, pages);
        (_coded, _uncoded, _record) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        _handlers = [.. Enumerable.Range(0, Stubs.Vectors).Select(WriteHandler)];
        WriteRecord();
        Event = WriteEvent();
        _callbacks = [(EventCallback, Event), (FailsafeCallback, WriteFailsafe()), (SyscallCallback, WriteSyscall())];
        Registration = WriteRegistration(marker);
    }

    public Label Event { get; }

    public Label Registration { get; }

    /// <summary>To user mode at the address in RAX, by hypercall iret, which finds its frame on the stack.</summary>
    public static void ReturnToUser(Assembler code, ProgramPages pages)
    {
        code.mov(rsp, (long)pages.KernelStack);
        code.push(UserStack);
        code.push((int)pages.UserStack);
        code.push(ReservedFlag);
        code.push(UserCode);
        code.push(rax);
        for (int i = 0; i < 4; i++) code.push(0); // flags, RCX, R11, RAX
        code.mov(eax, Iret);
        code.syscall();
    }

    /// <summary>struct iret_context: RAX, R11, RCX, flags, RIP, CS, RFLAGS, RSP, SS.</summary>
    /// <param name="after">where the act is over</param>
    public static ulong[] WordsOf(in ReturnFrame frame, ProgramPages pages, ulong after) =>
    [
        0, 0, 0, frame.InSyscall ? InSyscall : 0, frame.RipOf(after, pages.Undefined), frame.Cs, frame.Flags, frame.RspOf(pages.KernelStack, pages.UserStack), frame.Ss,
    ];

    public byte[] TrapTable(Func<Label, ulong> at) => Tables.Traps(_handlers, at);

    public byte[] Callbacks(Func<Label, ulong> at) => Tables.Callbacks(_callbacks, at);

    /// <summary>An exception with that vector leaves an error code.</summary>
    public static bool HasErrorCode(int vector) => vector < 32 && (HaveErrorCode >> vector & 1) != 0;

    private Label WriteHandler(int vector)
    {
        Label handler = Begin();
        if (vector == PageFault)
        {
            _code.mov(rax, cr2);
            _code.mov(rbx, __qword_ptr[_pages.Current]);
            _code.mov(__qword_ptr[rbx + ProgramPages.FaultAddress], rax);
        }

        _code.push(vector);
        _code.jmp(HasErrorCode(vector) ? _coded : _uncoded);
        return handler;
    }

    private void WriteRecord()
    {
        // An INT of such a vector leaves none: CS is where RIP would be.
        _code.Label(ref _coded);
        _code.mov(ecx, __dword_ptr[rsp + 32]);
        _code.or(ecx, 3);
        _code.cmp(ecx, UserCode);
        _code.je(_uncoded);
        _code.mov(edx, __dword_ptr[rsp + 24]);
        _code.mov(ecx, __dword_ptr[rsp + 40]);
        _code.jmp(_record);
        _code.Label(ref _uncoded);
        _code.xor(edx, edx);
        _code.mov(ecx, __dword_ptr[rsp + 32]);

        // The vector is on the stack, the error code in EDX, the interrupted CS in ECX.
        Label user = _code.CreateLabel();
        _code.Label(ref _record);
        _code.pop(rax);
        _code.mov(rbx, __qword_ptr[_pages.Current]);
        _code.shl(rax, 32);
        _code.or(rax, rdx);
        _code.mov(__qword_ptr[rbx + ProgramPages.Value], rax);
        _code.mov(__dword_ptr[rbx + ProgramPages.Kind], (int)StepKind.Trapped);
        _code.mov(rax, __qword_ptr[rbx + ProgramPages.Resume]);
        _code.test(cl, 3);
        _code.jne(user);
        _code.mov(rsp, (long)_pages.KernelStack);
        _code.jmp(rax);
        _code.Label(ref user);
        ReturnToUser(_code, _pages);
    }

    /// <summary>Back to what was interrupted, with events masked for good.</summary>
    private Label WriteEvent()
    {
        Label entry = Begin();
        _code.and(__qword_ptr[rsp + 32], ~InterruptFlag);
        _code.pop(rcx);
        _code.pop(r11);
        _code.push(0);
        _code.push(rcx);
        _code.push(r11);
        _code.push(rax);
        _code.mov(eax, Iret);
        _code.syscall();
        return entry;
    }

    /// <summary>The frame has four selectors between R11 and RIP.</summary>
    private Label WriteFailsafe()
    {
        Label entry = Begin();
        _code.xor(edx, edx);
        _code.mov(ecx, __dword_ptr[rsp + 56]);
        _code.push(Failsafe);
        _code.jmp(_record);
        return entry;
    }

    /// <summary>A system call goes on behind its SYSCALL, in the kernel.</summary>
    private Label WriteSyscall()
    {
        Label entry = Begin();
        _code.mov(rcx, __qword_ptr[rsp + 16]);
        _code.mov(rsp, (long)_pages.KernelStack);
        _code.jmp(rcx);
        return entry;
    }

    private Label WriteRegistration(Label marker)
    {
        Label entry = Begin();
        _code.mov(rdi, (long)_pages.TrapTable);
        _code.mov(eax, SetTrapTable);
        _code.syscall();
        for (int i = 0; i < _callbacks.Length; i++)
        {
            _code.xor(edi, edi);
            _code.mov(rsi, (long)_pages.Callbacks + (i * Tables.CallbackBytes));
            _code.mov(eax, CallbackOp);
            _code.syscall();
        }

        _code.mov(edi, UserStack);
        _code.mov(rsi, (long)_pages.KernelStack);
        _code.mov(eax, StackSwitch);
        _code.syscall();
        _code.jmp(marker);
        return entry;
    }

    private Label Begin()
    {
        Label label = _code.CreateLabel();
        _code.Label(ref label);
        return label;
    }
}

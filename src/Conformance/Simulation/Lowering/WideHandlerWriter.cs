using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>The entry points of a 64-bit kernel's program.</summary>
/// <remarks>
/// Xen leaves on the kernel's stack, lowest first: RCX, R11, the error code if there is one, RIP, CS (with RPL 0 if it was the kernel),
/// RFLAGS, RSP, SS (xen/include/public/arch-x86/xen-x86_64.h and create_bounce_frame).
/// </remarks>
internal sealed class WideHandlerWriter : HandlerWriter
{
    /// <summary>Selectors of 64-bit user mode (FLAT_USER_CS64, FLAT_USER_SS64).</summary>
    public const ushort UserCode = 0xe033, UserStack = 0xe02b;

    /// <summary>VGCF_in_syscall of struct iret_context, and where it has RIP.</summary>
    private const ulong InSyscall = 1 << 8;
    public const int RipInFrame = 4 * sizeof(ulong);

    private Label _coded, _uncoded, _record;

    /// <param name="marker">where <see cref="Registration"/> ends</param>
    public WideHandlerWriter(Assembler code, ProgramPages pages, Label marker)
        : base(code, pages, sizeof(ulong), UserCode)
    {
        (_coded, _uncoded, _record) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        Handlers = [.. Enumerable.Range(0, Stubs.Vectors).Select(WriteHandler)];
        WriteRecord();
        Event = WriteEvent();
        Entries = [(EventCallback, Event), (FailsafeCallback, WriteFailsafe()), (SyscallCallback, WriteSyscall())];
        Registration = WriteRegistration(marker);
    }

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

    private Label WriteHandler(int vector)
    {
        Label handler = Code.Here();
        if (vector == PageFault)
        {
            Code.mov(rax, cr2);
            Code.mov(rbx, __qword_ptr[Pages.Current]);
            Code.mov(__qword_ptr[rbx + ProgramPages.FaultAddress], rax);
        }

        Code.push(vector);
        Code.jmp(HasErrorCode(vector) ? _coded : _uncoded);
        return handler;
    }

    private void WriteRecord()
    {
        // An INT of such a vector leaves none: CS is where RIP would be.
        Code.Label(ref _coded);
        Code.mov(ecx, __dword_ptr[rsp + 32]);
        Code.or(ecx, 3);
        Code.cmp(ecx, UserCode);
        Code.je(_uncoded);
        Code.mov(edx, __dword_ptr[rsp + 24]);
        Code.mov(ecx, __dword_ptr[rsp + 40]);
        Code.jmp(_record);
        Code.Label(ref _uncoded);
        Code.xor(edx, edx);
        Code.mov(ecx, __dword_ptr[rsp + 32]);

        // The vector is on the stack, the error code in EDX, the interrupted CS in ECX.
        Label user = Code.CreateLabel();
        Code.Label(ref _record);
        Code.pop(rax);
        Code.mov(rbx, __qword_ptr[Pages.Current]);
        Code.shl(rax, 32);
        Code.or(rax, rdx);
        Code.mov(__qword_ptr[rbx + ProgramPages.Value], rax);
        Code.mov(__dword_ptr[rbx + ProgramPages.Kind], (int)StepKind.Trapped);
        Code.mov(rax, __qword_ptr[rbx + ProgramPages.Resume]);
        Code.test(cl, 3);
        Code.jne(user);
        Code.mov(rsp, (long)Pages.KernelStack);
        Code.jmp(rax);
        Code.Label(ref user);
        ReturnToUser(Code, Pages);
    }

    /// <summary>Back to what was interrupted, with events masked for good.</summary>
    private Label WriteEvent()
    {
        Label entry = Code.Here();
        Code.and(__qword_ptr[rsp + 32], ~InterruptFlag);
        Code.pop(rcx);
        Code.pop(r11);
        Code.push(0);
        Code.push(rcx);
        Code.push(r11);
        Code.push(rax);
        Code.mov(eax, Iret);
        Code.syscall();
        return entry;
    }

    /// <summary>The frame has four selectors between R11 and RIP.</summary>
    private Label WriteFailsafe()
    {
        Label entry = Code.Here();
        Code.xor(edx, edx);
        Code.mov(ecx, __dword_ptr[rsp + 56]);
        Code.push(Failsafe);
        Code.jmp(_record);
        return entry;
    }

    /// <summary>A system call goes on behind its SYSCALL, in the kernel.</summary>
    private Label WriteSyscall()
    {
        Label entry = Code.Here();
        Code.mov(rcx, __qword_ptr[rsp + 16]);
        Code.mov(rsp, (long)Pages.KernelStack);
        Code.jmp(rcx);
        return entry;
    }

    private Label WriteRegistration(Label marker)
    {
        Label entry = Code.Here();
        Code.mov(rdi, (long)Pages.TrapTable);
        Code.mov(eax, SetTrapTable);
        Code.syscall();
        for (int i = 0; i < Entries.Length; i++)
        {
            Code.xor(edi, edi);
            Code.mov(rsi, (long)Pages.Callbacks + (i * CallbackBytes));
            Code.mov(eax, CallbackOp);
            Code.syscall();
        }

        Code.mov(edi, UserStack);
        Code.mov(rsi, (long)Pages.KernelStack);
        Code.mov(eax, StackSwitch);
        Code.syscall();
        Code.jmp(marker);
        return entry;
    }
}

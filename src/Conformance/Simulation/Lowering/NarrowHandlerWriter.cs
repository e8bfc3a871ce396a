using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>The entry points of a 32-bit kernel's program.</summary>
/// <remarks>
/// Xen leaves on the kernel's stack, lowest first: DS, ES, FS and GS of the failsafe callback; the error code if there is one; EIP; CS;
/// EFLAGS; and, if an application was interrupted, ESP and SS (compat_create_bounce_frame, xen/arch/x86/x86_64/compat/entry.S).
/// </remarks>
internal sealed class NarrowHandlerWriter : HandlerWriter
{
    /// <summary>Selectors of ring 1 and of ring 3 (FLAT_RING1_CS, xen/include/public/arch-x86/xen-x86_32.h, and so on).</summary>
    public const ushort KernelCode = 0xe019, KernelStack = 0xe021, UserCode = 0xe02b, UserData = 0xe033;

    /// <summary>The vector of an application's system calls, open to it.</summary>
    public const byte SystemCall = 0xff;

    private const int UserLevel = 2;

    /// <summary>No address of the program's, or of where a script may go on but 0, is as low as a selector with the event mask above it.</summary>
    private const int LeastSelector = 4, MostSelector = 0x1_ffff;

    private Label _coded, _uncoded, _record;

    /// <param name="marker">where <see cref="Registration"/> ends</param>
    public NarrowHandlerWriter(Assembler code, ProgramPages pages, Label marker)
        : base(code, pages, sizeof(uint), KernelCode)
    {
        (_coded, _uncoded, _record) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        Label systemCall = WriteSystemCall();
        Handlers = [.. Enumerable.Range(0, Stubs.Vectors).Select(n => n == SystemCall ? systemCall : WriteHandler(n))];
        WriteRecord();
        Event = WriteEvent();
        Entries = [(EventCallback, Event), (FailsafeCallback, WriteFailsafe())];
        Registration = WriteRegistration(marker);
    }

    /// <summary>INT 0x82.</summary>
    public static void Hypercall(Assembler code) => code.db(0xcd, 0x82);

    /// <summary>To user mode at the address in EAX, by hypercall iret, which finds its frame on the stack.</summary>
    public static void ReturnToUser(Assembler code, ProgramPages pages)
    {
        code.mov(esp, (uint)pages.KernelStack);
        code.push(UserData);
        code.push((uint)pages.UserStack);
        code.push(ReservedFlag);
        code.push(UserCode);
        code.push(eax);
        code.push(0); // EAX
        code.mov(eax, Iret);
        Hypercall(code);
    }

    /// <summary>struct iret_context: EAX, EIP, CS, EFLAGS, ESP, SS.</summary>
    public static uint[] WordsOf(in ReturnFrame frame, ProgramPages pages) =>
        [0, (uint)frame.RipOf(0, pages.Undefined), frame.Cs, (uint)frame.Flags, (uint)frame.RspOf(pages.KernelStack, pages.UserStack), frame.Ss];

    private Label WriteHandler(int vector)
    {
        Label handler = Code.Here();
        if (vector == PageFault)
        {
            Code.mov(eax, cr2);
            Code.mov(ebx, __dword_ptr[Pages.Current]);
            Code.mov(__dword_ptr[ebx + ProgramPages.FaultAddress], eax);
        }

        Code.push(vector);
        Code.jmp(HasErrorCode(vector) ? _coded : _uncoded);
        return handler;
    }

    private void WriteRecord()
    {
        Label coded = Code.CreateLabel(), user = Code.CreateLabel();

        // An INT of such a vector leaves none: CS is where EIP would be.
        Code.Label(ref _coded);
        Code.mov(ecx, __dword_ptr[esp + 8]);
        Code.cmp(ecx, LeastSelector);
        Code.jb(coded);
        Code.cmp(ecx, MostSelector);
        Code.jbe(_uncoded);
        Code.Label(ref coded);
        Code.mov(edx, __dword_ptr[esp + 4]);
        Code.mov(ecx, __dword_ptr[esp + 12]);
        Code.jmp(_record);
        Code.Label(ref _uncoded);
        Code.xor(edx, edx);
        Code.mov(ecx, __dword_ptr[esp + 8]);

        // The vector is on the stack, the error code in EDX, the interrupted CS in ECX.
        Code.Label(ref _record);
        Code.pop(eax);
        Code.mov(ebx, __dword_ptr[Pages.Current]);
        Code.mov(__dword_ptr[ebx + ProgramPages.Value], edx);
        Code.mov(__dword_ptr[ebx + ProgramPages.Value + sizeof(uint)], eax);
        Code.mov(__dword_ptr[ebx + ProgramPages.Kind], (int)StepKind.Trapped);
        Code.mov(eax, __dword_ptr[ebx + ProgramPages.Resume]);
        Code.test(cl, UserLevel);
        Code.jne(user);
        Code.mov(esp, (uint)Pages.KernelStack);
        Code.jmp(eax);
        Code.Label(ref user);
        ReturnToUser(Code, Pages);
    }

    /// <summary>Back to what was interrupted, with events masked for good.</summary>
    private Label WriteEvent()
    {
        Label entry = Code.Here();
        Code.and(__dword_ptr[esp + 8], ~InterruptFlag);
        Code.push(eax);
        Code.mov(eax, Iret);
        Hypercall(Code);
        return entry;
    }

    private Label WriteFailsafe()
    {
        Label entry = Code.Here();
        Code.xor(edx, edx);
        Code.mov(ecx, __dword_ptr[esp + 20]);
        Code.push(Failsafe);
        Code.jmp(_record);
        return entry;
    }

    /// <summary>A system call goes on behind its INT, in the kernel.</summary>
    private Label WriteSystemCall()
    {
        Label entry = Code.Here();
        Code.mov(ecx, __dword_ptr[esp]);
        Code.mov(esp, (uint)Pages.KernelStack);
        Code.jmp(ecx);
        return entry;
    }

    private Label WriteRegistration(Label marker)
    {
        Label entry = Code.Here();
        Code.mov(ebx, (uint)Pages.TrapTable);
        Code.mov(eax, SetTrapTable);
        Hypercall(Code);
        for (int i = 0; i < Entries.Length; i++)
        {
            Code.xor(ebx, ebx);
            Code.mov(ecx, (uint)Pages.Callbacks + (uint)(i * CallbackBytes));
            Code.mov(eax, CallbackOp);
            Hypercall(Code);
        }

        Code.mov(ebx, (uint)KernelStack);
        Code.mov(ecx, (uint)Pages.KernelStack);
        Code.mov(eax, StackSwitch);
        Hypercall(Code);
        Code.jmp(marker);
        return entry;
    }
}

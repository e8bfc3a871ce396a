using Conformance.Campaigns;
using Conformance.Scripts;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Conformance.Simulation.Lowering;

/// <summary>The entry points of a 32-bit kernel's program; see <see cref="HandlerWriter"/>.</summary>
/// <remarks>
/// Xen leaves on the kernel's stack, lowest first: DS, ES, FS and GS of the failsafe callback; the error code if there is one; EIP; CS;
/// EFLAGS; and, if an application was interrupted, ESP and SS (compat_create_bounce_frame, xen/arch/x86/x86_64/compat/entry.S).
/// </remarks>
internal sealed class NarrowHandlerWriter : IHandlers
{
    /// <summary>Selectors of ring 1 and of ring 3 (FLAT_RING1_CS, xen/include/public/arch-x86/xen-x86_32.h, and so on).</summary>
    public const ushort KernelCode = 0xe019, KernelStack = 0xe021, UserCode = 0xe02b, UserData = 0xe033;

    /// <summary>The vector of an application's system calls, open to it.</summary>
    public const byte SystemCall = 0xff;

    /// <summary>A mark in the place of a vector: a context that Xen could not go on with.</summary>
    private const int Failsafe = Stubs.Vectors;

    // xen/include/public/xen.h
    private const int SetTrapTable = 0, StackSwitch = 3, Iret = 23, CallbackOp = 30;

    private const int PageFault = 14, ReservedFlag = 1 << 1, InterruptFlag = 1 << 9, UserLevel = 2;

    private const ushort EventCallback = 0, FailsafeCallback = 1;

    /// <summary>No address of the program's, or of where a script may go on but 0, is as low as a selector with the event mask above it.</summary>
    private const int LeastSelector = 4, MostSelector = 0x1_ffff;

    private static readonly EntryTables Tables = new(sizeof(uint), KernelCode);

    private readonly Assembler _code;
    private readonly ProgramPages _pages;
    private readonly Label[] _handlers;
    private readonly (ushort Type, Label Entry)[] _callbacks;
    private Label _coded, _uncoded, _record;

    /// <param name="marker">where <see cref="Registration"/> ends</param>
    public NarrowHandlerWriter(Assembler code, ProgramPages pages, Label marker)
    {
        (_code, _pages) = (code, pages);
        (_coded, _uncoded, _record) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        Label systemCall = WriteSystemCall();
        _handlers = [.. Enumerable.Range(0, Stubs.Vectors).Select(n => n == SystemCall ? systemCall : WriteHandler(n))];
        WriteRecord();
        Event = WriteEvent();
        _callbacks = [(EventCallback, Event), (FailsafeCallback, WriteFailsafe())];
        Registration = WriteRegistration(marker);
    }

    public Label Event { get; }

    public Label Registration { get; }

    public byte[] TrapTable(Func<Label, ulong> at) => Tables.Traps(_handlers, at);

    public byte[] Callbacks(Func<Label, ulong> at) => Tables.Callbacks(_callbacks, at);

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
        Label handler = Begin();
        if (vector == PageFault)
        {
            _code.mov(eax, cr2);
            _code.mov(ebx, __dword_ptr[_pages.Current]);
            _code.mov(__dword_ptr[ebx + ProgramPages.FaultAddress], eax);
        }

        _code.push(vector);
        _code.jmp(HandlerWriter.HasErrorCode(vector) ? _coded : _uncoded);
        return handler;
    }

    private void WriteRecord()
    {
        Label coded = _code.CreateLabel(), user = _code.CreateLabel();

        // An INT of such a vector leaves none: CS is where EIP would be.
        _code.Label(ref _coded);
        _code.mov(ecx, __dword_ptr[esp + 8]);
        _code.cmp(ecx, LeastSelector);
        _code.jb(coded);
        _code.cmp(ecx, MostSelector);
        _code.jbe(_uncoded);
        _code.Label(ref coded);
        _code.mov(edx, __dword_ptr[esp + 4]);
        _code.mov(ecx, __dword_ptr[esp + 12]);
        _code.jmp(_record);
        _code.Label(ref _uncoded);
        _code.xor(edx, edx);
        _code.mov(ecx, __dword_ptr[esp + 8]);

        // The vector is on the stack, the error code in EDX, the interrupted CS in ECX.
        _code.Label(ref _record);
        _code.pop(eax);
        _code.mov(ebx, __dword_ptr[_pages.Current]);
        _code.mov(__dword_ptr[ebx + ProgramPages.Value], edx);
        _code.mov(__dword_ptr[ebx + ProgramPages.Value + sizeof(uint)], eax);
        _code.mov(__dword_ptr[ebx + ProgramPages.Kind], (int)StepKind.Trapped);
        _code.mov(eax, __dword_ptr[ebx + ProgramPages.Resume]);
        _code.test(cl, UserLevel);
        _code.jne(user);
        _code.mov(esp, (uint)_pages.KernelStack);
        _code.jmp(eax);
        _code.Label(ref user);
        ReturnToUser(_code, _pages);
    }

    /// <summary>Back to what was interrupted, with events masked for good.</summary>
    private Label WriteEvent()
    {
        Label entry = Begin();
        _code.and(__dword_ptr[esp + 8], ~InterruptFlag);
        _code.push(eax);
        _code.mov(eax, Iret);
        Hypercall(_code);
        return entry;
    }

    private Label WriteFailsafe()
    {
        Label entry = Begin();
        _code.xor(edx, edx);
        _code.mov(ecx, __dword_ptr[esp + 20]);
        _code.push(Failsafe);
        _code.jmp(_record);
        return entry;
    }

    /// <summary>A system call goes on behind its INT, in the kernel.</summary>
    private Label WriteSystemCall()
    {
        Label entry = Begin();
        _code.mov(ecx, __dword_ptr[esp]);
        _code.mov(esp, (uint)_pages.KernelStack);
        _code.jmp(ecx);
        return entry;
    }

    private Label WriteRegistration(Label marker)
    {
        Label entry = Begin();
        _code.mov(ebx, (uint)_pages.TrapTable);
        _code.mov(eax, SetTrapTable);
        Hypercall(_code);
        for (int i = 0; i < _callbacks.Length; i++)
        {
            _code.xor(ebx, ebx);
            _code.mov(ecx, (uint)_pages.Callbacks + (uint)(i * Tables.CallbackBytes));
            _code.mov(eax, CallbackOp);
            Hypercall(_code);
        }

        _code.mov(ebx, (uint)KernelStack);
        _code.mov(ecx, (uint)_pages.KernelStack);
        _code.mov(eax, StackSwitch);
        Hypercall(_code);
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

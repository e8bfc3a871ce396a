using System.Runtime.InteropServices;

namespace Implementation.Cpu;

/// <summary>The processor's registers and what handlers need beside them, outside the managed heap.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CpuState
{
    /// <summary>Offset of a register that is always zero.</summary>
    public const byte NoRegister = 16 * 8;

    public const byte FirstSegmentBase = 17 * 8;
    public const byte EsBase = FirstSegmentBase + 8 * (int)SegmentRegister.Es;
    public const byte CsBase = FirstSegmentBase + 8 * (int)SegmentRegister.Cs;
    public const byte SsBase = FirstSegmentBase + 8 * (int)SegmentRegister.Ss;

    public const byte FsBase = FirstSegmentBase + 8 * (int)SegmentRegister.Fs;

    /// <summary>RAX..R15, the zero register, the bases of ES, CS, SS, DS, FS, GS.</summary>
    public fixed ulong R[24];

    public ulong Rip;

    /// <summary>
    /// The status flags, not yet computed: operands and result of the last operation, and its rule (<see cref="Flags"/>).
    /// </summary>
    public ulong FlagA, FlagB, FlagR, FlagRule;

    /// <summary>RFLAGS without the status flags.</summary>
    public ulong ControlFlags;

    /// <summary>Instructions that may still run. The blocks charge it on entry and refund what they did not execute.</summary>
    public long Budget;

    /// <summary>What handlers look into: <see cref="Translations"/>, or nothing while accesses are looked at one by one (<see cref="AccessGuard"/>).</summary>
    public TlbEntry* Tlb;
    public JumpEntry* Jumps;

    /// <summary>Instructions retired + <see cref="Budget"/>.</summary>
    public ulong Clock;

    public byte* Ram;
    public ulong Frames;
    public byte* CodeFrames;
    public byte* WrittenFrames;

    /// <summary>Handle of the <see cref="Processor"/>, for cold paths.</summary>
    public nint Owner;

    /// <summary>The translations in use.</summary>
    public TlbEntry* Translations;

    public Guards Guards;

    public int Cpl;

    /// <summary>What code is decoded for now: follows from CPL, EFER and the hidden parts (<see cref="Segments.Update"/>).</summary>
    public CodeMode Mode;

    /// <summary>Where linear addresses wrap: all ones in 64-bit mode, else 32 bits.</summary>
    public ulong LinearMask;

    /// <summary>Where stack addresses wrap: 64, 32 or 16 bits.</summary>
    public ulong StackMask;

    public ulong Cr0, Cr2, Cr3, Cr4, Efer;

    public ulong Dr7;

    /// <summary>DR0..DR3.</summary>
    public fixed ulong BreakpointAddress[Breakpoints.Count];

    /// <summary>B0..B3 of the data breakpoints that the instruction at hand has met.</summary>
    public uint BreakpointsMet;

    /// <summary>What ended the run, if anything did.</summary>
    public ExitKind Exit;

    public byte Vector;
    public byte ExitLength;

    /// <summary>What #DB has in DR6: B0..B3 and BS.</summary>
    public uint DebugStatus;

    public uint ErrorCode;

    /// <summary>Set when a store dropped decoded code or the mode changed, so that the running block must be left.</summary>
    public bool CodeChanged;

    /// <summary>Frame whose stores go elsewhere during <see cref="Processor.StepRedirected"/>; otherwise no frame.</summary>
    public ulong RedirectFrom, RedirectTo;

    /// <summary>A store that could not go straight to memory: where its bytes belong (<see cref="Flow.Commit"/>).</summary>
    public byte* StagedFirst, StagedSecond;

    public int StagedFirstBytes, StagedSecondBytes;

    /// <summary>
    /// The hidden parts. <see cref="R"/> holds the bases that addresses use, which in 64-bit mode are zero but for FS and GS.
    /// </summary>
    public fixed ulong SegmentBase[6];

    public fixed uint SegmentLimit[6];
    public fixed ushort Selector[6];

    /// <summary>Bits 8..23 of the descriptor's upper half (SDM Vol. 3A, figure 3-8), shifted down by 8.</summary>
    public fixed ushort SegmentAttributes[6];

    public uint TscAux;
    public ulong TscOffset;

    public uint Mxcsr;

    /// <summary>What the SSE instruction at hand has signalled and <see cref="FloatEnvironment.Settle"/> has not yet seen.</summary>
    public FloatSignals Signals;

    /// <summary>XMM0..XMM15.</summary>
    public fixed byte Xmm[16 * 16];

    /// <summary>The x87 part of the FXSAVE image: control words and ST0..ST7 (SDM Vol. 1, table 10-2).</summary>
    public fixed byte X87[160];

    /// <summary>Operand bytes read across a page boundary.</summary>
    public fixed byte ReadStage[64];

    /// <summary>Operand bytes to be committed by <see cref="Flow.Commit"/>.</summary>
    public fixed byte WriteStage[64];

    public static byte Offset(Gpr register) => (byte)((int)register * 8);

    public static byte SegmentBaseOffset(SegmentRegister register) => (byte)(FirstSegmentBase + 8 * (int)register);

    public static ref T At<T>(CpuState* c, byte offset) where T : unmanaged => ref *(T*)((byte*)c + offset);

    public static Processor ProcessorOf(CpuState* c) => (Processor)GCHandle.FromIntPtr(c->Owner).Target!;
}

/// <summary>What a handler left behind for <see cref="Processor.Run"/>.</summary>
internal enum ExitKind : byte { None, Exception, Syscall, Sysenter, SoftwareInterrupt }

/// <summary>Bits of RFLAGS (SDM Vol. 1, 3.4.3).</summary>
internal static class RflagsBit
{
    public const ulong CF = 1, Fixed = 2, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, TF = 0x100, IF = 0x200, DF = 0x400;
    public const ulong OF = 0x800, IOPL = 0x3000, NT = 0x4000, RF = 0x1_0000, VM = 0x2_0000, AC = 0x4_0000;
    public const ulong VIF = 0x8_0000, VIP = 0x10_0000, ID = 0x20_0000;
    public const ulong Status = CF | PF | AF | ZF | SF | OF;
    public const ulong Control = TF | IF | DF | IOPL | NT | RF | VM | AC | VIF | VIP | ID;
}

/// <summary>Exception vectors (SDM Vol. 3A, table 6-1).</summary>
internal static class Vector
{
    public const byte DE = 0, DB = 1, BP = 3, OF = 4, BR = 5, UD = 6, NM = 7, TS = 10, NP = 11, SS = 12, GP = 13, PF = 14, MF = 16, AC = 17, XM = 19;
}

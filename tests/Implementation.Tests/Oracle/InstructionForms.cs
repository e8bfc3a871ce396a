using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.Intrinsics.X86;
using Iced.Intel;

namespace Implementation.Tests.Oracle;

/// <summary>Which encodings a campaign draws from, and which can be compared with the host at all.</summary>
internal sealed class InstructionForms
{
    private static readonly FrozenSet<CpuidFeature> _integerFeatures = new[]
    {
        CpuidFeature.INTEL8086, CpuidFeature.INTEL8086_ONLY, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL286_ONLY,
        CpuidFeature.INTEL386, CpuidFeature.INTEL386_ONLY, CpuidFeature.INTEL386_A0_ONLY, CpuidFeature.INTEL486, CpuidFeature.X64,
        CpuidFeature.CMOV, CpuidFeature.CX8, CpuidFeature.CMPXCHG16B, CpuidFeature.MULTIBYTENOP, CpuidFeature.PAUSE,
        CpuidFeature.PREFETCHW, CpuidFeature.MSR, CpuidFeature.CET_IBT,
    }.Concat(CountingFeatures()).ToFrozenSet();

    private static readonly FrozenSet<CpuidFeature> _simdFeatures = FrozenSet.Create(
        CpuidFeature.SSE, CpuidFeature.SSE2, CpuidFeature.SSE3, CpuidFeature.FXSR);

    /// <summary>
    /// What cannot be compared: system calls and traps of the child's own kernel; answers that differ from host to host or
    /// from one moment to the next; instructions that Linux emulates or that suppress the single-step trap.
    /// </summary>
    private static readonly FrozenSet<Mnemonic> _incomparable = FrozenSet.Create(
        Mnemonic.Syscall, Mnemonic.Sysenter, Mnemonic.Sysexit, Mnemonic.Sysexitq, Mnemonic.Sysret, Mnemonic.Sysretq, Mnemonic.Int,
        Mnemonic.Int1, Mnemonic.Int3, Mnemonic.Into, Mnemonic.Rdtsc, Mnemonic.Rdtscp, Mnemonic.Rdpmc, Mnemonic.Cpuid, Mnemonic.Rsm,
        Mnemonic.Sgdt, Mnemonic.Sidt, Mnemonic.Sldt, Mnemonic.Str, Mnemonic.Smsw, // UMIP, emulated by Linux
        Mnemonic.Lss, Mnemonic.Xbts, Mnemonic.Ibts, Mnemonic.Loadall,
        Mnemonic.Ud0, Mnemonic.Ud1, Mnemonic.Rcpps, Mnemonic.Rcpss, Mnemonic.Rsqrtps, Mnemonic.Rsqrtss);

    private static readonly FrozenSet<OpCodeOperandKind> _opcodeRegisters = FrozenSet.Create(
        OpCodeOperandKind.r8_opcode, OpCodeOperandKind.r16_opcode, OpCodeOperandKind.r32_opcode, OpCodeOperandKind.r64_opcode);

    /// <summary>What the processor has of x87: all but remainders, powers, logarithms, angles and decimals, and images of the unit.</summary>
    private static readonly FrozenSet<Mnemonic> _x87 = FrozenSet.Create(
        Mnemonic.Fninit, Mnemonic.Fnclex, Mnemonic.Fnop, Mnemonic.Fnstcw, Mnemonic.Fldcw, Mnemonic.Fnstsw, Mnemonic.Emms, Mnemonic.Wait,
        Mnemonic.Fadd, Mnemonic.Faddp, Mnemonic.Fiadd, Mnemonic.Fsub, Mnemonic.Fsubp, Mnemonic.Fisub, Mnemonic.Fsubr, Mnemonic.Fsubrp, Mnemonic.Fisubr,
        Mnemonic.Fmul, Mnemonic.Fmulp, Mnemonic.Fimul, Mnemonic.Fdiv, Mnemonic.Fdivp, Mnemonic.Fidiv, Mnemonic.Fdivr, Mnemonic.Fdivrp, Mnemonic.Fidivr,
        Mnemonic.Fsqrt, Mnemonic.Frndint, Mnemonic.Fchs, Mnemonic.Fabs, Mnemonic.Fcom, Mnemonic.Fcomp, Mnemonic.Fcompp, Mnemonic.Fucom, Mnemonic.Fucomp,
        Mnemonic.Fucompp, Mnemonic.Fcomi, Mnemonic.Fcomip, Mnemonic.Fucomi, Mnemonic.Fucomip, Mnemonic.Ficom, Mnemonic.Ficomp, Mnemonic.Ftst,
        Mnemonic.Fxam, Mnemonic.Fld, Mnemonic.Fild, Mnemonic.Fst, Mnemonic.Fstp, Mnemonic.Fist, Mnemonic.Fistp, Mnemonic.Fisttp, Mnemonic.Fxch,
        Mnemonic.Ffree, Mnemonic.Fincstp, Mnemonic.Fdecstp, Mnemonic.Fldz, Mnemonic.Fld1, Mnemonic.Fldl2t, Mnemonic.Fldl2e, Mnemonic.Fldpi,
        Mnemonic.Fldlg2, Mnemonic.Fldln2);

    private static readonly FrozenSet<Mnemonic> _segments = FrozenSet.Create(
        Mnemonic.Lar, Mnemonic.Lsl, Mnemonic.Verr, Mnemonic.Verw, Mnemonic.Lds, Mnemonic.Les, Mnemonic.Lfs, Mnemonic.Lgs, Mnemonic.Retf,
        Mnemonic.Iret, Mnemonic.Iretd, Mnemonic.Iretq, Mnemonic.Arpl);

    private static readonly FrozenSet<Code> _segmentCodes = FrozenSet.Create(
        Code.Mov_Sreg_rm16, Code.Mov_Sreg_r32m16, Code.Mov_Sreg_r64m16, Code.Mov_rm16_Sreg, Code.Mov_r32m16_Sreg, Code.Mov_r64m16_Sreg,
        Code.Popw_FS, Code.Popq_FS, Code.Popw_GS, Code.Popq_GS, Code.Jmp_m1616, Code.Jmp_m1632, Code.Call_m1616, Code.Call_m1632,
        Code.Jmp_ptr1616, Code.Jmp_ptr1632, Code.Call_ptr1616, Code.Call_ptr1632, Code.Popd_FS, Code.Popd_GS,
        Code.Popw_DS, Code.Popd_DS, Code.Popw_ES, Code.Popd_ES, Code.Popw_SS, Code.Popd_SS,
        Code.Pushw_CS, Code.Pushd_CS, Code.Pushw_DS, Code.Pushd_DS, Code.Pushw_ES, Code.Pushd_ES, Code.Pushw_SS, Code.Pushd_SS);

    private readonly Func<Code, bool> _includes;

    private InstructionForms(Func<Code, bool> includes, int bits = 64, bool usesFpu = false)
    {
        _includes = includes;
        Bits = bits;
        UsesFpu = usesFpu;
        Encodings = [.. Enum.GetValues<Code>().Where(Generates).Select(code => code.ToOpCode())];
    }

    internal static InstructionForms Integer { get; } = new(IsInteger);

    /// <summary>Whatever loads or asks for descriptors.</summary>
    internal static InstructionForms Segments { get; } = new(IsSegment);

    internal static InstructionForms Simd { get; } = new(IsSimd, usesFpu: true);

    internal static InstructionForms X87 { get; } = new(IsX87, usesFpu: true) { ComputesInX87 = true };

    internal static InstructionForms Integer32 { get; } = new(IsInteger, 32);

    internal static InstructionForms Segments32 { get; } = new(IsSegment, 32);

    internal static InstructionForms Simd32 { get; } = new(IsSimd, 32, usesFpu: true);

    internal static InstructionForms X87Of32 { get; } = new(IsX87, 32, usesFpu: true) { ComputesInX87 = true };

    internal static InstructionForms Integer16 { get; } = new(IsInteger, 16);

    internal static InstructionForms Segments16 { get; } = new(IsSegment, 16);

    /// <summary>64, 32 or 16: what code the encodings are for.</summary>
    internal int Bits { get; }

    /// <summary>Whether x87 and SSE state takes part in the cases.</summary>
    internal bool UsesFpu { get; }

    /// <summary>Whether the x87 registers hold numbers of all classes, and the control word asks for any rounding.</summary>
    internal bool ComputesInX87 { get; private init; }

    /// <summary>Every encoding of the set, one entry per opcode, width and operand kind.</summary>
    internal IReadOnlyList<OpCodeInfo> Encodings { get; }

    /// <summary>Whether the register is part of the opcode byte.</summary>
    internal static bool HasOpcodeRegister(OpCodeInfo encoding) => Operands(encoding).Any(_opcodeRegisters.Contains);

    /// <summary>Whether both processors must agree on a decoded instruction.</summary>
    internal bool CanCompare(in Instruction instruction, ReadOnlySpan<byte> bytes)
    {
        Code code = instruction.Code;
        if (_incomparable.Contains(instruction.Mnemonic)) return false;
        if (code == Code.INVALID) return !IsSystemOpcode(bytes);

        return (IsInteger(code) || _includes(code)) && !HasMmxOperand(code.ToOpCode())
            && !IsVendorSpecific(instruction, bytes) && !LoadsStackSegment(instruction);
    }

    /// <summary>Encodings on which Intel and AMD differ, or which the manuals leave undefined as a whole.</summary>
    private bool IsVendorSpecific(in Instruction instruction, ReadOnlySpan<byte> bytes) => instruction.Code switch
    {
        Code.Bswap_r16 => true,
        Code.Movsxd_r16_rm16 => true,
        Code.Reservednop_rm16_r16_0F0D or Code.Reservednop_rm32_r32_0F0D or Code.Reservednop_rm64_r64_0F0D => true,
        Code.Lfs_r64_m1664 or Code.Lgs_r64_m1664 or Code.Jmp_m1664 or Code.Call_m1664 => true, // AMD has no 64-bit far pointers.
        Code.Pause => Prefixes(bytes).ContainsAnyInRange((byte)0x41, (byte)0x4f), // XCHG r8, RAX on AMD
        // AMD's LOOPE and LOOPNE obey a repeat prefix like the string instructions do.
        _ when instruction.Mnemonic is Mnemonic.Loope or Mnemonic.Loopne => Prefixes(bytes).ContainsAny<byte>(0x66, 0xf2, 0xf3),
        // Intel ignores the operand-size prefix of a near branch in 64-bit mode, AMD truncates RIP.
        _ => Bits == 64 && instruction.FlowControl is not (FlowControl.Next or FlowControl.Exception)
            && !ReturnFrame.IsPoppedBy(instruction) && !FarPointer.IsFollowedBy(instruction) && Prefixes(bytes).Contains<byte>(0x66),
    };

    /// <summary>System opcodes under LOCK: AMD's LOCK MOV CR0 names CR8, and its LOCK VERW reads the operand before #UD.</summary>
    private bool IsSystemOpcode(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> opcode = bytes[Prefixes(bytes).Length..];
        return opcode.Length >= 2 && opcode[0] == 0x0f && (opcode[1] <= 0x03 || (opcode[1] & 0xfc) == 0x20);
    }
    private ReadOnlySpan<byte> Prefixes(ReadOnlySpan<byte> bytes) => InstructionBytes.Prefixes(bytes, Bits);

    /// <summary>MOV and POP of SS hold the single-step trap back for one instruction.</summary>
    private static bool LoadsStackSegment(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Mov or Mnemonic.Pop && instruction.Op0Kind == OpKind.Register && instruction.Op0Register == Register.SS;

    private static IEnumerable<OpCodeOperandKind> Operands(OpCodeInfo encoding) =>
        Enumerable.Range(0, encoding.OpCount).Select(encoding.GetOpKind);

    /// <summary>POPCNT, TZCNT and LZCNT, where this host has them; the engine is told so by its CPUID.</summary>
    private static IEnumerable<CpuidFeature> CountingFeatures()
    {
        if (Popcnt.IsSupported) yield return CpuidFeature.POPCNT;
        if (Lzcnt.IsSupported) yield return CpuidFeature.LZCNT;
    }

    private static bool IsCounting(Code code) => Bmi1.IsSupported && code.Mnemonic() == Mnemonic.Tzcnt;

    private static bool IsSegment(Code code) => _segments.Contains(code.Mnemonic()) || _segmentCodes.Contains(code);

    private static bool IsInteger(Code code) =>
        (HasOnly(code, _integerFeatures) || IsCounting(code)) && !IsSegment(code);

    private static bool HasOnly(Code code, FrozenSet<CpuidFeature> features) => code.CpuidFeatures().All(features.Contains);

    private static bool IsX87(Code code) => _x87.Contains(code.Mnemonic());

    private static bool IsSimd(Code code) => HasOnly(code, _simdFeatures);

    private static bool HasMmxOperand(OpCodeInfo encoding) =>
        Operands(encoding).Any(kind => kind is
            OpCodeOperandKind.mm_reg or OpCodeOperandKind.mm_rm or OpCodeOperandKind.mm_or_mem);

    private bool Generates(Code code)
    {
        OpCodeInfo encoding = code.ToOpCode();
        bool exists = Bits switch { 64 => encoding.Mode64, 32 => encoding.Mode32, _ => encoding.Mode16 };
        return exists && encoding is { IsInstruction: true, Encoding: EncodingKind.Legacy }
            && code is not (Code.INVALID or Code.DeclareByte or Code.DeclareWord or Code.DeclareDword or Code.DeclareQword)
            && _includes(code) && !_incomparable.Contains(encoding.Mnemonic) && !HasMmxOperand(encoding);
    }
}

using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>The shapes of two operands.</summary>
internal enum Form { RegisterRegister, RegisterImmediate, RegisterMemory, MemoryRegister, MemoryImmediate }

/// <summary>Which <see cref="IAddressing"/> a memory operand needs.</summary>
internal enum Addressing { Flat, Based, Narrow, Flat32, Segmented32, Segmented16 }

/// <summary>
/// Makes micro-ops of instructions: decodes a run of them, finds which flags are live, and calls their builders.
/// </summary>
/// <remarks>Builders read the current instruction and fill <see cref="U"/>; they end with exactly one call of Emit.</remarks>
internal sealed unsafe class Translator
{
    /// <summary>Bounds the depth of calls where the JIT does not make jumps of them (Debug builds).</summary>
    public const int MaximumCount = 64;

    private const RflagsBits AllFlags =
        RflagsBits.OF | RflagsBits.SF | RflagsBits.ZF | RflagsBits.AF | RflagsBits.CF | RflagsBits.PF;

    private readonly Instruction[] _instructions = new Instruction[MaximumCount];
    private readonly bool[] _flagsLive = new bool[MaximumCount];
    private readonly Processor _processor;
    private readonly ByteReader _reader = new();
    private readonly Decoder _decoder64, _decoder32, _decoder16;
    private CodeMode _mode;
    private int _index, _count;
    private bool _mayFuse, _endsBlock;

    public Translator(Processor processor)
    {
        _processor = processor;
        _decoder64 = Decoder.Create(64, _reader, DecoderOptions.ForceReservedNop);
        _decoder32 = Decoder.Create(32, _reader, DecoderOptions.ForceReservedNop);
        _decoder16 = Decoder.Create(16, _reader, DecoderOptions.ForceReservedNop);
    }

    /// <summary>The instruction being built.</summary>
    public ref readonly Instruction Instruction => ref _instructions[_index];

    /// <summary>The micro-op being built; all fields but <see cref="Uop.Run"/> that are not set read as "none".</summary>
    public Uop* U { get; private set; }

    /// <summary>Whether a later reader can see the flags that the instruction sets.</summary>
    public bool FlagsLive => _flagsLive[_index];

    public ProcessorFeatures Features => _processor.Features;

    public bool Is64Bit => (_mode & CodeMode.Code64) != 0;

    /// <summary>32-bit code whose common segments are known to allow everything.</summary>
    public bool IsFlat => (_mode & CodeMode.Flat) != 0;

    public int Count => _count;

    /// <summary>Bytes of all decoded instructions.</summary>
    public int Bytes => (int)(_instructions[_count - 1].NextIP - _instructions[0].IP);

    /// <summary>Decodes from <paramref name="code"/> until a branch, the end of the bytes, or the maximum.</summary>
    /// <returns>false when not even one instruction is complete</returns>
    public bool Decode(byte* code, int length, ulong rip, int maximum, CodeMode mode)
    {
        _reader.Set(code, length);
        _mode = mode;
        Decoder decoder = Is64Bit ? _decoder64 : (mode & CodeMode.Code32) != 0 ? _decoder32 : _decoder16;
        decoder.IP = rip;
        _count = 0;
        _mayFuse = maximum > 1 && (Is64Bit || IsFlat); // Where a branch may leave its segment, it needs its own micro-op.
        while (_count < maximum)
        {
            decoder.Decode(out Instruction instruction);
            if (decoder.LastError == DecoderError.NoMoreBytes) return _count > 0;
            if (instruction.IsInvalid && _count > 0) return true;
            _instructions[_count++] = instruction;
            if (instruction.IsInvalid || instruction.FlowControl != FlowControl.Next || IsLast(instruction)) return true;
        }

        return true;
    }

    /// <summary>Builds what <see cref="Decode"/> found.</summary>
    /// <param name="first">room for <see cref="MaximumCount"/> + 2 cleared micro-ops</param>
    /// <returns>behind the last micro-op used</returns>
    public Uop* Build(Uop* first)
    {
        FindLiveFlags();
        U = first;
        _endsBlock = false;
        for (_index = 0; _index < _count; _index++)
        {
            Prepare();
            if (Instruction.IsInvalid) EmitInvalid();
            else if (InstructionTable.Instance[Instruction.Mnemonic] is { } build) build(this);
            else EmitUnimplemented();
        }

        if (!_endsBlock)
        {
            ref readonly Instruction last = ref _instructions[_count - 1];
            ClearOperands();
            U->Ip = last.NextIP;
            U->Length = 0;
            U->Remaining = 0;
            // What ends a block without a branch may have changed what the next instruction depends on.
            U->Run = (InstructionTable.Instance.TraitsOf(last.Mnemonic) & Traits.EndsBlock) != 0
                ? &Branches.ReturnToDriver : &Branches.FallThrough;
            U++;
        }

        return U + 1; // the link slot
    }

    /// <summary>Finishes the current micro-op.</summary>
    public void Emit(Handler handler)
    {
        U->Run = handler.Address;
        U++;
    }

    /// <summary>Finishes the current micro-op, which is the last of its block and jumps by itself.</summary>
    public void EmitTerminator(Handler handler)
    {
        _endsBlock = true;
        Emit(handler);
    }

    /// <summary>The instruction raises an exception and does nothing else.</summary>
    public void EmitRaise(byte vector, uint errorCode = 0)
    {
        U->Imm = vector;
        U->Disp = errorCode;
        EmitTerminator(new(&SystemInstructions.RaiseAlways));
    }

    /// <summary>#UD for a form the processor should know and does not.</summary>
    public void EmitUnimplemented()
    {
        U->Imm = (long)Instruction.Code;
        EmitTerminator(new(&SystemInstructions.RaiseUnimplemented));
    }

    public int OperandBytes(int operand) =>
        Instruction.GetOpKind(operand) switch
        {
            OpKind.Register => Instruction.GetOpRegister(operand).GetSize(),
            _ => Instruction.MemorySize.GetSize(),
        };

    /// <summary>The shape of operands 0 and 1, whose fields it fills.</summary>
    public Form Forms()
    {
        ref readonly Instruction i = ref Instruction;
        bool immediate = i.Op1Kind is not (OpKind.Register or OpKind.Memory);
        if (immediate) U->Imm = (long)i.GetImmediate(1);
        if (i.Op0Kind == OpKind.Memory)
        {
            Memory();
            if (immediate) return Form.MemoryImmediate;
            U->Src = Offset(i.Op1Register);
            return Form.MemoryRegister;
        }

        U->Dst = Offset(i.Op0Register);
        if (immediate) return Form.RegisterImmediate;
        if (i.Op1Kind == OpKind.Memory)
        {
            Memory();
            return Form.RegisterMemory;
        }

        U->Src = Offset(i.Op1Register);
        return Form.RegisterRegister;
    }

    /// <summary>How the memory operand that <see cref="Memory"/> filled in is addressed.</summary>
    public Addressing Addressing { get; private set; }

    /// <summary>Fills the fields of the memory operand.</summary>
    public void Memory()
    {
        ref readonly Instruction i = ref Instruction;
        U->Base = i.IsIPRelativeMemoryOperand ? CpuState.NoRegister : Offset(i.MemoryBase);
        U->Index = Offset(i.MemoryIndex);
        U->Scale = i.MemoryIndexScale switch { 2 => 1, 4 => 2, 8 => 3, _ => 0 };
        U->Disp = (long)i.MemoryDisplacement64;
        U->Segment = Segment();
        Addressing = (AddressBytes(), Is64Bit) switch
        {
            (4, true) => Addressing.Narrow,
            (_, true) => i.MemorySegment is Register.FS or Register.GS ? Addressing.Based : Addressing.Flat,
            (2, _) => Addressing.Segmented16,
            _ => IsUnrestricted ? Addressing.Flat32 : Addressing.Segmented32,
        };
    }

    /// <summary>Whether nothing but paging restricts the memory operand of 16- or 32-bit code.</summary>
    public bool IsUnrestricted => IsFlat && Instruction.MemorySegment is Register.ES or Register.SS or Register.DS;

    /// <summary>The address size of the memory operand.</summary>
    private int AddressBytes()
    {
        ref readonly Instruction i = ref Instruction;
        if (i.MemoryBase != Register.None) return i.MemoryBase.GetSize();
        return i.MemoryIndex != Register.None ? i.MemoryIndex.GetSize() : i.MemoryDisplSize;
    }

    /// <summary>Offset of the base of the memory operand's segment.</summary>
    /// <remarks>
    /// In 64-bit mode overrides other than FS and GS are ignored, also for the choice between #SS and #GP (SDM Vol. 1, 3.7.4).
    /// </remarks>
    public byte Segment()
    {
        ref readonly Instruction i = ref Instruction;
        if (!Is64Bit) return SegmentOffset(i.MemorySegment);
        if (i.MemorySegment is Register.FS or Register.GS) return SegmentOffset(i.MemorySegment);
        bool isStack = i.MemoryBase is Register.RSP or Register.RBP or Register.ESP or Register.EBP;
        return SegmentOffset(isStack ? Register.SS : Register.DS);
    }

    /// <summary>Offset of a general register in <see cref="CpuState"/>; AH, CH, DH, BH are the second byte of theirs.</summary>
    public static byte Offset(Register register)
    {
        if (register == Register.None) return CpuState.NoRegister;
        int number = register.GetFullRegister() - Register.RAX;
        return (byte)(number * 8 + (register is Register.AH or Register.BH or Register.CH or Register.DH ? 1 : 0));
    }

    private static byte SegmentOffset(Register segment) => CpuState.SegmentBaseOffset((SegmentRegister)(segment - Register.ES));

    /// <summary>Takes the conditional branch behind the current instruction into the same micro-op, where there is one.</summary>
    public bool TryFuseBranch(out ConditionCode condition)
    {
        condition = ConditionCode.None;
        if (!_mayFuse || _index + 1 >= _count) return false;
        ref readonly Instruction next = ref _instructions[_index + 1];
        if (!next.IsJccShortOrNear) return false;

        condition = next.ConditionCode;
        Uop.Target(U) = next.NearBranchTarget;
        U->Length += (byte)next.Length;
        _index++;
        _endsBlock = true;
        return true;
    }

    private void EmitInvalid()
    {
        // A longer instruction than 15 bytes is #GP(0); all else that does not decode is #UD (SDM Vol. 3A, table 6-1).
        EmitRaise(_reader.Consumed >= 15 ? Vector.GP : Vector.UD);
    }

    private void Prepare()
    {
        ClearOperands();
        U->Ip = Instruction.IP;
        U->Length = (byte)Instruction.Length;
        U->Remaining = (byte)(_count - _index);
    }

    private void ClearOperands()
    {
        *U = default;
        U->Dst = U->Src = U->Base = U->Index = U->Segment = CpuState.NoRegister;
    }

    private static bool IsLast(in Instruction instruction) =>
        (InstructionTable.Instance.TraitsOf(instruction.Mnemonic) & Traits.EndsBlock) != 0
        || InstructionTable.Instance[instruction.Mnemonic] is null
        || instruction.HasRepPrefix || instruction.HasRepnePrefix;

    /// <summary>Walks backwards: flags are live at the block's end and wherever something may fault.</summary>
    private void FindLiveFlags()
    {
        RflagsBits live = AllFlags;
        for (int k = _count - 1; k >= 0; k--)
        {
            ref readonly Instruction i = ref _instructions[k];
            Traits traits = InstructionTable.Instance.TraitsOf(i.Mnemonic);
            RflagsBits written = i.RflagsWritten | i.RflagsCleared | i.RflagsSet;
            if ((traits & Traits.DefinesAllFlags) != 0) written = AllFlags;
            if (MayStore(i)) live = AllFlags; // The store may hit decoded code; then the block is left behind it.
            _flagsLive[k] = ((written | i.RflagsUndefined) & live) != 0;
            if (!MayKeepFlags(i, traits)) live &= ~written;
            live |= i.RflagsRead & AllFlags;
            if ((traits & Traits.Pure) == 0 || MayFault(i)) live = AllFlags;
        }
    }

    private static bool MayStore(in Instruction i) =>
        i.Op0Kind == OpKind.Memory && i.Mnemonic is not (Mnemonic.Cmp or Mnemonic.Test);

    private static bool MayKeepFlags(in Instruction i, Traits traits)
    {
        if ((traits & Traits.MayKeepFlagsByCount) == 0) return (traits & Traits.MayKeepFlags) != 0;
        int bytes = i.Op0Kind == OpKind.Register ? i.Op0Register.GetSize() : i.MemorySize.GetSize();
        return Shifts.ImmediateCount(i, bytes, i.OpCount - 1) <= 0;
    }

    /// <summary>
    /// Whether an instruction whose plain register forms are harmless has a memory, segment or control operand.
    /// </summary>
    private static bool MayFault(in Instruction i)
    {
        if (i.IsStackInstruction) return true;
        if (i.Mnemonic is Mnemonic.Lea or Mnemonic.Nop) return false;
        for (int k = 0; k < i.OpCount; k++)
        {
            OpKind kind = i.GetOpKind(k);
            if (kind == OpKind.Memory || kind is >= OpKind.MemorySegSI and <= OpKind.MemoryESRDI) return true;
            if (kind == OpKind.Register && !i.GetOpRegister(k).IsGPR()) return true;
        }

        return false;
    }

    /// <summary>Gives the decoder bytes of guest memory.</summary>
    private sealed class ByteReader : CodeReader
    {
        private byte* _next, _end, _start;

        /// <summary>Bytes read since <see cref="Set"/>.</summary>
        public int Consumed => (int)(_next - _start);

        public void Set(byte* code, int length)
        {
            _start = _next = code;
            _end = code + length;
        }

        public override int ReadByte() => _next < _end ? *_next++ : -1;
    }
}

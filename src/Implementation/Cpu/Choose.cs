using System.Numerics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>Takes a handler for the types of a destination and a source.</summary>
internal interface IBinaryChooser
{
    static abstract Handler For<T, TDest, TSrc>(Translator t)
        where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand;
}

/// <summary>Takes a handler for the type of one operand, register or memory.</summary>
internal interface IPlaceChooser
{
    static abstract Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand;
}

/// <summary>
/// From a decoded instruction's operands to type arguments, and so to the one handler that is compiled for them.
/// </summary>
/// <remarks>
/// The address of a handler is taken here at decode, so that only the handlers a guest needs are ever compiled.
/// </remarks>
internal static unsafe class Choose
{
    /// <summary>Operands 0 and 1 of one width; fills their fields.</summary>
    public static Handler Binary<TChooser>(Translator t) where TChooser : IBinaryChooser =>
        t.OperandBytes(0) switch
        {
            1 => Binary<TChooser, byte>(t),
            2 => Binary<TChooser, ushort>(t),
            4 => Binary<TChooser, uint>(t),
            _ => Binary<TChooser, ulong>(t),
        };

    /// <summary>Operand <paramref name="operand"/>, written or read; a register is <see cref="Dst"/>.</summary>
    public static Handler Place<TChooser>(Translator t, int operand = 0) where TChooser : IPlaceChooser
    {
        ref readonly Instruction i = ref t.Instruction;
        if (i.GetOpKind(operand) == OpKind.Register) t.U->Dst = Translator.Offset(i.GetOpRegister(operand));
        return t.OperandBytes(operand) switch
        {
            1 => Place<TChooser, byte, Dst>(t, operand),
            2 => Place<TChooser, ushort, Dst>(t, operand),
            4 => Place<TChooser, uint, Dst>(t, operand),
            _ => Place<TChooser, ulong, Dst>(t, operand),
        };
    }

    /// <summary>Operand <paramref name="operand"/>, only read; a register is <see cref="Src"/>.</summary>
    public static Handler Source<TChooser>(Translator t, int operand = 1) where TChooser : IPlaceChooser
    {
        ref readonly Instruction i = ref t.Instruction;
        if (i.GetOpKind(operand) == OpKind.Register) t.U->Src = Translator.Offset(i.GetOpRegister(operand));
        return t.OperandBytes(operand) switch
        {
            1 => Place<TChooser, byte, Src>(t, operand),
            2 => Place<TChooser, ushort, Src>(t, operand),
            4 => Place<TChooser, uint, Src>(t, operand),
            _ => Place<TChooser, ulong, Src>(t, operand),
        };
    }

    /// <summary>The memory operand, whose fields it fills.</summary>
    public static Handler Memory<TChooser>(Translator t) where TChooser : IAddressingChooser
    {
        t.Memory();
        return Addressing<TChooser>(t);
    }

    /// <summary>The addressing of the memory operand whose fields are filled already.</summary>
    public static Handler Addressing<TChooser>(Translator t) where TChooser : IAddressingChooser =>
        t.Addressing switch
        {
            Cpu.Addressing.Flat => TChooser.For<Flat>(t),
            Cpu.Addressing.Based => TChooser.For<Based>(t),
            Cpu.Addressing.Narrow => TChooser.For<Narrow>(t),
            Cpu.Addressing.Flat32 => TChooser.For<Flat32>(t),
            Cpu.Addressing.Segmented32 => TChooser.For<Segmented<uint>>(t),
            _ => TChooser.For<Segmented<ushort>>(t),
        };

    /// <summary>The mode that the instruction is decoded for.</summary>
    public static Handler Mode<TChooser>(Translator t) where TChooser : IModeChooser =>
        t.Is64Bit ? TChooser.For<LongMode>() : t.IsFlat ? TChooser.For<FlatMode>() : TChooser.For<SegmentedMode>();

    private static Handler Place<TChooser, T, TRegister>(Translator t, int operand)
        where TChooser : IPlaceChooser where T : unmanaged, IBinaryInteger<T> where TRegister : IOperand =>
        t.Instruction.GetOpKind(operand) == OpKind.Register
            ? TChooser.For<T, TRegister>(t)
            : Memory<PlaceInMemory<TChooser, T>>(t);

    private static Handler Binary<TChooser, T>(Translator t)
        where TChooser : IBinaryChooser where T : unmanaged, IBinaryInteger<T> =>
        t.Forms() switch
        {
            Form.RegisterRegister => TChooser.For<T, Dst, Src>(t),
            Form.RegisterImmediate => TChooser.For<T, Dst, Imm>(t),
            Form.RegisterMemory => Addressing<FromMemory<TChooser, T>>(t),
            Form.MemoryRegister => Addressing<ToMemory<TChooser, T, Src>>(t),
            _ => Addressing<ToMemory<TChooser, T, Imm>>(t),
        };

    private readonly struct PlaceInMemory<TChooser, T> : IAddressingChooser
        where TChooser : IPlaceChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing =>
            TChooser.For<T, Mem<TAddressing>>(t);
    }

    private readonly struct FromMemory<TChooser, T> : IAddressingChooser
        where TChooser : IBinaryChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing =>
            TChooser.For<T, Dst, Mem<TAddressing>>(t);
    }

    private readonly struct ToMemory<TChooser, T, TSrc> : IAddressingChooser
        where TChooser : IBinaryChooser where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing =>
            TChooser.For<T, Mem<TAddressing>, TSrc>(t);
    }
}

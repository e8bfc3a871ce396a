using System.Collections.Immutable;
using Implementation.Hypervisor;

namespace Conformance.Scripts;

/// <summary>Part of a buffer of arguments that a target fills in: eight, four, two bytes or one.</summary>
public readonly record struct Field(ushort Offset, byte Bytes, Operand Value);

/// <summary>What a hypercall that succeeded left in its buffer that later acts may name.</summary>
/// <param name="Kind">what it is</param>
/// <param name="Offset">where it begins: a port in four bytes; frame numbers in a word each, as many as the answer says</param>
/// <param name="First">how many of the frame numbers were left by an earlier call, or by the caller: it began behind them</param>
public readonly record struct Yield(YieldKind Kind, ushort Offset, ulong First = 0)
{
    /// <summary>Frame numbers take over the indices of frames that the domain gave back, lowest index first; those that find none are nobody's to name.</summary>
    public static Yield Frames(int offset, ulong first = 0) => new(YieldKind.Frames, (ushort)offset, first);

    /// <summary>The domain has one port more to name.</summary>
    public static Yield Port(int offset) => new(YieldKind.Port, (ushort)offset);
}

/// <summary>What a <see cref="Yield"/> is.</summary>
public enum YieldKind : byte
{
    None,
    Port,
    Frames,
}

/// <summary>A hypercall as every target carries it out: six registers, and a buffer written before.</summary>
/// <param name="Registers">RAX (the number), RDI, RSI, RDX, R10, R8; of a 32-bit domain EAX, EBX, ECX, EDX, ESI, EDI</param>
/// <param name="Length">bytes of the buffer, all zero but for the fields; at most <see cref="MaxLength"/></param>
/// <param name="Fields">what the buffer holds, in the order in which it is written</param>
/// <param name="Calls">of a multicall: the recipes of its members, whose buffers lie one after the other behind the array of entries</param>
public sealed record Recipe(ImmutableArray<Operand> Registers, int Length, ImmutableArray<Field> Fields, Yield Yield, ImmutableArray<Recipe> Calls)
{
    /// <summary>A buffer fits into a page.</summary>
    public const int MaxLength = 4096;

    /// <summary>The recipe of an act whose means is <see cref="Means.Hypercall"/>.</summary>
    /// <param name="kind">of the domain that carries it out</param>
    public static Recipe Of(Act act, DomainKind kind = DomainKind.Pv64)
    {
        RecipeWriter writer = new(kind);
        (act.Row.Write ?? throw new ArgumentException($"{act.Row.Name} is no hypercall", nameof(act)))(act, writer);
        return writer.Done();
    }
}

/// <summary>Writes a recipe.</summary>
/// <param name="kind">of the domain that carries it out, which decides how structures are laid out</param>
public sealed class RecipeWriter(DomainKind kind)
{
    private readonly List<Field> _fields = [];
    private readonly List<Recipe> _calls = [];
    private readonly Operand[] _registers = new Operand[6];
    private Yield _yield;

    public DomainKind Kind => kind;

    public bool IsNarrow => kind == DomainKind.Pv32Pae;

    /// <summary>Bytes of a long, a pointer or a frame number.</summary>
    public int WordBytes => IsNarrow ? sizeof(uint) : sizeof(ulong);

    /// <summary>Bytes of the buffer so far.</summary>
    public int Length { get; private set; }

    /// <summary>The hypercall's number and its arguments; those not given are 0.</summary>
    public RecipeWriter Call(ulong number, params ReadOnlySpan<Operand> arguments)
    {
        _registers[0] = Operand.Number(number);
        arguments.CopyTo(_registers.AsSpan(1));
        return this;
    }

    /// <summary>Makes the buffer at least so long.</summary>
    public RecipeWriter Reserve(int length)
    {
        Length = Math.Max(Length, length);
        return this;
    }

    /// <summary>Some bytes of the buffer: the low ones of the value.</summary>
    /// <param name="bytes">1, 2, 4 or 8</param>
    public RecipeWriter Put(int offset, int bytes, Operand value)
    {
        _fields.Add(new((ushort)offset, (byte)bytes, value));
        return Reserve(offset + bytes);
    }

    /// <summary>Eight bytes of the buffer.</summary>
    public RecipeWriter Put64(int offset, Operand value) => Put(offset, 8, value);

    /// <summary>A long, a pointer or a frame number in the buffer.</summary>
    public RecipeWriter PutWord(int offset, Operand value) => Put(offset, WordBytes, value);

    /// <summary>Four bytes of the buffer: the low ones of the value.</summary>
    public RecipeWriter Put32(int offset, Operand value) => Put(offset, 4, value);

    /// <summary>Two bytes of the buffer: the low ones of the value.</summary>
    public RecipeWriter Put16(int offset, Operand value) => Put(offset, 2, value);

    public RecipeWriter Yields(Yield yield)
    {
        _yield = yield;
        return this;
    }

    /// <summary>A member of a multicall; its buffer is appended, and what it says of its buffer moves there.</summary>
    /// <returns>the recipe as it now is, so that the entry can hold its registers</returns>
    public Recipe Append(Recipe member)
    {
        int at = (Length + 7) & ~7;
        Reserve(at + member.Length);
        foreach (Field field in member.Fields) _fields.Add(new((ushort)(field.Offset + at), field.Bytes, Moved(field.Value, at)));
        Recipe moved = member with
        {
            Registers = [.. member.Registers.Select(r => Moved(r, at))],
            Fields = [],
            Yield = member.Yield with { Offset = (ushort)(member.Yield.Offset + at) },
        };
        _calls.Add(moved);
        return moved;
    }

    public Recipe Done() => new([.. _registers], Length, [.. _fields], _yield, [.. _calls]);

    private static Operand Moved(Operand operand, int by) =>
        operand.Kind == Reference.Buffer ? operand with { Bits = operand.Bits + (ulong)by } : operand;
}

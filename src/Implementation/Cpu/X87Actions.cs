namespace Implementation.Cpu;

/// <summary>
/// An x87 instruction of registers: <see cref="Uop.Dst"/> and <see cref="Uop.Src"/> are the indices of ST(i), <see cref="Uop.Imm"/> is how often it pops.
/// </summary>
internal unsafe interface IX87Action
{
    static abstract void Do(CpuState* c, Uop* u);
}

/// <summary>One that takes an operand from memory.</summary>
internal unsafe interface IX87Load<T> where T : unmanaged
{
    static abstract void Do(CpuState* c, Uop* u, T operand);
}

/// <summary>FADD, FSUB(R), FMUL, FDIV(R), FSQRT.</summary>
internal readonly unsafe struct Combine<TOp> : IX87Action where TOp : IRoundedOperation
{
    public static void Do(CpuState* c, Uop* u)
    {
        X87Environment environment = new(c);
        Extended result = Fpu.IsEmpty(c, u->Dst) || Fpu.IsEmpty(c, u->Src)
            ? environment.Underflow()
            : X87Arithmetic.Compute<TOp>(X87Operand.Of(Fpu.Get(c, u->Dst)), X87Operand.Of(Fpu.Get(c, u->Src)), environment);
        if (!environment.Settle()) return;
        Fpu.Put(c, u->Dst, result);
        Fpu.Pop(c, (int)u->Imm);
    }
}

/// <summary>The same with an operand in memory, FIADD and its kin included.</summary>
internal readonly unsafe struct CombineLoaded<TOp, T> : IX87Load<T> where TOp : IRoundedOperation where T : unmanaged
{
    public static void Do(CpuState* c, Uop* u, T operand)
    {
        X87Environment environment = new(c);
        Extended result = Fpu.IsEmpty(c, 0)
            ? environment.Underflow()
            : X87Arithmetic.Compute<TOp>(X87Operand.Of(Fpu.Get(c, 0)), X87Operand.Of(operand), environment);
        if (environment.Settle()) Fpu.Put(c, 0, result);
    }
}

/// <summary>FRNDINT.</summary>
internal readonly unsafe struct RoundTop : IX87Action
{
    public static void Do(CpuState* c, Uop* u)
    {
        X87Environment environment = new(c);
        Extended result = Fpu.IsEmpty(c, 0) ? environment.Underflow() : X87Arithmetic.RoundToInteger(Fpu.Get(c, 0), environment);
        if (environment.Settle()) Fpu.Put(c, 0, result);
    }
}

/// <summary>Where a comparison leaves its result, and what it takes for invalid.</summary>
[Flags]
internal enum X87Comparison : byte
{
    /// <summary>To C3, C2 and C0.</summary>
    None = 0,

    /// <summary>FCOM and FTST, other than FUCOM.</summary>
    QuietIsInvalid = 1,

    /// <summary>FCOMI: to ZF, PF and CF.</summary>
    ToRflags = 2,
}

/// <summary>FCOM, FUCOM, FCOMI, FUCOMI; <see cref="Uop.Scale"/> says which.</summary>
internal readonly unsafe struct Compare : IX87Action
{
    public static void Do(CpuState* c, Uop* u)
    {
        bool isEmpty = Fpu.IsEmpty(c, 0) || Fpu.IsEmpty(c, u->Src);
        Do(c, isEmpty, X87Operand.Of(Fpu.Get(c, u->Src)), (X87Comparison)u->Scale, (int)u->Imm);
    }

    public static void Do(CpuState* c, bool isEmpty, X87Operand other, X87Comparison kind, int pops)
    {
        X87Environment environment = new(c);
        ushort order = X87Arithmetic.Unordered;
        if (isEmpty) environment.Underflow();
        else order = X87Arithmetic.Compare(X87Operand.Of(Fpu.Get(c, 0)), other, (kind & X87Comparison.QuietIsInvalid) != 0, environment);

        bool isDone = environment.Settle();
        if ((kind & X87Comparison.ToRflags) == 0) Fpu.SetConditions(c, order);
        else SetFlags(c, order);
        if (isDone) Fpu.Pop(c, pops);
    }

    /// <summary>C3, C2 and C0 as ZF, PF and CF; the others are cleared.</summary>
    private static void SetFlags(CpuState* c, ushort order)
    {
        ulong flags = (order & X87Arithmetic.Equal) != 0 ? RflagsBit.ZF : 0;
        if ((order & X87Arithmetic.Less) != 0) flags |= RflagsBit.CF;
        if (order == X87Arithmetic.Unordered) flags |= RflagsBit.PF;
        Flags.Replace(c, RflagsBit.Status, flags);
    }
}

/// <summary>FCOM and FICOM of memory.</summary>
internal readonly unsafe struct CompareLoaded<T> : IX87Load<T> where T : unmanaged
{
    public static void Do(CpuState* c, Uop* u, T operand) =>
        Compare.Do(c, Fpu.IsEmpty(c, 0), X87Operand.Of(operand), X87Comparison.QuietIsInvalid, (int)u->Imm);
}

/// <summary>FTST.</summary>
internal readonly unsafe struct CompareZero : IX87Action
{
    public static void Do(CpuState* c, Uop* u) =>
        Compare.Do(c, Fpu.IsEmpty(c, 0), X87Operand.Of(Extended.Zero(isNegative: false)), X87Comparison.QuietIsInvalid, pops: 0);
}

/// <summary>FXAM: the class in C3, C2 and C0 (SDM Vol. 2A, table 3-42), the sign in C1.</summary>
internal readonly unsafe struct Examine : IX87Action
{
    private const int C0 = 0x100, C1 = 0x200, C2 = 0x400, C3 = 0x4000;

    public static void Do(CpuState* c, Uop* u)
    {
        Extended value = Fpu.Get(c, 0);
        int kind = value switch
        {
            _ when Fpu.IsEmpty(c, 0) => C3 | C0,
            { IsUnsupported: true } => 0,
            { IsNaN: true } => C0,
            { IsInfinite: true } => C2 | C0,
            { IsZero: true } => C3,
            { IsDenormal: true } => C3 | C2,
            _ => C2,
        };
        Fpu.SetConditions(c, kind | (value.IsNegative ? C1 : 0));
    }
}

/// <summary>FLD ST(i).</summary>
internal readonly unsafe struct LoadRegister : IX87Action
{
    public static void Do(CpuState* c, Uop* u)
    {
        X87Environment environment = new(c);
        if (!Fpu.IsEmpty(c, u->Src)) X87Stack.Push(c, Fpu.Get(c, u->Src), environment);
        else X87Stack.Push(c, environment.Underflow(), environment, isFull: false); // An empty register comes before a full stack.
    }
}

/// <summary>FLD and FILD from memory.</summary>
internal readonly unsafe struct LoadMemory<T> : IX87Load<T> where T : unmanaged
{
    public static void Do(CpuState* c, Uop* u, T operand)
    {
        X87Environment environment = new(c);
        bool isFull = X87Stack.IsFull(c);
        X87Stack.Push(c, isFull ? default : X87Arithmetic.Load(X87Operand.Of(operand), environment), environment, isFull);
    }
}

/// <summary>FLD m80, which looks at nothing.</summary>
internal readonly unsafe struct LoadExtended : IX87Load<Extended>
{
    public static void Do(CpuState* c, Uop* u, Extended operand) => X87Stack.Push(c, operand, new(c));
}

/// <summary>FLD1 and its kin; <see cref="Uop.Imm"/> is an <see cref="X87Constant"/>.</summary>
internal readonly unsafe struct LoadConstant : IX87Action
{
    public static void Do(CpuState* c, Uop* u)
    {
        X87Environment environment = new(c);
        X87Stack.Push(c, X87Constants.Of((X87Constant)u->Imm, environment.Rounding), environment);
    }
}

/// <summary>FST and FSTP of a register.</summary>
internal readonly unsafe struct StoreRegister : IX87Action
{
    public static void Do(CpuState* c, Uop* u)
    {
        X87Environment environment = new(c);
        Extended value = Fpu.IsEmpty(c, 0) ? environment.Underflow() : Fpu.Get(c, 0);
        if (!environment.Settle()) return;
        Fpu.Put(c, u->Dst, value);
        Fpu.Pop(c, (int)u->Imm);
    }
}

/// <summary>FXCH.</summary>
internal readonly unsafe struct Exchange : IX87Action
{
    public static void Do(CpuState* c, Uop* u)
    {
        X87Environment environment = new(c);
        Extended top = Fpu.IsEmpty(c, 0) ? environment.Underflow() : Fpu.Get(c, 0);
        Extended other = Fpu.IsEmpty(c, u->Src) ? environment.Underflow() : Fpu.Get(c, u->Src);
        if (!environment.Settle()) return;
        Fpu.Put(c, 0, other);
        Fpu.Put(c, u->Src, top);
    }
}

/// <summary>FCHS and FABS, which look at nothing but the sign.</summary>
internal readonly unsafe struct ChangeSign<TSign> : IX87Action where TSign : IX87Sign
{
    public static void Do(CpuState* c, Uop* u)
    {
        X87Environment environment = new(c);
        Extended value = Fpu.IsEmpty(c, 0) ? environment.Underflow() : TSign.Of(Fpu.Get(c, 0));
        if (environment.Settle()) Fpu.Put(c, 0, value);
    }
}

internal interface IX87Sign
{
    static abstract Extended Of(Extended value);
}

internal readonly struct Opposite : IX87Sign
{
    public static Extended Of(Extended value) => value.Negated;
}

internal readonly struct Positive : IX87Sign
{
    public static Extended Of(Extended value) => value.Magnitude;
}

/// <summary>FFREE.</summary>
internal readonly unsafe struct FreeRegister : IX87Action
{
    public static void Do(CpuState* c, Uop* u)
    {
        new X87Environment(c).Settle(); // C1
        Fpu.Free(c, u->Dst);
    }
}

/// <summary>FINCSTP and FDECSTP, by <see cref="Uop.Imm"/>.</summary>
internal readonly unsafe struct RotateStack : IX87Action
{
    public static void Do(CpuState* c, Uop* u)
    {
        new X87Environment(c).Settle(); // C1
        Fpu.Rotate(c, (int)u->Imm);
    }
}

/// <summary>A value onto the stack, or the answer to a full one.</summary>
internal static unsafe class X87Stack
{
    /// <summary>Whether the register is in use that a push would fill.</summary>
    public static bool IsFull(CpuState* c) => !Fpu.IsEmpty(c, -1);

    public static void Push(CpuState* c, Extended value, X87Environment environment) => Push(c, value, environment, IsFull(c));

    /// <summary>A denormal is told of and pushed nevertheless.</summary>
    public static void Push(CpuState* c, Extended value, X87Environment environment, bool isFull)
    {
        if (isFull)
        {
            environment.Signal(FloatSignals.StackFault | FloatSignals.RoundedUp); // C1 tells it from an empty register.
            value = environment.Invalid();
        }

        if (environment.Settle(FloatSignals.Invalid)) Fpu.Push(c, value);
    }
}

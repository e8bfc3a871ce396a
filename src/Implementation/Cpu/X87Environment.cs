namespace Implementation.Cpu;

/// <summary>The x87 control word as one instruction sees it, and where it signals what happened (SDM Vol. 1, 8.1.3, 8.1.5 and 8.5).</summary>
internal readonly unsafe struct X87Environment(CpuState* c)
{
    private const int RoundingShift = 10, PrecisionShift = 8;
    private const uint AllFlags = 0x3f, C1 = (uint)FloatSignals.RoundedUp;
    private const ushort Summary = 0x80, Busy = 0x8000;

    private readonly CpuState* _c = c;

    public FloatRounding Rounding => (FloatRounding)((Fpu.Control(_c) >> RoundingShift) & 3);

    /// <summary>The places that arithmetic rounds to: single, double or double extended precision.</summary>
    public int Places => ((Fpu.Control(_c) >> PrecisionShift) & 3) switch
    {
        0 => 24,
        2 => 53,
        _ => Extended.Places,
    };

    public bool IsMasked(FloatSignals signal) => (Fpu.Control(_c) & (uint)signal) != 0;

    public void Signal(FloatSignals signals) => _c->Signals |= signals;

    /// <summary>Signals an invalid operation.</summary>
    public Extended Invalid()
    {
        Signal(FloatSignals.Invalid);
        return Extended.Indefinite;
    }

    /// <summary>Signals that a register is empty whose content is wanted.</summary>
    public Extended Underflow()
    {
        Signal(FloatSignals.StackFault);
        return Invalid();
    }

    /// <summary>
    /// Makes what was signalled sticky, and pending if it is not masked; C1 says whether the result was rounded up, or a full stack.
    /// </summary>
    /// <param name="stops">the signals that keep a result back unless they are masked</param>
    /// <returns>whether there is a result</returns>
    public bool Settle(FloatSignals stops = FloatSignals.BeforeComputation)
    {
        uint signals = (uint)_c->Signals, unmasked = signals & ~(uint)Fpu.Control(_c) & AllFlags;
        _c->Signals = FloatSignals.None;
        bool isStopped = (unmasked & (uint)stops) != 0;
        if (isStopped) signals &= (uint)(stops | FloatSignals.StackFault) | ((signals & (uint)FloatSignals.StackFault) != 0 ? C1 : 0);

        ref ushort status = ref Fpu.Status(_c);
        status = (ushort)((status & ~C1) | signals | (unmasked != 0 ? (uint)Summary | Busy : 0));
        return !isStopped;
    }
}

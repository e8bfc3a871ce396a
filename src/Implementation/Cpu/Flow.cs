using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>The ways out of a micro-op that are not "the next one".</summary>
/// <remarks>
/// Handlers that may be the target of <c>return u[1].Run(c, u + 1)</c> take no address of a local: with one, the JIT
/// would not turn the call into a jump.
/// </remarks>
internal static unsafe class Flow
{
    /// <summary>Leave for the driver; RIP and the budget are set.</summary>
    public static Uop* Stop => (Uop*)3;

    /// <summary>Marks on a returned terminator: the driver may fill its taken or its fall-through link.</summary>
    public const nint LinkTaken = 1, LinkFall = 2, LinkMask = 3;

    /// <summary>
    /// The instruction at <paramref name="u"/> faulted; the exception is recorded already. Nothing of it, and nothing after it,
    /// has run.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Uop* Fault(CpuState* c, Uop* u)
    {
        c->Rip = u->Ip;
        c->Budget += u->Remaining;
        return Stop;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Uop* Raise(CpuState* c, Uop* u, byte vector, uint errorCode)
    {
        Record(c, vector, errorCode);
        return Fault(c, u);
    }

    public static Uop* RaiseGeneralProtection(CpuState* c, Uop* u) => Raise(c, u, Vector.GP, 0);

    public static void Record(CpuState* c, byte vector, uint errorCode)
    {
        c->Exit = ExitKind.Exception;
        c->Vector = vector;
        c->ErrorCode = errorCode;
    }

    /// <summary>The instruction at <paramref name="u"/> is done; leave the block behind it.</summary>
    public static Uop* Leave(CpuState* c, Uop* u)
    {
        c->Rip = u->NextIp;
        c->Budget += u->Remaining - 1;
        return Stop;
    }

    /// <summary>Finishes a store that was staged, then goes on or, if it hit decoded code, leaves the block.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Uop* Commit(CpuState* c, Uop* u)
    {
        MemoryAccess.CommitStaged(c);
        if (c->CodeChanged) return Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>Continues at <paramref name="target"/> through the link in <paramref name="slot"/> if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Uop* Follow(CpuState* c, Uop* u, Uop** slot, ulong target, nint mark)
    {
        Uop* next = *slot;
        if (next != null)
        {
            long left = c->Budget - next->Remaining;
            if (left >= 0)
            {
                c->Budget = left;
                return next;
            }
        }

        return Direct(c, u, target, mark);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Uop* Taken(CpuState* c, Uop* u) => Follow(c, u, Uop.TakenLink(u), Uop.Target(u), LinkTaken);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Uop* Fall(CpuState* c, Uop* u) => Follow(c, u, Uop.FallLink(u), u->NextIp, LinkFall);

    /// <summary>A branch to a fixed target without a link: through the jump cache, or the driver links it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Uop* Direct(CpuState* c, Uop* u, ulong target, nint mark)
    {
        if (((target ^ u->Ip) & Tlb.PageMask) != 0) return Indirect(c, target);
        c->Rip = target;
        return (Uop*)((nint)u | mark);
    }

    /// <summary>A branch to a canonical target that only now is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Uop* Indirect(CpuState* c, ulong target)
    {
        JumpEntry* j = JumpCache.Slot(c, target);
        if (j->Rip == target)
        {
            Uop* next = j->First;
            long left = c->Budget - next->Remaining;
            if (left >= 0)
            {
                c->Budget = left;
                return next;
            }
        }

        c->Rip = target;
        return Stop;
    }
}

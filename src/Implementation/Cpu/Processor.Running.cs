using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

public sealed unsafe partial class Processor
{
    /// <summary>Executes until something the owner must see, or until <paramref name="budget"/> instructions retired.</summary>
    /// <remarks>HLT is #GP(0) at every privilege: there is nothing here that could end it.</remarks>
    public CpuExit Run(ulong budget)
    {
        CpuState* c = _c;
        _ = Features;
        long granted = (long)Math.Min(budget, long.MaxValue / 2);
        c->Clock += (ulong)granted;
        c->Budget = granted;
        c->Exit = ExitKind.None;
        while (c->Budget > 0 && c->Exit == ExitKind.None)
        {
            if (IsStepped) StepAndTrap();
            else RunBlocks();
            if (!IsStepped) c->ControlFlags &= ~RflagsBit.RF; // Nobody has looked at it.
        }

        c->Clock -= (ulong)c->Budget;
        c->Budget = 0;
        c->Rip &= c->LinearMask; // Behind the last byte of 4 GiB comes the first.
        return MakeExit();
    }

    private CpuExit MakeExit() =>
        _c->Exit switch
        {
            ExitKind.Exception when _c->Vector == Vector.DB => new(ExitReason.Exception, Vector.DB, DebugStatus: _c->DebugStatus),
            ExitKind.Exception => new(ExitReason.Exception, _c->Vector, _c->ErrorCode, _c->Vector == Vector.PF ? _c->Cr2 : 0),
            ExitKind.Syscall => new(ExitReason.Syscall),
            ExitKind.Sysenter => new(ExitReason.Sysenter),
            ExitKind.SoftwareInterrupt => new(ExitReason.SoftwareInterrupt, _c->Vector, InstructionLength: _c->ExitLength),
            _ => new(ExitReason.Budget),
        };

    /// <summary>Whether something is to be looked at around each instruction. What the owner has redirected it has looked at before.</summary>
    private bool IsStepped =>
        (_c->ControlFlags & RflagsBit.TF) != 0 || (Breakpoints.AreArmed(_c) && _c->RedirectFrom == ulong.MaxValue);

    /// <summary>
    /// One instruction, unless it meets a breakpoint, then the #DB that the data it met asked for, or TF when it began (SDM Vol. 3B, 17.3.1).
    /// RF holds a breakpoint of an instruction back, once.
    /// </summary>
    private void StepAndTrap()
    {
        CpuState* c = _c;
        uint traced = (c->ControlFlags & RflagsBit.TF) != 0 ? Breakpoints.SingleStep : 0;
        bool resumes = (c->ControlFlags & RflagsBit.RF) != 0;
        ulong linear = (c->Rip + CpuState.At<ulong>(c, CpuState.CsBase)) & c->LinearMask;
        if (!resumes && Breakpoints.AtInstruction(c, linear) is var stops and not 0)
        {
            RecordDebug(stops);
            return;
        }

        c->BreakpointsMet = 0;
        c->DebugStatus = 0;
        c->ControlFlags &= ~RflagsBit.RF;
        RunOne();
        if (c->Exit == ExitKind.Exception && resumes) c->ControlFlags |= RflagsBit.RF;
        if (c->Exit == ExitKind.None && (traced | c->BreakpointsMet) is var met and not 0) RecordDebug(met);
    }

    private void RunOne()
    {
        CpuState* c = _c;
        long rest = c->Budget - 1;
        c->Budget = 1;
        c->Clock -= (ulong)rest;
        RunBlocks();
        c->Budget += rest;
        c->Clock += (ulong)rest;
    }

    private void RecordDebug(uint status)
    {
        _c->DebugStatus = status;
        Flow.Record(_c, Vector.DB, 0);
    }

    /// <summary>Runs blocks until the budget is used up, something must be seen by the owner, or TF is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunBlocks()
    {
        CpuState* c = _c;
        bool trapping = (c->ControlFlags & RflagsBit.TF) != 0;
        Uop* from = null;
        nint mark = 0;
        while (c->Budget > 0)
        {
            c->CodeChanged = false;
            Uop* u = _finder.Find(c->Budget == 1 ? CodeMode.Single : 0);
            if (u == null) return;
            if (c->CodeChanged) from = null;
            if (u->Remaining > c->Budget)
            {
                u = _finder.Find(CodeMode.Single);
                if (u == null) return;
            }
            else if (from != null)
            {
                _finder.Connect(from, mark, u);
            }

            c->Budget -= u->Remaining;
            do u = u->Run(c, u);
            while (((nint)u & Flow.LinkMask) == 0);

            if (c->Exit != ExitKind.None || (!trapping && (c->ControlFlags & RflagsBit.TF) != 0)) return;
            mark = (nint)u & Flow.LinkMask;
            from = u == Flow.Stop || c->CodeChanged ? null : (Uop*)((nint)u & ~Flow.LinkMask);
        }
    }
}

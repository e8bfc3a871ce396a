using System.Buffers.Binary;
using System.Collections.Immutable;
using Conformance.Campaigns;
using Conformance.Scripts;
using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Conformance.Simulation;

/// <summary>Carries acts out without guest code: hypercalls are called, accesses go through the vCPU's TLB.</summary>
internal sealed class DirectPath(SimulatedStage stage, IInstructions instructions) : IActPath
{
    private const uint UserBit = 1 << 2;

    /// <summary>Requests carried out: hypercalls, members of multicalls, accesses, instructions.</summary>
    public ulong Requests { get; private set; }

    public StepResult Execute(Vcpu vcpu, Act act)
    {
        Requests++;
        instructions.Prepare(vcpu);
        return act.Row.Means switch
        {
            Means.Hypercall => Call(vcpu, act),
            Means.Read when vcpu.InKernelMode => Read(vcpu, stage.Resolve(vcpu, act[0])),
            Means.Write when vcpu.InKernelMode => Write(vcpu, stage.Resolve(vcpu, act[0]), stage.Resolve(vcpu, act[1])),
            // A trap from user mode goes through the kernel, which flushes translations on the way.
            _ => instructions.Execute(vcpu, act, Operand(vcpu, act, 0), Operand(vcpu, act, 1)),
        };
    }

    private ulong Operand(Vcpu vcpu, Act act, int index) => index < act.Operands.Length ? stage.Resolve(vcpu, act[index]) : 0;

    private StepResult Call(Vcpu vcpu, Act act)
    {
        Recipe recipe = Recipe.Of(act);
        Requests += (ulong)recipe.Calls.Length;
        Write(vcpu, recipe);
        ImmutableArray<Operand> r = recipe.Registers;
        long answer = stage.Call(vcpu, new(
            stage.Resolve(vcpu, r[0]), stage.Resolve(vcpu, r[1]), stage.Resolve(vcpu, r[2]), stage.Resolve(vcpu, r[3]), stage.Resolve(vcpu, r[4]), stage.Resolve(vcpu, r[5])));
        if (vcpu.Domain.HasEnded) return new(StepKind.Crashed, 0);

        Yields.Take(stage, vcpu, recipe, answer);
        instructions.Settle(vcpu, recipe);
        return new(StepKind.Answered, answer);
    }

    /// <summary>Puts the arguments into the buffer, by the frame that it is in: its page may be mapped read-only by now.</summary>
    private void Write(Vcpu vcpu, Recipe recipe)
    {
        ulong mfn = stage.BufferFrame(vcpu);
        Span<byte> buffer = stage.Xen.Memory.Frame(mfn);
        buffer[..recipe.Length].Clear();
        foreach (Field field in recipe.Fields) Put(buffer[field.Offset..], field.Bytes, stage.Resolve(vcpu, field.Value));
        stage.Xen.Memory.Written(mfn);
    }

    /// <summary>Writes the low bytes of a value, and none beside them.</summary>
    internal static void Put(Span<byte> to, int bytes, ulong value)
    {
        Span<byte> all = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(all, value);
        all[..bytes].CopyTo(to);
    }

    private static StepResult Read(Vcpu vcpu, ulong linear)
    {
        CpuExit exit = vcpu.Cpu.Load(linear, out ulong value);
        return exit.Reason == ExitReason.Budget ? new(StepKind.Done, unchecked((long)value)) : Trapped(vcpu, exit);
    }

    private StepResult Write(Vcpu vcpu, ulong linear, ulong value)
    {
        CpuExit exit = vcpu.Cpu.Store(linear, value);
        if (exit.Reason == ExitReason.Budget) return new(StepKind.Done, 0);

        // Xen executes the instruction at RIP to see what it would store.
        Processor cpu = vcpu.Cpu;
        (cpu.Rip, cpu[Gpr.Rdi], cpu[Gpr.Rax]) = (stage.Layout.StoreCode, linear, value);
        return WritablePageTables.TryEmulate(stage.Xen, vcpu, exit) ? new(StepKind.Done, 0) : Trapped(vcpu, exit);
    }

    /// <summary>What the guest kernel is told of an exception of its own.</summary>
    private static StepResult Trapped(Vcpu vcpu, in CpuExit exit)
    {
        const byte pageFault = 14;

        uint code = exit.ErrorCode;
        if (exit.Vector == pageFault)
        {
            code &= ~UserBit;
            (vcpu.Control.Cr2, vcpu.Info.Cr2) = (exit.Address, exit.Address);
        }

        return new(StepKind.Trapped, ((long)exit.Vector << 32) | code);
    }
}

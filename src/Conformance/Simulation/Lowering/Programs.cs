using Conformance.Campaigns;
using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Conformance.Simulation.Lowering;

/// <summary>The programs of a stage's vCPUs, and single acts carried out by them.</summary>
/// <remarks>Part of the stage: what they keep is in guest memory, so that a stage that is restored has its programs as they were made.</remarks>
internal sealed class Programs : IInstructions
{
    /// <summary>Hypercalls that name entry points or a stack of the kernel: set_trap_table, stack_switch, set_callbacks, nmi_op, callback_op.</summary>
    private static readonly ulong[] Registering = [0, 3, 4, 28, 30];

    private readonly Stubs[] _stubs;
    private readonly Program[][] _programs;

    /// <summary>Installs a program on each vCPU.</summary>
    public Programs(StageLayout layout, IReadOnlyList<Domain> domains)
    {
        _stubs = [.. domains[0].Vcpus.Select(v => Stubs.Of(PagesOf(layout, v.Id, domains.Count)))];
        _programs = [.. domains.Select(d => d.Vcpus.Select(v => new Program(v, PagesOf(layout, v.Id, domains.Count), _stubs[v.Id])).ToArray())];
    }

    public Program this[Vcpu vcpu] => _programs[vcpu.Domain.Id - 1][vcpu.Id];

    /// <inheritdoc/>
    /// <exception cref="LostException">guest code did not come to its end</exception>
    public StepResult Execute(Vcpu vcpu, Act act, ulong first, ulong second)
    {
        Program program = this[vcpu];
        Gates gates = _stubs[vcpu.Id].Gates ?? throw new InvalidOperationException("a 32-bit program has no gates");
        return act.Row.Means switch
        {
            Means.Read => program.Gate(gates.Read, first),
            Means.Write => program.Gate(gates.Write, first, second),
            Means.Instruction => ExecuteInstruction(program, gates, ActWriter.IndexOf(act)),
            Means.Interrupt => program.Gate(gates.Interrupts[(byte)act[0].Bits]),
            Means.EnterUser => program.Gate(gates.EnterUser),
            Means.EnterKernel => program.Gate(gates.EnterKernel),
            Means.Return => program.Return(ReturnFrame.Of(act)),
            _ => throw new ArgumentException($"{act.Row.Name} is a hypercall", nameof(act)),
        };
    }

    private static StepResult ExecuteInstruction(Program program, Gates gates, int which)
    {
        InstructionRow row = Instructions.Of(which);
        StepResult result = program.Gate(gates.Instructions[which], Value(row.Rdi), rax: Value(row.Rax), rcx: Value(row.Rcx), rdx: Value(row.Rdx));
        return row.ReadsClock && result.Kind == StepKind.Done ? result with { Value = 0 } : result;

        ulong Value(Operand operand) => operand.Kind == Reference.Buffer ? program.Pages.Buffer + operand.Bits : operand.Bits;
    }

    /// <inheritdoc/>
    public void Prepare(Vcpu vcpu) => this[vcpu].Settle();

    /// <inheritdoc/>
    public void Settle(Vcpu vcpu, Recipe recipe)
    {
        if (vcpu.Domain.HasEnded || vcpu.State == VcpuState.Down) return;
        if (Registers(recipe)) this[vcpu].Register();
        this[vcpu].Settle();
    }

    private static bool Registers(Recipe recipe)
    {
        if (IsRegistering(recipe.Registers[0])) return true;
        foreach (Recipe call in recipe.Calls)
        {
            if (IsRegistering(call.Registers[0])) return true;
        }

        return false;
    }

    private static bool IsRegistering(Operand number) => number.Kind == Reference.Number && Registering.Contains(number.Bits);

    private static ProgramPages PagesOf(StageLayout layout, int vcpu, int domains) =>
        new(layout.Code(vcpu), StageLayout.CodePages, layout.Buffer(vcpu), layout.Results(vcpu), layout.StackTop(vcpu), domains, layout.Kind);
}

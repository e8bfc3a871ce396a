using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Lowering;

/// <summary>What scripts come to as guest code.</summary>
public class ExecutedPathTests
{
    private const long Pagefault = 14L << 32, Protection = 13L << 32;

    [Theory]
    [InlineData(Path.Direct)]
    [InlineData(Path.Executed)]
    public void Accesses_answer_or_trap(Path path) => Assert.Equal(
        [new(StepKind.Done, 0), new(StepKind.Done, 42), new(StepKind.Trapped, Pagefault), new(StepKind.Trapped, Protection)],
        Play(path, Write(Stage.Window, 42), Read(Stage.Window), Read(Stage.Window + 4096), Write(0x8000_0000_0000, 1)));

    [Theory]
    [InlineData(Path.Direct)]
    [InlineData(Path.Executed)]
    public void In_user_mode_the_same_accesses_trap_as_a_users_and_user_mode_goes_on(Path path) => Assert.Equal(
        [
            new(StepKind.Done, 0), new(StepKind.Done, 0), new(StepKind.Trapped, Pagefault | 4), new(StepKind.Done, 0), new(StepKind.Done, 0), new(StepKind.LeftOut, 0),
            new(StepKind.Trapped, Pagefault),
        ],
        Play(path, new(1, 0, Operation.EnterUser), Write(Stage.Window, 0), Read(Stage.Window + 4096), Read(Stage.Window), new(1, 0, Operation.EnterKernel),
            new(1, 0, Operation.EnterKernel), Read(Stage.Window + 4096)));

    /// <summary>The ring that may raise a vector is its number modulo 4; a pv64 kernel counts as ring 1. INT 80h asks for no ring.</summary>
    [Theory]
    [InlineData(Path.Direct)]
    [InlineData(Path.Executed)]
    public void INT_n_reaches_the_handler_where_the_gate_allows_it(Path path) => Assert.Equal(
        [
            new(StepKind.Trapped, 0x81L << 32), new(StepKind.Trapped, Protection | 0x422), new(StepKind.Trapped, 0x80L << 32), new(StepKind.Done, 0),
            new(StepKind.Trapped, Protection | 0x40a), new(StepKind.Trapped, 0x83L << 32),
        ],
        Play(path, Int(0x81), Int(0x84), Int(0x80), new(1, 0, Operation.EnterUser), Int(0x81), Int(0x83)));

    /// <summary>SDM Vol. 3A, 6.15: the vector of each exception, the error code of those that have one; in the kernel, then in user mode.</summary>
    [Theory]
    [InlineData("div_by_zero", 0, 0)]
    [InlineData("icebp", 1, 0)]
    [InlineData("int3", 3, 0)]
    [InlineData("ud1", 6, 0)]
    [InlineData("bound", 6, 0)]
    [InlineData("load_not_canonical_from_stack", 12, 0)]
    [InlineData("load_not_canonical", 13, 0)]
    [InlineData("mov_es_none", 13, 0xdeac)]
    [InlineData("divide_zero_floats", 19, 0)]
    public void An_instruction_raises_its_exception(string name, long vector, long error)
    {
        Act raise = new(1, 0, Operation.Instruction, Operand.Number((ulong)Instructions.All.Index().First(i => i.Item.Name == name).Index));
        StepResult raised = new(StepKind.Trapped, (vector << 32) | error), left = new(StepKind.Done, 0);

        Assert.All([Path.Direct, Path.Executed], path =>
            Assert.Equal([raised, left, raised], Play(path, raise, new(1, 0, Operation.EnterUser), raise)));
    }

    private static Act Write(ulong linear, ulong value) => new(1, 0, Operation.Write, Operand.Number(linear), Operand.Number(value));

    private static Act Read(ulong linear) => new(1, 0, Operation.Read, Operand.Number(linear));

    private static Act Int(ulong vector) => new(1, 0, Operation.Interrupt, Operand.Number(vector));

    private static IReadOnlyList<StepResult> Play(Path path, params Act[] acts)
    {
        using Simulator simulator = new(new(), new() { Path = path });
        CaseResult result = simulator.Run(new Script(new(), acts));
        Assert.Null(result.Failure);
        return result.Steps;
    }
}

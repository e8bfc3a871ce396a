using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;

namespace Conformance.Tests.Simulation;

/// <summary>Scripts are played on a fresh stage, beside the model, and what differs is told.</summary>
public class SimulatorTests
{
    private static readonly Operand Self = Operand.Number(Operations.DomidSelf), None = Operand.Number(0);

    private static Operand F(int index) => Operand.Frame(1, index);

    private static Act Update(params (Operand Table, int Slot, Operand Entry)[] elements) => new(
        1, 0, Operation.MmuUpdate, [Self, None, .. elements.SelectMany(e => (Operand[])[e.Table, Operand.Number((ulong)e.Slot), None, e.Entry])]);

    private static Act Ext(ExtCommand command, Operand frame) =>
        new(1, 0, Operation.MmuExtOp, [Self, None, Operand.Number((ulong)command), frame, None]);

    private static Act Write(ulong linear, ulong value) => new(1, 0, Operation.Write, Operand.Number(linear), Operand.Number(value));

    private static Act Read(ulong linear) => new(1, 0, Operation.Read, Operand.Number(linear));

    private static readonly Act[] Superpage = [Update((F(StageFrame.L2), 1, Operand.Machine(1, StageFrame.L1, 0xe7)))];

    private static readonly Act[] LinearMadeWritable =
    [
        Update((F(StageFrame.Root), 3, Operand.Machine(1, StageFrame.Root, 0x65)), (F(StageFrame.Root), 3, Operand.Machine(1, StageFrame.Root, 0x67))),
    ];

    private static readonly Act[] RetypedWhileCached =
    [
        Write(Stage.Window, 0),
        Update((F(StageFrame.L1), 0, None)),
        Ext(ExtCommand.PinL1, F(StageFrame.Data)),
    ];

    public static TheoryData<string, Act[], string> Faults => new()
    {
        { "XSA-148", Superpage, "I-TBITS" },
        { "XSA-182", LinearMadeWritable, "I-TEXCL" },
        { "XSA-401", RetypedWhileCached, "I-TEXCL" },
    };

    [Theory, Clause("CA-5"), Clause("CA-6")]
    [MemberData(nameof(Faults))]
    public void A_fault_is_seen_by_its_shortest_script(string fault, Act[] acts, string claim)
    {
        Script script = new(new(), acts);
        using Simulator faulty = new(new(), new() { Fault = fault });
        using Simulator sound = new(new());

        Failure failure = Assert.IsType<Failure>(faulty.Run(script).Failure);
        Assert.Equal((FailureClass.Laxer, acts.Length - 1, claim), (failure.Class, failure.Step, failure.Claim));
        Assert.Null(sound.Run(script).Failure);
    }

    [Fact, Clause("CA-1")]
    public void The_stage_is_as_described()
    {
        using Simulator simulator = new(new(2, 2));
        Look look = new();
        simulator.Run(new Script(new(2, 2), []), look);
        Assert.True(look.IsSeen);
    }

    private sealed class Look : IPlay
    {
        public bool IsSeen { get; private set; }

        public void Began(StageView stage)
        {
            IsSeen = true;
            for (int d = 1; d <= 2; d++)
            {
                FrameView Frame(int index) => stage.Model.View(stage.FrameOf(d, index));
                Assert.Equal(PageType.L3, Frame(StageFrame.L3).Type);
                Assert.Equal(PageType.L2, Frame(StageFrame.L2).Type);
                Assert.Equal(PageType.L1, Frame(StageFrame.L1).Type);
                Assert.Equal((PageType.Writable, 1), (Frame(StageFrame.Data).Type, Frame(StageFrame.Data).TypeCount));
                Assert.Equal(stage.FrameOf(d, StageFrame.L3), stage.Model.EntryOf(stage.FrameOf(d, StageFrame.Root), Stage.WindowSlot).Target);
                for (int f = StageFrame.FirstFree; f < StageFrame.Pool; f++) Assert.Equal((0, 1), (Frame(f).TypeCount, Frame(f).RefCount));
                for (int v = 0; v < 2; v++)
                {
                    VcpuId id = new(((d - 1) * 2) + v);
                    Assert.Equal(stage.FrameOf(d, StageFrame.Root), stage.Model.KernelBase(id));
                    Assert.Equal(stage.FrameOf(d, StageFrame.Root), stage.Model.UserBase(id));
                }
            }

            Assert.Equal("d2.f3", stage.NameOf(stage.FrameOf(2, StageFrame.Data)));
        }

        public void Stepped(int step, in StepResult result, StageView stage)
        {
        }
    }

    [Fact]
    public void Accesses_go_through_the_window_and_trap_where_nothing_is_mapped()
    {
        using Simulator simulator = new(new());
        CaseResult result = simulator.Run(new Script(new(),
        [
            Write(Stage.Window, 42),
            Read(Stage.Window),
            Read(Stage.Window + 4096),
            Write(0x8000_0000_0000, 1),
        ]));

        Assert.Null(result.Failure);
        Assert.Equal(
            [new(StepKind.Done, 0), new(StepKind.Done, 42), new(StepKind.Trapped, 14L << 32), new(StepKind.Trapped, 13L << 32)],
            result.Steps);
    }
}

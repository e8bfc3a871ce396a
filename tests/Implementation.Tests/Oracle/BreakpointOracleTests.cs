using System.Globalization;
using System.Text;
using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>A breakpoint is met where the host meets it: at the instruction, or by what it loads and stores.</summary>
public class BreakpointOracleTests(ITestOutputHelper output)
{
    private const ulong FixedSeed = 20_240_801;
    private const int DebugException = 1;

    private readonly InstructionInfoFactory _infoFactory = new();

    [Fact]
    public void Breakpoints_are_met_where_the_host_meets_them()
    {
        ulong seed = CampaignSettings.Seed(FixedSeed), cases = CampaignSettings.Cases(8_000), met = 0, stopped = 0;
        var differences = new StringBuilder();
        try
        {
            using var host = new HostProcessor();
            using var engine = new EngineProcessor();
            var generator = new CaseGenerator(InstructionForms.Integer, seed);
            byte[] pristine = Campaign.PristineImage(seed), image = new byte[OracleMemory.ImageBytes];
            for (ulong index = 0; index < cases; index++)
            {
                OracleCase @case = generator.Create(index);
                Dice dice = Dice.Of(~seed, index);
                if (Draw(ref dice, @case) is not { } breakpoint) continue;

                pristine.CopyTo(image, 0);
                @case.WriteTo(image);
                image.CopyTo(host.Image);
                image.CopyTo(engine.Image);
                Meeting onHost = OnHost(host, @case, breakpoint), onEngine = OnEngine(engine, @case, breakpoint);
                met += onHost.Breakpoints != 0 ? 1UL : 0;
                stopped += onHost.Breakpoints != 0 && breakpoint.IsOfInstruction ? 1UL : 0;
                if (onHost != onEngine && !Undefined.Faults(@case.Instruction, onHost.Outcome, onEngine.Outcome))
                    differences.AppendLine(CultureInfo.InvariantCulture, $"{@case.Title}, {breakpoint}: {onHost} on the host, {onEngine} on the engine");
            }
        }
        catch (HostUnavailableException unavailable)
        {
            Assert.Skip($"The host processor cannot be asked: {unavailable.Message}.");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {met} breakpoints met, {stopped} of them of instructions"));
        Assert.True(differences.Length == 0, differences.ToString());
        Assert.True(met > cases / 10 && stopped > cases / 100);
    }

    private static Meeting OnHost(HostProcessor host, OracleCase @case, Breakpoint breakpoint)
    {
        var state = new UserState();
        state.CopyFrom(@case.Input);
        host.SetBreakpoint(breakpoint.Index, breakpoint.Linear, breakpoint.Control);
        Outcome outcome = host.Step(state, simd: false);
        uint met = host.ReadBreakpointsMet();
        host.SetBreakpoint(0, 0, 0);
        return new(outcome, met, state.Rip);
    }

    private static Meeting OnEngine(EngineProcessor engine, OracleCase @case, Breakpoint breakpoint)
    {
        var state = new UserState();
        state.CopyFrom(@case.Input);
        engine.Cpu.SetBreakpoint(breakpoint.Index, breakpoint.Linear);
        engine.Cpu.DebugControl = breakpoint.Control;
        Outcome outcome = engine.Step(state, simd: false);
        engine.Cpu.DebugControl = 0;
        return new(outcome.Vector == DebugException ? Outcome.Retired : outcome, engine.BreakpointsMet, state.Rip);
    }

    /// <summary>At the instruction, or at or beside its first operand in memory; null where there is none.</summary>
    private Breakpoint? Draw(ref Dice dice, OracleCase @case)
    {
        int index = dice.Below(4);
        if (dice.Chance(10)) return new(index, @case.Input.LinearRip - (dice.Chance(20) ? 1UL : 0), 0, 1);

        // The host is stepped by TF, which POPF loads: what else it met is then lost.
        if (@case.Instruction.Mnemonic is Mnemonic.Popf or Mnemonic.Popfd or Mnemonic.Popfq) return null;
        foreach (UsedMemory memory in _infoFactory.GetInfo(@case.Instruction).GetUsedMemory())
        {
            if (!memory.Segment.IsSegmentRegister()) continue;
            int length = 1 << dice.Below(4), size = Math.Max(1, memory.MemorySize.GetSize());
            ulong first = @case.Input.Linear((SegmentRegister)(memory.Segment - Register.ES), MemoryOperand.Offset(memory, @case.Input));
            ulong linear = unchecked(first + (ulong)dice.Below(size + 8) - 4) & ~((ulong)length - 1);
            if (OracleMemory.ImageOffset(linear) < 0) return null; // Linux keeps children from its own addresses.
            return new(index, linear, dice.Chance(50) ? 1 : 3, length);
        }

        return null;
    }

    /// <param name="Index">0..3</param>
    /// <param name="Kind">R/W of DR7: 0 is the instruction, 1 stores, 3 stores and loads</param>
    /// <param name="Length">in bytes</param>
    private sealed record Breakpoint(int Index, ulong Linear, int Kind, int Length)
    {
        public bool IsOfInstruction => Kind == 0;

        public ulong Control => 1UL << (2 * Index) | (ulong)(Kind | (Length switch { 1 => 0, 2 => 1, 8 => 2, _ => 3 } << 2)) << (16 + (4 * Index));

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Length} at {Linear:x} of kind {Kind}");
    }

    /// <summary>How one instruction ended, and what it met.</summary>
    private readonly record struct Meeting(Outcome Outcome, uint Breakpoints, ulong Rip);
}

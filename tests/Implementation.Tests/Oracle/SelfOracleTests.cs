using System.Globalization;
using System.Text;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>A program does the same in one run, in two, and step by step: blocks, links and budgets cannot be seen.</summary>
public class SelfOracleTests(ITestOutputHelper output)
{
    private const ulong FixedSeed = 4_711;
    private const ulong FixedPrograms = 2_000;
    private const ulong Budget = 120;

    [Fact]
    public void Integer_programs_run_as_they_step() => Agree(InstructionForms.Integer);

    [Fact]
    public void Vector_programs_run_as_they_step() => Agree(InstructionForms.Simd);

    [Fact]
    public void Integer_programs_of_32_bits_run_as_they_step() => Agree(InstructionForms.Integer32);

    [Fact]
    public void Segment_programs_of_32_bits_run_as_they_step() => Agree(InstructionForms.Segments32);

    private void Agree(InstructionForms forms)
    {
        using var guide = new EngineProcessor();
        using var stepped = new EngineProcessor();
        using var run = new EngineProcessor();
        ulong seed = CampaignSettings.Seed(FixedSeed);
        ulong programs = CampaignSettings.Cases(FixedPrograms);
        var generator = new ProgramGenerator(forms, seed);
        ulong retired = 0;
        for (ulong index = 0; index < programs; index++)
        {
            GeneratedProgram program = generator.Create(index, guide);
            Ending steps = Execute(stepped, program, Step);
            retired += steps.Retired;
            string name = $"program {index} of seed {seed}";
            Check(program, name, steps, Execute(run, program, cpu => cpu.Run(Budget)), run, stepped);
            Check(program, name, steps, Execute(run, program, cpu => Twice(cpu, index % Budget)), run, stepped);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"seed {seed}: {programs} programs, {retired / programs} instructions on average"));
    }

    private static CpuExit Step(Processor cpu)
    {
        CpuExit exit = default;
        for (ulong count = 0; count < Budget && exit.Reason == ExitReason.Budget; count++) exit = cpu.Step();
        return exit;
    }

    private static CpuExit Twice(Processor cpu, ulong first)
    {
        CpuExit exit = cpu.Run(first);
        return exit.Reason == ExitReason.Budget ? cpu.Run(Budget - first) : exit;
    }

    private static Ending Execute(EngineProcessor engine, GeneratedProgram program, Func<Processor, CpuExit> execute)
    {
        program.Image.CopyTo(engine.Image);
        engine.LoadImage();
        engine.Load(program.Input, simd: true);
        ulong before = engine.Cpu.Retired;
        CpuExit exit = execute(engine.Cpu);
        engine.StoreImage();
        var state = new UserState();
        engine.Store(state, simd: true);
        return new(exit, engine.Cpu.Retired - before, state);
    }

    private static void Check(
        GeneratedProgram program, string name, Ending steps, Ending run, EngineProcessor runEngine, EngineProcessor stepEngine)
    {
        bool same = run.Exit == steps.Exit && run.Retired == steps.Retired && run.State.Rip == steps.State.Rip
            && run.State.Rflags == steps.State.Rflags && run.State.Gprs.AsSpan().SequenceEqual(steps.State.Gprs)
            && run.State.Fpu.AsSpan().SequenceEqual(steps.State.Fpu) && runEngine.Image.SequenceEqual(stepEngine.Image);
        if (same) return;

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{name} from {program.Input.Rip:x}");
        foreach (string line in program.Listing) text.AppendLine(line);
        text.AppendLine(CultureInfo.InvariantCulture, $"stepped: {steps}");
        text.AppendLine(CultureInfo.InvariantCulture, $"run:     {run}");
        int different = runEngine.Image.CommonPrefixLength(stepEngine.Image);
        if (different < OracleMemory.ImageBytes)
            text.AppendLine(CultureInfo.InvariantCulture, $"memory differs from {OracleMemory.LinearOf(different):x} on");
        Assert.Fail(text.ToString());
    }

    private sealed record Ending(CpuExit Exit, ulong Retired, UserState State)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Exit}, retired {Retired}, rip {State.Rip:x}, rflags {State.Rflags:x}, {Gprs}");

        private string Gprs => string.Join(' ', State.Gprs.Select(gpr => gpr.ToString("x", CultureInfo.InvariantCulture)));
    }
}

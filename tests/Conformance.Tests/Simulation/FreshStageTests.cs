using System.Security.Cryptography;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Tests.Lowering;
using Implementation.Hypervisor;
using Model;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Simulation;

/// <summary>What was played before leaves nothing behind.</summary>
public class FreshStageTests
{
    private const int Length = 60;

    [Theory, Clause("CA-1")]
    [InlineData(1, 1, Path.Direct)]
    [InlineData(2, 2, Path.Direct)]
    [InlineData(2, 2, Path.Executed)]
    public void A_stage_that_scripts_were_played_on_is_again_like_one_built_anew(int domains, int vcpus, Path path)
    {
        StageShape shape = new(domains, vcpus);
        using Simulator used = new(shape, new() { Path = path });
        using Simulator left = new(shape, new() { Path = path });
        SimulatedStage asLeft = left.FreshStage();
        left.Run(Drawn.Script(shape, 0, Length));
        Assert.NotNull(new Graphs().Difference(used.FreshStage(), asLeft));
        for (int seed = 0; seed < 12; seed++)
        {
            used.Run(Drawn.Script(shape, seed, Length));
            using Simulator built = new(shape, new() { Path = path });
            Graphs graphs = new();
            Assert.Null(graphs.Difference(built.FreshStage(), used.FreshStage()));
            Assert.True(graphs.Compared > 10_000, $"only {graphs.Compared} values were compared");
            Assert.Equal(Registers(built.FreshStage().Xen), Registers(used.FreshStage().Xen));
        }
    }

    [Theory]
    [InlineData(Path.Direct)]
    [InlineData(Path.Executed)]
    public void Scripts_come_out_alike_in_whatever_order_they_are_played(Path path)
    {
        StageShape shape = new(2, 2);
        Script[] scripts = [.. Enumerable.Range(0, 60).Select(seed => Drawn.Script(shape, seed, Length))];
        using Simulator forth = new(shape, new() { Path = path }), back = new(shape, new() { Path = path });
        string[] expected = [.. scripts.Select(script => Played(forth, script))];
        string[] got = [.. scripts.Reverse().Select(script => Played(back, script)).Reverse()];
        Assert.Equal(expected, got);
        using Simulator alone = new(shape, new() { Path = path });
        Assert.Equal(expected[^1], Played(alone, scripts[^1]));
    }

    [Fact]
    public void A_script_that_fails_leaves_nothing_behind_either()
    {
        StageShape shape = new();
        using Simulator simulator = new(shape, new() { Fault = "XSA-182" });
        Script failing = Enumerable.Range(0, 400).Select(seed => Drawn.Script(shape, seed, Length)).First(script => simulator.Run(script).Failure is not null);
        string[] played = [.. Enumerable.Range(0, 3).Select(_ => Played(simulator, failing))];
        Assert.Single(played.Distinct());
        using Simulator built = new(shape, new() { Fault = "XSA-182" });
        Assert.Null(new Graphs().Difference(built.FreshStage(), simulator.FreshStage()));
    }

    /// <summary>How each act came out, the failure, and what is left in memory and in every vCPU's registers.</summary>
    private static string Played(Simulator simulator, Script script)
    {
        Spectator left = new();
        CaseResult result = simulator.Run(script, left);
        Xen xen = left.Stage!.Xen;
        using IncrementalHash memory = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (ulong mfn = 0; mfn < xen.Memory.Frames; mfn++) memory.AppendData(xen.Memory.Frame(mfn));
        return $"{string.Join(' ', result.Steps)} {result.Failure} {Convert.ToHexString(memory.GetHashAndReset())} {Registers(xen)}";
    }

    private static string Registers(Xen xen) => string.Join('\n', xen.Domains.SelectMany(d => d.Vcpus).Select(Registers));

    private static string Registers(Vcpu vcpu)
    {
        byte[] fpu = new byte[512];
        vcpu.Cpu.SaveFpu(fpu);
        return string.Join(
            ' ',
            Enumerable.Range(0, 16).Select(i => $"{vcpu.Cpu[(Implementation.Cpu.Gpr)i]:x}")
                .Append($"{vcpu.Cpu.Rip:x} {vcpu.Cpu.Rflags:x} {vcpu.Cpu.Cr2:x} {vcpu.Cpu.Cr3:x} {vcpu.Cpu.Cpl} {vcpu.Cpu.Tsc} {vcpu.Cpu.CachedTranslations().Count()} {Convert.ToHexString(fpu)}"));
    }

    /// <summary>Sits and watches.</summary>
    private sealed class Spectator : IPlay
    {
        public StageView? Stage { get; private set; }

        public void Began(StageView stage) => Stage = stage;

        public void Stepped(int step, in StepResult result, StageView stage)
        {
        }
    }
}

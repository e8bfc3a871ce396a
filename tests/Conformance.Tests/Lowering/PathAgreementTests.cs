using System.Security.Cryptography;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Tests.Scripts;
using Conformance.Tests.Simulation;
using FsCheck;
using FsCheck.Fluent;
using Implementation.Hypervisor;
using Model;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Lowering;

/// <summary>A script played by calls and one played by guest code come to the same.</summary>
public class PathAgreementTests
{
    [Theory, Clause("CA-10")]
    [InlineData(1, 1, 400)]
    [InlineData(2, 1, 100)]
    [InlineData(2, 3, 100)]
    public void Both_paths_agree_on_every_answer_and_on_the_machine_at_the_end(int domains, int vcpus, int cases)
    {
        StageShape shape = new(domains, vcpus);
        HashSet<StepKind> met = Agree(shape, Enumerable.Range(0, cases).Select(seed => Drawn.Script(shape, seed, 60)));
        Assert.Superset(new HashSet<StepKind> { StepKind.LeftOut, StepKind.Answered, StepKind.Done, StepKind.Trapped }, met);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public void They_agree_where_acts_are_interrupted_for_those_of_others(int domains, int vcpus)
    {
        StageShape shape = new(domains, vcpus);
        Agree(shape, Enumerable.Range(0, 100).Select(seed => RaceScripts.Make(seed, shape)));
    }

    [Fact]
    public void They_agree_which_port_is_meant_when_there_are_more_than_have_names()
    {
        string ports = string.Join('\n', Enumerable.Repeat("d1v0 event_channel_op.alloc_unbound at=buffer domain=domid_self remote=dom1", Stage.Ports + 4));
        string closed = string.Join('\n', Enumerable.Range(0, 8).Select(i => $"d1v0 event_channel_op.close at=buffer port=port{Stage.Ports - 4 + i}"));
        Agree(new(), [ScriptText.Read($"stage domains=1 vcpus=1\n{ports}\n{closed}\n")]);
    }

    /// <summary>Whatever operands are, on whatever stage: no act ends the program, and none is without end.</summary>
    [Fact]
    public void They_agree_on_scripts_of_any_acts_with_any_operands() =>
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(150).WithEndSize(60), Prop.ForAll(AnyScript.Scripts(), script =>
        {
            HashSet<StepKind> met = [];
            using Simulator direct = new(script.Shape), executed = new(script.Shape, new() { Path = Path.Executed });
            IReadOnlyList<string> expected = Played(direct, script, met);
            return expected.SequenceEqual(Played(executed, script, met)) && !expected.Any(line => line.Contains("Class = Crash", StringComparison.Ordinal));
        }));

    /// <returns>how acts came out</returns>
    private static HashSet<StepKind> Agree(StageShape shape, IEnumerable<Script> scripts)
    {
        HashSet<StepKind> met = [];
        using Simulator direct = new(shape), executed = new(shape, new() { Path = Path.Executed });
        foreach (Script script in scripts)
        {
            IReadOnlyList<string> expected = Played(direct, script, met), got = Played(executed, script, met);
            if (!expected.SequenceEqual(got)) Assert.Fail(Difference(script, expected, got));
        }

        return met;
    }

    private static string Difference(Script script, IReadOnlyList<string> expected, IReadOnlyList<string> got)
    {
        int at = Enumerable.Range(0, Math.Min(expected.Count, got.Count)).FirstOrDefault(i => expected[i] != got[i], Math.Min(expected.Count, got.Count) - 1);
        return $"{script}\nentry {at}\ndirect:   {expected[at]}\nexecuted: {got[at]}";
    }

    /// <summary>How each act came out, the failure if there is one, and what is left.</summary>
    private static IReadOnlyList<string> Played(Simulator simulator, Script script, HashSet<StepKind> met)
    {
        End end = new(script.Acts.Count - 1);
        CaseResult result = simulator.Run(script, end);
        met.UnionWith(result.Steps.Select(s => s.Kind));
        return [.. result.Steps.Select(s => $"{s.Kind} {s.Value}"), $"{result.Failure}", .. end.Told];
    }

    /// <summary>The machine after the last act, but for what only programs need.</summary>
    private sealed class End(int last) : IPlay
    {
        public List<string> Told { get; } = [];

        public void Began(StageView stage)
        {
        }

        public void Stepped(int step, in StepResult result, StageView stage)
        {
            if (step != last) return;
            for (ulong mfn = 0; mfn < stage.Xen.Memory.Frames; mfn++)
            {
                FrameInfo frame = stage.Xen.Frames[mfn];
                Told.Add($"mfn:{mfn:x} {frame.Owner} {frame.Type} {frame.TypeCount} {frame.RefCount} {frame.IsAllocated} {frame.IsPinned} {frame.IsPartial}");
            }

            foreach (Domain domain in stage.Xen.Domains)
            {
                for (int i = 0; i < StageFrame.Xen; i++) Told.Add(Frame(stage, domain, i));
                Told.AddRange(domain.Vcpus.Select(v => $"d{domain.Id}v{v.Id} {v.InKernelMode} {v.KernelRootMfn} {v.UserRootMfn} {v.State} {v.GdtEntries} {v.Iopl}"));
            }
        }

        /// <summary>What a frame holds, and which vCPUs could reach it without a walk.</summary>
        private static string Frame(StageView stage, Domain domain, int index)
        {
            ulong mfn = stage.FrameOf(domain.Id, index).Value;
            string holds = Convert.ToHexString(SHA256.HashData(stage.Xen.Memory.Frame(mfn)));
            IEnumerable<string> cached = domain.Vcpus.Select(v => $"{v.Cpu.IsCached(mfn, writable: true)}/{v.Cpu.IsCached(mfn, writable: false)}");
            return $"d{domain.Id}.{StageFrame.Name(index)} {holds} {string.Join(' ', cached)}";
        }
    }
}

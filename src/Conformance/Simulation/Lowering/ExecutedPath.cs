using Conformance.Campaigns;
using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Conformance.Simulation.Lowering;

/// <summary>Carries acts out as guest code: one program for each vCPU, in turns as the script says.</summary>
internal sealed class ExecutedPath : IActPath
{
    private readonly SimulatedStage _stage;
    private readonly Programs _programs;
    private readonly Dictionary<Vcpu, Part> _parts = [];

    /// <param name="stage">fresh, with its programs installed</param>
    /// <param name="script">what will be played on it</param>
    public ExecutedPath(SimulatedStage stage, Programs programs, Script script)
    {
        (_stage, _programs) = (stage, programs);
        foreach (Act act in script.Acts)
        {
            Vcpu vcpu = stage.VcpuOf(act);
            if (!_parts.TryGetValue(vcpu, out Part? part)) _parts[vcpu] = part = new(programs[vcpu]);
            part.Acts.Add(act);
        }
    }

    public ulong Requests { get; private set; }

    /// <exception cref="LostException">guest code did not come to its end</exception>
    public StepResult Execute(Vcpu vcpu, Act act)
    {
        Part part = _parts[vcpu];
        part.GoTo(act);
        for (int domain = 1; domain <= _stage.Shape.Domains; domain++) part.Program.Tell(domain, _stage.FrameOf, _stage.PortsOf(domain));
        StepResult result = part.Run();
        Requests++;
        if (part.Recipe is not { } recipe) return result;

        Requests += (ulong)recipe.Calls.Length;
        if (result.Kind == StepKind.Answered) Yields.Take(_stage, vcpu, recipe, result.Value);
        _programs.Settle(vcpu, recipe);
        return result;
    }

    /// <summary>What one vCPU does in a script.</summary>
    private sealed class Part(Program program)
    {
        private Sheet? _sheet;
        private int _at = -1;

        public Program Program => program;

        public List<Act> Acts { get; } = [];

        /// <summary>Of the act at hand, if it is a hypercall.</summary>
        public Recipe? Recipe => _sheet!.Recipes[_at - _sheet.First];

        /// <summary>Goes on to an act; those between were left out.</summary>
        public void GoTo(Act act)
        {
            do _at++;
            while (!ReferenceEquals(Acts[_at], act));
            if (_sheet?.Has(_at) == true) return;
            _sheet = Sheet.Lower(program.Pages, Acts, _at);
            program.Load(_sheet);
        }

        public StepResult Run() => program.Run(_sheet!, _at);
    }
}

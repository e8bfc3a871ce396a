using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;

namespace Testing;

/// <summary>Plays scripts on our hypervisor beside the model, for properties of one's own.</summary>
public static class Lockstep
{
    /// <summary>Plays a script from a fresh stage to its end, or to where hypervisor and model part or an invariant breaks.</summary>
    /// <param name="always">
    /// looks at the stage before the first act and after each, also after one at which the two part, and throws if something is wrong;
    /// what it threw first is what fails
    /// </param>
    /// <param name="options">such as a re-made fault; null for the hypervisor as it is</param>
    /// <returns>how it went, without a failure</returns>
    /// <exception cref="LockstepException">something is wrong, and after which act</exception>
    public static CaseResult Check(Script script, Action<Moment>? always = null, SimulatorOptions? options = null)
    {
        Onlooker onlooker = new(script, always);
        CaseResult result = Simulators.Run(script, onlooker, options ?? new());
        if (onlooker.Objection is { } objection) throw LockstepException.Of(result, onlooker.ObjectionStep, objection);
        return result.Failure is { } failure ? throw LockstepException.Of(result, failure) : result;
    }

    /// <summary>Whether hypervisor and model agree throughout.</summary>
    public static bool Agrees(Script script, SimulatorOptions? options = null) => Simulators.Run(script, null, options ?? new()).Failure is null;

    /// <remarks>Keeps what was thrown for later: thrown in the middle of an interrupted request it would look like the hypervisor's own.</remarks>
    private sealed class Onlooker(Script script, Action<Moment>? always) : IPlay
    {
        public Exception? Objection { get; private set; }

        /// <summary>The act after which it was raised; -1: before the first.</summary>
        public int ObjectionStep { get; private set; }

        public void Began(StageView stage) => Look(-1, new(null, null, stage));

        public void Stepped(int step, in StepResult result, StageView stage) => Look(step, new(script.Acts[step], result, stage));

        private void Look(int step, Moment moment)
        {
            if (Objection is not null) return;
            try
            {
                always?.Invoke(moment);
            }
            catch (Exception e)
            {
                (Objection, ObjectionStep) = (e, step);
            }
        }
    }
}

using Conformance.Campaigns;

namespace Conformance.Simulation;

/// <summary>Looks on while a script is played.</summary>
public interface IPlay
{
    /// <summary>The stage is set and nothing of the script has happened.</summary>
    void Began(StageView stage);

    /// <summary>An act had its turn, and the two sides have been compared; there may be a failure.</summary>
    void Stepped(int step, in StepResult result, StageView stage);
}

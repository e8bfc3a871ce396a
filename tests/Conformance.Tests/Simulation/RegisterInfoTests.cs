using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;

namespace Conformance.Tests.Simulation;

/// <summary>Where a vCPU's vcpu_info is can be chosen once, wherever that is, and by another only while the vCPU is down.</summary>
public class RegisterInfoTests
{
    [Theory]
    [InlineData("vcpu=0 at=buffer frame=shared offset=64", "vcpu=0 at=buffer frame=f6 offset=64", new[] { 0L, -22 })]
    [InlineData("vcpu=0 at=buffer frame=f6 offset=64", "vcpu=0 at=buffer frame=f7 offset=64", new[] { 0L, -22 })]
    [InlineData("vcpu=1 at=buffer frame=f6 offset=64", "vcpu=0 at=buffer frame=f7 offset=64", new[] { -22L, 0 })]
    public void Second_choices_and_those_for_others_are_refused(string first, string second, long[] answers)
    {
        const string call = "d1v0 vcpu_op.register_vcpu_info";
        Script script = ScriptText.Read($"stage domains=1 vcpus=2\n{call} {first}\n{call} {second}\n");
        using Simulator simulator = new(script.Shape);
        CaseResult result = simulator.Run(script);
        Assert.Null(result.Failure);
        Assert.Equal(answers, result.Steps.Select(s => s.Value));
    }
}

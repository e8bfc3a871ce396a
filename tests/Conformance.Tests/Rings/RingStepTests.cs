using System.Reflection;
using Model;
using Model.Rings;

namespace Conformance.Tests.Rings;

/// <summary>The steps that are told of are those of the model's text.</summary>
public sealed class RingStepTests
{
    [Fact]
    public void Every_step_of_the_models_text_has_its_name() =>
        Assert.Equal(
            from method in typeof(RingSteps<,,,>).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            where method.IsDefined(typeof(ClauseAttribute)) && !method.IsSpecialName
            orderby method.Name
            select method.Name,
            Enum.GetNames<RingStep>().Order());
}

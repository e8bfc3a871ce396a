using Conformance.Generation;
using Conformance.Scripts;
using FsCheck;
using FsCheck.Fluent;

namespace Conformance.Tests.Generation;

public class ScriptArbitraryTests
{
    private const int Length = 12;

    public static TheoryData<int, int> Shapes => new() { { 1, 1 }, { 2, 2 }, { 4, 1 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Scripts_are_of_the_stage_that_was_asked_for(int domains, int vcpus)
    {
        StageShape shape = new(domains, vcpus);
        Script[] scripts = Sample(shape, 50);
        Assert.True(scripts.Distinct().Count() > 45);
        Assert.All(scripts, script =>
        {
            Assert.Equal((shape, Length), (script.Shape, script.Acts.Count));
            Assert.All(script.Acts, a => Assert.True(a.Domain >= 1 && a.Domain <= domains && a.Vcpu < vcpus, $"{a}"));
            Assert.Equal(script, ScriptText.Read($"{script}"));
        });
    }

    /// <summary>What shrinking offers is a script of the same stage, has a text, and is simpler, so that shrinking ends.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Shrinking_only_goes_down(int domains, int vcpus)
    {
        Arbitrary<Script> arbitrary = ScriptArbitrary.Of(new(new(domains, vcpus), Length));
        foreach (Script script in Sample(new(domains, vcpus), 3))
        {
            int offered = 0;
            foreach (Script smaller in arbitrary.Shrinker(script))
            {
                Assert.True(ScriptOrder.Compare(smaller, script) < 0, $"{script}\nto\n{smaller}");
                Assert.Equal(script.Shape, smaller.Shape);
                if (offered++ % 50 == 0) Assert.Equal(smaller, ScriptText.Read($"{smaller}"));
            }

            Assert.True(offered > Length, $"{offered} for\n{script}");
        }
    }

    /// <summary>The boldest come first: a half of the acts at a time, and then every script that lacks one act.</summary>
    [Fact]
    public void Shrinking_offers_what_lacks_an_act()
    {
        Script script = Sample(new(), 1)[0];
        HashSet<Script> offered = [.. ScriptArbitrary.Of(new(new(), Length)).Shrinker(script)];
        Assert.Equal(Length / 2, ScriptShrinker.Smaller(script).First().Acts.Count);
        for (int i = 0; i < Length; i++) Assert.Contains(script with { Acts = [.. script.Acts.Take(i), .. script.Acts.Skip(i + 1)] }, offered);
    }

    /// <summary>A property that fails where some act pins a frame comes down to that act alone, by the first vCPU of the first domain.</summary>
    [Fact]
    public void FsCheck_shrinks_to_the_act_that_matters()
    {
        Arbitrary<Script> arbitrary = ScriptArbitrary.Of(new(new(2, 2), Length));
        Script script = Sample(new(2, 2), 50).First(HasPin);
        for (Script? next = script; next is not null; next = arbitrary.Shrinker(script).FirstOrDefault(HasPin)) script = next;
        Assert.Equal("stage domains=2 vcpus=2\nd1v0 mmuext_op foreign=domid_self done=0 | command=pin_l1 frame=f3 second=0\n", $"{script}");
    }

    /// <summary>The order of scripts is total: nothing is before what is before it.</summary>
    [Fact]
    public void Scripts_are_in_order()
    {
        Script[] scripts = [.. Sample(new(2, 2), 12).Order(Comparer<Script>.Create(ScriptOrder.Compare))];
        for (int i = 0; i < scripts.Length; i++)
        {
            for (int j = 0; j < scripts.Length; j++) Assert.Equal(i.CompareTo(j), Math.Sign(ScriptOrder.Compare(scripts[i], scripts[j])));
        }
    }

    private static bool HasPin(Script script) => script.Acts.Any(a => a.Operation == Operation.MmuExtOp && a.Elements > 0 && a[0, 0] == Operand.Number(0));

    private static Script[] Sample(StageShape shape, int count) => [.. ScriptArbitrary.Of(new(shape, Length)).Generator.Sample(count, 1)];
}

using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Testing.Tests;

/// <summary>The property of <see cref="IsolationTests"/> on a hypervisor that lets it be broken. Run by a test.</summary>
public class Breached
{
    [Property(Domains = 2, Explicit = true, Arbitrary = [typeof(EntryUpdates)])]
    public void No_domain_can_write_anothers_frame(Script script) => Lockstep.Check(
        script,
        always: now =>
        {
            foreach (Domain domain in now.Domains)
                Assert.DoesNotContain(now.WritableBy(domain), frame => now.OwnerOf(frame) is { } owner && owner != domain);
        },
        options: new() { Fault = "XSA-148" });
}

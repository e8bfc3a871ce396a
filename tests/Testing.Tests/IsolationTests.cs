using Conformance.Scripts;
using Implementation.Hypervisor;
using Testing;

namespace Testing.Tests;

public class IsolationTests
{
    [Property(Domains = 2)]
    public void No_domain_can_write_anothers_frame(Script script) => Lockstep.Check(script, always: now =>
    {
        foreach (Domain domain in now.Domains)
        {
            Assert.DoesNotContain(now.WritableBy(domain), frame => now.OwnerOf(frame) is { } owner && owner != domain);
        }
    });
}

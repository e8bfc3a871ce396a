using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Implementation.Hypervisor;
using Model;

namespace Testing;

/// <summary>The stage between two acts, as it is on the hypervisor. Good while it is shown.</summary>
public sealed class Moment(Act? act, StepResult? result, StageView stage)
{
    private readonly Dictionary<Domain, IReadOnlySet<Mfn>> _writable = [];

    /// <summary>What was done last; null before the first act.</summary>
    public Act? Act => act;

    /// <summary>What the last act came to.</summary>
    public StepResult? Result => result;

    /// <summary>The rest of what there is to see, the model included.</summary>
    public StageView Stage => stage;

    /// <summary>The domains, in the order of the stage.</summary>
    public IReadOnlyList<Domain> Domains => stage.Xen.Domains;

    /// <summary>The domain that owns a frame by the hypervisor's records; null if it is Xen's, nobody's or none.</summary>
    public Domain? OwnerOf(Mfn frame) =>
        frame.Value < stage.Xen.Frames.Count ? Domains.FirstOrDefault(d => d.Id == stage.Xen.Frames[frame.Value].Owner) : null;

    /// <summary>The frames that a domain can write: its page tables in memory allow it, or a translation that one of its vCPUs has cached.</summary>
    /// <remarks>Read as a processor reads them; neither the hypervisor's counts nor the model has a say in it.</remarks>
    public IReadOnlySet<Mfn> WritableBy(Domain domain)
    {
        if (!_writable.TryGetValue(domain, out IReadOnlySet<Mfn>? frames)) _writable.Add(domain, frames = Reach.Writable(domain));
        return frames;
    }
}

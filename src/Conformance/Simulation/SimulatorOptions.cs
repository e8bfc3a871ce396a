namespace Conformance.Simulation;

/// <summary>How the simulator carries acts out.</summary>
public enum Path
{
    /// <summary>Hypercalls are called, accesses are made through the vCPU's TLB.</summary>
    Direct,

    /// <summary>Guest code is assembled for each vCPU and executed.</summary>
    Executed,
}

/// <summary>What can be chosen of a simulator.</summary>
public sealed record SimulatorOptions
{
    /// <summary>A re-made fault of <see cref="Faults.FaultCatalogue"/>, or null for the hypervisor as it is.</summary>
    public string? Fault { get; init; }

    /// <summary>The same of the model that runs along (<see cref="Model.Faults.Fault"/>), or null for the model as it is.</summary>
    public string? ModelFault { get; init; }

    /// <summary>The same of the model of ring protection (<see cref="Model.Rings.Faults.RingFault"/>).</summary>
    public string? RingFault { get; init; }

    /// <summary>Makes the memory management, in tests of mistakes that are not in the catalogue; null for what <see cref="Fault"/> says.</summary>
    internal Func<Implementation.Hypervisor.Xen, Implementation.Hypervisor.PageTables>? PageTables { get; init; }

    public Path Path { get; init; } = Path.Direct;

    /// <summary>Decides which machine frames the domains of the stage get.</summary>
    public ulong Seed { get; init; }
}

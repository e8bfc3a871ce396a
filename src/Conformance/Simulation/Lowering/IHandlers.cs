using Iced.Intel;

namespace Conformance.Simulation.Lowering;

/// <summary>What Xen enters a program by, and what tells Xen of it.</summary>
internal interface IHandlers
{
    Label Event { get; }

    /// <summary>Makes all of them known to Xen, for the vCPU that runs it.</summary>
    Label Registration { get; }

    /// <summary>The virtual IDT.</summary>
    byte[] TrapTable(Func<Label, ulong> at);

    /// <summary>What callback_op is told.</summary>
    byte[] Callbacks(Func<Label, ulong> at);
}

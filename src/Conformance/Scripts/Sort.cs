namespace Conformance.Scripts;

/// <summary>What an operand can sensibly be, for generators and shrinkers.</summary>
public enum Sort : byte
{
    /// <summary>A machine frame number.</summary>
    Frame,

    /// <summary>A slot of a table, 0..511.</summary>
    Slot,

    /// <summary>A page-table entry, target and bits.</summary>
    Entry,

    /// <summary>A segment descriptor.</summary>
    Descriptor,

    /// <summary>A linear address that a guest may want to reach.</summary>
    Address,

    /// <summary>Where Xen finds or leaves arguments: the act's buffer if the guest means well.</summary>
    Pointer,

    /// <summary>As <see cref="Pointer"/>, or 0 for none.</summary>
    OptionalPointer,

    /// <summary>A command of the hypercall at hand; <see cref="OperandRow.Most"/> is the largest there is.</summary>
    Command,

    /// <summary>A small number; <see cref="OperandRow.Most"/> is the largest that is likely.</summary>
    Count,

    /// <summary>Bits that mean something each; <see cref="OperandRow.Most"/> has all of them set.</summary>
    Flags,

    /// <summary>An event-channel port.</summary>
    Port,

    /// <summary>A virtual CPU's number.</summary>
    Vcpu,

    /// <summary>A domain id.</summary>
    Domain,

    /// <summary>A domain id, which for a hypercall that succeeds must be DOMID_SELF.</summary>
    Self,

    /// <summary>A number without a meaning here.</summary>
    Word,

    /// <summary>One of <see cref="OperandRow.Choices"/>, and nothing else ever.</summary>
    Choice,
}

using System.Collections.Immutable;
using Implementation.Hypervisor;

namespace Conformance.Scripts;

/// <summary>One thing that a vCPU of the stage does.</summary>
/// <param name="Domain">the domain, from 1</param>
/// <param name="Vcpu">its vCPU, from 0</param>
/// <param name="Operation">what it does</param>
/// <param name="Operands">as the operation's row in <see cref="Operations"/> says: the fixed ones, then those of each element in turn</param>
/// <param name="Members">of a multicall: what it is made of, in order; else empty</param>
/// <param name="PausesAt">
/// the chance at which the request is interrupted, from 0, for the act that follows, if that is another vCPU's; null: it runs to its end
/// </param>
public sealed record Act(
    byte Domain, byte Vcpu, Operation Operation, ImmutableArray<Operand> Operands, ImmutableArray<Act> Members, int? PausesAt = null)
{
    public Act(int domain, int vcpu, Operation operation, params ImmutableArray<Operand> operands)
        : this((byte)domain, (byte)vcpu, operation, operands, [])
    {
    }

    /// <summary>The operation's row.</summary>
    public OperationRow Row => Operations.Of(Operation);

    /// <summary>How many elements a batch has.</summary>
    public int Elements => Row.Element.Length == 0 ? 0 : (Operands.Length - Row.Fixed.Length) / Row.Element.Length;

    /// <summary>A fixed operand.</summary>
    public Operand this[int index] => Operands[index];

    /// <summary>An operand of an element of a batch.</summary>
    public Operand this[int element, int index] => Operands[Row.Fixed.Length + (element * Row.Element.Length) + index];

    /// <summary>Why domains of a kind do not do it; null where they do.</summary>
    public string? NotFor(DomainKind kind) => kind == DomainKind.Pv64 ? null
        : Row.NotNarrow ?? (Operation == Operation.Instruction ? Instructions.Of((int)(this[0].Bits % (ulong)Instructions.Count)).NotNarrow : null)
        ?? Members.Select(m => m.NotFor(kind)).FirstOrDefault(why => why is not null);

    public bool Equals(Act? other) =>
        other is not null && (Domain, Vcpu, Operation, PausesAt) == (other.Domain, other.Vcpu, other.Operation, other.PausesAt)
        && Operands.SequenceEqual(other.Operands) && Members.SequenceEqual(other.Members);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add((Domain, Vcpu, Operation, PausesAt));
        foreach (Operand operand in Operands) hash.Add(operand);
        foreach (Act member in Members) hash.Add(member);
        return hash.ToHashCode();
    }

    /// <summary>The act on one line, as <see cref="ScriptText"/> reads it.</summary>
    public override string ToString() => ScriptText.Write(this);
}

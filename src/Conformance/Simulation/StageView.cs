using System.Buffers.Binary;
using Conformance.Scripts;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Simulation;

/// <summary>The stage as it is while a script plays, for those who look on. Good until the next script.</summary>
public sealed class StageView
{
    private readonly SimulatedStage _stage;

    internal StageView(SimulatedStage stage) => _stage = stage;

    /// <summary>The address space of its domains.</summary>
    public StageSpace Space => _stage.Shape.Space;

    /// <summary>The model that runs along.</summary>
    public Machine Model => _stage.Model;

    /// <summary>The hypervisor.</summary>
    public Xen Xen => _stage.Xen;

    /// <summary>What an operand that names a frame stands for now.</summary>
    /// <param name="domain">of the stage, from 1</param>
    /// <param name="index">as <see cref="StageFrame"/> counts</param>
    public Mfn FrameOf(int domain, int index) => new(_stage.FrameOf(domain, index));

    /// <summary>The name of a frame, as <c>f3</c> for the first domain's, <c>d2.f3</c> for another's; <c>mfn:1f</c> if it has none.</summary>
    public string NameOf(Mfn frame)
    {
        for (int domain = 1; domain <= Xen.Domains.Count; domain++)
        {
            for (int index = 0; index < StageFrame.Count; index++)
            {
                if (FrameOf(domain, index) == frame) return index == StageFrame.Xen || domain == 1 ? StageFrame.Name(index) : $"d{domain}.{StageFrame.Name(index)}";
            }
        }

        return $"{frame}";
    }

    /// <summary>The pseudo-physical number that the first domain's frame 0 began with; those of the pool follow one another.</summary>
    internal ulong FirstPoolPfn => (ulong)_stage.Layout.MappedPages;

    /// <summary>What an operand of the first domain's first vCPU stands for now.</summary>
    internal ulong Resolve(in Operand operand) => _stage.Resolve(Xen.Domains[0].Vcpus[0], operand);

    /// <summary>Eight bytes of the buffer of arguments that the first domain's first vCPU used last.</summary>
    internal long BufferWord(int offset) =>
        BinaryPrimitives.ReadInt64LittleEndian(Xen.Memory.Frame(_stage.BufferFrame(Xen.Domains[0].Vcpus[0]))[offset..]);

    /// <summary>The ports that a domain's operands name, in order.</summary>
    public IReadOnlyList<uint> PortsOf(int domain) => _stage.PortsOf(domain);
}

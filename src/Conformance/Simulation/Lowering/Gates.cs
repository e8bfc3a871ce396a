using Iced.Intel;

namespace Conformance.Simulation.Lowering;

/// <summary>Where the gates of a program are: linear addresses.</summary>
/// <param name="Read">eight bytes from [RDI] to RAX</param>
/// <param name="Write">RSI to [RDI]</param>
/// <param name="EnterUser">by the hypercall iret</param>
/// <param name="EnterKernel">by SYSCALL</param>
/// <param name="Return">by the hypercall iret, with the frame at <see cref="ProgramPages.ReturnFrame"/></param>
/// <param name="Returned">where a frame of <paramref name="Return"/> can go on</param>
/// <param name="Interrupts">INT n, by vector</param>
/// <param name="Instructions">by their numbers in scripts</param>
internal sealed record Gates(
    ulong Read, ulong Write, ulong EnterUser, ulong EnterKernel, ulong Return, ulong Returned, ulong[] Interrupts, ulong[] Instructions)
{
    public static Gates Of(GateWriter gates, Func<Label, ulong> at) => new(
        at(gates.Read),
        at(gates.Write),
        at(gates.EnterUser),
        at(gates.EnterKernel),
        at(gates.Return),
        at(gates.Returned),
        [.. gates.Interrupts.Select(at)],
        [.. gates.Instructions.Select(at)]);
}

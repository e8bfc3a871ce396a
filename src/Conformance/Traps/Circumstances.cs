namespace Conformance.Traps;

/// <summary>What stands at an address that a frame is to be made at.</summary>
internal enum Memory
{
    /// <summary>The guest's, mapped writable.</summary>
    Writable,

    /// <summary>The guest's, or nobody's: a store faults.</summary>
    Unwritable,

    /// <summary>Xen's.</summary>
    Xens,
}

/// <summary>In what a trap happens.</summary>
/// <param name="Is32Bit">the guest's kernel runs at level 1</param>
/// <param name="IsUser">it happens in user mode</param>
/// <param name="IsMasked">events are masked</param>
/// <param name="Stack">where the frame is to be made: at the kernel's own stack pointer, or, from user mode, at the registered one</param>
internal sealed record Circumstances(bool Is32Bit, bool IsUser, bool IsMasked = false, Memory Stack = Memory.Writable);

/// <summary>A handler as it is registered.</summary>
/// <param name="Level">the least privileged level that may raise the vector by INT</param>
internal readonly record struct Gate(int Vector, int Level = 0, bool Masks = false);

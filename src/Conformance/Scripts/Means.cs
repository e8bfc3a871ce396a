namespace Conformance.Scripts;

/// <summary>How an operation is carried out.</summary>
public enum Means : byte
{
    /// <summary>A SYSCALL with registers and, mostly, a buffer of arguments (<see cref="Recipe"/>).</summary>
    Hypercall,

    /// <summary>Eight bytes are read from an address.</summary>
    Read,

    /// <summary>Eight bytes are written to an address.</summary>
    Write,

    /// <summary>One instruction of <see cref="Instructions"/> is executed.</summary>
    Instruction,

    /// <summary>INT n.</summary>
    Interrupt,

    /// <summary>The kernel returns to user mode by the iret hypercall.</summary>
    EnterUser,

    /// <summary>The application makes a system call.</summary>
    EnterKernel,

    /// <summary>The kernel goes on by the iret hypercall as a frame of the script's choice says (<see cref="ReturnFrame"/>).</summary>
    Return,
}

using Model.Domains;

namespace Model.State;

/// <summary>What one entry of a table says (SDM Vol. 3A, section 4.5, and the bits that software may use).</summary>
/// <param name="Present">P; where it is clear nothing else is looked at</param>
/// <param name="Target">the frame named</param>
/// <param name="Writable">R/W</param>
/// <param name="User">U/S</param>
/// <param name="Superpage">PS in an upper table: the entry maps memory itself instead of naming a table</param>
/// <param name="Cache">PWT, PCD or PAT: not write-back</param>
/// <param name="Reserved">any other bit that Xen does not let guests set</param>
/// <param name="Global">G</param>
/// <param name="NoExecute">XD</param>
/// <param name="Accessed">A</param>
/// <param name="Dirty">D</param>
/// <param name="GuestKernel">bit 52: Xen's note that the guest's kernel cleared U/S</param>
/// <param name="Available">any other bit left to software</param>
public readonly record struct Content<Bit, Word>(
    Bit Present,
    Word Target,
    Bit Writable,
    Bit User,
    Bit Superpage,
    Bit Cache,
    Bit Reserved,
    Bit Global,
    Bit NoExecute,
    Bit Accessed,
    Bit Dirty,
    Bit GuestKernel,
    Bit Available)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>;

using Iced.Intel;
using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>Lets a guest kernel store to its L1 tables directly: the store faults, is audited, and happens after all.</summary>
/// <remarks>
/// Linux relies on it for <c>ptep_get_and_clear</c> and the like, although no feature bit offers it (vm_assist
/// writable_pagetables turns it on). Xen decodes the instruction; here the processor carries it out against a copy of the
/// table, and what changed in the copy is the request (pv_ro_page_fault(), xen/arch/x86/pv/ro-page-fault.c).
/// </remarks>
internal static class WritablePageTables
{
    // Page-fault error code, SDM Vol. 3A, figure 4-12.
    private const uint FaultPresent = 1, FaultWrite = 2, FaultReserved = 8, FaultFetch = 16;
    private const byte PageFault = 14;

    /// <summary>Carries out the faulting store as an entry update, if it is one that Xen would accept.</summary>
    /// <returns>true: done, the instruction is over; false: nothing has changed, the guest is to get its #PF.</returns>
    public static bool TryEmulate(Xen xen, Vcpu v, in CpuExit fault)
    {
        if (!v.Domain.Assists.HasFlag(VmAssist.WritablePageTables) || !v.InKernelMode) return false;
        if (fault.Reason != ExitReason.Exception || fault.Vector != PageFault) return false;
        const uint checkedBits = FaultPresent | FaultWrite | FaultReserved | FaultFetch;
        if ((fault.ErrorCode & checkedBits) != (FaultPresent | FaultWrite)) return false;
        if (!Layout.IsGuests(fault.Address)) return false;

        ulong leaf = xen.PageTables.ReadLeaf(v, fault.Address);
        ulong table = Pte.Mfn(leaf);
        if (!Pte.IsPresent(leaf) || Pte.IsWritable(leaf) || !xen.Memory.Contains(table)) return false;
        if (xen.Frames[table] is not { Type: PageType.L1, IsValidated: true } frame || frame.Owner != v.Domain.Id) return false;

        if (!PrivilegedInstructions.TryDecode(v, out Instruction instruction) || !IsAligned(v, instruction, fault.Address)) return false;

        return Emulate(xen, v, table, (int)(fault.Address & 0xfff) / sizeof(ulong), IsUpperHalf(v, instruction, fault.Address));
    }

    /// <summary>Naturally aligned, of an entry at the most, and wholly on the page of the fault: Xen carries no other store out (ptwr_emulated_update()).</summary>
    private static bool IsAligned(Vcpu v, in Instruction instruction, ulong address)
    {
        int size = instruction.MemorySize == MemorySize.Unknown ? Math.Abs(instruction.StackPointerIncrement) : instruction.MemorySize.GetSize();
        if (size is not (1 or 2 or 4 or 8) || address % (uint)size != 0) return false;
        bool mayBeginBefore = address % PhysicalMemory.PageSize == 0 && instruction.Op0Kind == OpKind.Memory;
        return !mayBeginBefore || address == FirstByte(v, instruction);
    }

    private static ulong FirstByte(Vcpu v, in Instruction instruction)
    {
        ulong linear = instruction.GetVirtualAddress(0, 0, (register, _, _) => PortStrings.Value(v, register));
        return v.Domain.Is32Bit ? (uint)linear : linear;
    }

    /// <summary>A plain store of four bytes to the upper half of an entry, by a guest that has no other stores.</summary>
    private static bool IsUpperHalf(Vcpu v, in Instruction instruction, ulong address) =>
        v.Domain.Is32Bit && (address & sizeof(uint)) != 0
        && instruction is { HasLockPrefix: false, Mnemonic: not (Mnemonic.Xchg or Mnemonic.Cmpxchg) }
        && instruction.MemorySize.GetSize() == sizeof(uint);

    private static bool Emulate(Xen xen, Vcpu v, ulong table, int slot, bool isUpperHalf)
    {
        Registers before = new(v.Cpu);
        ulong scratch = xen.PageTables.ScratchFrame;
        Span<ulong> copy = xen.Memory.Entries(scratch);
        Span<ulong> original = stackalloc ulong[Pte.TableEntries];
        xen.Memory.Entries(table).CopyTo(original);
        original.CopyTo(copy);
        xen.Memory.Written(scratch);

        bool isDone = v.Cpu.StepRedirected(table, scratch).Reason == ExitReason.Budget
            && copy[..slot].SequenceEqual(original[..slot])
            && copy[(slot + 1)..].SequenceEqual(original[(slot + 1)..])
            && (Update(xen, v, table, slot, copy[slot])
                // The guest writes the halves in the wrong order, presumably: without P the lower half may follow.
                || (isUpperHalf && Pte.IsPresent(copy[slot]) && Update(xen, v, table, slot, copy[slot] & ~Pte.Present)));
        if (isDone) v.Cpu.Rflags &= ~RflagsBits.Resume;
        else before.Restore(v.Cpu);
        return isDone;
    }

    private static bool Update(Xen xen, Vcpu v, ulong table, int slot, ulong entry)
    {
        xen.Observer?.EntryEmulating(v, table, slot, entry);
        bool isAccepted = xen.PageTables.ModifyEntry(v, table, slot, entry) == 0;
        xen.Observer?.EntryEmulated(v, table, slot, entry, isAccepted);
        return isAccepted;
    }

    /// <summary>The registers that a storing instruction may change.</summary>
    private readonly struct Registers
    {
        private readonly ulong[] _general = new ulong[16];
        private readonly ulong _rip, _rflags;

        public Registers(Processor cpu)
        {
            for (int i = 0; i < _general.Length; i++) _general[i] = cpu[(Gpr)i];
            (_rip, _rflags) = (cpu.Rip, cpu.Rflags);
        }

        public void Restore(Processor cpu)
        {
            for (int i = 0; i < _general.Length; i++) cpu[(Gpr)i] = _general[i];
            (cpu.Rip, cpu.Rflags) = (_rip, _rflags);
        }
    }
}

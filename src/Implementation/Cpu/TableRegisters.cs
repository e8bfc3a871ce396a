using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>SGDT, SIDT, SLDT, STR, SMSW: readable at CPL 3 while CR4.UMIP is clear. The processor's owner holds the tables;
/// what is read here are a base at the top of the address space and selectors.</summary>
internal static unsafe class TableRegisters
{
    private const ulong Cr4Umip = 1 << 11;
    private const ulong TableBase = 0xFFFF_8200_0000_0000;

    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Sgdt, t => BuildTable(t, limit: 0xEFFF), Traits.None);
        table.Add(Mnemonic.Sidt, t => BuildTable(t, limit: 0x0FFF), Traits.None);
        table.Add(Mnemonic.Sldt, t => t.Emit(Choose.Place<Chooser<LocalTable>>(t)), Traits.None);
        table.Add(Mnemonic.Str, t => t.Emit(Choose.Place<Chooser<TaskSelector>>(t)), Traits.None);
        table.Add(Mnemonic.Smsw, t => t.Emit(Choose.Place<Chooser<MachineStatus>>(t)), Traits.None);
    }

    private interface IValue
    {
        static abstract ulong Get(CpuState* c);
    }

    private readonly struct LocalTable : IValue
    {
        public static ulong Get(CpuState* c) => CpuState.ProcessorOf(c).Bus.LocalTableSelector;
    }

    /// <summary>The selector Xen's task register holds (xen/include/asm-x86/desc.h, TSS_SELECTOR).</summary>
    private readonly struct TaskSelector : IValue
    {
        public static ulong Get(CpuState* c) => 0xE040;
    }

    private readonly struct MachineStatus : IValue
    {
        public static ulong Get(CpuState* c) => c->Cr0;
    }

    private static void BuildTable(Translator t, ushort limit)
    {
        t.U->Imm = limit;
        t.Emit(t.Is64Bit ? Choose.Memory<TableChooser<TableImage>>(t) : Choose.Memory<TableChooser<ShortTableImage>>(t));
    }

    private readonly struct TableChooser<TImage> : IAddressingChooser where TImage : unmanaged
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing => new(&StoreTable<TImage, TAddressing>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* StoreTable<TImage, TAddressing>(CpuState* c, Uop* u)
        where TImage : unmanaged where TAddressing : IAddressing
    {
        if ((c->Cr4 & Cr4Umip) != 0 && c->Cpl != 0) return Flow.RaiseGeneralProtection(c, u);
        byte* dest = (byte*)Mem<TAddressing>.Modify<TImage>(c, u);
        if (dest == null) return Flow.Fault(c, u);
        *(ushort*)dest = (ushort)u->Imm;
        *(uint*)(dest + 2) = unchecked((uint)TableBase);
        if (sizeof(TImage) == 10) *(uint*)(dest + 6) = (uint)(TableBase >> 32);
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    private readonly struct Chooser<TValue> : IPlaceChooser where TValue : IValue
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            TPlace.IsMemory ? new(&StoreValue<TValue, ushort, TPlace>) : new(&StoreValue<TValue, T, TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* StoreValue<TValue, T, TPlace>(CpuState* c, Uop* u)
        where TValue : IValue where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand
    {
        if ((c->Cr4 & Cr4Umip) != 0 && c->Cpl != 0) return Flow.RaiseGeneralProtection(c, u);
        T* dest = TPlace.Modify<T>(c, u);
        if (TPlace.IsMemory && dest == null) return Flow.Fault(c, u);
        TPlace.Put(dest, T.CreateTruncating(TValue.Get(c)));
        if (TPlace.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 2, Size = 10)]
    private readonly struct TableImage;

    /// <summary>Outside 64-bit mode the base has 32 bits, whatever the operand size (SDM Vol. 2B, "SGDT").</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 2, Size = 6)]
    private readonly struct ShortTableImage;
}

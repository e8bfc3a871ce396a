namespace Conformance.Scripts;

/// <summary>How the hypercalls about memory are put into registers and buffers (xen/include/public/xen.h, memory.h).</summary>
internal static class MemoryRecipes
{
    private const int MmuUpdateSize = 16;

    private static readonly Operand AllVcpus = Operand.Number(ulong.MaxValue);

    private const ulong MemoryOpNumber = 12;

    /// <summary>Bits of memory_op's command; above them is how many extents an earlier part of the call has done (MEMOP_EXTENT_SHIFT).</summary>
    private const int CommandBits = 6;

    public static void MmuUpdate(Act act, RecipeWriter to)
    {
        for (int i = 0; i < act.Elements; i++)
        {
            ulong slot = (act[i, 1].Bits & 511) * 8, kind = act[i, 2].Bits & 7;
            to.Put64(i * MmuUpdateSize, act[i, 0].ToMachine(slot + kind)).Put64((i * MmuUpdateSize) + 8, act[i, 3]);
        }

        to.Call(1, Operand.Buffer(), Operand.Number((ulong)act.Elements), DoneAt(act, 1, to), act[0]);
    }

    /// <summary>A second argument that is the act's buffer is the bitmap of vCPUs to flush: all of them.</summary>
    public static void MmuExtOp(Act act, RecipeWriter to)
    {
        int word = to.WordBytes, size = 3 * word, vcpusAt = act.Elements * size;
        for (int i = 0; i < act.Elements; i++)
        {
            int at = i * size;
            to.Put32(at, act[i, 0]).PutWord(at + word, act[i, 1]).PutWord(at + (2 * word), act[i, 2].Behind(vcpusAt));
            if (act[i, 2].Kind == Reference.Buffer) to.Put64(vcpusAt, AllVcpus);
        }

        to.Call(26, Operand.Buffer(), Operand.Number((ulong)act.Elements), DoneAt(act, 1, to), act[0]);
    }

    public static Action<Act, RecipeWriter> UpdateVaMapping { get; } = Mapping(14);

    public static Action<Act, RecipeWriter> UpdateVaMappingOtherDomain { get; } = Mapping(22);

    /// <summary>The array of frames, and how many descriptors they hold.</summary>
    public static void SetGdt(Act act, RecipeWriter to)
    {
        for (int i = 0; i < act.Elements; i++) to.PutWord(i * to.WordBytes, act[i, 0]);
        to.Call(2, act[0], act[1]);
    }

    /// <summary>The machine address of a descriptor's place, and the descriptor; of a 32-bit domain in two halves each.</summary>
    public static void UpdateDescriptor(Act act, RecipeWriter to)
    {
        ulong place = ((act[1].Bits & 511) * 8) + (act[2].Bits & 7);
        Operand at = act[0].ToMachine(place);
        if (to.IsNarrow) to.Call(10, at, at.High, act[3], act[3].High);
        else to.Call(10, at, act[3]);
    }

    public static Action<Act, RecipeWriter> IncreaseReservation { get; } = Reservation(0, yields: true);

    public static Action<Act, RecipeWriter> DecreaseReservation { get; } = Reservation(1, yields: false);

    public static Action<Act, RecipeWriter> PopulatePhysmap { get; } = Reservation(6, yields: true);

    public static Action<Act, RecipeWriter> MaximumRamPage { get; } = Structures.Plain(MemoryOpNumber, 2);

    public static Action<Act, RecipeWriter> CurrentReservation { get; } = Structures.Of(MemoryOpNumber, 3, 2, (0, 2));

    public static Action<Act, RecipeWriter> MaximumReservation { get; } = Structures.Of(MemoryOpNumber, 4, 2, (0, 2));

    /// <summary>struct xen_memory_map: entries, where they go; an entry has twenty bytes.</summary>
    public static void MemoryMap(Act act, RecipeWriter to)
    {
        const int mostEntries = 32, entrySize = 20;
        int size = 2 * to.WordBytes;
        to.Put32(0, act[1]).PutWord(to.WordBytes, act[2].Behind(size));
        if (act[2].Kind == Reference.Buffer) to.Reserve(size + (mostEntries * entrySize));
        to.Call(MemoryOpNumber, Operand.Number(9), act[0]);
    }

    /// <summary>struct xen_machphys_mapping: where it begins and ends, the largest frame number.</summary>
    public static void MachphysMapping(Act act, RecipeWriter to) => to.Reserve(3 * to.WordBytes).Call(MemoryOpNumber, Operand.Number(12), act[0]);

    public static Action<Act, RecipeWriter> MemoryUnknown { get; } = Structures.Plain(MemoryOpNumber);

    /// <summary>An entry is the number, the answer, and six arguments.</summary>
    public static void Multicall(Act act, RecipeWriter to)
    {
        int word = to.WordBytes, size = 8 * word;
        to.Reserve(act.Members.Length * size);
        for (int i = 0; i < act.Members.Length; i++)
        {
            Recipe member = to.Append(Recipe.Of(act.Members[i], to.Kind));
            int at = i * size;
            to.PutWord(at, member.Registers[0]);
            for (int k = 1; k < member.Registers.Length; k++) to.PutWord(at + word + (k * word), member.Registers[k]);
        }

        to.Call(13, Operand.Buffer(), Operand.Number((ulong)act.Members.Length));
    }

    /// <summary>
    /// struct xen_memory_reservation: the list of extents, how many, order, flags, domain. The list lies behind it. Operands: address of the
    /// structure, of the list, extents done before, order, flags, domain; then the extents.
    /// </summary>
    private static Action<Act, RecipeWriter> Reservation(ulong command, bool yields) => (act, to) =>
    {
        int word = to.WordBytes, size = to.IsNarrow ? 20 : 32;
        to.PutWord(0, act[1].Behind(size)).PutWord(word, Operand.Number((ulong)act.Elements));
        to.Put32(2 * word, act[3]).Put32((2 * word) + 4, act[4]).Put16((2 * word) + 8, act[5]).Reserve(size);
        for (int i = 0; i < act.Elements; i++) to.PutWord(size + (i * word), act[i, 0]);
        if (yields && act[1] == Operand.Buffer()) to.Yields(Yield.Frames(size, first: Started(act[2], to)));
        to.Call(MemoryOpNumber, Operand.Number(unchecked(act[2].Bits << CommandBits) | command), act[0]);
    };

    /// <summary>How many extents an earlier part of the call is said to have done: what is left of the register above the command.</summary>
    private static ulong Started(Operand started, RecipeWriter to) =>
        to.IsNarrow ? (uint)(started.Bits << CommandBits) >> CommandBits : started.Bits << CommandBits >> CommandBits;

    /// <summary>The operands are the arguments, the entry in two halves of a 32-bit domain; a flush whose kind is added to the act's buffer is of the vCPUs that the bitmap there names: all.</summary>
    private static Action<Act, RecipeWriter> Mapping(ulong number) => (act, to) =>
    {
        if (act[2].Kind == Reference.Buffer) to.Put64(0, AllVcpus);
        Operand[] entry = to.IsNarrow ? [act[1], act[1].High] : [act[1]];
        to.Call(number, [act[0], .. entry, .. act.Operands.Skip(2)]);
    };

    /// <summary>Behind the array, where the guest wants the count of elements done.</summary>
    private static Operand DoneAt(Act act, int index, RecipeWriter to)
    {
        if (act[index].Kind != Reference.Buffer) return act[index];
        int at = (to.Length + 7) & ~7;
        to.Reserve(at + 8);
        return Operand.Buffer((ulong)at);
    }
}

using System.Buffers.Binary;
using Iced.Intel;

namespace Conformance.Simulation.Lowering;

/// <summary>Structures by which a program names its entry points to Xen (xen/include/public/arch-x86/xen.h, callback.h).</summary>
/// <param name="wordBytes">of an address</param>
/// <param name="code">selector of the kernel's code</param>
internal sealed class EntryTables(int wordBytes, ushort code)
{
    /// <summary>sizeof(struct trap_info): vector, flags, selector, address.</summary>
    private int TrapBytes => 2 * wordBytes;

    /// <summary>sizeof(struct callback_register): type, flags, address; of a 32-bit guest the selector, in a word, before that.</summary>
    public int CallbackBytes => wordBytes == sizeof(uint) ? 12 : 16;

    /// <summary>The virtual IDT, ended by an entry with address 0.</summary>
    /// <remarks>The ring that may raise a vector by INT n is its number modulo 4, so that there are gates of all kinds.</remarks>
    public byte[] Traps(IReadOnlyList<Label> handlers, Func<Label, ulong> at)
    {
        byte[] table = new byte[(handlers.Count + 1) * TrapBytes];
        for (int vector = 0; vector < handlers.Count; vector++)
        {
            Span<byte> to = table.AsSpan(vector * TrapBytes, TrapBytes);
            (to[0], to[1]) = ((byte)vector, (byte)(vector & 3));
            BinaryPrimitives.WriteUInt16LittleEndian(to[2..], code);
            PutAddress(to, at(handlers[vector]));
        }

        return table;
    }

    /// <summary>One after the other.</summary>
    public byte[] Callbacks(IReadOnlyList<(ushort Type, Label Entry)> callbacks, Func<Label, ulong> at)
    {
        byte[] table = new byte[callbacks.Count * CallbackBytes];
        for (int i = 0; i < callbacks.Count; i++)
        {
            Span<byte> to = table.AsSpan(i * CallbackBytes, CallbackBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(to, callbacks[i].Type);
            if (wordBytes == sizeof(uint)) BinaryPrimitives.WriteUInt16LittleEndian(to[4..], code);
            PutAddress(to, at(callbacks[i].Entry));
        }

        return table;
    }

    /// <summary>It comes last in both.</summary>
    private void PutAddress(Span<byte> to, ulong address)
    {
        if (wordBytes == sizeof(uint)) BinaryPrimitives.WriteUInt32LittleEndian(to[^sizeof(uint)..], (uint)address);
        else BinaryPrimitives.WriteUInt64LittleEndian(to[^sizeof(ulong)..], address);
    }
}

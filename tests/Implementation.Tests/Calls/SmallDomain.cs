using System.Runtime.InteropServices;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypercalls;
using Implementation.Hypervisor;
using Implementation.Tests.Loader;

namespace Implementation.Tests.Calls;

/// <summary>A domain built from the least image there is; calls are made on its vCPU's behalf, from arguments in its memory.</summary>
internal sealed class SmallDomain : IDisposable
{
    public const ulong Self = 0x7ff0;
    public const ulong Rw = Pte.Present | Pte.Writable | Pte.User | Pte.Accessed, Ro = Pte.Present | Pte.User | Pte.Accessed;

    private const ulong Arguments = 0x3000, Done = 0x3ff8;
    private readonly ulong[] _p2m = new ulong[Pages];

    public const int Pages = 1024;

    public SmallDomain(Func<Xen, PageTables>? tables = null)
    {
        Xen = new(new() { MemoryFrames = 1400, Seed = 3, PageTables = tables });
        Domain = DomainBuilder.Build(Xen, new() { Image = ElfWriter.Minimal().ToArray(), MemoryPages = Pages });
        for (ulong mfn = 0; mfn < Xen.Frames.Count; mfn++)
        {
            if (Xen.MachineToPhys[mfn] < Pages) _p2m[Xen.MachineToPhys[mfn]] = mfn;
        }
    }

    public Xen Xen { get; }

    public Domain Domain { get; }

    public Vcpu V => Domain.Vcpus[0];

    public ulong Root => V.KernelRootMfn;

    /// <summary>Requests that the last call says it has done.</summary>
    public uint LastDone => V.TryRead(Done, out uint done) ? done : uint.MaxValue;

    public ulong Mfn(int pfn) => _p2m[pfn];

    /// <summary>Pfns below 1024 are mapped at their own address; from 900 on nothing of the builder's is there.</summary>
    public static ulong Address(int pfn) => (ulong)pfn << 12;

    public ulong Leaf(int pfn) => Xen.PageTables.ReadLeaf(V, Address(pfn));

    public long MmuUpdate(ulong foreign, params (ulong Pointer, ulong Value)[] requests)
    {
        Write(requests);
        return Hypercalls.MmuUpdate.Handle(Xen, V, new(1, Arguments, (ulong)requests.Length, Done, foreign, 0));
    }

    public long Set(ulong table, int slot, ulong entry) => MmuUpdate(Self, ((table << 12) + ((ulong)slot * 8), entry));

    public long MmuExt(ulong command, ulong arg1 = 0, ulong arg2 = 0, ulong foreign = Self)
    {
        Write([command, arg1, arg2]);
        return MmuExtOp.Handle(Xen, V, new(26, Arguments, 1, Done, foreign, 0));
    }

    public long UpdateVa(ulong linear, ulong entry, ulong flags = 0) =>
        UpdateVaMapping.Handle(Xen, V, new(14, linear, entry, flags, 0, 0));

    public long Memory(ulong operation, params ulong[] argument)
    {
        Write(argument);
        return MemoryOp.Handle(Xen, V, new(12, operation, Arguments, 0, 0, 0));
    }

    public ulong Argument(int index) => V.TryRead(Arguments + ((ulong)index * 8), out ulong value) ? value : ulong.MaxValue;

    /// <summary>Puts code into the guest's first page and runs it until it traps.</summary>
    public CpuExit Execute(ulong rdi, params byte[] code)
    {
        V.TryWrite(0x1800, code);
        V.Cpu.Rip = 0x1800;
        V.Cpu[Gpr.Rdi] = rdi;
        return V.Cpu.Run(100);
    }

    public void Write<T>(params T[] values) where T : unmanaged
    {
        Assert.True(V.TryWrite(Done, 0xdeadU));
        Assert.True(V.TryWrite(Arguments, MemoryMarshal.AsBytes<T>(values)));
    }

    public void Dispose() => Xen.Dispose();
}

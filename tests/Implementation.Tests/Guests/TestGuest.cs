using System.Text;
using Iced.Intel;
using Implementation.Domains;
using Implementation.Hypercalls;
using Implementation.Hypervisor;
using Implementation.Tests.Loader;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>A domain whose kernel is assembled by the test. Linear and pseudo-physical addresses are the same.</summary>
internal sealed class TestGuest : IDisposable
{
    /// <summary>Where the code starts, and a page of data that the guest and the test share.</summary>
    public const ulong Code = 0x1000, Data = 0x10000;

    /// <summary>Where <see cref="Table"/> builds a trap table, and the tops of two more stacks.</summary>
    public const ulong TrapTable = 0x14000, KernelStack = 0x18000, UserStack = 0x1c000;

    /// <summary>Where <see cref="Put(ulong[])"/> puts things.</summary>
    public const ulong Scratch = 0x1f000;

    private const ulong End = 0x100000;
    private readonly StringBuilder _console = new();

    public TestGuest(Action<Assembler>? program = null, int vcpus = 1, DomainKind kind = DomainKind.Pv64)
    {
        Assembler asm = new(kind == DomainKind.Pv32Pae ? 32 : 64);
        if (program is null) asm.ud2();
        else program(asm);
        using MemoryStream code = new();
        asm.Assemble(new StreamCodeWriter(code), Code);

        ElfWriter image = new ElfWriter { Entry = Code, Kind = kind }
            .Load(Code, code.ToArray(), End - Code).Note(5, "xen-3.0").Note(8, "generic").Note(9, "yes");
        Xen = new(new() { MemoryFrames = 4096, Seed = 7 });
        Domain = DomainBuilder.Build(Xen, new() { Image = image.ToArray(), MemoryPages = 2048, Vcpus = vcpus });
        Domain.Console!.Output += bytes => _console.Append(Encoding.Latin1.GetString(bytes.Span));
    }

    public Xen Xen { get; }

    public Domain Domain { get; }

    public Vcpu Vcpu => Domain.Vcpus[0];

    public string ConsoleText => _console.ToString();

    public RunResult Run(ulong instructions = 1_000_000) => Xen.Run(Domain, new() { Instructions = instructions });

    /// <summary>Makes a hypercall as the guest would, without running any code of it.</summary>
    public long Call(ulong number, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 = 0) =>
        Table.Invoke(Xen, Vcpu, new(number, a1, a2, a3, a4, a5), inMulticall: false);

    /// <summary>Puts a structure where a hypercall can be pointed at.</summary>
    public ulong Put(params byte[] structure)
    {
        Assert.True(Vcpu.TryWrite(Scratch, structure));
        return Scratch;
    }

    /// <summary>The same of the words that a 32-bit guest has.</summary>
    public ulong PutNarrow(params uint[] words) => Put([.. words.SelectMany(BitConverter.GetBytes)]);

    public ulong Put(params ulong[] words) => Put([.. words.SelectMany(BitConverter.GetBytes)]);

    public ulong Word(ulong linear)
    {
        Assert.True(Vcpu.TryRead(linear, out ulong value));
        return value;
    }

    public void SetWord(ulong linear, ulong value) => Assert.True(Vcpu.TryWrite(linear, value));

    public uint Half(ulong linear) => (uint)Word(linear);

    /// <summary>The machine frame behind a page of the guest's.</summary>
    public ulong FrameOf(ulong linear)
    {
        ulong leaf = Xen.PageTables.ReadLeaf(Vcpu, linear);
        Assert.True(Pte.IsPresent(leaf));
        return Pte.Mfn(leaf);
    }

    public void Dispose() => Xen.Dispose();
}

/// <summary>What every test kernel needs to say.</summary>
internal static class GuestAssembly
{
    private const ulong Arguments = TestGuest.Data + 0xf00;

    /// <summary>Makes a hypercall; its answer is in RAX.</summary>
    public static void Hypercall(this Assembler asm, uint number, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0)
    {
        asm.mov(rdi, a1);
        asm.mov(rsi, a2);
        asm.mov(rdx, a3);
        asm.mov(r10, a4);
        asm.mov(eax, number);
        asm.syscall();
    }

    /// <summary>Stores RAX to the data page.</summary>
    public static void Save(this Assembler asm, AssemblerRegister64 register, int offset) => asm.mov(__[TestGuest.Data + (ulong)offset], register);

    public static void Store(this Assembler asm, ulong linear, ulong value)
    {
        asm.mov(rax, value);
        asm.mov(__[linear], rax);
    }

    /// <summary>Powers off.</summary>
    public static void PowerOff(this Assembler asm)
    {
        asm.Store(Arguments, 0);
        asm.Hypercall(29, 2, Arguments);
    }

    /// <summary>Registers one trap handler.</summary>
    /// <param name="flags">DPL in bits 0-1, "mask events" in bit 2</param>
    public static void SetTrap(this Assembler asm, byte vector, Label handler, byte flags = 0)
    {
        asm.Store(TestGuest.TrapTable, vector | ((ulong)flags << 8) | (0xe033UL << 16));
        asm.lea(rax, __[handler]);
        asm.mov(__[TestGuest.TrapTable + 8], rax);
        asm.Store(TestGuest.TrapTable + 24, 0);
        asm.Hypercall(0, TestGuest.TrapTable);
    }

    /// <summary>Registers a callback by callback_op.</summary>
    public static void SetCallback(this Assembler asm, ushort type, Label handler, ushort flags = 0)
    {
        asm.Store(TestGuest.TrapTable, type | ((ulong)flags << 16));
        asm.lea(rax, __[handler]);
        asm.mov(__[TestGuest.TrapTable + 8], rax);
        asm.Hypercall(30, 0, TestGuest.TrapTable);
    }

    /// <summary>At the start of a handler: copies the frame's words to the data page.</summary>
    public static void SaveFrame(this Assembler asm, int offset, int words)
    {
        for (int i = 0; i < words; i++)
        {
            asm.mov(rax, __[rsp + (i * 8)]);
            asm.Save(rax, offset + (i * 8));
        }
    }

    /// <summary>Leaves a handler whose frame has no error code: rcx, r11, then what iret needs.</summary>
    public static void Return(this Assembler asm)
    {
        asm.pop(rcx);
        asm.pop(r11);
        asm.push(0); // flags
        asm.push(rcx);
        asm.push(r11);
        asm.push(rax);
        asm.mov(eax, 23);
        asm.syscall();
    }

    /// <summary>Goes to user mode on the user stack, with events unmasked.</summary>
    public static void EnterUser(this Assembler asm, Label user)
    {
        asm.push(0xe02b);
        asm.mov(rax, TestGuest.UserStack);
        asm.push(rax);
        asm.push(0x202);
        asm.mov(eax, 0xe033);
        asm.push(rax);
        asm.lea(rax, __[user]);
        asm.push(rax);
        asm.push(0); // flags
        asm.push(0); // rcx
        asm.push(0); // r11
        asm.push(0); // rax
        asm.mov(eax, 23);
        asm.syscall();
    }
}

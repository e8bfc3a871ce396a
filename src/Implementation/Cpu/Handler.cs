global using unsafe HandlerPointer = delegate*<Implementation.Cpu.CpuState*, Implementation.Cpu.Uop*, Implementation.Cpu.Uop*>;

namespace Implementation.Cpu;

/// <summary>The address of a handler, as a value that generics can carry.</summary>
internal readonly unsafe struct Handler(HandlerPointer address)
{
    public HandlerPointer Address { get; } = address;
}

namespace Implementation.Cpu;

/// <summary>What the CPUID policy decides about the meaning of bytes.</summary>
/// <param name="Popcnt">CPUID.1:ECX[23]; without it POPCNT is #UD</param>
/// <param name="Bmi1">CPUID.7:EBX[3]; without it TZCNT's encoding is BSF</param>
/// <param name="Lzcnt">CPUID.80000001H:ECX[5]; without it LZCNT's encoding is BSR</param>
internal readonly record struct ProcessorFeatures(bool Popcnt, bool Bmi1, bool Lzcnt)
{
    public static ProcessorFeatures Read(IProcessorBus bus) => new(
        Popcnt: (bus.Cpuid(1, 0).Ecx >> 23 & 1) != 0,
        Bmi1: (bus.Cpuid(7, 0).Ebx >> 3 & 1) != 0,
        Lzcnt: (bus.Cpuid(0x8000_0001, 0).Ecx >> 5 & 1) != 0);
}

namespace Checking.Memory;

/// <summary>How a request is carried out in a search.</summary>
public enum Grain
{
    /// <summary>At once: no other vCPU sees it half done.</summary>
    Hypercall,

    /// <summary>Micro-step by micro-step, as vCPUs race.</summary>
    Step,
}

/// <summary>How large the real model is made for a search.</summary>
/// <param name="Frames">frames that guests may name, of all domains together</param>
/// <param name="Entries">entries of a table</param>
/// <param name="Domains">domains, the first of which has the attacker's part</param>
/// <param name="Levels">levels of tables that requests name, counted from the leaves; above them boot builds one table each</param>
/// <param name="Vcpus">vCPUs of each domain</param>
public sealed record MemorySizes(int Frames = 4, int Entries = 2, int Domains = 2, int Levels = 2, int Vcpus = 1, Grain Grain = Grain.Hypercall);

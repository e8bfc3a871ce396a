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
public sealed record MemorySizes(int Frames = 3, int Entries = 1, int Domains = 2, int Levels = 1, int Vcpus = 1, Grain Grain = Grain.Hypercall)
{
    /// <summary>The scope as the command line takes it.</summary>
    public override string ToString() =>
        $"memory --frames {Frames} --entries {Entries} --domains {Domains} --levels {Levels} --vcpus {Vcpus}{(Grain == Grain.Step ? " --grain step" : "")}";

    /// <summary>Makes sure that a search of this size makes sense.</summary>
    /// <exception cref="ScopeException">a number is out of its bounds</exception>
    internal void Check()
    {
        Within("--domains", Domains, 1, 4);
        Within("--frames", Frames, Domains, 16);
        Within("--entries", Entries, 1, 8);
        Within("--levels", Levels, 1, 4);
        Within("--vcpus", Vcpus, 1, 4);
    }

    private static void Within(string option, int value, int least, int most)
    {
        if (value < least || value > most) throw new ScopeException($"{option} {value} is out of bounds: {least} to {most} here.");
    }
}

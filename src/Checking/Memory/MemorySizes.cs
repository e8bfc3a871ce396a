using Model.Faults;

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
/// <param name="Kind">what guest the first domain is; the others are 64-bit ones</param>
public sealed record MemorySizes(
    int Frames = 3, int Entries = 1, int Domains = 2, int Levels = 1, int Vcpus = 1, Grain Grain = Grain.Hypercall, GuestKind Kind = GuestKind.Pv64)
{
    /// <summary>Sizes at which a mistake shows: small ones, with a 32-bit guest for those mistakes that only such guests meet.</summary>
    public static MemorySizes ThatShow(Fault? fault) => fault?.Id switch
    {
        "XSA-185" => new(Entries: 2, Levels: 2, Kind: GuestKind.Pv32),
        "shared-xen-slots" => new(Kind: GuestKind.Pv32),
        _ => new(),
    };

    /// <summary>The level of a root of the first domain, and how many entries a walk goes through.</summary>
    public int RootLevel => Kind == GuestKind.Pv32 ? 3 : 4;

    /// <summary>The scope as the command line takes it.</summary>
    public override string ToString() =>
        $"memory --frames {Frames} --entries {Entries} --domains {Domains} --levels {Levels} --vcpus {Vcpus}{(Grain == Grain.Step ? " --grain step" : "")}{(Kind == GuestKind.Pv32 ? " --kind pv32" : "")}";

    /// <summary>Makes sure that a search of this size makes sense.</summary>
    /// <exception cref="ScopeException">a number is out of its bounds</exception>
    internal void Check()
    {
        Within("--domains", Domains, 1, 4);
        Within("--frames", Frames, Domains, 16);
        Within("--entries", Entries, 1, 8);
        Within("--levels", Levels, 1, RootLevel);
        Within("--vcpus", Vcpus, 1, 4);
    }

    private static void Within(string option, int value, int least, int most)
    {
        if (value < least || value > most) throw new ScopeException($"{option} {value} is out of bounds: {least} to {most} here.");
    }
}

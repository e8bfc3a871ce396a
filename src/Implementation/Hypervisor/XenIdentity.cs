namespace Implementation.Hypervisor;

/// <summary>The Xen that guests are told they run on.</summary>
internal static class XenIdentity
{
    public const uint Major = 4, Minor = 17, Version = (Major << 16) | Minor;

    public const string ExtraVersion = ".5", Capabilities = "xen-3.0-x86_64 ", Changeset = "", Compiler = "Ringfence",
        CompiledBy = "", CompileDomain = "", CompileDate = "";
}

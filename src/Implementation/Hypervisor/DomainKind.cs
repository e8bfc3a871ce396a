namespace Implementation.Hypervisor;

/// <summary>Which paravirtual interface a domain's kernel speaks; the builder learns it from the image.</summary>
public enum DomainKind
{
    /// <summary>64-bit: kernel and applications at CPL 3, a four-level root for each.</summary>
    Pv64,

    /// <summary>32-bit with PAE: the kernel at CPL 1 in compatibility mode, a root of four entries, structures of 32-bit words.</summary>
    Pv32Pae,
}

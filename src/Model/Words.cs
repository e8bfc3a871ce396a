namespace Model;

/// <summary>The number of a machine frame.</summary>
public readonly record struct Mfn(ulong Value)
{
    public override string ToString() => $"mfn:{Value:x}";
}

/// <summary>The number of a domain.</summary>
public readonly record struct Domid(ushort Value)
{
    /// <summary>DOMID_SELF: in an argument, the caller's own domain.</summary>
    public static Domid Self => new(0x7ff0);

    /// <summary>DOMID_IO: the owner of device memory.</summary>
    public static Domid Io => new(0x7ff1);

    /// <summary>DOMID_XEN: the owner of what is Xen's own.</summary>
    public static Domid Xen => new(0x7ff2);

    /// <summary>The owner of a frame that nobody owns.</summary>
    public static Domid Nobody => new(0x7ff4);

    public override string ToString() => this == Nobody ? "nobody" : this == Xen ? "xen" : $"d{Value}";
}

/// <summary>The number of a vCPU, counted through all domains of the machine.</summary>
public readonly record struct VcpuId(int Value)
{
    public override string ToString() => $"v{Value}";
}

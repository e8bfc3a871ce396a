namespace Implementation.Devices;

/// <summary>What a domain may do with a node.</summary>
[Flags]
public enum StoreAccess { None = 0, Read = 1, Write = 2, Both = Read | Write }

/// <summary>Who may do what with a node: its owner, what others may by default, and exceptions for named domains.</summary>
public sealed record StorePermissions(ushort Owner, StoreAccess Others, IReadOnlyList<(ushort Domain, StoreAccess Access)> Exceptions)
{
    /// <summary>As many as a reply can carry with room to spare.</summary>
    public const int MostExceptions = 128;

    public StorePermissions(ushort owner, StoreAccess others) : this(owner, others, [])
    {
    }

    /// <summary>The owner and Domain0 may do everything.</summary>
    public bool Allows(ushort domain, StoreAccess access)
    {
        if (domain == Owner || domain == Hypervisor.Domain.Domain0) return true;

        foreach ((ushort named, StoreAccess allowed) in Exceptions)
        {
            if (named == domain) return (allowed & access) == access;
        }

        return (Others & access) == access;
    }

    /// <summary>Reads the protocol's form: a letter and a domain id for each, the owner's first.</summary>
    public static bool TryParse(IReadOnlyList<string> words, out StorePermissions? permissions)
    {
        permissions = null;
        if (words.Count is 0 or > MostExceptions) return false;

        var parsed = new (ushort Domain, StoreAccess Access)[words.Count];
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i].Length < 2 || !TryParse(words[i][0], out parsed[i].Access)) return false;
            if (!ushort.TryParse(words[i].AsSpan(1), out parsed[i].Domain)) return false;
        }

        permissions = new(parsed[0].Domain, parsed[0].Access, parsed[1..]);
        return true;
    }

    public IEnumerable<string> Words() =>
        Exceptions.Prepend((Domain: Owner, Access: Others)).Select(p => $"{Letter(p.Access)}{p.Domain}");

    private static bool TryParse(char letter, out StoreAccess access)
    {
        access = letter switch
        {
            'r' => StoreAccess.Read,
            'w' => StoreAccess.Write,
            'b' => StoreAccess.Both,
            _ => StoreAccess.None,
        };
        return letter is 'r' or 'w' or 'b' or 'n';
    }

    private static char Letter(StoreAccess access) => access switch
    {
        StoreAccess.Read => 'r',
        StoreAccess.Write => 'w',
        StoreAccess.Both => 'b',
        _ => 'n',
    };
}

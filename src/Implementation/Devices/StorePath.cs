namespace Implementation.Devices;

/// <summary>Names of nodes.</summary>
internal static class StorePath
{
    public const string Root = "/";

    private const int LongestAbsolute = 3072, LongestRelative = 2048;

    /// <summary>Special watches, not nodes.</summary>
    public static bool IsSpecial(string path) => path is "@introduceDomain" or "@releaseDomain";

    public static string HomeOf(ushort domain) => $"/local/domain/{domain}";

    /// <summary>Makes a path absolute; those without a leading slash are under the domain's home.</summary>
    /// <param name="path">untrusted</param>
    /// <returns>false if the name is not one the protocol allows</returns>
    public static bool TryResolve(string path, ushort domain, out string absolute)
    {
        bool isRelative = !path.StartsWith('/');
        absolute = isRelative ? $"{HomeOf(domain)}/{path}" : path;
        if (path.Length == 0 || path.Length > (isRelative ? LongestRelative : LongestAbsolute)) return false;
        if (absolute == Root) return true;
        if (absolute.EndsWith('/') || absolute.Contains("//", StringComparison.Ordinal)) return false;

        foreach (char c in absolute)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '/' or '_' or '@')) return false;
        }

        return true;
    }

    public static string ParentOf(string absolute)
    {
        int slash = absolute.LastIndexOf('/');
        return slash <= 0 ? Root : absolute[..slash];
    }

    public static string NameOf(string absolute) => absolute[(absolute.LastIndexOf('/') + 1)..];

    public static string Child(string absolute, string name) => absolute == Root ? Root + name : $"{absolute}/{name}";

    public static bool IsAtOrBelow(string path, string ancestor) =>
        path == ancestor || ancestor == Root
        || (path.Length > ancestor.Length && path[ancestor.Length] == '/' && path.StartsWith(ancestor, StringComparison.Ordinal));
}

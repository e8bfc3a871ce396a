namespace Implementation.Devices;

/// <summary>A domain's wish to hear of changes at or below a path.</summary>
/// <param name="Path">as the domain wrote it</param>
/// <param name="Token">sent back with every event</param>
internal sealed record StoreWatch(string Path, string Absolute, string Token)
{
    /// <summary>A changed path as the watcher names it: relative if the watch is.</summary>
    public string NameOf(string changed, ushort domain)
    {
        string home = StorePath.HomeOf(domain) + "/";
        bool isRelative = Path != Absolute;
        return isRelative && changed.StartsWith(home, StringComparison.Ordinal) ? changed[home.Length..] : changed;
    }
}

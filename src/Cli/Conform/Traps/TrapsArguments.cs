namespace Cli.Conform.Traps;

/// <summary>What the user asked of <c>ringfence conform traps</c>, as typed.</summary>
/// <param name="Target"><see cref="ConformArguments.Simulator"/> or <see cref="ConformArguments.Xen"/></param>
/// <param name="Crashes">how many traps to run that end the domain; null: as many as is usual for the target</param>
internal sealed record TrapsArguments(string Target, int? Crashes, Presentation Presentation)
{
    /// <summary>A boot of real Xen takes some seconds.</summary>
    private const int CrashesOnXen = 3;

    public bool IsOnXen => Target == ConformArguments.Xen;

    /// <summary>Of so many traps that end the domain, the numbers of those to run, from the first to the last.</summary>
    public IReadOnlyList<int> Chosen(int all)
    {
        int count = Math.Min(Crashes ?? (IsOnXen ? CrashesOnXen : all), all);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * all / count))];
    }

    /// <summary>The command that does the same again.</summary>
    public string Again() => new CommandWords("conform", "traps").Add("--target", IsOnXen ? Target : null).Add("--crashes", Crashes).ToString();
}

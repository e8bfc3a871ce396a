namespace Checking.Tests.Proving;

/// <summary>Where the repository is.</summary>
internal static class Root
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Conformance.sln"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}

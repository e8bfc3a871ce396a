using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>Where the library comes from.</summary>
[Collection<Alone>]
public sealed class LibraryTests
{
    [Fact]
    public void The_version_is_that_of_the_library()
    {
        Assert.Equal(4u, Microsoft.Z3.Version.Major);
        Assert.StartsWith(Microsoft.Z3.Version.ToString(), Microsoft.Z3.Version.FullVersion, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_library_the_first_context_says_what_is_missing()
    {
        Exception missing = FirstContextWith("Z3_LIBRARY_PATH", "/nonexistent/libz3.so");

        Assert.IsType<DllNotFoundException>(missing);
        Assert.Equal("Z3_LIBRARY_PATH names /nonexistent/libz3.so, which cannot be loaded.", missing.Message);
    }

    /// <summary>What a second copy of the binding, which has loaded no library yet, throws in such an environment.</summary>
    private static Exception FirstContextWith(string variable, string value)
    {
        AssemblyLoadContext copy = new("second copy", isCollectible: true);
        Assembly binding = copy.LoadFromAssemblyPath(typeof(Context).Assembly.Location);
        Type context = binding.GetType(typeof(Context).FullName!, throwOnError: true)!;
        string? before = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, value);
        try
        {
            return Assert.Throws<TargetInvocationException>(() => Activator.CreateInstance(context)).InnerException!;
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
            copy.Unload();
        }
    }
}

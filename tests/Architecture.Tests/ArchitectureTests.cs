using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>The arrows between the projects; Model and Implementation meet nowhere but in Conformance.</summary>
public class ArchitectureTests
{
    /// <summary>What each source project may refer to: other projects, then packages.</summary>
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Arrows = new()
    {
        ["Model"] = ([], []),
        ["Z3"] = ([], []),
        ["Checking"] = (["Model", "Z3"], ["Microsoft.Z3"]),
        ["Implementation"] = ([], ["Iced"]),
        ["Conformance"] = (["Checking", "Implementation", "Model"], ["FsCheck", "FSharp.Core", "Iced"]),
        ["Testing"] = (["Conformance", "Implementation", "Model"], ["FsCheck", "FSharp.Core", "xunit.v3.extensibility.core"]),
        ["Cli"] = (["Checking", "Conformance"], ["System.CommandLine"]),
    };

    public static TheoryData<string> Projects => [.. Arrows.Keys];

    [Fact]
    public void Every_source_project_has_its_arrows_here() =>
        Assert.Equal(Arrows.Keys.Order(), Directory.GetDirectories(Root("src")).Select(Path.GetFileName).Order());

    /// <summary>Read from the project file, since an unused reference leaves no trace in an assembly.</summary>
    [Theory, MemberData(nameof(Projects))]
    public void A_project_refers_to_nothing_else(string project)
    {
        XDocument file = XDocument.Load(Root($"src/{project}/{project}.csproj"));

        Assert.Equal(Arrows[project].Projects.Order(), Included(file, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Order());
        Assert.Equal(Arrows[project].Packages.Order(), Included(file, "PackageReference").Order());
    }

    /// <summary>Read from the assembly, since a reference can also come from elsewhere than its project file.</summary>
    [Theory]
    [InlineData("Model", "Implementation", "Conformance", "Checking", "Microsoft.Z3", "ringfence", "Iced")]
    [InlineData("Microsoft.Z3", "Model", "Implementation", "Conformance", "Checking", "ringfence")]
    [InlineData("Checking", "Implementation", "Conformance", "ringfence", "Iced")]
    [InlineData("Implementation", "Model", "Conformance", "Checking", "Microsoft.Z3", "ringfence")]
    [InlineData("Conformance", "ringfence", "System.CommandLine")]
    public void An_assembly_refers_to_nothing_else(string assembly, params string[] never) =>
        Assert.Empty(Assembly.Load(assembly).GetReferencedAssemblies().Select(a => a.Name).Intersect(never));

    [Fact]
    public void The_product_never_names_a_fault() =>
        Assert.Empty(from project in (string[])["Model", "Implementation"]
                     from file in Directory.EnumerateFiles(Root($"src/{project}"), "*.cs", SearchOption.AllDirectories)
                     where !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(file).Contains("Conformance.Faults", StringComparison.Ordinal)
                     select file);

    private static IEnumerable<string> Included(XDocument project, string element) =>
        project.Descendants(element).Select(e => e.Attribute("Include")!.Value);

    private static string Root(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", path));
}

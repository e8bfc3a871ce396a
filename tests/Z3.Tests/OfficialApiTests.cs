using System.Reflection;
using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>What compiles against the binding compiles against the official package, which may take its place.</summary>
public sealed class OfficialApiTests
{
    [Fact]
    public void Nothing_is_public_that_the_official_package_lacks()
    {
        HashSet<string> official = OfficialMembers();

        string[] own = typeof(Context).Assembly.GetExportedTypes().SelectMany(Members).ToArray();

        Assert.Contains("Context.MkBoolConst", own);
        Assert.DoesNotContain(own, member => !official.Contains(member));
    }

    [Fact]
    public void The_assembly_has_the_official_name() => Assert.Equal("Microsoft.Z3", typeof(Context).Assembly.GetName().Name);

    [Fact]
    public void Answers_have_the_official_numbers()
    {
        Assert.Equal(-1, (int)Status.UNSATISFIABLE);
        Assert.Equal(0, (int)Status.UNKNOWN);
        Assert.Equal(1, (int)Status.SATISFIABLE);
    }

    /// <summary>A type and its public members, as "Type" and "Type.Member".</summary>
    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

        string name = type.FullName!.Replace("Microsoft.Z3.", "", StringComparison.Ordinal).Replace('+', '.');
        HashSet<string> ofObject = [.. typeof(object).GetMethods().Select(method => method.Name)];
        return type.GetMembers(Declared)
            .Where(member => member is not (MethodInfo { IsSpecialName: true } or Type) || IsOperator(member))
            .Select(member => member.Name)
            .Where(member => !ofObject.Contains(member) && member != "value__")
            .Distinct()
            .Select(member => $"{name}.{member}")
            .Append(name);
    }

    private static bool IsOperator(MemberInfo member) => member.Name.StartsWith("op_", StringComparison.Ordinal);

    private static HashSet<string> OfficialMembers()
    {
        HashSet<string> members = [];
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "official-api.txt")))
        {
            if (line.Length == 0 || line.StartsWith('#')) continue;

            string type = line[..line.IndexOf(':', StringComparison.Ordinal)];
            members.Add(type);
            foreach (string member in line.Split(' ').Skip(1)) members.Add($"{type}.{member}");
        }
        return members;
    }
}

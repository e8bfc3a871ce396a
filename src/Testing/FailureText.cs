using System.Collections;
using System.Globalization;
using System.Text;
using TestResult = FsCheck.TestResult;

namespace Testing;

/// <summary>What is told of a failure: the shrunk case, the reason, the line that plays just this case again.</summary>
internal sealed class FailureText(PropertyMethod method, PropertySettings settings, TestResult.Failed failed)
{
    public override string ToString()
    {
        StringBuilder to = new();
        object?[] arguments = (object?[])failed.Item3.Head;
        for (int i = 0; i < arguments.Length; i++) Write(to, method.ParameterName(i), arguments[i]);
        foreach (object further in failed.Item3.Tail) Write(to, "further", further);

        to.Append('\n').Append(Reason).Append('\n');
        to.Append('\n').Append(Effort).Append('\n').Append("replay: ").Append(Replay);
        return to.ToString();
    }

    /// <summary>What the property threw, or what FsCheck says of one that is merely false; its labels in front.</summary>
    private string Reason
    {
        get
        {
            string labels = string.Concat(failed.Item1.Labels.Select(label => $"{label}: "));
            return labels + (failed.Item4 is FsCheck.Outcome.Failed { Item: { } e } ? Says(e) : "false");
        }
    }

    private static string Says(Exception e) => IsAssertion(e) || e.GetType() == typeof(Exception) ? e.Message : $"{e.GetType().Name}: {e.Message}";

    private static bool IsAssertion(Exception e) => e.GetType().GetInterfaces().Any(i => i.Name == nameof(IAssertionException));

    private string Effort => $"case {failed.Item1.NumberOfTests}, shrunk {failed.Item1.NumberOfShrinks} times";

    private string Replay =>
        $"RINGFENCE_REPLAY={new ReplayKey(failed.Item6.Seed, failed.Item6.Gamma, failed.Item7)} {Program} --filter-method {method.FullName}"
        + (settings.IsExplicit ? " --explicit on" : "");

    /// <summary>The test program with its whole path, since xunit has changed the folder that we are in.</summary>
    private string Program
    {
        get
        {
            string assembly = method.Assembly.Location, program = Path.ChangeExtension(assembly, null);
            return File.Exists(program) ? Quoted(program) : $"dotnet {Quoted(assembly)}";
        }
    }

    private static string Quoted(string path) => path.Contains(' ') ? $"'{path}'" : path;

    /// <summary>A value of several lines stands below its name.</summary>
    private static void Write(StringBuilder to, string name, object? value)
    {
        string text = Shown(value).TrimEnd('\n');
        to.Append(name).Append(" =").Append(text.Contains('\n') ? $"\n  {text.Replace("\n", "\n  ")}" : $" {text}").Append('\n');
    }

    private static string Shown(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        char c => $"'{c}'",
        IEnumerable many when many.GetType().GetMethod(nameof(ToString), [])?.DeclaringType == typeof(object) || many is Array =>
            $"[{string.Join(", ", many.Cast<object?>().Select(Shown))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

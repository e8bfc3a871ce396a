using Model.Faults;

namespace Cli;

/// <summary>The mistakes that <c>--fault</c> makes again in the model.</summary>
internal static class Faults
{
    /// <exception cref="UsageException">there is no such mistake</exception>
    public static Fault? Find(string? id) =>
        id is null ? null
        : Fault.Find(id) ?? throw new UsageException($"There is no fault '{id}'; there are {string.Join(", ", Fault.All.Select(f => f.Id))}");

    /// <summary>The line that says which mistake was made again, if one was.</summary>
    public static void Write(TextWriter to, string? id)
    {
        if (id is null) return;
        string says = Fault.Find(id) is { } fault ? $": {fault.Says}" : "";
        to.WriteLine($"      fault        {id}, made again{says}");
    }
}

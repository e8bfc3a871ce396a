using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.Rings;

/// <summary>A step of ring protection with its arguments, in words: "Deliver v0, n vector 0, a address 1".</summary>
internal static class RingAct
{
    public static string Told(string step, IReadOnlyList<(string Name, Sort? Sort)> parameters, object[] arguments)
    {
        List<string> words = [];
        foreach (((string name, Sort? sort), object argument) in parameters.Zip(arguments))
        {
            if (sort is { } of) words.Add(Word(name, of, ((Number)argument).Value));
            else if ((Truth)argument) words.Add(name);
        }

        return words.Count == 0 ? step : $"{step} {string.Join(", ", words)}";
    }

    /// <summary>A vCPU and a processor are known by their own names; other words also by what they are in the step.</summary>
    private static string Word(string name, Sort sort, int value) => sort is Sort.Vcpu or Sort.Processor or Sort.Slot or Sort.Vector or Sort.Facility
        ? RingWords.Of(sort, value)
        : name is "ring" or "a" ? RingWords.Of(sort, value)
        : $"{name} {RingWords.Of(sort, value)}";
}

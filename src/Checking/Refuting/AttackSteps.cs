using Checking.Memory;
using Model;

namespace Checking.Refuting;

/// <summary>Tells of a step of an attack what it changed.</summary>
internal static class AttackSteps
{
    public static AttackStep Of(MemoryScope scope, MemoryRequest request, in Answer answer, Machine before, Machine after)
    {
        Dictionary<string, string> was = new(StateFacts.Of(scope, before)), now = new(StateFacts.Of(scope, after));
        string[] changed = [.. was.Keys.Union(now.Keys).Where(k => was.GetValueOrDefault(k) != now.GetValueOrDefault(k))];
        return new(request.Describe(scope, answer), Of(changed, was), Of(changed, now));
    }

    private static IReadOnlyList<KeyValuePair<string, string?>> Of(string[] changed, Dictionary<string, string> facts) =>
        [.. changed.Select(k => KeyValuePair.Create(k, facts.GetValueOrDefault(k)))];
}

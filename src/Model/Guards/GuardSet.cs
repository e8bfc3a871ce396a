using System.Numerics;
using System.Runtime.CompilerServices;

namespace Model;

/// <summary>Which guards fired. A value of a few words: nothing is allocated, sets of several runs are joined by <c>|</c>.</summary>
public struct GuardSet : IEquatable<GuardSet>
{
    /// <summary>Conditions of a clause: a to g; the last place of eight is the clause itself.</summary>
    private const int Letters = 8;

    /// <summary>Room for clauses numbered below 24, then the micro-steps.</summary>
    private const int FirstStep = 24 * Letters;

    private Words _words;

    /// <summary>How many fired.</summary>
    public readonly int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words) count += BitOperations.PopCount(word);
            return count;
        }
    }

    public static GuardSet operator |(in GuardSet a, in GuardSet b)
    {
        GuardSet both = a;
        both.UnionWith(b);
        return both;
    }

    public static bool operator ==(in GuardSet a, in GuardSet b) => a.Equals(b);

    public static bool operator !=(in GuardSet a, in GuardSet b) => !a.Equals(b);

    /// <summary>What fired there fired here too.</summary>
    public void UnionWith(in GuardSet other)
    {
        for (int i = 0; i < Words.Length; i++) _words[i] |= other._words[i];
    }

    public readonly bool Contains(Guard guard) => Contains(guard.Index);

    /// <param name="id">of a guard, as in <see cref="Guard.Id"/></param>
    public readonly bool Contains(string id) => Contains(IndexOf(id));

    /// <param name="id">of a guard, as in <see cref="Guard.Id"/></param>
    public void Add(string id) => Add(IndexOf(id));

    public readonly bool Equals(GuardSet other) => ((ReadOnlySpan<ulong>)_words).SequenceEqual(other._words);

    public override readonly bool Equals(object? obj) => obj is GuardSet other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(_words[0], _words[1], _words[2], _words[3]);

    /// <summary>The ids of what fired, in the order of <see cref="Guards.All"/>.</summary>
    public override readonly string ToString()
    {
        GuardSet fired = this;
        return string.Join(' ', Guards.All.Where(g => fired.Contains(g)));
    }

    /// <param name="clause">"HC-3.b" or "HC-3", a constant</param>
    internal void AddClause(string clause) => Add(IndexOfClause(clause));

    internal void Add(Step step) => Add(FirstStep + (int)step);

    internal static int IndexOf(string id) =>
        id.StartsWith("HC-", StringComparison.Ordinal) ? IndexOfClause(id) : FirstStep + (int)Enum.Parse<Step>(id);

    /// <summary>The number after the dash, and the letter after the dot: as quick as a look into a table, and no table.</summary>
    private static int IndexOfClause(string clause)
    {
        int at = "HC-".Length, number = clause[at++] - '0';
        if (at < clause.Length && clause[at] != '.') number = (number * 10) + clause[at++] - '0';
        int letter = at < clause.Length ? clause[at + 1] - 'a' : Letters - 1;
        return (number * Letters) + letter;
    }

    private readonly bool Contains(int index) => (_words[index >> 6] >> index & 1) != 0;

    private void Add(int index) => _words[index >> 6] |= 1UL << index;

    [InlineArray(Length)]
    private struct Words
    {
        public const int Length = 4;

        private ulong _first;
    }
}

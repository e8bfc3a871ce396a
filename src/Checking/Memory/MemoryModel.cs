using Checking.Exploration;
using Model;
using Model.Faults;

namespace Checking.Memory;

/// <summary>The real model, explored: states of a small machine, and what its vCPUs may do in each.</summary>
public sealed class MemoryModel : IExplorable<MemoryExpander>
{
    private readonly Coverage _coverage;
    private readonly Renaming[] _renamings;
    private readonly Image _image;
    private readonly Judge _judge;

    /// <param name="sizes">how large</param>
    /// <param name="fault">a mistake that every step makes after boot, or null</param>
    /// <exception cref="ScopeException">a size is out of its bounds, or a state would not fit</exception>
    public MemoryModel(MemorySizes sizes, Fault? fault = null)
    {
        Memory = new(sizes, fault);
        _image = new(Memory);
        if (_image.Layout.Bits > MostBits)
            throw new ScopeException($"A state of this scope has {_image.Layout.Bits} bits, and {MostBits} are the most: fewer frames, entries or vCPUs fit.");

        _coverage = new(Memory);
        _judge = new(Memory, _image.Machine);
        _renamings = Renaming.Of(Memory, _image.Layout);
    }

    /// <summary>Bits of a state at most.</summary>
    public const int MostBits = 64 * 32;

    /// <summary>The world that is explored.</summary>
    public MemoryScope Memory { get; }

    /// <summary>With the fault, so that a checkpoint of one search is not taken for another's.</summary>
    public string Scope => Memory.Fault is { } fault ? $"{Memory.Sizes} --fault {fault}" : Memory.Sizes.ToString();

    public int StateBits => _image.Layout.Bits;

    public IReadOnlyList<Property> Properties => _judge.Properties;

    public IReadOnlyList<Witness> Actions => _coverage.All;

    public long Renamings => _renamings.Length;

    public MemoryExpander NewWorker() => new(Memory, _coverage, _renamings);

    public unsafe string Describe(ReadOnlySpan<ulong> before, ReadOnlySpan<ulong> after)
    {
        ulong[] successor = new ulong[_image.Layout.Words];
        fixed (ulong* from = before, to = successor)
        {
            foreach (MemoryRequest request in Memory.Requests)
            {
                _image.Put(from);
                if (Memory.Attempt(request, _image.Machine, out _) is not { } answer || !_image.Take(to, out bool differs) || !differs) continue;
                if (after.SequenceEqual(successor)) return request.Describe(Memory, answer);
            }
        }

        throw new ArgumentException("no request leads from the one state to the other", nameof(after));
    }

    public unsafe IReadOnlyList<KeyValuePair<string, string>> Facts(ReadOnlySpan<ulong> state)
    {
        fixed (ulong* words = state) _image.Put(words);
        return StateFacts.Of(Memory, _image.Machine);
    }

    public unsafe string Violation(int property, ReadOnlySpan<ulong> state)
    {
        fixed (ulong* words = state) _image.Put(words);
        return _judge.Violation(property);
    }
}

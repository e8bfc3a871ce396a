namespace Checking.Refuting.Finite;

/// <summary>Propositional formulas as a graph of conjunctions and negations in which equal formulas are one node.</summary>
/// <remarks>A literal is twice a node's number, plus one for its negation; node 0 is falsehood.</remarks>
internal sealed class Graph
{
    public const int False = 0, True = 1;

    private int[] _left = new int[1 << 12], _right = new int[1 << 12];
    private int[] _index = new int[1 << 13];

    /// <summary>Nodes so far, with falsehood and inputs.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>A formula that may be either.</summary>
    public Formula Input() => new(this, Append(-1, -1) << 1);

    /// <summary>The conjuncts of a node, or null for an input.</summary>
    public (int Left, int Right)? Conjuncts(int node) => _left[node] < 0 ? null : (_left[node], _right[node]);

    public int And(int a, int b)
    {
        if (a > b) (a, b) = (b, a);
        if (a == False || a == (b ^ 1)) return False;
        if (a == True || a == b) return b;

        return Absorb(a, b) ?? Absorb(b, a) ?? Find(a, b);
    }

    /// <summary>What every node says when inputs say this.</summary>
    public bool[] Evaluate(Func<int, bool> input)
    {
        bool[] values = new bool[Count];
        for (int node = 1; node < Count; node++)
            values[node] = _left[node] < 0 ? input(node) : IsTrue(values, _left[node]) && IsTrue(values, _right[node]);
        return values;
    }

    public static bool IsTrue(bool[] values, int literal) => values[literal >> 1] != ((literal & 1) != 0);

    /// <summary>The conjunction, where one side is a conjunction that settles or repeats the other.</summary>
    private int? Absorb(int a, int b)
    {
        int node = a >> 1, x = _left[node], y = _right[node];
        if (x < 0 || node == 0) return null;

        if ((a & 1) == 0)
        {
            if (b == x || b == y) return a;
            return b == (x ^ 1) || b == (y ^ 1) ? False : null;
        }

        if (b == (x ^ 1) || b == (y ^ 1)) return b;
        if (b == x) return And(b, y ^ 1);
        return b == y ? And(b, x ^ 1) : null;
    }

    private int Find(int a, int b)
    {
        if (Count * 2 > _index.Length) Reindex();

        int mask = _index.Length - 1;
        int at = Hash(a, b) & mask;
        for (; _index[at] != 0; at = (at + 1) & mask)
        {
            if (_left[_index[at]] == a && _right[_index[at]] == b) return _index[at] << 1;
        }

        return (_index[at] = Append(a, b)) << 1;
    }

    private int Append(int left, int right)
    {
        if (Count == _left.Length)
        {
            Array.Resize(ref _left, Count * 2);
            Array.Resize(ref _right, Count * 2);
        }

        (_left[Count], _right[Count]) = (left, right);
        return Count++;
    }

    private void Reindex()
    {
        _index = new int[_index.Length * 2];
        int mask = _index.Length - 1;
        for (int node = 1; node < Count; node++)
        {
            if (_left[node] < 0) continue;

            int at = Hash(_left[node], _right[node]) & mask;
            while (_index[at] != 0) at = (at + 1) & mask;
            _index[at] = node;
        }
    }

    private static int Hash(int a, int b)
    {
        ulong mixed = (((ulong)(uint)a << 32) | (uint)b) * 0x9e37_79b9_7f4a_7c15;
        return (int)(mixed >> 33);
    }
}

namespace Checking.Proving.Unbounded;

/// <summary>Two bits that the model's text compares: <c>Same(a, b)</c>, which is spelled (a &amp; b) | (!a &amp; !b).</summary>
internal static class Comparison
{
    /// <summary>What is compared, or null if the node is no comparison.</summary>
    public static (Node A, Node B)? Of(Node node) =>
        node is Binary
        {
            Join: Join.Or,
            A: Binary { Join: Join.And } both,
            B: Binary { Join: Join.And } neither,
        } && AreOpposite(both.A, neither.A) && AreOpposite(both.B, neither.B)
            ? (both.A, both.B)
            : null;

    private static bool AreOpposite(Node a, Node b) =>
        (b is Not notB && ReferenceEquals(notB.A, a)) || (a is Not notA && ReferenceEquals(notA.A, b));
}

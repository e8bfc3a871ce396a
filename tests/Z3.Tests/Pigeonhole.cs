using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>The classic of what takes long: there is no way to give n + 1 pigeons a hole each, with n holes.</summary>
internal static class Pigeonhole
{
    internal static BoolExpr[] Problem(Context z3, int holes)
    {
        BoolExpr Sits(int pigeon, int hole) => z3.MkBoolConst($"p{pigeon}h{hole}");

        List<BoolExpr> clauses = [];
        for (int pigeon = 0; pigeon <= holes; pigeon++)
        {
            clauses.Add(z3.MkOr(Enumerable.Range(0, holes).Select(hole => Sits(pigeon, hole))));
            for (int other = 0; other < pigeon; other++)
                for (int hole = 0; hole < holes; hole++) clauses.Add(!Sits(pigeon, hole) | !Sits(other, hole));
        }
        return [.. clauses];
    }
}

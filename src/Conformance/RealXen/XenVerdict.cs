using Conformance.Campaigns;
using Conformance.Scripts;
using Model;

namespace Conformance.RealXen;

/// <summary>Says of a script that went otherwise on real Xen what was different, and what that means.</summary>
internal static class XenVerdict
{
    private const string Refinement = "R-1", Says = "Real Xen, the model and our hypervisor answer alike and are in the same state.";

    /// <param name="plan">what had to come</param>
    /// <param name="played">what came, with every word told</param>
    /// <param name="step">the first act after which something was different, as shorter scripts show</param>
    /// <returns>null: it went as it must, this time</returns>
    [Clause("CA-5"), Clause("CA-6")]
    public static Failure? Of(ScriptPlan plan, Played played, int? step)
    {
        if (played.Hash is null && !(plan.ExpectsCrash && played.End == BootEnd.GuestEnded)) return OfEnd(plan, played, step);
        return OfAnswers(plan, played) ?? (played.Hash == plan.Hash || plan.ExpectsCrash ? null : OfState(plan, played.Records, step));
    }

    /// <summary>It came to its end with all answers right, and in another state.</summary>
    public static bool IsOfStateOnly(ScriptPlan plan, Played played) => played.Hash is { } hash && hash != plan.Hash && OfAnswers(plan, played) is null;

    private static Failure? OfAnswers(ScriptPlan plan, Played played) =>
        plan.Acts.Where(a => a.IsCompared).Select(a => OfAct(plan, a, played.Records)).FirstOrDefault(f => f is not null);

    private static Failure OfEnd(ScriptPlan plan, Played played, int? step)
    {
        int turn = (int)(played.Records.LastOrDefault(r => r.Kind == RecordKind.Turn).Words?[1] ?? 0);
        int at = step ?? (plan.Acts.Count == 0 ? 0 : plan.Acts[Math.Min(turn, plan.Acts.Count - 1)].Step);
        string how = played.End switch
        {
            BootEnd.GuestEnded => "Xen ended the domain",
            BootEnd.Panic => "Xen stopped with a panic",
            BootEnd.Flooded => "the console was flooded",
            BootEnd.EmulatorEnded => "the emulator ended",
            _ => "nothing more was heard",
        };
        string words = played.LastWords.Count == 0 ? "" : $": {played.LastWords[^1]}";
        return new(FailureClass.Crash, at, Refinement, Says, "the domain goes on", how + words);
    }

    private static Failure? OfAct(ScriptPlan plan, PlannedAct act, IReadOnlyList<Record> records)
    {
        ulong number = (ulong)plan.Acts.ToList().IndexOf(act);
        Record told = records.FirstOrDefault(r => r.Kind == RecordKind.Step && r.Words[1] == number);
        if (told.Words is null) return null;
        StepResult got = new((StepKind)told.Words[2], (long)told.Words[3]);
        if (got != act.Expected) return Differ(act, act.Act, act.Expected, got);
        for (int i = 0; i < act.Members.Count; i++)
        {
            Record member = records.FirstOrDefault(r => r.Kind == RecordKind.Member && r.Words[1] == number && r.Words[2] == (ulong)i);
            if (member.Words is not null && (long)member.Words[3] != act.Members[i])
                return Differ(act, act.Act.Members[i], new(StepKind.Answered, act.Members[i]), new(StepKind.Answered, (long)member.Words[3]));
        }

        return null;
    }

    private static Failure Differ(PlannedAct planned, Act act, StepResult expected, StepResult got)
    {
        bool isSpecified = act.Row.Means is Means.Read or Means.Write || IsSpecified(act.Operation);
        FailureClass kind = !isSpecified ? FailureClass.Unspecified
            : Refuses(expected) && !Refuses(got) ? FailureClass.Laxer
            : !Refuses(expected) && Refuses(got) ? FailureClass.Stricter
            : FailureClass.StateDiffers;
        return new(kind, planned.Step, planned.Claim, Says, $"{expected}", $"{got}");
    }

    private static bool Refuses(StepResult result) => result.Kind is StepKind.Trapped or StepKind.Crashed || (result.Kind == StepKind.Answered && result.Value < 0);

    /// <summary>Whether the model has a say in the answer.</summary>
    private static bool IsSpecified(Operation operation) => operation is Operation.MmuUpdate or Operation.MmuExtOp or Operation.UpdateVaMapping
        or Operation.UpdateVaMappingOtherDomain or Operation.Multicall or Operation.SetGdt or Operation.UpdateDescriptor
        or Operation.DecreaseReservation;

    private static Failure OfState(ScriptPlan plan, IReadOnlyList<Record> records, int? step)
    {
        int at = step ?? (plan.Acts.Count == 0 ? 0 : plan.Acts[^1].Step);
        (string expected, string got) = Compare(plan.State, records);
        return new(FailureClass.StateDiffers, at, Refinement, Says, expected, got);
    }

    /// <summary>The first few words that differ.</summary>
    private static (string Expected, string Got) Compare(ExpectedState state, IReadOnlyList<Record> records)
    {
        const int most = 4;
        Dictionary<(ulong, ulong), ulong> got = [];
        foreach (Record record in records.Where(r => r.Kind == RecordKind.Word)) got[(record.Words[1], record.Words[2])] = record.Words[3];
        Dictionary<(ulong, ulong), ulong> expected = state.Words.ToDictionary(w => ((ulong)w.Frame, (ulong)w.Slot), w => w.Value);

        List<string> found = [], must = [];
        foreach ((ulong Frame, ulong Slot) place in expected.Keys.Union(got.Keys).Order())
        {
            (ulong e, ulong g) = (expected.GetValueOrDefault(place), got.GetValueOrDefault(place));
            if (e == g || must.Count == most) continue;
            string name = $"{StageFrame.Name((int)place.Frame)}[{place.Slot}]";
            must.Add($"{name} {Text(e)}");
            found.Add($"{name} {Text(g)}");
        }

        foreach (Record record in records.Where(r => r.Kind == RecordKind.Facts && r.Words[1] < (ulong)state.Facts.Count))
        {
            (ulong facts, ulong physical) = state.Facts[(int)record.Words[1]];
            if ((facts == record.Words[2] && physical == record.Words[3]) || must.Count == most) continue;
            string name = StageFrame.Name((int)record.Words[1]);
            must.Add($"{name} {Text(facts, physical)}");
            found.Add($"{name} {Text(record.Words[2], record.Words[3])}");
        }

        return must.Count == 0 ? ("the same state", "another hash") : (string.Join("; ", must), string.Join("; ", found));
    }

    private static string Text(ulong value) =>
        ((value >> 12) & 0xff_ffff_ff00) == StageDigest.Mark && ((value >> 12) & 0xff) < StageFrame.Count
            ? $"{StageFrame.Name((int)((value >> 12) & 0xff))}:0x{value & 0xfff0_0000_0000_0fff:x}"
            : $"0x{value:x}";

    private static string Text(ulong facts, ulong physical)
    {
        string can = (facts & ExpectedState.Readable) == 0 ? "not the domain's" : (facts & ExpectedState.Writable) != 0 ? "mappable writable" : "not mappable writable";
        return $"{can}{((facts & ExpectedState.Pinned) != 0 ? ", pinned" : "")}, m2p {Text(physical << 12)}";
    }
}

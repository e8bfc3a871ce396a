using Conformance.Bridge;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;

namespace Conformance.RealXen;

/// <summary>Plays a script on the simulator, beside the model, and notes what real Xen is to do and what must come of it.</summary>
/// <remarks>
/// What real hardware does not determine is not compared: what is read through a translation that may be stale, clocks, pages that Xen
/// writes as it likes. After a store through a translation that may be stale the rest is left out, as it would not mean the same.
/// </remarks>
internal sealed class Planner : IPlay
{
    private readonly Script _script;
    private readonly int[] _places;
    private readonly List<PlannedAct> _acts = [];
    private readonly Translations _translations = new();
    private readonly ushort _roots;
    private ulong[] _frames = [];
    private ushort _rooted;
    private readonly bool _inParts;
    private readonly List<(int Acts, ExpectedState State)> _states = [];

    /// <summary>Frames that came or went.</summary>
    private readonly HashSet<ulong> _moved = [];

    /// <summary>Frames that went, and did not come again here.</summary>
    private readonly HashSet<ulong> _gone = [];

    /// <summary>Acts that turned out not to be for real Xen, so that the script has to be played without them.</summary>
    private int[]? _outside;

    private Planner(Script script, int[] places, bool inParts)
    {
        _inParts = inParts;
        _script = script;
        _places = places;
        _roots = MayBeRoots(script.Acts);
    }

    /// <param name="script">as a campaign has it</param>
    /// <param name="simulator">of the script's shape</param>
    public static ScriptPlan Plan(Script script, Simulator simulator) => Play(script, simulator, inParts: false)[^1];

    /// <summary>The beginnings of a script, from one act on to all of it.</summary>
    public static IReadOnlyList<ScriptPlan> PlanBeginnings(Script script, Simulator simulator) => Play(script, simulator, inParts: true);

    private static List<ScriptPlan> Play(Script script, Simulator simulator, bool inParts)
    {
        HashSet<int> leftOut = [];
        ushort roots = MayBeRoots(script.Acts);
        while (true)
        {
            int[] places = [.. Enumerable.Range(0, script.Acts.Count).Where(i => !leftOut.Contains(i) && XenRules.IsAsked(script.Acts[i]) && !XenRules.ValidatesRoot(script.Acts[i]) && !XenRules.CopiesRoot(script.Acts[i], roots))];
            Script asked = script with { Acts = [.. places.Select(i => script.Acts[i])] };
            Planner planner = new(asked, places, inParts);
            CaseResult played = simulator.Run(asked, planner);
            if (planner._outside is { } outside)
            {
                leftOut.UnionWith(outside);
                continue;
            }

            StepResult[] steps = new StepResult[script.Acts.Count];
            for (int i = 0; i < played.Steps.Count; i++) steps[places[i]] = played.Steps[i];
            Failure? failure = played.Failure is { } f ? f with { Step = places[f.Step] } : null;
            if (planner._states.Count == 0) planner._states.Add((0, new([], []))); // The failure came before the end.
            return [.. planner._states.Select(s => new ScriptPlan(script, steps, [.. planner._acts.Take(s.Acts)], planner._roots, s.State, failure))];
        }
    }

    public void Began(StageView stage)
    {
        if (_script.Acts.Count == 0) Look(stage);
        Prepare(0, stage);
    }

    public void Stepped(int step, in StepResult result, StageView stage)
    {
        (ushort adopted, ushort moved) = Moved(stage);
        // One of those may have come again on real Xen: an entry that names it would mean another frame.
        if (adopted != 0 && XenRules.Names(stage, _gone)) _outside ??= [_places[step]];
        if (stage.Xen.PageTables is XenTables { HasLostTable: true }) _outside ??= [_places[step]];
        // The first domain's end is the machine's.
        if (result.Kind == StepKind.Crashed) _outside ??= [_places[step]];
        if (result.Kind != StepKind.LeftOut) Note(_script.Acts[step], _places[step], result, adopted, moved, stage);
        if (_inParts || step == _script.Acts.Count - 1) Look(stage);
        Prepare(step + 1, stage);
    }

    /// <summary>Before an act: remembers what it may change, and looks whether it is one for real Xen as things are.</summary>
    private void Prepare(int step, StageView stage)
    {
        Remember(stage);
        _translations.Forget(stage);
        if (step < _script.Acts.Count && !XenRules.IsAsked(_script.Acts[step], stage, _translations)) _outside ??= [_places[step]];
    }

    private void Look(StageView stage) => _states.Add((_acts.Count, StageDigest.Of(stage, _moved, _roots)));

    private void Note(Act act, int place, in StepResult result, ushort adopted, ushort moved, StageView stage)
    {
        bool isCompared = true;
        StepResult expected = result;
        if (act.Row.Means is Means.Read or Means.Write)
        {
            ulong linear = stage.Resolve(act[0]);
            bool isStale = _translations.Touch(stage, linear, result, act.Row.Means == Means.Write);
            if (isStale && act.Row.Means == Means.Write) _outside ??= [.. _places.Where(p => p >= place)];

            isCompared = !isStale && (result.Kind != StepKind.Done || (IsAligned(linear) && IsReadable(stage, linear)));
            if (result.Kind == StepKind.Done && act.Row.Means == Means.Read)
                expected = result with { Value = (long)StageDigest.Value(stage, _moved, (ulong)result.Value) };
        }

        if (act.Row.Means == Means.Instruction) isCompared = !Instructions.Of((int)act[0].Bits).ReadsClock;
        long[] members = [.. act.Members.Select((_, i) => stage.BufferWord((i * 64) + 8))];
        ushort unrooted = Unrooted(act, stage);
        if (unrooted != 0 && XenRules.ValidatesLater(act)) _outside ??= [place];
        _acts.Add(new(act, place, expected, members, isCompared, adopted, moved, unrooted, Refinement));
    }

    private const string Refinement = "R-1";

    /// <summary>Parts of two words are no names of frames.</summary>
    private static bool IsAligned(ulong linear) => (linear & 7) == 0;

    /// <summary>What is there can be told: neither a page that Xen writes when it likes nor Xen's slots of a root.</summary>
    private bool IsReadable(StageView stage, ulong linear)
    {
        if (PageEntry.Slot(linear, 4) is >= Abi.FirstXenSlot and <= Abi.LastXenSlot) return false;
        Mfn? leaf = Translations.Walk(stage, linear)?.Frame;
        if (leaf == stage.FrameOf(1, StageFrame.SharedInfo)) return false;
        return (int)((linear >> 3) & 511) is not (>= Abi.FirstXenSlot and <= Abi.LastXenSlot) || (_roots == 0 && leaf != stage.FrameOf(1, StageFrame.Root));
    }

    private void Remember(StageView stage)
    {
        _frames = [.. Enumerable.Range(0, StageFrame.Pool).Select(k => stage.FrameOf(1, k).Value)];
        _rooted = Roots(stage);
    }

    private static ushort Roots(StageView stage)
    {
        ushort bits = 0;
        for (int k = 0; k < StageFrame.Pool; k++)
        {
            if (stage.Model.View(stage.FrameOf(1, k)) is { TypeCount: > 0, Type: Model.PageType.L4 }) bits |= (ushort)(1 << k);
        }

        return bits;
    }

    /// <summary>The frames that the act made cease to be roots, for a moment's roots too.</summary>
    /// <remarks>Where Xen's slots are not empty here, they are the script's, or the machine-to-physical table's, which real Xen leaves there too.</remarks>
    private ushort Unrooted(Act act, StageView stage)
    {
        int bits = (_rooted | (XenRules.IsSeveral(act) ? MayBeRoots([act]) : 0)) & ~Roots(stage);
        for (int k = 0; k < StageFrame.Pool; k++)
        {
            ReadOnlySpan<ulong> slots = stage.Xen.Memory.Entries(stage.FrameOf(1, k).Value)[Abi.FirstXenSlot..(Abi.LastXenSlot + 1)];
            if (slots.ContainsAnyExcept(0UL)) bits &= ~(1 << k);
        }

        return (ushort)bits;
    }

    /// <summary>The indices that the last act gave to other frames, and, if there are any, those of all frames given back.</summary>
    private (ushort Adopted, ushort Moved) Moved(StageView stage)
    {
        ushort adopted = 0, moved = 0;
        for (int k = 0; k < StageFrame.Pool; k++)
        {
            FrameView view = stage.Model.View(stage.FrameOf(1, k));
            bool isNew = stage.FrameOf(1, k).Value != _frames[k], isOurs = view.Owner.Value == 1 && view.IsAllocated;
            if (isNew) adopted |= (ushort)(1 << k);
            if (!isOurs) moved |= (ushort)(1 << k);
            if (!isOurs || isNew) _gone.Add(_frames[k]);
            if (isOurs) _gone.Remove(stage.FrameOf(1, k).Value);
        }

        if (adopted == 0) return (0, 0);
        for (int k = 0; k < StageFrame.Pool; k++)
        {
            if ((((adopted | moved) >> k) & 1) == 0) continue;
            _moved.Add(_frames[k]);
            _moved.Add(stage.FrameOf(1, k).Value);
        }

        return (adopted, moved);
    }

    /// <summary>The frames that some act asks to use as a root.</summary>
    private static ushort MayBeRoots(IReadOnlyList<Act> acts)
    {
        ushort bits = 0;
        foreach (Act act in acts)
        {
            bits |= MayBeRoots(act.Members);
            for (int e = 0; act.Operation == Operation.MmuExtOp && e < act.Elements; e++)
            {
                bool makesRoot = (ExtCommand)(uint)act[e, 0].Bits is ExtCommand.PinL4 or ExtCommand.NewBase or ExtCommand.NewUserBase;
                if (makesRoot && act[e, 1] is { Kind: Reference.Frame, Index: < StageFrame.Pool } frame) bits |= (ushort)(1 << frame.Index);
            }
        }

        return bits;
    }
}

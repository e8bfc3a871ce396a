using Implementation.Snapshots;
using Model;

namespace Conformance.Watch;

/// <summary>The part of a run that explains a finding.</summary>
/// <param name="Steps">the steps told, oldest first</param>
/// <param name="Untold">how many came before and are left out</param>
/// <param name="Start">the frames concerned, as they were before the first step told</param>
internal sealed record Story(IReadOnlyList<StoryStep> Steps, ulong Untold, IReadOnlyList<FrameState> Start);

/// <summary>The last steps of a run with what each changed, so that a finding can tell its story.</summary>
/// <remarks>
/// Written on every step of the guest, so it stores what it is given and words nothing until <see cref="Tell"/>. Each slot of the
/// ring keeps its lists, so a run that goes well allocates nothing here once the ring is full.
/// </remarks>
internal sealed class Journal : IRestorable
{
    /// <summary>Steps remembered; older ones are forgotten.</summary>
    private const int Capacity = 4096;

    /// <summary>Steps told in a story at most.</summary>
    private const int Told = 8;

    /// <summary>A step with more changes than this remembers the first ones only.</summary>
    private const int ChangesKept = 4096;

    private readonly Record[] _ring = new Record[Capacity];
    private Record _current = new();

    /// <summary>Steps begun so far.</summary>
    public ulong Count { get; private set; }

    /// <summary>Begins the next step.</summary>
    /// <param name="actor">domain and vCPU that act</param>
    /// <param name="call">name of what happens</param>
    /// <param name="asked">what was asked, worded only when the story is told</param>
    public void Begin((int Domain, int Vcpu) actor, string call, Request? asked)
    {
        ref Record? slot = ref _ring[Count++ % Capacity]!;
        _current = slot ??= new();
        _current.Number = Count;
        _current.Actor = actor;
        _current.Call = call;
        _current.Asked = asked;
        _current.Answer = _current.Expected = null;
        _current.Frames.Clear();
        _current.Entries.Clear();
    }

    public void Changed(in FrameChange change)
    {
        if (_current.Frames.Count < ChangesKept) _current.Frames.Add(change);
    }

    public void Changed(in EntryChange change)
    {
        if (_current.Entries.Count < ChangesKept) _current.Entries.Add(change);
    }

    /// <summary>What was answered, and what should have been, where that differs.</summary>
    public void Answered(long answer, long? expected) => (_current.Answer, _current.Expected) = (answer, expected);

    /// <summary>The last steps that touched the given frames or what the last step touched, oldest first.</summary>
    /// <param name="frames">the frames that the story is about</param>
    /// <param name="now">what the hypervisor says of a frame after the last step</param>
    public Story Tell(IEnumerable<Mfn> frames, Func<Mfn, FrameFacts> now)
    {
        if (Count == 0) return new([], 0, []);
        HashSet<Mfn> concerned = [.. frames];
        foreach (EntryChange e in _current.Entries) concerned.UnionWith([e.Table, e.After.Target]);
        if (concerned.Count == 0) concerned.UnionWith(_current.Frames.Take(Told).Select(f => f.Frame));

        List<StoryStep> steps = [Worded(_current, concerned)];
        ulong oldest = Count > Capacity ? Count - Capacity : 0;
        for (ulong number = Count - 1; number > oldest && steps.Count < Told; number--)
        {
            Record record = _ring[(number - 1) % Capacity];
            if (record.Number != number) break; // Written over before the journal was restored.
            if (record.Touches(concerned)) steps.Insert(0, Worded(record, concerned));
        }

        ILookup<Mfn, FrameChange> changes = steps.SelectMany(s => s.Frames).ToLookup(c => c.Frame);
        IEnumerable<FrameState> start =
            from frame in concerned.Take(Told)
            select new FrameState(frame, changes[frame].Select(c => c.Before).FirstOrDefault(now(frame)));
        return new(steps, Count - (ulong)steps.Count, [.. start]);
    }

    /// <summary>How far it was. What it says of steps before that stays, unless so many follow that they are written over.</summary>
    public object Save() => Count;

    public void Restore(object saved)
    {
        Count = (ulong)saved;
        _current = Count == 0 ? new() : _ring[(Count - 1) % Capacity];
    }

    /// <summary>A step with the changes that concern the story; all of them if none does.</summary>
    private static StoryStep Worded(Record r, HashSet<Mfn> concerned)
    {
        FrameChange[] frames = [.. r.Frames.Where(f => concerned.Contains(f.Frame))];
        EntryChange[] entries = [.. r.Entries.Where(e => concerned.Overlaps([e.Table, e.After.Target, e.Before.Target]))];
        if (frames.Length + entries.Length == 0) (frames, entries) = ([.. r.Frames], [.. r.Entries]);
        string arguments = r.Asked is { } asked ? Wording.Of(asked) : "";
        return new(r.Number, $"d{r.Actor.Domain}v{r.Actor.Vcpu}", r.Call, arguments, r.Answer, r.Expected, frames, entries);
    }

    private sealed class Record
    {
        public ulong Number { get; set; }

        public (int Domain, int Vcpu) Actor { get; set; }

        public string Call { get; set; } = "";

        public Request? Asked { get; set; }

        public long? Answer { get; set; }

        public long? Expected { get; set; }

        public List<FrameChange> Frames { get; } = [];

        public List<EntryChange> Entries { get; } = [];

        public bool Touches(HashSet<Mfn> concerned) =>
            Frames.Exists(f => concerned.Contains(f.Frame)) || Entries.Exists(e => concerned.Overlaps([e.Table, e.After.Target]));
    }
}

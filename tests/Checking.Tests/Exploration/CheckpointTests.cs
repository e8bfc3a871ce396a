using Checking.Exploration;

namespace Checking.Tests.Exploration;

/// <summary>A search that was stopped, or killed, and goes on ends as if nothing had happened.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const int Forbidden = 23;

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-test-").FullName;

    private string First => Path.Combine(_folder, "first");

    private string Second => Path.Combine(_folder, "second");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(5, 12, false, 1)]
    [InlineData(10, 6, true, 1)]
    [InlineData(5, 24, false, 2)]
    [InlineData(10, 30, true, 2)]
    public void A_stopped_search_goes_on_to_the_same_end(int counters, int bitsEach, bool symmetry, int workers)
    {
        Counters model = Model(bitsEach, counters: counters);
        ExplorationOptions options = new() { Symmetry = symmetry, Workers = workers };
        var whole = Explore(model, options);
        int stops = 0;

        for (long states = whole.DistinctStates / 7; states < whole.DistinctStates; states += whole.DistinctStates / 7)
        {
            var stopped = Explore(model, options with
            {
                MaxStates = states,
                CheckpointTo = First,
                ResumeFrom = stops == 0 ? null : First,
            });
            if (stopped.StoppedBy != StopReason.MaxStates) break;
            Assert.Equal(First, stopped.Checkpoint);
            stops++;
            AssertSame(whole, Explore(model, options with { ResumeFrom = First, CheckpointTo = Second }));
        }

        Assert.True(stops > 2);
        AssertSame(whole, Explore(model, options with { ResumeFrom = First, Workers = 3 - workers }));
    }

    [Fact]
    public void A_finished_search_can_be_resumed_and_says_the_same()
    {
        var whole = Explore(Model(12), new() { CheckpointTo = First });
        AssertSame(whole, Explore(Model(12), new() { ResumeFrom = First }));

        Counters harmless = new(4, 5, 12);
        whole = Explore(harmless, new() { CheckpointTo = First });
        Assert.Equal(StopReason.Complete, whole.StoppedBy);
        AssertSame(whole, Explore(harmless, new() { ResumeFrom = First }));
    }

    [Fact]
    public void An_interrupted_search_leaves_a_checkpoint()
    {
        using CancellationTokenSource interrupt = new();
        int expanded = 0;
        Counters interrupted = Model(12, () =>
        {
            if (++expanded == 5_000) interrupt.Cancel();
        });

        var found = Explore(interrupted, new() { CheckpointTo = First, Cancel = interrupt.Token });

        Assert.Equal(StopReason.Interrupted, found.StoppedBy);
        Assert.Equal(First, found.Checkpoint);
        AssertSame(Explore(Model(12), new()), Explore(Model(12), new() { ResumeFrom = First }));
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(24, 1)]
    [InlineData(12, 2)]
    public void A_killed_search_goes_on_from_its_last_checkpoint(int bitsEach, int workers)
    {
        int expanded = 0;
        Counters killed = Model(bitsEach, () =>
        {
            if (Interlocked.Increment(ref expanded) > 8_000) throw new TimeoutException("killed");
        });

        // Due at every chunk, and then the process is gone without a word.
        Assert.Throws<TimeoutException>(() =>
            Explore(killed, new() { CheckpointTo = First, CheckpointEvery = TimeSpan.Zero, Workers = workers }));
        File.AppendAllText(Path.Combine(First, "states.log"), "a write that was torn");
        File.WriteAllText(Path.Combine(First, "manifest.json.new"), "{");
        var resumed = Explore(Model(bitsEach), new() { ResumeFrom = First, CheckpointTo = First });

        AssertSame(Explore(Model(bitsEach), new()), resumed);
        AssertSame(resumed, Explore(Model(bitsEach), new() { ResumeFrom = First }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200_000)]
    [InlineData(700_000)]
    public void A_full_disk_leaves_the_last_checkpoint_whole(long room)
    {
        FullDisk disk = new(room);
        var found = Explore(Model(12), new() { CheckpointTo = First, CheckpointEvery = TimeSpan.Zero, Open = disk.Open });

        Assert.Equal(StopReason.DiskFull, found.StoppedBy);
        Assert.Equal(room > 1 ? First : null, found.Checkpoint);
        if (room > 1) AssertSame(Explore(Model(12), new()), Explore(Model(12), new() { ResumeFrom = First }));
    }

    [Theory]
    [InlineData("states.log")]
    [InlineData("begun-*.log")]
    [InlineData("manifest.json")]
    public void A_damaged_file_is_named(string pattern)
    {
        string path = StoppedHalfway(pattern);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);

        var failure = Assert.Throws<CheckpointException>(() => Explore(Model(12), new() { ResumeFrom = First }));

        Assert.Equal($"{path}: damaged, its checksum does not fit.", failure.Message);
    }

    [Theory]
    [InlineData("states.log")]
    [InlineData("begun-*.log")]
    public void A_file_that_lost_its_end_is_named(string pattern)
    {
        string path = StoppedHalfway(pattern);
        using (FileStream file = new(path, FileMode.Open)) file.SetLength(file.Length - 5);

        var failure = Assert.Throws<CheckpointException>(() => Explore(Model(12), new() { ResumeFrom = First }));

        Assert.Equal($"{path}: damaged, it is shorter than its manifest says.", failure.Message);
    }

    [Fact]
    public void A_checkpoint_of_another_search_is_refused()
    {
        StoppedHalfway("states.log");

        Assert.Equal($"{First}: the checkpoint is of 'counters 5 6', not of 'counters 5 7'.", Refused(new Counters(5, 7, 12), new()));
        Assert.Equal($"{First}: the checkpoint is of another version of the model.", Refused(new Counters(5, 6, 11, Forbidden), new()));
        Assert.Equal($"{First}: the checkpoint is of a search without symmetry.", Refused(Model(12), new() { Symmetry = true }));
        Assert.Equal($"{First}: the checkpoint is of a search for other properties.", Refused(Model(12), new() { OnlyProperty = 0 }));
        string nowhere = Path.Combine(_folder, "nowhere");
        Assert.Equal($"{nowhere}/manifest.json: there is no checkpoint here.",
            Assert.Throws<CheckpointException>(() => Explore(Model(12), new() { ResumeFrom = nowhere })).Message);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(First, "not a folder");

        var failure = Assert.Throws<CheckpointException>(() => Explore(Model(12), new() { CheckpointTo = First }));

        Assert.StartsWith($"{First}: no checkpoint can be kept here: ", failure.Message, StringComparison.Ordinal);
    }

    private string Refused(Counters model, ExplorationOptions options) =>
        Assert.Throws<CheckpointException>(() => Explore(model, options with { ResumeFrom = First })).Message;

    private string StoppedHalfway(string pattern)
    {
        var stopped = Explore(Model(12), new() { MaxStates = 5_000, CheckpointTo = First });
        Assert.Equal(StopReason.MaxStates, stopped.StoppedBy);
        return Assert.Single(Directory.GetFiles(First, pattern));
    }

    private static Counters Model(int bitsEach, Action? onExpand = null, int counters = 5) => new(counters, 6, bitsEach, Forbidden, onExpand)
    {
        Properties = [new Property("P", $"the counters do not add up to {Forbidden}", "a test")],
    };

    private static Checking.Exploration.Exploration Explore(Counters model, ExplorationOptions options) =>
        Explorer.Run<Counters, Counters.Worker>(model, options);

    private static void AssertSame(Checking.Exploration.Exploration expected, Checking.Exploration.Exploration found)
    {
        Assert.Equal(expected.StoppedBy, found.StoppedBy);
        Assert.Equal(expected.DistinctStates, found.DistinctStates);
        Assert.Equal(expected.Transitions, found.Transitions);
        Assert.Equal(expected.Depth, found.Depth);
        Assert.Equal(expected.FullStates, found.FullStates);
        Assert.Equal(expected.Fired, found.Fired);
        Assert.Equal(expected.Properties, found.Properties);
        Assert.Equal(expected.Trace, found.Trace);
    }
}

/// <summary>A disk with room for so many bytes, whatever files they are in.</summary>
internal sealed class FullDisk(long room)
{
    private long _room = room;

    public Stream Open(string path, FileMode mode) => new Limited(this, path, mode);

    private sealed class Limited(FullDisk disk, string path, FileMode mode)
        : FileStream(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
    {
        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        public override void Write(byte[] buffer, int offset, int count)
        {
            // As the system does, write what there is room for and then fail.
            int fits = (int)Math.Clamp(Interlocked.Add(ref disk._room, -count) + count, 0, count);
            base.Write(buffer, offset, fits);
            if (fits < count) throw new IOException("No space left on device");
        }
    }
}

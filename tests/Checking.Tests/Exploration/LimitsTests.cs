using Checking.Exploration;

namespace Checking.Tests.Exploration;

/// <summary>What happens at the limits: of memory, of states, of what the explorer takes.</summary>
public sealed class LimitsTests
{
    [Theory]
    [InlineData(5, 9, 100, 1, null, 100_000)]
    [InlineData(6, 9, 10, 1, null, 1_000_000)]
    [InlineData(66, 1, 31, 2, 3, 1 + 66 + 2145 + 45_760)] // a level twenty times the one before, for each worker to fill blocks
    public void A_frontier_on_disk_changes_nothing(int counters, int top, int bitsEach, int workers, int? stopAt, long states)
    {
        Counters model = new(counters, top, bitsEach, stopAt) { Properties = [new Property("P", "the counters do not add up so far", "a test")] };
        List<string> opened = [];
        Stream Open(string path, FileMode mode)
        {
            opened.Add(path);
            return new FileStream(path, mode);
        }

        var found = Explorer.Run<Counters, Counters.Worker>(model, new() { Workers = workers, FrontierMemory = 0, Open = Open });

        string spilled = Assert.Single(opened);
        Assert.StartsWith(Path.Combine(Path.GetTempPath(), "ringfence-frontier-"), spilled, StringComparison.Ordinal);
        Assert.False(File.Exists(spilled));
        Assert.Equal(states, found.DistinctStates);
        Assert.Equal(stopAt ?? counters * top, found.Depth - 1);
    }

    /// <summary>Levels of more blocks than memory may hold: what comes back from disk must not crowd out the rest.</summary>
    [Theory, InlineData(1), InlineData(3)]
    public void A_frontier_much_larger_than_its_memory_goes_to_disk_and_back(int workers)
    {
        Counters model = new(6, 9, 100);

        var found = Explorer.Run<Counters, Counters.Worker>(model, new() { Workers = workers, FrontierMemory = 512 << 10 });

        Assert.Equal((1_000_000, StopReason.Complete), (found.DistinctStates, found.StoppedBy));
    }

    [Fact]
    public void A_full_disk_under_the_frontier_ends_the_search_with_a_checkpoint()
    {
        string folder = Directory.CreateTempSubdirectory("ringfence-test-").FullName;
        try
        {
            Counters model = new(5, 9, 100);
            FullDisk disk = new(0);
            Stream Open(string path, FileMode mode) =>
                path.Contains("frontier", StringComparison.Ordinal) ? disk.Open(path, mode) : new FileStream(path, mode);

            var stopped = Explorer.Run<Counters, Counters.Worker>(model, new() { FrontierMemory = 0, CheckpointTo = folder, Open = Open });
            var resumed = Explorer.Run<Counters, Counters.Worker>(model, new() { ResumeFrom = folder });

            Assert.Equal(StopReason.DiskFull, stopped.StoppedBy);
            Assert.InRange(stopped.DistinctStates, 1, 99_999);
            Assert.Equal(100_000, resumed.DistinctStates);
            Assert.DoesNotContain(Directory.GetFiles(folder), file => file.Contains("frontier", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Too_little_memory_ends_the_search_and_more_lets_it_go_on()
    {
        string folder = Directory.CreateTempSubdirectory("ringfence-test-").FullName;
        try
        {
            Counters model = new(6, 9, 80); // 64 bytes a state in the table
            ExplorationOptions options = new() { MaxMemory = 16 << 20, CheckpointTo = folder, FrontierMemory = 0 };

            var stopped = Explorer.Run<Counters, Counters.Worker>(model, options);
            Assert.Equal(StopReason.MaxMemory, stopped.StoppedBy);
            Assert.True(stopped.BytesPerState * stopped.DistinctStates < 17 << 20);

            Assert.Equal(StopReason.MaxMemory, Explorer.Run<Counters, Counters.Worker>(model, options with { ResumeFrom = folder }).StoppedBy);
            var resumed = Explorer.Run<Counters, Counters.Worker>(model, new() { ResumeFrom = folder });
            Assert.Equal(1_000_000, resumed.DistinctStates);
            Assert.Equal(StopReason.Complete, resumed.StoppedBy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_model_that_fails_ends_the_search_with_its_own_exception()
    {
        int expanded = 0;
        Counters model = new(5, 9, 12, onExpand: () =>
        {
            if (Interlocked.Increment(ref expanded) > 30_000) throw new TimeoutException("of the model");
        });

        Assert.Throws<TimeoutException>(() => Explorer.Run<Counters, Counters.Worker>(model, new() { Workers = 3 }));
    }

    [Fact]
    public void Only_the_property_asked_for_is_looked_at()
    {
        Property[] properties = [new("P", "the sum is not two", "a test"), new("Q", "nothing", "a test")];
        Counters model = new(3, 3, 8, forbiddenSum: 2) { Properties = properties };

        var found = Explorer.Run<Counters, Counters.Worker>(model, new() { OnlyProperty = 1 });

        Assert.Equal(StopReason.Complete, found.StoppedBy);
        Assert.Equal([null, null], found.Properties.Select(property => property.Depth));
        Assert.Equal([true, false], found.Properties.Select(property => property.IsReached));
    }

    [Fact]
    public void What_cannot_be_explored_is_refused_with_a_sentence()
    {
        Assert.Equal("A state of 399996000 bits: the explorer takes 1 to 2048.", Refused(new(99999, 1, 4000), new()));
        Assert.Equal("At most 1,000 bytes of memory: a search needs 16,777,216.", Refused(new(2, 2, 8), new() { MaxMemory = 1000 }));
        Assert.Equal("0 workers: the explorer takes 1 to 1024.", Refused(new(2, 2, 8), new() { Workers = 0 }));
        Assert.Equal("Property 3 of 0: there is no such.", Refused(new(2, 2, 8), new() { OnlyProperty = 3 }));
        Assert.Equal("At most 0 states: at least one is needed.", Refused(new(2, 2, 8), new() { MaxStates = 0 }));
    }

    private static string Refused(Counters model, ExplorationOptions options) =>
        Assert.Throws<ArgumentException>(() => Explorer.Run<Counters, Counters.Worker>(model, options)).Message;
}

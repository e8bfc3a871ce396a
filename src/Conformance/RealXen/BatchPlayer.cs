using Conformance.Runs;

namespace Conformance.RealXen;

/// <summary>How a script went on real Xen.</summary>
/// <param name="Hash">what the guest says of it; null if it never came to say it</param>
/// <param name="End">how the boot ended that the script ended</param>
/// <param name="LastWords">of Xen, if a boot ended</param>
/// <param name="Records">in verbose mode: all that was told of the script</param>
internal sealed record Played(ulong? Hash, BootEnd End, IReadOnlyList<string> LastWords, IReadOnlyList<Record> Records);

/// <summary>Plays batches on an emulator: boots as often as it takes, and finds out which script ended a boot.</summary>
internal sealed class BatchPlayer(IEmulator emulator, string guest, CancellationToken cancel)
{
    /// <summary>About one boot in 700 hangs of the emulator's own accord; a guest that hangs does so again.</summary>
    private const int Attempts = 2;

    private const int BytesOfScript = 128, BytesOfVerboseScript = 400_000, BytesOfBoot = 65536;

    private static readonly TimeSpan Start = TimeSpan.FromMinutes(1), Silence = TimeSpan.FromSeconds(8), Wall = TimeSpan.FromMinutes(5);

    /// <summary>Boots made so far.</summary>
    public int Boots { get; private set; }

    /// <summary>Plays each script once.</summary>
    /// <exception cref="InternalErrorException">Xen or the guest does not come up</exception>
    public Played[] Play(IReadOnlyList<ScriptPlan> scripts, bool verbose)
    {
        Played?[] played = new Played?[scripts.Count];
        int[] attempts = new int[scripts.Count];
        while (true)
        {
            int[] left = [.. Enumerable.Range(0, scripts.Count).Where(i => played[i] is null)];
            if (left.Length == 0) return [.. played.OfType<Played>()];
            Boot boot = new(this, scripts, left, verbose);
            boot.Run();
            foreach ((int script, Played result) in boot.Results) played[script] = result;
            if (boot.Ended is not { } ended) continue;

            attempts[ended.Script]++;
            bool isBelieved = ended.Played.End is BootEnd.GuestEnded or BootEnd.Panic || attempts[ended.Script] >= Attempts;
            if (isBelieved) played[ended.Script] = ended.Played;
        }
    }

    /// <summary>One boot with the scripts that are left.</summary>
    private sealed class Boot(BatchPlayer player, IReadOnlyList<ScriptPlan> scripts, int[] left, bool verbose)
    {
        private readonly List<Record> _records = [];
        private bool _isUp;
        private int? _begun;
        private int _heard;

        /// <summary>Scripts that came to their end, by their numbers among all.</summary>
        public List<(int Script, Played Played)> Results { get; } = [];

        /// <summary>The script in which the boot ended, if it did not end as it should.</summary>
        public (int Script, Played Played)? Ended { get; private set; }

        public void Run()
        {
            BootOutcome outcome = default!;
            for (int attempt = 0; attempt < Attempts && !_isUp; attempt++)
            {
                player.Boots++;
                long output = BytesOfBoot + ((long)left.Length * (verbose ? BytesOfVerboseScript : BytesOfScript));
                byte[] batch = BatchEncoder.Encode([.. left.Select(i => scripts[i])], verbose);
                outcome = BootOnce(batch, new(Start, Silence, Wall, output));
            }

            if (!_isUp)
            {
                IOException said = new(string.Join(" / ", outcome.LastWords));
                throw new InternalErrorException($"real Xen did not come up under {player.Emulator.Name} ({outcome.End}): {said.Message}", said);
            }


            if (outcome.End == BootEnd.Done) return;

            // Between two scripts, or with damaged lines, the next one is as good a guess as any; it is tried again.
            int at = Math.Min(_begun ?? _heard, left.Length - 1);
            Ended = (left[at], new(null, outcome.End, outcome.LastWords, [.. _records]));
        }

        private BootOutcome BootOnce(byte[] batch, BootLimits limits) => player.Emulator.Boot(player.Guest, batch, limits, Hear, player.Cancel);

        private bool Hear(Record record)
        {
            switch (record.Kind)
            {
                case RecordKind.Hello:
                    _isUp = true;
                    return true;

                case RecordKind.Begin when record.Words[0] < (ulong)left.Length:
                    _begun = (int)record.Words[0];
                    _records.Clear();
                    return true;

                case RecordKind.Result when record.Words[0] == (ulong?)_begun:
                    Results.Add((left[_begun!.Value], new(record.Words[1], BootEnd.Done, [], [.. _records])));
                    _heard = _begun.Value + 1;
                    _begun = null;
                    return true;

                case RecordKind.Spoilt or RecordKind.End:
                    return false;

                default:
                    if (_begun is not null && _records.Count < MostRecords) _records.Add(record);
                    return true;
            }
        }
    }

    /// <summary>Ten frames of 512 words, and what acts and members can say.</summary>
    private const int MostRecords = 10_000;

    private IEmulator Emulator => emulator;

    private string Guest => guest;

    private CancellationToken Cancel => cancel;
}

namespace Model.Programs;

/// <summary>mmu_update (1): a batch of entry updates, up to the first that is refused.</summary>
public sealed partial class Program
{
    [Clause("HC-2")]
    public Answer Perform(MmuUpdate request)
    {
        int v = request.Caller.Value;
        Errno foreign = CheckForeign(v, request.Foreign);                                     // HC-1
        if (foreign == Errno.ESRCH) return Answer.Refused(foreign);

        int done = 0;
        foreach (Update update in request.Updates)
        {
            bool mayAsk = foreign == Errno.None || update.Kind == UpdateKind.Unknown;
            Errno refused = mayAsk ? Perform(v, update) : foreign;
            if (refused != Errno.None) return new(-(long)refused, done);
            done++;
        }

        return new(0, done);
    }

    private Errno Perform(int v, in Update update) => update.Kind switch
    {
        UpdateKind.Normal or UpdateKind.NoTranslate => UpdateEntry(v, update.Frame, update.Slot, Contents.Of(update.New), preserve: false),
        UpdateKind.PreserveAd => UpdateEntry(v, update.Frame, update.Slot, Contents.Of(update.New), preserve: true),          // HC-2.e
        UpdateKind.MachPhys => Owns(v, update.Frame) ? Errno.None : Errno.EINVAL,             // HC-2.f
        _ => Errno.ENOSYS,                                                                    // HC-2.g
    };

    private bool Owns(int v, Mfn frame) => Exists(frame) && _step.MayTake(v, (int)frame.Value);
}

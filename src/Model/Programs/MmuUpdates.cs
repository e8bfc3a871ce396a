namespace Model.Programs;

/// <summary>mmu_update (1): a batch of entry updates, up to the first that is refused.</summary>
public sealed partial class Program
{
    /// <returns>null: interrupted</returns>
    [Clause("HC-2")]
    public Answer? Perform(MmuUpdate request, Underway call)
    {
        int v = request.Caller.Value;
        Errno foreign = CheckForeign(v, request.Foreign);
        if (foreign == Errno.ESRCH) return Answer.Refused(foreign);

        for (; call.Done < request.Updates.Count; call.Done++)
        {
            Update update = request.Updates[call.Done];
            bool mayAsk = foreign == Errno.None || update.Kind == UpdateKind.Unknown;
            Errno refused = call.Outcome ?? (mayAsk ? Perform(v, update) : foreign);
            if (!End(v, call, refused)) return null;
            if (refused != Errno.None) return new(-(long)refused, call.Done);
            Granted("HC-2");
        }

        return new(0, call.Done);
    }

    private Errno Perform(int v, in Update update) => update.Kind switch
    {
        UpdateKind.Normal or UpdateKind.NoTranslate => UpdateEntry(v, update.Frame, update.Slot, Contents.Of(update.New), preserve: false),
        UpdateKind.PreserveAd => Through("HC-2.e", UpdateEntry(v, update.Frame, update.Slot, Contents.Of(update.New), preserve: true)),
        UpdateKind.MachPhys => Through("HC-2.f", Owns(v, update.Frame) ? Errno.None : Errno.EINVAL),
        _ => Because("HC-2.g", Errno.ENOSYS),
    };

    private bool Owns(int v, Mfn frame) => Exists(frame) && _step.MayTake(v, (int)frame.Value);
}

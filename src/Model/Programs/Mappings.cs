namespace Model.Programs;

/// <summary>update_va_mapping (14), and stores to read-only mapped leaf tables that Xen emulates.</summary>
public sealed partial class Program
{
    [Clause("HC-12")]
    public Answer Perform(UpdateVaMapping request)
    {
        int v = request.Caller.Value;
        if (request.Table is not { } table || !Owns(v, table) || !IsLiveLeaf(table)) return Answer.Refused(Because("HC-12.a", Errno.EINVAL));

        Errno refused = Through("HC-12.b", ModifyEntry(v, (int)table.Value, request.Slot, Contents.Of(request.New), preserve: false));
        if (refused != Errno.None) return Answer.Refused(refused);
        if (!request.VcpusReadable) return Answer.Refused(Because("HC-12.d", Errno.EFAULT));

        if (request.Flush != FlushKind.None) Granted("HC-12.c");
        if (request.Flush == FlushKind.Tlb) FlushSome(v, request.Vcpus.Count == 0 ? [request.Caller] : request.Vcpus);
        return Success("HC-12");
    }

    [Clause("HC-13")]
    public Answer Perform(EmulatedEntryUpdate request)
    {
        int v = request.Caller.Value;
        if (!Owns(v, request.Table) || !IsLiveLeaf(request.Table)) return Answer.Refused(Because("HC-13.a", Errno.EINVAL));

        Errno refused = Through("HC-13.b", ModifyEntry(v, (int)request.Table.Value, request.Slot, Contents.Of(request.New), preserve: false));
        return refused == Errno.None ? Success("HC-13") : Answer.Refused(Errno.EINVAL);
    }

    private bool IsLiveLeaf(Mfn table) => TypeOf((int)table.Value) == PageType.L1 && _s.Valid[(int)table.Value];
}

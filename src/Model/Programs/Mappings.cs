namespace Model.Programs;

/// <summary>update_va_mapping (14), and stores to read-only mapped leaf tables that Xen emulates.</summary>
public sealed partial class Program
{
    [Clause("HC-12")]
    public Answer Perform(UpdateVaMapping request)
    {
        int v = request.Caller.Value;
        if (request.Table is not { } table || !Owns(v, table) || !IsLiveLeaf(table)) return Answer.Refused(Errno.EINVAL);     // HC-12.a

        Errno refused = ModifyEntry(v, (int)table.Value, request.Slot, Contents.Of(request.New), preserve: false);            // HC-12.b
        if (refused != Errno.None) return Answer.Refused(refused);
        if (!request.VcpusReadable) return Answer.Refused(Errno.EFAULT);                      // HC-12.d

        if (request.Flush == FlushKind.Tlb) FlushSome(v, request.Vcpus.Count == 0 ? [request.Caller] : request.Vcpus);        // HC-12.c
        return Answer.Success;
    }

    [Clause("HC-13")]
    public Answer Perform(EmulatedEntryUpdate request)
    {
        int v = request.Caller.Value;
        if (!Owns(v, request.Table) || !IsLiveLeaf(request.Table)) return Answer.Refused(Errno.EINVAL);                       // HC-13.a

        Errno refused = ModifyEntry(v, (int)request.Table.Value, request.Slot, Contents.Of(request.New), preserve: false);    // HC-13.b
        return refused == Errno.None ? Answer.Success : Answer.Refused(Errno.EINVAL);
    }

    private bool IsLiveLeaf(Mfn table) => TypeOf((int)table.Value) == PageType.L1 && _s.Valid[(int)table.Value];
}

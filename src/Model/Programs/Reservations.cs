using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>memory_op (12): frames given back to Xen and taken from it; and the frames that Xen writes on a vCPU's behalf.</summary>
public sealed partial class Program
{
    [Clause("HC-14")]
    public Answer Perform(DecreaseReservation request)
    {
        int v = request.Caller.Value;
        int done = 0;
        foreach (Mfn frame in request.Frames)
        {
            if (!Owns(v, frame)) return Counted("HC-14.a", done);

            int f = (int)frame.Value;
            if (Try(_step.Release(v, f), Step.Release)) FreeIfUnwanted(f);
            Granted("HC-14.b");
            done++;
        }

        return Counted("HC-14", done);
    }

    [Clause("HC-15")]
    public Answer Perform(IncreaseReservation request) => Allocate(request.Caller, request.Allocated);

    [Clause("HC-15")]
    public Answer Perform(PopulatePhysmap request) => Allocate(request.Caller, request.Allocated);

    private Answer Allocate(VcpuId caller, IReadOnlyList<Mfn> frames)
    {
        int done = 0;
        foreach (Mfn frame in frames)
        {
            bool isAdmitted = Exists(frame) && Try(_step.Allocate((int)frame.Value, _s.Home[caller.Value]), Step.Allocate);
            if (!isAdmitted) return Counted("HC-15.a", done);
            done++;
        }

        return Counted("HC-15", done);
    }

    [Clause("HC-16")]
    public Answer Perform(RegisterVcpuInfo request)
    {
        int v = request.Target.Value;
        if (Frames(_s.VcpuInfo).Single(v) != Store.Any) return Answer.Refused(Because("HC-16.a", Errno.EINVAL));
        if (!Exists(request.Frame)) return Answer.Refused(Because("HC-16.b", Errno.EINVAL));
        if (Get(v, (int)request.Frame.Value, PageType.Writable) != Errno.None) return Answer.Refused(Because("HC-16.b", Errno.EINVAL));

        Must(_step.PlaceVcpuInfo(v, (int)request.Frame.Value), Step.PlaceVcpuInfo);
        return Success("HC-16");
    }
}

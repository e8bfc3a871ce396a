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
            if (!Owns(v, frame)) break;                                                       // HC-14.a

            int f = (int)frame.Value;
            if (Try(_step.Release(v, f), nameof(_step.Release))) FreeIfUnwanted(f);           // HC-14.b
            done++;
        }

        return new(done, done);
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
            if (!Exists(frame) || !Try(_step.Allocate((int)frame.Value, _s.Home[caller.Value]), nameof(_step.Allocate))) break;   // HC-15.a
            done++;
        }

        return new(done, done);
    }

    [Clause("HC-16")]
    public Answer Perform(RegisterVcpuInfo request)
    {
        int v = request.Caller.Value;
        if (Frames(_s.VcpuInfo).Single(v) != Store.Any) return Answer.Refused(Errno.EINVAL);  // HC-16.a
        if (!Exists(request.Frame)) return Answer.Refused(Errno.EINVAL);                      // HC-16.b
        if (Get(v, (int)request.Frame.Value, PageType.Writable) != Errno.None) return Answer.Refused(Errno.EINVAL);

        Must(_step.PlaceVcpuInfo(v, (int)request.Frame.Value), nameof(_step.PlaceVcpuInfo));
        return Answer.Success;
    }
}

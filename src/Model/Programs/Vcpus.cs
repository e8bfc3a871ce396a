using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>vcpu_op (24), VCPUOP_initialise: a vCPU that never ran gets its descriptor table and its roots.</summary>
public sealed partial class Program
{
    /// <remarks>What Xen takes is taken on behalf of the vCPU that is to run; it is down, and has nothing in its hands.</remarks>
    [Clause("HC-20"), Clause("D-12")]
    public Answer Perform(InitialiseVcpu request)
    {
        int v = request.Target.Value;
        if (Frames(_s.KernelBase).Single(v) != Store.Any) return Answer.Refused(Because("HC-20.a", Errno.EEXIST));
        if (!request.IsSound) return Answer.Refused(Because("HC-20.b", Errno.EINVAL));
        if (request.HasLdt) return Answer.Refused(Because("HC-20.c", Errno.EOPNOTSUPP));      // D-7

        Errno refused = SetDescriptors(v, request.Frames, request.Entries);
        if (refused != Errno.None) return Answer.Refused(Through("HC-20.d", refused));

        _preempt = null;
        refused = LoadRoots(v, request.Kernel, request.User);
        if (refused != Errno.None)
        {
            Withdraw(v);
            return Answer.Refused(refused);
        }

        if (!request.InKernel) Must(_step.EnterUser(v), Step.EnterUser);
        return Success("HC-20");
    }

    private Errno LoadRoots(int v, Mfn kernel, Mfn user)
    {
        Errno refused = NewBase(v, kernel);
        TakeApartLeft(v);
        if (refused != Errno.None) return Through("HC-20.e", refused);

        refused = NewUserBase(v, user);
        TakeApartLeft(v);
        return refused == Errno.None ? Errno.None : Through("HC-20.f", refused);
    }

    /// <summary>The vCPU is as it was: without a root, and without descriptors.</summary>
    private void Withdraw(int v)
    {
        if (Frames(_s.KernelBase).Single(v) is var loaded and not Store.Any)
        {
            Must(_step.UnloadKernelBase(v, loaded), Step.UnloadKernelBase);
            Put(v, loaded);
            TakeApartLeft(v);
        }

        RemoveDescriptors(v);
    }
}

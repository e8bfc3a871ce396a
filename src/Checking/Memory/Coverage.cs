using Checking.Exploration;
using Model;

namespace Checking.Memory;

/// <summary>What may fire in a scope: each kind of request with each of its answers, and each micro-step.</summary>
internal sealed class Coverage
{
    private const int Errors = 128;

    /// <summary>The reasons that each kind of request can be refused for, whatever the scope (spec/06-hypercalls.md).</summary>
    private static readonly Dictionary<string, Errno[]> Refusals = new()
    {
        ["mmu_update"] = [Errno.EPERM, Errno.ESRCH, Errno.EBUSY, Errno.EINVAL, Errno.ENOSYS],
        ["update_va_mapping"] = [Errno.EPERM, Errno.EFAULT, Errno.EINVAL],
        ["mmuext_op PIN_L1_TABLE"] = [Errno.EPERM, Errno.EBUSY, Errno.EINVAL],
        ["mmuext_op PIN_L2_TABLE"] = [Errno.EPERM, Errno.EBUSY, Errno.EINVAL],
        ["mmuext_op PIN_L3_TABLE"] = [Errno.EPERM, Errno.EBUSY, Errno.EINVAL],
        ["mmuext_op PIN_L4_TABLE"] = [Errno.EPERM, Errno.EBUSY, Errno.EINVAL],
        ["mmuext_op UNPIN_TABLE"] = [Errno.EPERM, Errno.EINVAL],
        ["mmuext_op NEW_BASEPTR"] = [Errno.EPERM, Errno.EBUSY, Errno.EINVAL],
        ["mmuext_op NEW_USER_BASEPTR"] = [Errno.EPERM, Errno.EBUSY, Errno.EINVAL],
        ["mmuext_op TLB_FLUSH_LOCAL"] = [Errno.EPERM, Errno.ESRCH],
        ["mmuext_op TLB_FLUSH_ALL"] = [Errno.EPERM],
        ["mmuext_op TLB_FLUSH_MULTI"] = [Errno.EPERM, Errno.EINVAL],
        ["mmuext_op FLUSH_CACHE"] = [Errno.EPERM, Errno.EACCES],
        ["mmuext_op MARK_SUPER"] = [Errno.EPERM, Errno.EOPNOTSUPP],
        ["mmuext_op unknown"] = [Errno.EPERM, Errno.ENOSYS],
        ["decrease_reservation"] = [Errno.EPERM],
        ["populate_physmap"] = [Errno.EPERM],
        ["set_gdt"] = [Errno.EPERM, Errno.EINVAL],
        ["update_descriptor"] = [Errno.EPERM, Errno.EINVAL],
        ["register_vcpu_info"] = [Errno.EPERM, Errno.EINVAL],
        ["enter user"] = [Errno.EINVAL],
    };

    private readonly List<Witness> _all = [];
    private readonly int[][] _byRequest;

    public Coverage(MemoryScope scope)
    {
        Dictionary<string, int[]> byKind = [];
        foreach (string kind in scope.Requests.Where(r => r is not MicroStep).Select(r => r.Action).Distinct()) byKind[kind] = Add(scope, kind);

        GaveUp = Add("gave up", "a program relied on a sound step and got a faulty one", SoundNever(scope));
        NoRoom = Add(new("beyond range", "a number grew beyond its declared range, and what follows is not looked at", Impossible: SoundNever(scope), IsLoss: true));
        Unexpected = Add("unexpected answer", "a request is answered in a way that the specification has no reason for", SoundNever(scope));
        FirstStep = _all.Count;
        foreach (string step in StepNames.All)
            Add(Impossibilities.OfStep(scope, step, new($"step {step}", $"a vCPU takes the micro-step {step}", IsRequired: true)));
        _byRequest = [.. scope.Requests.Select(r => r is MicroStep m ? Succeeding(FirstStep + StepNames.Number(m.Step)) : byKind[r.Action])];
    }

    /// <summary>All of it; the index is the action's number.</summary>
    public IReadOnlyList<Witness> All => _all;

    public int GaveUp { get; }

    public int NoRoom { get; }

    public int Unexpected { get; }

    /// <summary>The action of the first step of <see cref="StepNames.All"/>; the others follow.</summary>
    public int FirstStep { get; }

    /// <summary>The action of a request of the scope and its answer.</summary>
    public int Of(int request, in Answer answer)
    {
        long errno = answer.IsSuccess ? 0 : -answer.Rax;
        int action = errno < Errors ? _byRequest[request][errno] : -1;
        return action < 0 ? Unexpected : action;
    }

    private int[] Add(MemoryScope scope, string kind)
    {
        int[] actions = Succeeding(IsAlwaysRefused(kind) ? -1 : Add(Impossibilities.Of(scope, new(kind, $"{kind} succeeds", IsRequired: true))));
        foreach (Errno errno in Refusals.GetValueOrDefault(kind, []))
            actions[(int)errno] = Add(Impossibilities.Of(scope, new($"{kind} -{errno}", $"{kind} is refused with -{(int)errno} {errno}", IsRequired: true)));
        return actions;
    }

    /// <summary>A command that Xen has for no guest of this kind, or a flush of vCPUs whose bitmap cannot be read.</summary>
    private static bool IsAlwaysRefused(string kind) =>
        kind is "mmuext_op FLUSH_CACHE" or "mmuext_op MARK_SUPER" or "mmuext_op unknown" or "mmuext_op TLB_FLUSH_MULTI";

    /// <summary>For each answer the action: one for success, none for errors yet.</summary>
    private static int[] Succeeding(int action)
    {
        int[] actions = new int[Errors];
        Array.Fill(actions, -1);
        actions[0] = action;
        return actions;
    }

    private int Add(string id, string says, string? impossible) => Add(new(id, says, Impossible: impossible));

    private int Add(Witness witness)
    {
        _all.Add(witness);
        return _all.Count - 1;
    }

    private static string? SoundNever(MemoryScope scope) => scope.Fault is null ? "the steps are sound" : null;
}

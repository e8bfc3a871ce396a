namespace Conformance.Scripts;

/// <summary>How event_channel_op and grant_table_op are put into registers and buffers (xen/include/public/event_channel.h, grant_table.h).</summary>
internal static class EventRecipes
{
    private const ulong EventNumber = 32, GrantNumber = 20;

    /// <summary>struct evtchn_bind_interdomain: remote domain, remote port, local port.</summary>
    public static Action<Act, RecipeWriter> BindInterdomain { get; } = Structures.OfNewPort(EventNumber, 0, 12, 8, (0, 2), (4, 4));

    /// <summary>struct evtchn_bind_virq: virq, vCPU, port.</summary>
    public static Action<Act, RecipeWriter> BindVirq { get; } = Structures.OfNewPort(EventNumber, 1, 12, 8, (0, 4), (4, 4));

    /// <summary>struct evtchn_bind_pirq: interrupt, flags, port.</summary>
    public static Action<Act, RecipeWriter> BindPirq { get; } = Structures.OfNewPort(EventNumber, 2, 12, 8, (0, 4), (4, 4));

    public static Action<Act, RecipeWriter> Close { get; } = Structures.Of(EventNumber, 3, 4, (0, 4));

    public static Action<Act, RecipeWriter> Send { get; } = Structures.Of(EventNumber, 4, 4, (0, 4));

    /// <summary>struct evtchn_status: domain, port; then what Xen says of it.</summary>
    public static Action<Act, RecipeWriter> Status { get; } = Structures.Of(EventNumber, 5, 24, (0, 2), (4, 4));

    /// <summary>struct evtchn_alloc_unbound: domain, remote domain, port.</summary>
    public static Action<Act, RecipeWriter> AllocUnbound { get; } = Structures.OfNewPort(EventNumber, 6, 8, 4, (0, 2), (2, 2));

    /// <summary>struct evtchn_bind_ipi: vCPU, port.</summary>
    public static Action<Act, RecipeWriter> BindIpi { get; } = Structures.OfNewPort(EventNumber, 7, 8, 4, (0, 4));

    /// <summary>struct evtchn_bind_vcpu: port, vCPU.</summary>
    public static Action<Act, RecipeWriter> BindVcpu { get; } = Structures.Of(EventNumber, 8, 8, (0, 4), (4, 4));

    public static Action<Act, RecipeWriter> Unmask { get; } = Structures.Of(EventNumber, 9, 4, (0, 4));

    public static Action<Act, RecipeWriter> Reset { get; } = Structures.Of(EventNumber, 10, 2, (0, 2));

    /// <summary>EVTCHNOP_init_control, expand_array and set_priority are the other event interface; with room for the largest of their structures.</summary>
    public static void Fifo(Act act, RecipeWriter to) => to.Reserve(24).Put64(0, act[2]).Call(EventNumber, act[0], act[1]);

    public static Action<Act, RecipeWriter> EventUnknown { get; } = Structures.Plain(EventNumber);

    /// <summary>struct gnttab_setup_table: domain, count of frames, status, where their numbers go.</summary>
    public static void SetupTable(Act act, RecipeWriter to)
    {
        const int mostFrames = 64;
        int size = to.IsNarrow ? 16 : 24;
        to.Put16(0, act[1]).Put32(4, act[2]).PutWord(size - to.WordBytes, act[3].Behind(size));
        if (act[3].Kind == Reference.Buffer) to.Reserve(size + (mostFrames * to.WordBytes));
        to.Call(GrantNumber, Operand.Number(2), act[0], act[4]);
    }

    /// <summary>struct gnttab_query_size: domain, frames, most frames, status.</summary>
    public static Action<Act, RecipeWriter> QuerySize { get; } = Structures.OfCounted(GrantNumber, 6, 16, (0, 2));

    public static Action<Act, RecipeWriter> SetVersion { get; } = Structures.OfCounted(GrantNumber, 8, 4, (0, 4));

    /// <summary>struct gnttab_get_version: domain, version.</summary>
    public static Action<Act, RecipeWriter> GetVersion { get; } = Structures.OfCounted(GrantNumber, 10, 8, (0, 2));

    public static Action<Act, RecipeWriter> GrantUnknown { get; } = Structures.Plain(GrantNumber);
}

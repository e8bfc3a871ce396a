namespace Conformance.Scripts;

/// <summary>
/// How the hypercalls about a guest's processors and its entry points are put into registers and buffers (xen/include/public/xen.h,
/// callback.h, nmi.h, vcpu.h, version.h, physdev.h, sched.h).
/// </summary>
internal static class GuestRecipes
{
    private const ulong NmiNumber = 28, VcpuNumber = 24, CallbackNumber = 30, SchedNumber = 29, PhysdevNumber = 33, XenVersionNumber = 17;

    /// <summary>FLAT_KERNEL_CS of a 32-bit guest (xen/include/public/arch-x86/xen-x86_32.h).</summary>
    private static readonly Operand KernelCode32 = Operand.Number(0xe019);

    /// <summary>The largest answer of xen_version, XENVER_capabilities.</summary>
    private const int LargestVersionAnswer = 1024;

    /// <summary>struct trap_info: vector, flags, selector, address; an entry without an address ends the array.</summary>
    public static void SetTrapTable(Act act, RecipeWriter to)
    {
        int word = to.WordBytes, size = 2 * word;
        for (int i = 0; i < act.Elements; i++)
        {
            int at = i * size;
            to.Put(at, 1, act[i, 0]).Put(at + 1, 1, act[i, 1]).Put16(at + 2, act[i, 2]).PutWord(at + word, act[i, 3]);
        }

        to.Reserve((act.Elements + 1) * size).Call(0, act[0]);
    }

    public static Action<Act, RecipeWriter> StackSwitch { get; } = Structures.Plain(3);

    /// <summary>Of a 32-bit domain event and failsafe callback, each with the selector of its kernel's code before it.</summary>
    public static void SetCallbacks(Act act, RecipeWriter to)
    {
        if (to.IsNarrow) to.Call(4, KernelCode32, act[0], KernelCode32, act[1]);
        else to.Call(4, [.. act.Operands]);
    }

    public static Action<Act, RecipeWriter> FpuTaskswitch { get; } = Structures.Plain(5);

    public static Action<Act, RecipeWriter> SetDebugreg { get; } = Structures.Plain(8);

    public static Action<Act, RecipeWriter> GetDebugreg { get; } = Structures.Plain(9);

    /// <summary>Of a 32-bit domain the time is in two halves.</summary>
    public static void SetTimer(Act act, RecipeWriter to)
    {
        if (to.IsNarrow) to.Call(15, act[0], act[0].High);
        else to.Call(15, act[0]);
    }

    public static Action<Act, RecipeWriter> VmAssist { get; } = Structures.Plain(21);

    public static Action<Act, RecipeWriter> SetSegmentBase { get; } = Structures.Plain(25);

    /// <summary>The answer goes to a buffer, at whose beginning XENVER_get_features looks for a submap's number.</summary>
    public static void XenVersion(Act act, RecipeWriter to) =>
        to.Reserve(LargestVersionAnswer).Put32(0, act[2]).Call(XenVersionNumber, act[0], act[1]);

    /// <summary>struct callback_register: type, flags, address; of a 32-bit domain the selector of its kernel's code before that.</summary>
    public static void CallbackRegister(Act act, RecipeWriter to)
    {
        to.Put16(0, act[1]).Put16(2, act[2]);
        if (to.IsNarrow) to.Put32(4, KernelCode32);
        to.PutWord(8, act[3]).Call(CallbackNumber, Operand.Number(0), act[0]);
    }

    public static Action<Act, RecipeWriter> CallbackUnregister { get; } = Structures.Of(CallbackNumber, 1, 4, (0, 2));

    public static Action<Act, RecipeWriter> CallbackUnknown { get; } = Structures.Plain(CallbackNumber);

    /// <summary>struct xennmi_callback: the handler, and room.</summary>
    public static void NmiRegister(Act act, RecipeWriter to) => to.PutWord(0, act[1]).Reserve(2 * to.WordBytes).Call(NmiNumber, Operand.Number(0), act[0]);

    public static Action<Act, RecipeWriter> NmiUnregister { get; } = Structures.Of(NmiNumber, 1, 0);

    public static Action<Act, RecipeWriter> NmiUnknown { get; } = Structures.Plain(NmiNumber);

    public static Action<Act, RecipeWriter> SchedYield { get; } = Structures.Plain(SchedNumber, 0);

    public static Action<Act, RecipeWriter> SchedShutdownCode { get; } = Structures.Of(SchedNumber, 5, 4, (0, 4));

    public static Action<Act, RecipeWriter> SchedUnknown { get; } = Structures.Plain(SchedNumber);

    public static Action<Act, RecipeWriter> SetIopl { get; } = Structures.Of(PhysdevNumber, 6, 4, (0, 4));

    /// <summary>struct physdev_set_iobitmap: address, count of ports.</summary>
    public static void SetIobitmap(Act act, RecipeWriter to)
    {
        int size = 2 * to.WordBytes;
        to.Reserve(size).PutWord(0, act[1].Behind(size)).Put32(to.WordBytes, act[2]).Call(PhysdevNumber, Operand.Number(7), act[0]);
    }

    public static Action<Act, RecipeWriter> PhysdevUnknown { get; } = Structures.Plain(PhysdevNumber);

    public static Action<Act, RecipeWriter> VcpuInitialise { get; } = Structures.OfVcpu(VcpuNumber, 0, 0);

    public static Action<Act, RecipeWriter> VcpuUp { get; } = Structures.Plain(VcpuNumber, 1);

    public static Action<Act, RecipeWriter> VcpuDown { get; } = Structures.Plain(VcpuNumber, 2);

    public static Action<Act, RecipeWriter> VcpuIsUp { get; } = Structures.Plain(VcpuNumber, 3);

    /// <summary>struct vcpu_runstate_info: state, since when, four sums.</summary>
    public static Action<Act, RecipeWriter> VcpuRunstateInfo { get; } = Structures.OfVcpu(VcpuNumber, 4, 48);

    public static Action<Act, RecipeWriter> VcpuRunstateArea { get; } = Structures.OfVcpu(VcpuNumber, 5, 8, (0, 8));

    public static Action<Act, RecipeWriter> VcpuSetPeriodic { get; } = Structures.OfVcpu(VcpuNumber, 6, 8, (0, 8));

    public static Action<Act, RecipeWriter> VcpuStopPeriodic { get; } = Structures.Plain(VcpuNumber, 7);

    /// <summary>struct vcpu_set_singleshot_timer: when, flags.</summary>
    public static Action<Act, RecipeWriter> VcpuSetSingleshot { get; } = Structures.OfVcpu(VcpuNumber, 8, 16, (0, 8), (8, 4));

    public static Action<Act, RecipeWriter> VcpuStopSingleshot { get; } = Structures.Plain(VcpuNumber, 9);

    /// <summary>struct vcpu_register_vcpu_info: frame, offset, room.</summary>
    public static Action<Act, RecipeWriter> VcpuRegisterInfo { get; } = Structures.OfVcpu(VcpuNumber, 10, 16, (0, 8), (8, 4));

    public static Action<Act, RecipeWriter> VcpuUnknown { get; } = Structures.Plain(VcpuNumber);
}

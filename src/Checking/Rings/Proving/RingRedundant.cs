using Checking.Proving.Mutation;
using Model;

namespace Checking.Rings.Proving;

/// <summary>Conditions of the steps of ring protection that may go without any claim noticing.</summary>
internal static class RingRedundant
{
    /// <summary>In the order of <c>spec/redundant-guards.md</c>.</summary>
    [Clause("G-10"), Clause("G-11"), Clause("G-12"), Clause("G-13"), Clause("G-14")]
    public static IReadOnlyList<Redundant> All { get; } =
    [
        new("G-10", ["Admit", "Arm", "AwaitEvents", "BeginCopy", "BeginHypercall", "ClearBreakpoint", "ClearHandler", "ConsultGate", "CopyWord", "Crash", "CrashAtIret", "Deliver", "Emulate", "EndCopy", "EndHypercall", "EnterGate", "Exclude", "Iret", "Leave", "LeaveFast", "LeaveGate", "LeavePorts", "Light", "Reflect", "Schedule", "SetBase", "SetBreakpoint", "SetHandler", "SetIopl", "SetKernelStack", "SetStatus", "SwitchFacility", "UsePorts", "WriteDescriptor"], "!Crashed[Home[v]]"),
        new("G-10", ["Admit", "AwaitEvents", "BeginCopy", "BeginHypercall", "ClearHandler", "ConsultGate", "CopyWord", "Crash", "CrashAtIret", "Deliver", "Emulate", "EndCopy", "EndHypercall", "EnterGate", "Exclude", "Iret", "LeaveGate", "LeavePorts", "Reflect", "SetBase", "SetHandler", "SetIopl", "SetKernelStack", "SetStatus", "UsePorts", "WriteDescriptor"], "!Current.Empty(Every, v)"),
        new("G-10", ["Admit", "Arm", "ClearBreakpoint", "Exclude", "Leave", "LeaveFast", "Light", "SetBase", "SetBreakpoint", "SetStatus", "SwitchFacility"], "InXen[v]"),
        new("G-10", ["Admit", "Arm", "ClearBreakpoint", "Deschedule", "Emulate", "Exclude", "Light", "Schedule", "SetBase", "SetBreakpoint", "SetStatus", "SwitchFacility"], "!OnGuestStack[v]"),
        new("G-10", ["Compute", "Forge", "PopFlags", "Sense", "Trap"], "!InXen[v]"),
        new("G-10", ["LoadData"], "!InXen[v] | Serving[v]"),
        new("G-10", ["Deschedule", "Leave", "LeaveFast"], "Current[c, v]"),
        new("G-10", ["Strike", "SwitchStack"], "OnGuestStack[v]"),
        new("G-11", ["AwaitEvents", "CrashAtIret", "SetKernelStack", "WriteDescriptor"], "Serving[v]"),
        new("G-11", ["BeginHypercall"], "!Serving[v]"),
        new("G-11", ["ConsultGate", "Emulate"], "Consulted.Empty(v, Every)"),
        new("G-11", ["Crash"], "Raised[v, n]"),
        new("G-11", ["DropData"], "Data[v, p]"),
        new("G-11", ["EndCopy"], "Copying[v, a]"),
        new("G-11", ["Emulate", "UsePorts"], "!AtPorts[v]"),
        new("G-11", ["Emulate"], "Raised.Empty(v, Every)"),
        new("G-11", ["Exclude"], "InLimit[v, p]"),
        new("G-11", ["LeaveGate"], "Consulted[v, p]"),
        new("G-11", ["LeavePorts"], "AtPorts[v]"),
        new("G-12", ["ClearBreakpoint", "SetBase", "SetBreakpoint", "SetStatus", "SwitchFacility"], "InKernel[v]"),
        new("G-12", ["CopyWord"], "Next[a, b]"),
        new("G-12", ["Crash", "Deliver"], "(InKernel[v] & stack == Sp[v]) | (!InKernel[v] & stack == KernelStack[v])"),
        new("G-12", ["Crash", "Deliver"], "InKernel[v] in (InKernel[v] & stack == Sp[v]) | (!InKernel[v] & stack == KernelStack[v])"),
        new("G-12", ["Crash", "Deliver"], "stack == Sp[v] in (InKernel[v] & stack == Sp[v]) | (!InKernel[v] & stack == KernelStack[v])"),
        new("G-12", ["Crash", "Deliver"], "!InKernel[v] in (InKernel[v] & stack == Sp[v]) | (!InKernel[v] & stack == KernelStack[v])"),
        new("G-12", ["Crash", "Deliver"], "stack == KernelStack[v] in (InKernel[v] & stack == Sp[v]) | (!InKernel[v] & stack == KernelStack[v])"),
        new("G-12", ["Crash", "Deliver", "EnterGate"], "FrameEnd[stack, low]"),
        new("G-12", ["Crash"], "Handler.Empty(v, n, Every) | !(!XensAddress[stack] & !XensAddress[low]) | faults"),
        new("G-12", ["CrashAtIret"], "XensAddress[Sp[v]] | faults | !(ring == 3 | (Is32[Home[v]] & ring != 0))"),
        new("G-12", ["Reflect"], "!IsEvent[n] | !Masked[v]"),
        new("G-13", ["Admit", "ConsultGate"], "!XensPosition[p]"),
        new("G-13", ["ConsultGate"], "IsGate[v, p]"),
        new("G-13", ["EnterGate"], "InLimit[v, q] | XensPosition[q]"),
        new("G-13", ["EnterGate"], "IsCode[v, q]"),
        new("G-13", ["EnterGate"], "Dpl[v, q, ring]"),
        new("G-13", ["FarTransfer", "Leave", "ReturnOutwards"], "IsCode[v, p]"),
        new("G-13", ["FarTransfer", "ReturnOutwards"], "!NonCanonical[a]"),
        new("G-13", ["Forge", "WriteDescriptor"], "!(code & data)"),
        new("G-13", ["Forge"], "!(code & gate)"),
        new("G-13", ["Forge"], "!(data & gate)"),
        new("G-13", ["Forge", "WriteDescriptor"], "!isLong | code"),
        new("G-13", ["Leave"], "Code[v, p]"),
        new("G-13", ["Leave"], "!NonCanonical[Ip[v]]"),
        new("G-13", ["LoadData"], "InLimit[v, p] | XensPosition[p]"),
        new("G-13", ["LoadData"], "IsData[v, p] | IsCode[v, p]"),
        new("G-13", ["LoadData"], "Dpl[v, p, ring]"),
        new("G-13", ["LoadData"], "ring == Cpl[v] | Cpl[v] == 0 | ring == 3 | (ring == 2 & Cpl[v] == 1)"),
        new("G-13", ["LoadData"], "ring == 2 in ring == Cpl[v] | Cpl[v] == 0 | ring == 3 | (ring == 2 & Cpl[v] == 1)"),
        new("G-13", ["LoadData", "ReturnOutwards"], "Cpl[v] == 1 in ring == Cpl[v] | Cpl[v] == 0 | ring == 3 | (ring == 2 & Cpl[v] == 1)"),
        new("G-13", ["SetBreakpoint"], "!NonCanonical[a]"),
        new("G-13", ["WriteDescriptor"], "InLimit[u, p]"),
        new("G-14", ["MaskEvents", "WriteDescriptor"], "Home[u] == Home[v]"),
    ];
}

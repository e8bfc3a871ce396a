using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.Rings;

/// <summary>A state of ring protection, fact by fact, in the words of reports; what is not so is left out.</summary>
internal static class RingSheet
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(RingMachine machine) =>
    [
        .. Enumerable.Range(0, machine.Size(Sort.Vcpu)).SelectMany(v => Vcpu(machine, v)),
        .. Enumerable.Range(0, machine.Size(Sort.Processor)).Select(c => KeyValuePair.Create(RingWords.Of(Sort.Processor, c), Processor(machine, c)))
            .Where(f => f.Value.Length != 0),
    ];

    private static IEnumerable<KeyValuePair<string, string>> Vcpu(RingMachine machine, int v)
    {
        ConcreteRings s = machine.State;
        string name = RingWords.Of(Sort.Vcpu, v);
        (string Key, string Says)[] facts =
        [
            (name, Where(machine, v)),
            ($"{name} regs", Joined(
                $"ip {Address(s, s.Ip[v].Value)}, sp {Address(s, s.Sp[v].Value)}, base {Address(s, s.Base[v].Value)}",
                If(s.Interruptible[v], "IF"),
                If(s.RealIopl[v], "IOPL"),
                If(s.Nested[v], "NT"),
                If(s.Virtual8086[v], "VM"),
                If(s.Long[v], "64-bit code"))),
            ($"{name} segs", Joined(
                Listed("code", Those(machine, Sort.Slot, p => s.Code[v, p])),
                Listed("data", Those(machine, Sort.Slot, p => s.Data[v, p])))),
            .. Enumerable.Range(0, machine.Size(Sort.Slot)).Select(p => ($"{name} {RingWords.Of(Sort.Slot, p)}", Descriptor(machine, v, p))),
            .. Enumerable.Range(0, machine.Size(Sort.Vector)).Select(n => ($"{name} vec {n}", Vector(machine, v, n))),
            ($"{name} os", Joined(
                $"stack {Address(s, s.KernelStack[v].Value)}",
                If(s.Iopl[v] != 0, $"ports open to {RingWords.Of(Sort.Ring, s.Iopl[v].Value)}"),
                If(s.Masked[v], "events masked"),
                Listed("breakpoints", Those(machine, Sort.Address, a => s.Watched[v, a]).Select(a => a)),
                Listed("switched on", Those(machine, Sort.Facility, x => s.Enabled[v, x])),
                If(s.Status[v], "debug status set"))),
            ($"{name} mem", string.Join(", ", Enumerable.Range(0, machine.Size(Sort.Address)).Where(a => s.Reached[v, a]).Select(a => Address(s, a)))),
        ];
        return facts.Where(f => f.Says.Length != 0).Select(f => KeyValuePair.Create(f.Key, f.Says));
    }

    private static string Where(RingMachine machine, int v)
    {
        ConcreteRings s = machine.State;
        int home = s.Home[v].Value;
        return Joined(
            $"{RingWords.Of(Sort.Domain, home)}, {(s.Is32[home] ? "32" : "64")}-bit",
            s.InXen[v] ? "in Xen" : "runs",
            $"{(s.InKernel[v] ? "kernel" : "user")}, {RingWords.Of(Sort.Ring, s.Cpl[v].Value)}",
            If(s.OnKernelRoot[v] != s.InKernel[v], s.OnKernelRoot[v] ? "on the kernel's page tables" : "on the user's page tables"),
            If(s.OnGuestStack[v], "Xen on the guest's stack"),
            If(s.Exposed[v], "Xen's frame on the guest's stack"),
            If(s.XenNested[v], "Xen has NT"),
            If(s.Serving[v], "hypercall"),
            Listed("copies", Enumerable.Range(0, machine.Size(Sort.Address)).Where(a => s.Copying[v, a]).Select(a => Address(s, a))),
            Listed("found to be the guest's:", Those(machine, Sort.Ring, r => s.Judged[v, r])),
            If(s.AtPorts[v], "ports"),
            If(s.BySoftware[v], "by INT"),
            If(s.Crashed[home], "crashed"),
            If(s.Panicked[v], "Xen died"));
    }

    private static string Descriptor(RingMachine machine, int v, int p)
    {
        ConcreteRings s = machine.State;
        string kind = s.IsCode[v, p] ? s.IsLong[v, p] ? "64-bit code" : "code" : s.IsData[v, p] ? "data" : s.IsGate[v, p] ? "gate" : "";
        return Joined(
            kind,
            kind.Length == 0 ? "" : string.Join(", ", Those(machine, Sort.Ring, r => s.Dpl[v, p, r])),
            If(s.XensPosition[p], "Xen's"),
            If(s.InLimit[v, p], "in the limit"),
            If(s.Consulted[v, p], "consulted"));
    }

    private static string Vector(RingMachine machine, int v, int n)
    {
        ConcreteRings s = machine.State;
        return Joined(
            Listed("to", Enumerable.Range(0, machine.Size(Sort.Address)).Where(a => s.Handler[v, n, a]).Select(a => Address(s, a))),
            If(s.OpenToUser[v, n], "open to user", If(s.OpenToKernel[v, n], "open to kernel")),
            If(s.Masking[v, n], "masks"),
            If(s.Raised[v, n], "raised"),
            If(s.Due[v, n], "due"),
            If(s.Entered[v, n], "entered"));
    }

    private static string Processor(RingMachine machine, int c)
    {
        ConcreteRings s = machine.State;
        return Joined(
            Listed("runs", Those(machine, Sort.Vcpu, v => s.Current[c, v])),
            Listed("switched on", Those(machine, Sort.Facility, x => s.Lit[c, x])),
            Listed("breakpoints", Those(machine, Sort.Address, a => s.Armed[c, a])),
            Listed("floating point of", Those(machine, Sort.Vcpu, v => s.Fpu[c, v])));
    }

    /// <summary>"address 1", with what it is where that matters.</summary>
    public static string Address(ConcreteRings s, int a) =>
        RingWords.Of(Sort.Address, a) + (s.XensAddress[a] ? " (Xen's)" : s.NonCanonical[a] ? " (not canonical)" : "");

    private static IEnumerable<string> Those(RingMachine machine, Sort sort, Func<int, Truth> isSo) =>
        Enumerable.Range(0, machine.Size(sort)).Where(word => isSo(word)).Select(word => RingWords.Of(sort, word));

    private static string Listed(string what, IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } list ? $"{what} {list}" : "";

    private static string If(bool holds, string word, string otherwise = "") => holds ? word : otherwise;

    private static string Joined(params string[] words) => string.Join("  ", words.Where(w => w.Length != 0));
}

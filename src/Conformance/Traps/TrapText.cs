using System.Globalization;

namespace Conformance.Traps;

/// <summary>What guests/traps must say of the traps that its handlers take, line by line, as the model and the processor have it.</summary>
internal static class TrapText
{
    /// <summary>What the guest says first and last.</summary>
    public const string Begin = "traps begin", End = "traps end";

    private const byte GeneralProtection = 13, InvalidOpcode = 6, Leave = 0x81;

    private static readonly (int Level, bool Masks, string Name)[] Doors =
        [(0, false, "gate closed"), (1, false, "gate open to the kernel"), (3, false, "gate open to all"), (3, true, "gate open to all and masks")];

    /// <summary>The lines of the run in which nothing ends the domain.</summary>
    public static IReadOnlyList<string> Expected(bool is32Bit) => [Begin, .. ((bool[])[false, true]).SelectMany(isUser => OfMode(is32Bit, isUser)), End];

    private static IEnumerable<string> OfMode(bool is32Bit, bool isUser)
    {
        Circumstances c = new(is32Bit, isUser);
        return [.. Exceptions(c with { IsMasked = false }), .. Exceptions(c with { IsMasked = true }), .. Interrupts(c), .. Ungated(c), .. OnStacks(c)];
    }

    private static IEnumerable<string> Exceptions(Circumstances c) =>
        from masks in (bool[])[false, true]
        from probe in Probes.Of(c)
        let delivery = new TrapWorld(c, Exceptions(masks)).Trap(probe.Vector)
        select $"{Opening(c, probe.Name, masks ? "gate masks" : "gate does not")}: {(probe.IsSilent ? "nothing" : Seen(c, probe, delivery))}";

    private static IEnumerable<string> Interrupts(Circumstances c) =>
        from door in Doors
        from vector in Probes.Interrupts(c.Is32Bit)
        let gates = Exceptions(masks: false).Where(g => g.Vector != vector).Append(new(vector, door.Level, door.Masks))
        select $"{Opening(c, Name(vector), door.Name)}: {Interrupt(c, vector, gates)}";

    /// <summary>INT n without a handler is a #GP, which has one; vectors that would end the domain are left out.</summary>
    private static IEnumerable<string> Ungated(Circumstances c) =>
        from vector in Probes.Interrupts(c.Is32Bit)
        where vector is not (3 or 4 or GeneralProtection)
        select $"{Opening(c, Name(vector), "no gate")}: {Interrupt(c, vector, [new(GeneralProtection), new(Leave, 3)])}";

    private static IEnumerable<string> OnStacks(Circumstances c)
    {
        foreach (Probe probe in Probes.Of(c).Where(p => p.IsOften))
        {
            TrapWorld world = new(c, Exceptions(masks: false));
            Delivery outer = world.Trap(probe.Vector)!;
            yield return $"{Opening(c, probe.Name, "faults in the handler")}: {Seen(c, probe, outer)}";
            for (int i = 0; i < 2; i++)
            {
                world.MoveStack(outer.IsRegistered);
                Delivery? inner = world.Trap(InvalidOpcode);
                yield return $"  in the handler: {Seen(c, new("", InvalidOpcode), inner)}";
                world.Return(inner!);
            }

            for (int i = 0; i < 3; i++)
                yield return $"{Opening(c, probe.Name, "stack not aligned")}: {Seen(c, probe, new TrapWorld(c, Exceptions(masks: false)).Trap(probe.Vector))}";
        }
    }

    private static IEnumerable<Gate> Exceptions(bool masks) => [.. Enumerable.Range(0, 32).Select(n => new Gate(n, Masks: masks)), new(Leave, 3)];

    /// <summary>A vector that neither Xen nor the guest opened is a #GP with the number of the gate: SDM Vol. 3A, 6.12.1.2 and 6.13.</summary>
    private static string Interrupt(Circumstances c, byte vector, IEnumerable<Gate> gates)
    {
        bool isHandled = gates.Any(g => g.Vector == vector);
        if (Probes.IsOpenInXen(vector) && isHandled)
            return Seen(c, new("", vector, Resumption: Resumption.After), new TrapWorld(c, gates).Trap(vector));

        // What the processor refused is a fault, also where Xen then carries it out: RF is set.
        bool isRefused = !Probes.IsOpenInXen(vector);
        return new TrapWorld(c, gates).TryInterrupt(vector, out Delivery? delivery)
            ? Seen(c, new("", vector, Resumption: Resumption.After), delivery, isRefused)
            : Seen(c, new("", GeneralProtection, (uint)(vector * 8) + 2), new TrapWorld(c, gates).Trap(GeneralProtection), isRefused);
    }

    private static string Name(byte vector) => $"int 0x{vector:x2}";

    private static string Opening(Circumstances c, string name, string gate) =>
        $"{(c.IsUser ? "user" : "kernel")}, events {(c.IsMasked ? "off" : "on")}, {name}, {gate}";

    private static string Seen(Circumstances c, Probe probe, Delivery? delivery) => Seen(c, probe, delivery, probe.SetsResume);

    /// <param name="setsResume">the frame has RF: SDM Vol. 3B, 17.3.1.1</param>
    private static string Seen(Circumstances c, Probe probe, Delivery? delivery, bool setsResume)
    {
        if (delivery is null) throw new InvalidOperationException($"the model gives the domain up for {probe.Name}");
        bool hasStack = !c.Is32Bit || !delivery.WasKernel;
        return string.Join(", ",
        [
            $"vector {delivery.Vector}",
            .. probe.Code is { } code ? (string[])[string.Create(CultureInfo.InvariantCulture, $"code 0x{code:x}")] : [],
            probe.Resumption switch { Resumption.At => "at it", Resumption.After => "after it", _ => "at its target" },
            $"cs {(delivery.WasKernel ? "kernel" : "user")}",
            .. hasStack ? (string[])["ss flat"] : [],
            (delivery.WasMasked ? "no IF" : "IF") + probe.Flags + (setsResume ? " RF" : ""),
            delivery.IsRegistered ? "on the registered stack" : "on its own stack",
            delivery.IsMasked ? "events off" : "events on",
            .. probe.Status != 0 ? (string[])[string.Create(CultureInfo.InvariantCulture, $"status 0x{probe.Status:x}")] : [],
            .. probe.Address is { } address ? (string[])[$"address {address}"] : [],
        ]);
    }
}

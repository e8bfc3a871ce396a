using Model;

namespace Checking.Memory;

/// <summary>One thing that a vCPU may do in a scope.</summary>
/// <param name="Vcpu">who does it</param>
/// <param name="Action">what kind of thing it is: "mmu_update", "mmuext_op PIN_L1_TABLE", "access"</param>
/// <param name="Arguments">what it is done with, as traces show it: "mfn:3[0] := mfn:4 rw"</param>
public abstract record MemoryRequest(VcpuId Vcpu, string Action, string Arguments)
{
    /// <summary>Does it, if it can be done here at all.</summary>
    /// <returns>the answer; null, and nothing has changed, where there is nothing to be done or asked</returns>
    /// <exception cref="InvalidOperationException">a program relied on a sound step and got a faulty one</exception>
    public abstract Answer? Perform(Machine machine);

    /// <summary>Somebody is asked, and answers.</summary>
    public virtual bool IsAsked => false;

    /// <summary>The request on one line: who, what, with what, and what was answered.</summary>
    public string Describe(MemoryScope scope, in Answer answer)
    {
        string[] words = Action.Split(' ', 2);
        string line = string.Join(' ', [$"{scope.Caller(Vcpu)}  {words[0],-12}", .. words.Skip(1), Arguments]).TrimEnd();
        return IsAsked ? $"{line,-48}  = {answer}" : line;
    }
}

/// <summary>A hypercall, or a change between kernel and user mode.</summary>
public sealed record Hypercall(Request Request, string Action, string Arguments) : MemoryRequest(Request.Caller, Action, Arguments)
{
    /// <summary>The table that must be live for the request to be made in the scope; null if it is made in every state.</summary>
    public Mfn? IfLive { get; init; }

    public override bool IsAsked => Request is not SwitchMode;

    public override Answer? Perform(Machine machine) => IfLive is { } table && !IsLiveTable(machine, table) ? null : machine.Perform(Request);

    private static bool IsLiveTable(Machine machine, Mfn table) =>
        machine.State.Valid[(int)table.Value] && (PageType)machine.State.Type[(int)table.Value].Value is (>= PageType.L1 and <= PageType.L4) or PageType.XenL2;
}

/// <summary>populate_physmap, to which Xen answers with a frame that is free.</summary>
public sealed record Populate(PopulatePhysmap Request) : MemoryRequest(Request.Caller, "populate_physmap", $"{Request.Allocated[0]}")
{
    public override bool IsAsked => true;

    public override Answer? Perform(Machine machine) =>
        machine.View(Request.Allocated[0]).Owner == Domid.Nobody ? machine.Perform(Request) : null;
}

/// <summary>The guest reads or writes memory: its processor walks the tables that are loaded, and caches the translation it finds.</summary>
/// <param name="Slots">the slot at each level, the root first: of four, and of three for a 32-bit guest</param>
public sealed record Access(VcpuId Vcpu, IReadOnlyList<int> Slots, bool IsWrite)
    : MemoryRequest(Vcpu, "access", $"{(IsWrite ? "write" : "read")} through slots {string.Join(' ', Slots)}")
{
    public override Answer? Perform(Machine machine)
    {
        if (Walk.Root(machine, Vcpu) is not { } root) return null;

        Span<(Mfn Table, int Slot)> room = [default, default, default, default], path = room[..Slots.Count];
        return Walk.Down(machine, root, Slots, path, out Mfn leaf) && machine.Touch(Vcpu, path, leaf, IsWrite) ? Answer.Success : null;
    }
}

/// <summary>The guest reads or writes memory that a superpage entry of the second level from the leaves maps.</summary>
/// <param name="Slots">the slot at each level but the lowest, the root first</param>
/// <param name="Leaf">the frame reached: a superpage spans any</param>
public sealed record SuperpageAccess(VcpuId Vcpu, IReadOnlyList<int> Slots, Mfn Leaf, bool IsWrite)
    : MemoryRequest(Vcpu, "access superpage", $"{(IsWrite ? "write" : "read")} {Leaf} through slots {string.Join(' ', Slots)}")
{
    public override Answer? Perform(Machine machine)
    {
        if (Walk.Root(machine, Vcpu) is not { } root) return null;

        Span<(Mfn Table, int Slot)> room = [default, default, default], path = room[..Slots.Count];
        return Walk.Down(machine, root, Slots, path, out Mfn named) && machine.TouchSuperpage(Vcpu, path, named, Leaf, IsWrite) ? Answer.Success : null;
    }
}

/// <summary>The guest writes a slot of a frame through a writable translation that its processor still has.</summary>
public sealed record GuestStore(VcpuId Vcpu, Mfn Frame, int Slot, Entry New)
    : MemoryRequest(Vcpu, "store", $"{Frame}[{Slot}] := {EntryWords.Of(New)}")
{
    public override Answer? Perform(Machine machine) => machine.Store(Vcpu, Frame, Slot, New) ? Answer.Success : null;
}

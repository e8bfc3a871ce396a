using Conformance.Scripts;
using Model;

namespace Conformance.Generation;

/// <summary>Draws operands that are plausible for a vCPU, and notes what becomes of the stage if the act succeeds.</summary>
internal readonly ref struct OperandDrawer(DomainSketch[] domains, StageShape shape, int domain, int vcpu)
{
    /// <summary>Bits of an entry: present and user; writable; accessed; dirty; PSE.</summary>
    private const ulong Present = 0x1, Mapped = 0x5, Writable = 2, Accessed = 0x20, Dirty = 0x40, Pse = 0x80;

    private const int PageShift = 12;

    /// <summary>The choice of user mode's code for iret.</summary>
    private const ulong UserCode = 1;

    /// <summary>Descriptors that guests may have: none, flat data and flat 64-bit code of ring 3, code and data of ring 1, which of a 64-bit guest become ring 3, and 32-bit code.</summary>
    private static readonly ulong[] Descriptors = [0, 0x00cf_f300_0000_ffff, 0x00af_fb00_0000_ffff, 0x00cf_bb00_0000_ffff, 0x00cf_b300_0000_ffff, 0x00cf_fb00_0000_ffff];

    private readonly DomainSketch _own = domains[domain - 1];

    public Operand Plausible(ref Choices choices, Operation operation, OperandRow row) => row.Sort switch
    {
        Sort.Frame => Operand.Frame(domain, _own.Draw(ref choices, FrameUse.Free)),
        Sort.Slot => Operand.Number((ulong)choices.Below(4)),
        Sort.Entry => operation == Operation.Write && choices.Percent(40) ? Operand.Number((ulong)choices.Below(3)) : Leaf(ref choices),
        Sort.Descriptor => Operand.Number(choices.Of<ulong>(Descriptors)),
        Sort.Address => Operand.Number(Address(ref choices, operation)),
        Sort.Pointer => Operand.Buffer(),
        Sort.OptionalPointer => choices.Percent(30) ? Operand.Buffer() : Operand.Number(0),
        Sort.Command => Operand.Number((ulong)choices.Below((int)Math.Min(row.Most + 1, 64))),
        Sort.Flags when operation is Operation.UpdateVaMapping or Operation.UpdateVaMappingOtherDomain => Flush(ref choices),
        Sort.Flags => Operand.Number(row.Most > 255 ? 0 : (ulong)choices.Below((int)row.Most + 1)),
        Sort.Count => Operand.Number(row.Most == 1 ? 1 : (ulong)choices.Below((int)Math.Min(row.Most, 63) + 1)),
        Sort.Port => Operand.Port(domain, choices.Below(Math.Max(1, _own.Ports))),
        Sort.Vcpu => Operand.Number((ulong)(choices.Percent(70) ? vcpu : choices.Below(shape.Vcpus))),
        Sort.Domain => Operand.DomainId(1 + choices.Below(shape.Domains)),
        Sort.Self => Operand.Number(Operations.DomidSelf),
        Sort.Choice => Operand.Number(row.Choices[choices.Below(row.Choices.Count)]),
        _ => Operand.Number((ulong)choices.Below(64)),
    };

    /// <summary>Operands that depend on each other.</summary>
    public void Arrange(ref Choices choices, Operation operation, Span<Operand> operands, int elements)
    {
        const int descriptorsOfPage = 512;

        switch (operation)
        {
            case Operation.SetGdt:
                operands[1] = Operand.Number((ulong)Math.Max(0, (elements * descriptorsOfPage) - (choices.Percent(30) ? choices.Below(descriptorsOfPage) : 0)));
                break;
            case Operation.Return:
                Straighten(ref choices, operands);
                break;
            case Operation.UpdateDescriptor:
                if (choices.Percent(60)) operands[0] = Operand.Frame(domain, _own.Draw(ref choices, FrameUse.Descriptors));
                break;
            case Operation.VcpuRegisterInfo:
                operands[3] = Operand.Number((ulong)choices.Below(63) * 64);
                break;
            case Operation.VcpuDown when shape.Vcpus == 1:
                operands[0] = Operand.Number(1);
                break;
            case Operation.VcpuUp:
                for (int i = 0; i < shape.Vcpus; i++) if (_own.IsDown[i]) operands[0] = Operand.Number((ulong)i);
                break;
        }
    }

    /// <summary>Of a frame for iret mostly one word is odd, and the stack pointer seldom: a kernel that traps without a stack is the end of its domain.</summary>
    private static void Straighten(ref Choices choices, Span<Operand> operands)
    {
        int odd = choices.Below(operands.Length);
        for (int i = 0; i < operands.Length; i++)
        {
            if ((i != odd && choices.Percent(85)) || (i == ReturnFrame.StackIndex && choices.Percent(60))) operands[i] = Operand.Number(ReturnFrame.Operands[i].Choices[0]);
        }

        if (choices.Percent(30)) operands[ReturnFrame.CodeIndex] = Operand.Number(UserCode);
    }

    /// <param name="isTrusted">the act is all plausible, so that what it does may be believed</param>
    public void Element(ref Choices choices, OperationRow row, Span<Operand> element, bool isTrusted)
    {
        switch (row.Operation)
        {
            case Operation.MmuUpdate:
                Update(ref choices, element, isTrusted);
                break;
            case Operation.MmuExtOp:
                Extended(ref choices, element, isTrusted);
                break;
            default:
                for (int i = 0; i < element.Length; i++) element[i] = Plausible(ref choices, row.Operation, row.Element[i]);
                break;
        }
    }

    /// <summary>What is believed after an act that was all plausible.</summary>
    public void Note(Operation operation, ReadOnlySpan<Operand> operands)
    {
        switch (operation)
        {
            case Operation.EnterUser:
                _own.InUser[vcpu] = true;
                break;
            case Operation.EnterKernel:
                _own.InUser[vcpu] = false;
                break;
            case Operation.Return:
                _own.InUser[vcpu] = operands[1] == Operand.Number(UserCode);
                break;
            case Operation.VcpuDown when operands[0].Bits < (ulong)shape.Vcpus:
                _own.IsDown[operands[0].Bits] = true;
                break;
            case Operation.VcpuUp when operands[0].Bits < (ulong)shape.Vcpus:
                _own.IsDown[operands[0].Bits] = false;
                break;
            case Operation.EventAllocUnbound or Operation.EventBindIpi or Operation.EventBindInterdomain or Operation.EventBindVirq:
                _own.Ports++;
                break;
            case Operation.SetGdt:
                foreach (Operand frame in operands[2..]) _own[frame.Index] = FrameUse.Descriptors;
                break;
            case Operation.DecreaseReservation:
                foreach (Operand frame in operands[6..]) _own[frame.Index] = FrameUse.Given;
                break;
            case Operation.PopulatePhysmap or Operation.IncreaseReservation:
                for (int i = 0; i < StageFrame.Pool; i++)
                {
                    if (_own[i] != FrameUse.Given) continue;
                    _own[i] = FrameUse.Free;
                    _own.Clear(i);
                }

                break;
            case Operation.UpdateVaMapping:
                int slot = (int)(operands[0].Bits >> PageShift) & 511;
                _own.Link(StageFrame.L1, slot, (operands[1].Bits & 1) == 0 ? -1 : operands[1].Index, (operands[1].Bits & Writable) != 0);
                break;
        }
    }

    /// <summary>The window, and what can be seen beside it; stores go to mapped tables too.</summary>
    private ulong Address(ref Choices choices, Operation operation)
    {
        int slot = choices.Percent(50) ? 0 : choices.Percent(70) ? _own.DrawLinkedSlot(ref choices, StageFrame.L1) : choices.Below(4);
        ulong page = shape.Space.Window + ((ulong)slot << PageShift);
        return operation is Operation.Read or Operation.Write && choices.Percent(50) ? page + (8 * (ulong)choices.Below(4)) : page;
    }

    private static Operand Flush(ref Choices choices)
    {
        ulong kind = (ulong)choices.Below(3);
        return choices.Below(3) switch
        {
            0 => Operand.Number(kind),
            1 => Operand.Number(kind == 0 ? 0 : kind | 4),
            _ => Operand.Buffer(kind),
        };
    }

    private Operand Leaf(ref Choices choices)
    {
        if (choices.Percent(30)) return Operand.Number(0);
        bool writable = choices.Percent(50);
        int frame = writable ? choices.Percent(60) ? _own.Draw(ref choices, FrameUse.Free) : StageFrame.Data : choices.Below(StageFrame.SharedInfo + 1);
        return Entry(ref choices, frame, writable);
    }

    private Operand Entry(ref Choices choices, int frame, bool writable)
    {
        ulong bits = Mapped | (writable ? Writable : 0);
        if (choices.Percent(70)) bits |= Accessed;
        if (choices.Percent(40)) bits |= Dirty;
        return Operand.Machine(domain, frame, bits);
    }

    /// <summary>mmu_update: frame, slot, kind, entry.</summary>
    private void Update(ref Choices choices, Span<Operand> element, bool isTrusted)
    {
        element[2] = Operand.Number(choices.Percent(85) ? 0UL : 2);
        int plan = choices.Below(100);
        if (plan < 6)
        {
            element[0] = Operand.Frame(domain, choices.Below(StageFrame.Pool));
            element[1] = Operand.Number(0);
            element[2] = Operand.Number((ulong)UpdateKind.MachPhys);
            element[3] = Operand.Number((ulong)choices.Below(64));
            return;
        }

        int table = plan < 30 ? _own.Draw(ref choices, FrameUse.L1) : plan < 75 ? _own.DrawTable(ref choices) : plan < 92 ? _own.Draw(ref choices, FrameUse.Free) : _own.Draw(ref choices, _own.Root);
        FrameUse use = _own[table] is FrameUse.Free or FrameUse.Given or FrameUse.Descriptors ? FrameUse.L1 + (byte)choices.Below((int)_own.Root) : _own[table];
        bool flips = choices.Percent(30);
        int slot = flips ? _own.DrawLinkedSlot(ref choices, table) : _own.DrawSlot(ref choices, table);
        int target = _own.Target(table, slot);
        Operand entry = flips && target >= 0
            ? Flipped(ref choices, use, Entry(ref choices, target, !_own.IsWritable(table, slot)))
            : use == FrameUse.L1 ? Leaf(ref choices) : Upper(ref choices, table, use);
        // An entry of a root of four that has any other bit is refused.
        if (shape.Space.IsNarrow && use == _own.Root && entry.Kind == Reference.Machine && choices.Percent(90)) entry = entry with { Bits = Present };
        element[0] = Operand.Frame(domain, table);
        element[1] = Operand.Number((ulong)slot);
        element[3] = entry;
        if (!isTrusted) return;
        bool isPresent = (entry.Bits & 1) != 0;
        _own.Link(table, slot, isPresent ? entry.Index : -1, (entry.Bits & Writable) != 0);
        if (isPresent && use > FrameUse.L1 && _own[table] == use) _own.Establish(entry.Index, use - 1);
    }

    private static Operand Flipped(ref Choices choices, FrameUse use, Operand entry) =>
        use > FrameUse.L1 && choices.Percent(20) ? entry with { Bits = entry.Bits | Pse } : entry;

    /// <summary>An entry of an upper table: absent; a table below, old or new; itself or a sibling; a superpage.</summary>
    private Operand Upper(ref Choices choices, int table, FrameUse use) => choices.Below(20) switch
    {
        < 4 => Operand.Number(0),
        < 9 => Entry(ref choices, _own.Draw(ref choices, use - 1), choices.Percent(60)),
        < 13 => Entry(ref choices, _own.Draw(ref choices, FrameUse.Free), choices.Percent(60)),
        < 15 => Entry(ref choices, table, choices.Percent(15)),
        < 17 => Entry(ref choices, _own.Draw(ref choices, use), choices.Percent(15)),
        17 => Entry(ref choices, choices.Below(StageFrame.Pool), true) is var e ? e with { Bits = e.Bits | Pse } : default,
        _ => Entry(ref choices, choices.Below(StageFrame.Pool), choices.Percent(50)),
    };

    /// <summary>mmuext_op: command, a frame (or an address), a second frame (or a count, or where the set of vCPUs is).</summary>
    private void Extended(ref Choices choices, Span<Operand> element, bool isTrusted)
    {
        int plan = choices.Below(100);
        ExtCommand command = plan switch
        {
            < 34 => (ExtCommand)choices.Below(4),
            < 52 => ExtCommand.Unpin,
            < 60 => ExtCommand.NewBase,
            < 65 => ExtCommand.NewUserBase,
            < 73 => ExtCommand.CopyPage,
            < 77 => ExtCommand.ClearPage,
            _ => (ExtCommand)choices.Below((int)ExtCommand.UnmarkSuper + 1),
        };
        int frame = DrawFor(ref choices, command);
        int second = command == ExtCommand.CopyPage && choices.Percent(60) ? StageFrame.Root : choices.Below(StageFrame.Root + 1);
        element[0] = Operand.Number((ulong)command);
        element[1] = Operand.Frame(domain, frame);
        element[2] = Operand.Number(0);
        switch (command)
        {
            case ExtCommand.InvlpgLocal or ExtCommand.InvlpgAll or ExtCommand.InvlpgMulti or ExtCommand.SetLdt:
                element[1] = Operand.Number(Address(ref choices, Operation.MmuExtOp));
                element[2] = command == ExtCommand.InvlpgMulti ? Operand.Buffer() : Operand.Number(command == ExtCommand.SetLdt ? (ulong)choices.Below(3) * 16 : 0);
                break;
            case ExtCommand.TlbFlushMulti:
                element[2] = Operand.Buffer();
                break;
            case ExtCommand.CopyPage:
                element[2] = Operand.Frame(domain, second);
                break;
            case ExtCommand.NewUserBase when choices.Percent(20):
                element[1] = Operand.Number(0);
                break;
        }

        if (isTrusted) Believe(command, frame, second);
    }

    private int DrawFor(ref Choices choices, ExtCommand command) => command switch
    {
        <= ExtCommand.PinL4 when choices.Percent(40) => _own.Draw(ref choices, FrameUse.L1 + (byte)command),
        <= ExtCommand.PinL4 => choices.Percent(30) ? StageFrame.Data : _own.Draw(ref choices, FrameUse.Free),
        ExtCommand.Unpin => choices.Percent(80) ? _own.DrawPinned(ref choices) : choices.Below(StageFrame.Pool),
        ExtCommand.NewBase or ExtCommand.NewUserBase => _own.Draw(ref choices, _own.Root),
        ExtCommand.CopyPage or ExtCommand.ClearPage => _own.Draw(ref choices, FrameUse.Free),
        _ => choices.Below(StageFrame.Root + 1),
    };

    private void Believe(ExtCommand command, int frame, int second)
    {
        switch (command)
        {
            case <= ExtCommand.PinL4:
                _own.Establish(frame, FrameUse.L1 + (byte)command);
                _own.Pin(frame, true);
                break;
            case ExtCommand.Unpin:
                _own.Pin(frame, false);
                if (frame >= StageFrame.FirstFree && frame < StageFrame.Pool) _own[frame] = FrameUse.Free;
                break;
            case ExtCommand.CopyPage:
                _own.Copy(second, frame);
                // A copy of a root is a root for who loads it.
                if (second == StageFrame.Root) _own.Establish(frame, _own.Root);
                break;
            case ExtCommand.ClearPage:
                _own.Clear(frame);
                break;
        }
    }
}

using Implementation.Memory;

namespace Implementation.Cpu;

/// <summary>
/// From RIP to decoded code: the jump cache, then fetch through the code TLB, then the code cache, then the translator.
/// </summary>
internal sealed unsafe class BlockFinder(
    CpuState* c, PhysicalMemory memory, IProcessorBus bus, FrameCounts counts, Translator translator) : IDisposable
{
    /// <summary>Instructions of a block where code keeps changing.</summary>
    private const int RestlessCount = 4;

    private readonly CpuState* _c = c;
    private readonly PhysicalMemory _memory = memory;
    private readonly IProcessorBus _bus = bus;
    private readonly Translator _translator = translator;
    private readonly CodeCache _code = new(memory);
    private readonly FrameCounts _counts = counts;
    private readonly CodeTlb _userTlb = new(counts);
    private readonly JumpCache _jumps = new();
    private CodeTlb? _supervisorTlb;

    public JumpEntry* Jumps => _jumps.Base;

    /// <summary>Whether a 4 KiB piece of a larger page is cached, so that dropping one page must drop them all.</summary>
    public bool HoldsLargePage { get; private set; }

    public void FlushTlb()
    {
        _userTlb.Flush();
        _supervisorTlb?.Flush();
        _jumps.Flush();
        HoldsLargePage = false;
    }

    public void FlushPage(ulong linear)
    {
        _userTlb.FlushPage(linear);
        _supervisorTlb?.FlushPage(linear);
        _jumps.Flush();
    }

    /// <summary>As of data, translations for the user's and for the supervisor's fetches are kept apart.</summary>
    private CodeTlb CurrentTlb => _c->Cpl == 3 ? _userTlb : _supervisorTlb ??= new(_counts);

    /// <summary>The mode changed: what was found by address alone is for the one before.</summary>
    public void ForgetJumps() => _jumps.Flush();

    public void AddTo(List<CachedTranslation> list)
    {
        _userTlb.AddTo(list);
        _supervisorTlb?.AddTo(list);
    }

    /// <summary>Drops what was decoded from bytes that were written.</summary>
    public void Drop(ulong mfn, int offset, int length)
    {
        if (!_code.Drop(mfn, offset, length, _c->Clock - (ulong)_c->Budget)) return;
        _jumps.Flush();
        _c->CodeChanged = true;
    }

    public void Dispose()
    {
        _code.Dispose();
        _userTlb.Dispose();
        _supervisorTlb?.Dispose();
        _jumps.Dispose();
    }

    /// <summary>
    /// Links a terminator to the block it was seen to lead to: only within a page, where both depend on the same translation.
    /// </summary>
    public void Connect(Uop* from, nint mark, Uop* to)
    {
        Block* target = (Block*)to - 1;
        if ((target->Mode & (CodeMode.Code64 | CodeMode.Flat)) == 0) return; // EIP says nothing of the page.
        if (target->CrossesPage || ((from->Ip ^ target->Rip) & Tlb.PageMask) != 0) return;
        _code.AddLink(target, mark == Flow.LinkTaken ? Uop.TakenLink(from) : Uop.FallLink(from));
    }

    /// <summary>The block at RIP, decoded if need be.</summary>
    /// <returns>null after recording the exception that the fetch raises</returns>
    public Uop* Find(CodeMode extra = 0)
    {
        CpuState* c = _c;
        ulong rip = c->Rip &= c->LinearMask;
        JumpEntry* jump = JumpCache.Slot(c, rip);
        if (extra == 0 && jump->Rip == rip && PageWalk.IsCanonical(rip)) return jump->First;
        if (!TryFetch(rip, out ulong address)) return null;

        CodeMode mode = c->Mode | extra;
        Block* block = _code.Find(address, rip, mode);
        if (block != null && !IsWithinLimit(block)) block = null;
        if (block != null && block->CrossesPage)
        {
            if (!TryFetch(rip + (ulong)block->Bytes, out ulong second)) return null;
            if (second >> PhysicalMemory.PageShift != block->SecondMfn)
            {
                // The second page is another one now: what was decoded with the old one is of no use.
                _memory.Written(address >> PhysicalMemory.PageShift, (int)(address & 4095), 1);
                block = null;
            }
        }

        block = block == null ? Translate(address, rip, mode) : block;
        if (block == null) return null;
        if (!block->CrossesPage && extra == 0 && c->RedirectFrom == ulong.MaxValue) _jumps.Put(jump, rip, block->First);
        return block->First;
    }

    /// <summary>Whether the code segment, which may have had another limit when the block was decoded, holds all of it.</summary>
    private bool IsWithinLimit(Block* block) =>
        (block->Mode & (CodeMode.Code64 | CodeMode.Flat)) != 0
        || block->Rip + (ulong)(block->Bytes + block->SecondBytes) - 1 <= _c->SegmentLimit[(int)SegmentRegister.Cs];

    private Block* Translate(ulong address, ulong rip, CodeMode mode)
    {
        if (_code.Size > CodeCache.SizeLimit)
        {
            _code.Clear();
            _jumps.Flush();
            _c->CodeChanged = true;
        }

        int here = PhysicalMemory.PageSize - (int)(address & (PhysicalMemory.PageSize - 1));
        bool isLimited = (mode & (CodeMode.Code64 | CodeMode.Flat)) == 0;
        ulong allowed = isLimited ? _c->SegmentLimit[(int)SegmentRegister.Cs] - rip + 1 : ulong.MaxValue;
        ulong secondMfn = 0;
        int secondBytes = 0;
        int maximum = (mode & CodeMode.Single) != 0 ? 1
            : _code.IsRestless(address >> PhysicalMemory.PageShift) ? RestlessCount : Translator.MaximumCount;
        if (!_translator.Decode(_c->Ram + address, (int)Math.Min((ulong)here, allowed), rip, maximum, mode))
        {
            if (allowed <= (ulong)here)
            {
                Flow.Record(_c, Vector.GP, 0);
                return null;
            }

            if (!TryFetch(rip + (ulong)here, out ulong second)) return null;
            byte* both = stackalloc byte[16];
            Buffer.MemoryCopy(_c->Ram + address, both, 16, here);
            Buffer.MemoryCopy(_c->Ram + second, both + here, 16 - here, 15 - here);
            if (!_translator.Decode(both, (int)Math.Min(15, allowed), rip, maximum: 1, mode))
            {
                Flow.Record(_c, Vector.GP, 0);
                return null;
            }

            secondMfn = second >> PhysicalMemory.PageShift;
            secondBytes = Math.Max(1, _translator.Bytes - here);
        }

        Block* block = _code.Reserve(Translator.MaximumCount + 3);
        block->First = (Uop*)(block + 1);
        block->Rip = rip;
        block->Address = address;
        block->Mode = mode;
        block->Bytes = secondBytes != 0 ? here : _translator.Bytes;
        block->SecondMfn = secondMfn;
        block->SecondBytes = secondBytes;
        Uop* end = _translator.Build(block->First);
        _code.Keep(block, end);
        return block;
    }

    /// <summary>The machine address of an instruction byte.</summary>
    /// <returns>false after recording #PF, or #GP where the address is not canonical or beyond the limit</returns>
    private bool TryFetch(ulong rip, out ulong address)
    {
        CpuState* c = _c;
        address = 0;
        if ((c->Mode & (CodeMode.Code64 | CodeMode.Flat)) == 0 && rip > c->SegmentLimit[(int)SegmentRegister.Cs])
        {
            Flow.Record(c, Vector.GP, 0);
            return false;
        }

        ulong linear = (rip + CpuState.At<ulong>(c, CpuState.CsBase)) & c->LinearMask;
        if (!CurrentTlb.TryGet(linear, out ulong mfn))
        {
            if (!PageWalk.IsCanonical(linear))
            {
                Flow.Record(c, Vector.GP, 0);
                return false;
            }

            if (!PageWalk.TryWalk(c, linear, AccessKind.Execute, update: true, out Translation found, out uint error))
            {
                c->Cr2 = linear;
                Flow.Record(c, Vector.PF, error);
                return false;
            }

            mfn = found.Mfn;
            if (c->RedirectFrom == ulong.MaxValue) CacheFetch(linear, found);
        }

        address = mfn << PhysicalMemory.PageShift | linear & ~Tlb.PageMask;
        return true;
    }

    private void CacheFetch(ulong linear, Translation found)
    {
        if (CurrentTlb.Fill(linear, found.Mfn)) _jumps.Flush();
        HoldsLargePage |= found.IsLarge;
        _bus.TranslationCached(_c->Cr3 >> PhysicalMemory.PageShift, linear & Tlb.PageMask, found.Mfn, false);
    }
}

using System.Runtime.InteropServices;
using Implementation.Memory;

namespace Implementation.Cpu;

/// <summary>The decoded blocks of one processor, found by machine address, linear address and mode.</summary>
/// <remarks>
/// Blocks live in chunks that are only freed all at once, and never while a handler runs: a block that a store drops can
/// finish the micro-op that dropped it.
/// </remarks>
internal sealed unsafe class CodeCache : IDisposable
{
    private const int Buckets = 1 << 14;
    private const int ChunkBytes = 1 << 20;
    private const int ManyDrops = 8, QuickInstructions = 64;
    private const int GranuleShift = 6; // 64 granules of 64 bytes in a frame

    private readonly PhysicalMemory _memory;
    private readonly Block** _buckets = (Block**)NativeMemory.AllocZeroed(Buckets, (nuint)sizeof(Block*));
    private readonly FrameCode* _frames;
    private readonly List<nint> _chunks = [];
    private byte* _free, _freeEnd;

    public CodeCache(PhysicalMemory memory)
    {
        _memory = memory;
        _frames = (FrameCode*)NativeMemory.AllocZeroed((nuint)memory.Frames, (nuint)sizeof(FrameCode));
    }

    /// <summary>What is decoded from one frame.</summary>
    private struct FrameCode
    {
        public Block* First;

        /// <summary>
        /// Which 64-byte granules have a byte of a block, so that data beside code can be written without a search.
        /// </summary>
        public ulong Granules;

        /// <summary>
        /// Retired instructions when code of the frame was last dropped, and how many drops came fast upon one another.
        /// </summary>
        public ulong LastDrop;

        public int QuickDrops;
    }

    /// <summary>Bytes of decoded code beyond which the owner should <see cref="Clear"/>.</summary>
    public const long SizeLimit = 96L << 20;

    public long Size => (long)_chunks.Count * ChunkBytes;

    /// <summary>
    /// Whether the frame's code changes every few instructions, so that decoding far ahead is wasted: code that keeps
    /// writing over itself must not cost the host thousands of times what it costs the guest.
    /// </summary>
    public bool IsRestless(ulong mfn) => _frames[mfn].QuickDrops >= ManyDrops;

    public Block* Find(ulong address, ulong rip, CodeMode mode)
    {
        for (Block* b = _buckets[Bucket(address)]; b != null; b = b->NextInBucket)
        {
            if (b->Address == address && b->Rip == rip && b->Mode == mode) return b;
        }

        return null;
    }

    /// <summary>
    /// Cleared room for a block of at most <paramref name="uops"/> micro-ops; <see cref="Keep"/> keeps what was used.
    /// </summary>
    public Block* Reserve(int uops)
    {
        int bytes = sizeof(Block) + uops * sizeof(Uop);
        if (_freeEnd - _free < bytes)
        {
            _free = (byte*)NativeMemory.AlignedAlloc(ChunkBytes, 64);
            _freeEnd = _free + ChunkBytes;
            _chunks.Add((nint)_free);
        }

        new Span<byte>(_free, bytes).Clear();
        return (Block*)_free;
    }

    /// <summary>Enters a reserved block that <paramref name="end"/> ends.</summary>
    public void Keep(Block* block, Uop* end)
    {
        _free = (byte*)(((nint)end + 63) & ~63);
        if (_free > _freeEnd) _free = _freeEnd;

        Block** bucket = &_buckets[Bucket(block->Address)];
        block->NextInBucket = *bucket;
        *bucket = block;

        ulong mfn = block->Address >> PhysicalMemory.PageShift;
        if (_frames[mfn].First == null) _memory.AddCode(mfn);
        block->NextInFrame = _frames[mfn].First;
        _frames[mfn].First = block;
        _frames[mfn].Granules |= Granules((int)(block->Address & 4095), block->Bytes);

        if (!block->CrossesPage || block->SecondMfn == mfn) return;
        ref FrameCode second = ref _frames[block->SecondMfn];
        if (second.First == null) _memory.AddCode(block->SecondMfn);
        block->NextInSecondFrame = second.First;
        second.First = block;
        second.Granules |= Granules(0, block->SecondBytes);
    }

    /// <summary>Remembers that <paramref name="slot"/> leads to the block, so that it can be cut.</summary>
    public void AddLink(Block* to, Uop** slot)
    {
        if (_freeEnd - _free < 64) return;
        Link* link = (Link*)_free;
        _free += sizeof(Link);
        link->Slot = slot;
        link->Next = to->Incoming;
        to->Incoming = link;
        *slot = to->First;
    }

    /// <summary>Drops every block that has a byte in the given part of a frame.</summary>
    /// <param name="now">instructions retired so far</param>
    /// <returns>whether there was one</returns>
    public bool Drop(ulong mfn, int offset, int length, ulong now)
    {
        if ((_frames[mfn].Granules & Granules(offset, length)) == 0) return false;

        bool dropped = false;
        Block* next;
        for (Block* b = _frames[mfn].First; b != null; b = next)
        {
            next = NextIn(b, mfn);
            if (!Overlaps(b, mfn, offset, length)) continue;
            Remove(b);
            dropped = true;
        }

        if (!dropped) return false;
        Recount(mfn);
        ref FrameCode frame = ref _frames[mfn];
        frame.QuickDrops = now - frame.LastDrop < QuickInstructions ? Math.Min(frame.QuickDrops + 1, ManyDrops) : 0;
        frame.LastDrop = now;
        return true;
    }

    /// <summary>Drops everything and frees the memory. Only between blocks.</summary>
    public void Clear()
    {
        for (int i = 0; i < Buckets; i++)
        {
            for (Block* b = _buckets[i]; b != null; b = b->NextInBucket)
            {
                Forget(b->Address >> PhysicalMemory.PageShift);
                if (b->CrossesPage) Forget(b->SecondMfn);
            }

            _buckets[i] = null;
        }

        foreach (nint chunk in _chunks) NativeMemory.AlignedFree((void*)chunk);
        _chunks.Clear();
        _free = _freeEnd = null;
    }

    public void Dispose()
    {
        Clear();
        NativeMemory.Free(_buckets);
        NativeMemory.Free(_frames);
    }

    private void Forget(ulong mfn)
    {
        if (_frames[mfn].First == null) return;
        _frames[mfn] = default;
        _memory.RemoveCode(mfn);
    }

    private void Remove(Block* block)
    {
        for (Link* link = block->Incoming; link != null; link = link->Next) *link->Slot = null;
        block->Incoming = null;
        Unchain(block);

        ulong mfn = block->Address >> PhysicalMemory.PageShift;
        UnchainFrame(block, mfn);
        if (!block->CrossesPage || block->SecondMfn == mfn) return;
        UnchainFrame(block, block->SecondMfn);
    }

    private void Unchain(Block* block)
    {
        Block** at = &_buckets[Bucket(block->Address)];
        while (*at != block) at = &(*at)->NextInBucket;
        *at = block->NextInBucket;
    }

    private void UnchainFrame(Block* block, ulong mfn)
    {
        Block** at = &_frames[mfn].First;
        while (*at != block) at = NextField(*at, mfn);
        *at = NextIn(block, mfn);
        if (_frames[mfn].First != null) return;
        _frames[mfn].Granules = 0;
        _memory.RemoveCode(mfn);
    }

    private void Recount(ulong mfn)
    {
        ulong granules = 0;
        for (Block* b = _frames[mfn].First; b != null; b = NextIn(b, mfn))
        {
            if (b->Address >> PhysicalMemory.PageShift == mfn) granules |= Granules((int)(b->Address & 4095), b->Bytes);
            if (b->CrossesPage && b->SecondMfn == mfn) granules |= Granules(0, b->SecondBytes);
        }

        _frames[mfn].Granules = granules;
    }

    /// <summary>A block that crosses pages hangs in two lists.</summary>
    private static Block** NextField(Block* block, ulong mfn) =>
        block->Address >> PhysicalMemory.PageShift == mfn ? &block->NextInFrame : &block->NextInSecondFrame;

    private static Block* NextIn(Block* block, ulong mfn) => *NextField(block, mfn);

    private static bool Overlaps(Block* block, ulong mfn, int offset, int length)
    {
        int start = (int)(block->Address & 4095);
        bool isFirst = block->Address >> PhysicalMemory.PageShift == mfn;
        if (isFirst && start < offset + length && offset < start + block->Bytes) return true;
        return block->CrossesPage && block->SecondMfn == mfn && offset < block->SecondBytes;
    }

    private static ulong Granules(int offset, int length)
    {
        int first = offset >> GranuleShift, last = (offset + length - 1) >> GranuleShift;
        return (ulong.MaxValue >> (63 - (last - first))) << first;
    }

    private static int Bucket(ulong address) => (int)((address ^ address >> 14) & (Buckets - 1));
}

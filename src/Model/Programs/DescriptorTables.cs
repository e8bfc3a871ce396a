using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>set_gdt (2) and update_descriptor (10).</summary>
public sealed partial class Program
{
    /// <summary>Descriptors that a guest may have in its table: 14 pages; the rest are Xen's.</summary>
    private const uint GuestDescriptors = 14 * 512;

    /// <summary>Positions of a descriptor table: those of the LDT follow those of the GDT.</summary>
    private const int PagesOfTable = 16;

    [Clause("HC-17")]
    public Answer Perform(SetGdt request)
    {
        Errno refused = SetDescriptors(request.Caller.Value, request.Frames, request.Entries);
        return refused == Errno.None ? Answer.Success : Answer.Refused(refused);
    }

    private Errno SetDescriptors(int v, IReadOnlyList<DescriptorFrame> frames, uint entries)
    {
        bool fits = entries <= GuestDescriptors && frames.Count == (entries + 511) / 512;
        if (!fits) return Because("HC-17.a", Errno.EINVAL);

        Errno refused = TakeDescriptors(v, frames);
        if (refused != Errno.None) return Because("HC-17.b", refused);

        RemoveDescriptors(v);
        PlaceDescriptors(v, frames);
        Must(_step.Flush(v), Step.Flush);
        return Granted("HC-17.c");
    }

    /// <summary>Take every page once, as a descriptor page; on refusal none.</summary>
    private Errno TakeDescriptors(int v, IReadOnlyList<DescriptorFrame> frames)
    {
        for (int i = 0; i < frames.Count; i++)
        {
            if (Exists(frames[i].Frame)
                && (_s.Taken[v, (int)frames[i].Frame.Value]
                    || Get(v, (int)frames[i].Frame.Value, PageType.SegDesc, frames[i].IsLawful) == Errno.None)) continue;

            for (int j = 0; j < i; j++)
            {
                if (_s.Taken[v, (int)frames[j].Frame.Value]) Return(v, (int)frames[j].Frame.Value);
            }

            return Errno.EINVAL;
        }

        return Errno.None;
    }

    private void RemoveDescriptors(int v) => RemoveDescriptors(v, first: 0);

    /// <summary>Take the pages of one of a vCPU's tables out.</summary>
    /// <param name="first">position of its first page</param>
    /// <returns>whether there were any</returns>
    private bool RemoveDescriptors(int v, int first)
    {
        if (_s.Descriptors.Empty(v, null, null)) return false;

        bool hadAny = false;
        for (int position = first; position < Math.Min(first + PagesOfTable, _universe.Slots); position++)
        {
            int f = Targets(_s.Descriptors).TargetOf(v, position);
            if (f == Store.Any) continue;

            hadAny = true;
            Must(_step.RemoveDescriptors(v, position, f), Step.RemoveDescriptors);
            Put(v, f);
        }

        return hadAny;
    }

    private void PlaceDescriptors(int v, IReadOnlyList<DescriptorFrame> frames)
    {
        for (int position = 0; position < frames.Count; position++)
        {
            int f = (int)frames[position].Frame.Value;
            if (!_s.Taken[v, f] && Get(v, f, PageType.SegDesc) is not Errno.None)
                throw new InvalidOperationException("a page that is in the table already was refused a second place");

            Must(_step.PlaceDescriptors(v, position, f), Step.PlaceDescriptors);
        }
    }

    [Clause("HC-18")]
    public Answer Perform(UpdateDescriptor request)
    {
        int v = request.Caller.Value;
        if (!Owns(v, request.Frame)) return Answer.Refused(Because("HC-18.a", Errno.EINVAL));
        if (!request.IsAligned || !request.IsLawful) return Answer.Refused(Because("HC-18.b", Errno.EINVAL));

        int f = (int)request.Frame.Value;
        if (TypeOf(f) != PageType.SegDesc)
        {
            Errno refused = WriteData(v, f, request.Slot, Contents.Of(request.New));
            return refused == Errno.None ? Success("HC-18") : Answer.Refused(Because("HC-18.c", Errno.EINVAL));
        }

        if (Get(v, f, PageType.SegDesc) != Errno.None) return Answer.Refused(Because("HC-18.c", Errno.EINVAL));
        Return(v, f);
        return Success("HC-18");
    }
}

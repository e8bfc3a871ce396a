using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>The pages of LDTs: taken when they are used, and let go on many occasions.</summary>
public sealed partial class Program
{
    /// <summary>A page of the vCPU's LDT is used for the first time: hold the frame that its kernel maps there, as a descriptor page.</summary>
    /// <exception cref="ArgumentException">the machine spoken of has no such position, or the page is held</exception>
    [Clause("PT-26")]
    public Answer Perform(MapLdtPage request)
    {
        int v = request.Caller.Value, position = PagesOfTable + request.Number;
        if (position >= _universe.Slots || !_s.Descriptors.Empty(v, position, null)) throw new ArgumentException("no page to map", nameof(request));

        int f = (int)request.Page.Frame.Value;
        Errno refused = Exists(request.Page.Frame) ? Get(v, f, PageType.SegDesc, request.Page.IsLawful) : Errno.EINVAL;
        if (refused != Errno.None) return Answer.Refused(refused);                            // PT-26.a

        Must(_step.PlaceDescriptors(v, position, f), Step.PlaceDescriptors);
        return Answer.Success;
    }

    /// <returns>whether there were any pages</returns>
    private bool RemoveLdt(int v) => RemoveDescriptors(v, first: PagesOfTable);

    /// <summary>An entry that mapped a descriptor page is gone: so are the LDTs of its owner's vCPUs, of which it may have mapped one.</summary>
    [Clause("PT-26")]
    private void RemoveLdtsLike(int f)
    {
        if (_universe.Slots <= PagesOfTable || TypeOf(f) != PageType.SegDesc || _s.TypeCount[f].Value == 0) return;

        for (int v = 0; v < _universe.Vcpus; v++)
        {
            if (_s.Home[v] == _s.Owner[f] && RemoveLdt(v)) Must(_step.Flush(v), Step.Flush); // PT-26.c
        }
    }
}

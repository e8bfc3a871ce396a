using Model.Domains;

namespace Model.Steps;

/// <summary>Descriptor pages: the frames of a vCPU's global and local descriptor tables.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>Put a page into an empty position of a vCPU's descriptor tables; the reference it took becomes the table's.</summary>
    [Clause("PT-22")]
    public virtual Bit PlaceDescriptors(Word v, Word position, Word f)
    {
        Bit may = s.TakenType[v, f]
                & s.Type[f] == DescriptorPage                 // PT-22.a
                & s.Valid[f]
                & s.Descriptors.Empty(v, position, Every);    // PT-22.b

        s.Descriptors.Set(may, v, position, f);
        s.Taken.Clear(may, v, f);
        s.TakenType.Clear(may, v, f);
        return may;
    }

    /// <summary>Take a page out of a vCPU's descriptor tables: its reference leaves.</summary>
    [Clause("PT-22")]
    public virtual Bit RemoveDescriptors(Word v, Word position, Word f)
    {
        Bit may = s.Descriptors[v, position, f]
                & !s.Leaving[v, f];

        s.Descriptors.Clear(may, v, position, f);
        s.Leaving.Set(may, v, f);
        s.LeavingType.Set(may, v, f);
        return may;
    }
}

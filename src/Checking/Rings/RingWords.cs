using Model.Domains;

namespace Checking.Rings;

/// <summary>What the parameters of the steps of ring protection stand for, and how reports name words.</summary>
internal static class RingWords
{
    private static readonly Dictionary<string, Sort> s_sorts = new()
    {
        ["v"] = Sort.Vcpu,
        ["u"] = Sort.Vcpu,
        ["c"] = Sort.Processor,
        ["p"] = Sort.Slot,
        ["q"] = Sort.Slot,
        ["ring"] = Sort.Ring,
        ["again"] = Sort.Ring,
        ["inner"] = Sort.Ring,
        ["n"] = Sort.Vector,
        ["a"] = Sort.Address,
        ["b"] = Sort.Address,
        ["stack"] = Sort.Address,
        ["low"] = Sort.Address,
        ["x"] = Sort.Facility,
    };

    /// <summary>What a parameter of that name stands for.</summary>
    public static Sort SortOf(string parameter) => s_sorts[parameter];

    /// <summary>"v0", "vector 1", "address 2", "ring 3"</summary>
    public static string Of(Sort sort, int value) => sort switch
    {
        Sort.Vcpu => $"v{value}",
        Sort.Domain => $"d{value}",
        Sort.Processor => $"cpu {value}",
        Sort.Slot => $"[{value}]",
        Sort.Ring => $"ring {value}",
        Sort.Vector => $"vector {value}",
        Sort.Address => $"address {value}",
        Sort.Facility => $"facility {value}",
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "ring protection has no such words"),
    };
}

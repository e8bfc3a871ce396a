namespace Implementation.Devices;

/// <summary>Kinds of message (xen/include/public/io/xs_wire.h).</summary>
internal enum StoreMessageType : uint
{
    Control = 0,
    Directory = 1,
    Read = 2,
    GetPermissions = 3,
    Watch = 4,
    Unwatch = 5,
    TransactionStart = 6,
    TransactionEnd = 7,
    Introduce = 8,
    Release = 9,
    GetDomainPath = 10,
    Write = 11,
    MakeDirectory = 12,
    Remove = 13,
    SetPermissions = 14,
    WatchEvent = 15,
    Error = 16,
    IsDomainIntroduced = 17,
    Resume = 18,
    SetTarget = 19,
    ResetWatches = 21,
    DirectoryPart = 22,
}

/// <summary>A message without its length, which is the payload's.</summary>
internal readonly record struct StoreMessage(StoreMessageType Type, uint Request, uint Transaction, byte[] Payload)
{
    public const int HeaderSize = 16, LargestPayload = 4096;
}

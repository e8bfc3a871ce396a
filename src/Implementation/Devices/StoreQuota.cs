namespace Implementation.Devices;

/// <summary>What one guest may take of the store. The defaults of Xen's xenstored; Domain0 is not bound.</summary>
internal static class StoreQuota
{
    public const int Nodes = 1000, Watches = 128, Transactions = 10, NodeSize = 2048, TransactionNodes = 1024;

    public static bool Binds(ushort domain) => domain != Hypervisor.Domain.Domain0;
}

using System.Globalization;
using System.Text;

namespace Implementation.Devices;

/// <summary>Reads requests as the protocol words them and answers them from a connection.</summary>
/// <remarks>Payloads are untrusted. Names are Latin-1 here, so that any byte survives the way to a string and back.</remarks>
internal sealed class StoreProtocol(XenStore store, StoreConnection connection, Action<StoreMessage> send)
{
    private static readonly Encoding Bytes = Encoding.Latin1;

    /// <summary>Sends the reply, and what goes before and after it.</summary>
    public void Handle(in StoreMessage request)
    {
        StoreError error = Answer(request, out byte[] reply);
        if (error != StoreError.None)
        {
            send(request with { Type = StoreMessageType.Error, Payload = Bytes.GetBytes($"{error}\0") });
            return;
        }

        send(request with { Payload = reply });
        // A new watch fires once, after the reply, so that its owner reads the state it starts from.
        if (request.Type == StoreMessageType.Watch && TryWords(request.Payload, 2, out string[] watch)) connection.Deliver(watch[0], watch[1]);
    }

    public static StoreMessage Event(string path, string token) =>
        new(StoreMessageType.WatchEvent, 0, 0, Bytes.GetBytes($"{path}\0{token}\0"));

    private static byte[] Ok => "OK\0"u8.ToArray();

    private StoreError Answer(in StoreMessage request, out byte[] reply)
    {
        reply = Ok;
        uint transaction = request.Transaction;
        switch (request.Type)
        {
            case StoreMessageType.Directory:
                return TryPath(request, out string path) ? Directory(transaction, path, out reply) : StoreError.EINVAL;
            case StoreMessageType.DirectoryPart:
                return TryWords(request.Payload, 2, out string[] part) ? DirectoryPart(transaction, part, out reply) : StoreError.EINVAL;
            case StoreMessageType.Read:
                return TryPath(request, out path) ? connection.Read(transaction, path, out reply) : StoreError.EINVAL;
            case StoreMessageType.Write:
                return Write(request);
            case StoreMessageType.MakeDirectory:
                return TryPath(request, out path) ? connection.MakeDirectory(transaction, path) : StoreError.EINVAL;
            case StoreMessageType.Remove:
                return TryPath(request, out path) ? connection.Remove(transaction, path) : StoreError.EINVAL;
            case StoreMessageType.GetPermissions:
                return TryPath(request, out path) ? GetPermissions(transaction, path, out reply) : StoreError.EINVAL;
            case StoreMessageType.SetPermissions:
                return SetPermissions(request);
            case StoreMessageType.Watch:
                return TryWords(request.Payload, 2, out string[] watch) ? connection.Watch(watch[0], watch[1]) : StoreError.EINVAL;
            case StoreMessageType.Unwatch:
                return TryWords(request.Payload, 2, out watch) ? connection.Unwatch(watch[0], watch[1]) : StoreError.EINVAL;
            case StoreMessageType.TransactionStart:
                return Begin(transaction, out reply);
            case StoreMessageType.TransactionEnd:
                return End(request);
            case StoreMessageType.GetDomainPath:
                return TryDomain(request, out ushort domain) ? Said(StorePath.HomeOf(domain) + "\0", out reply) : StoreError.EINVAL;
            case StoreMessageType.IsDomainIntroduced:
                return TryDomain(request, out domain) ? Said(store.IsIntroduced(domain) ? "T\0" : "F\0", out reply) : StoreError.EINVAL;
            case StoreMessageType.ResetWatches:
                connection.Reset();
                return StoreError.None;
            case StoreMessageType.Control or StoreMessageType.Introduce or StoreMessageType.Release or StoreMessageType.Resume
                or StoreMessageType.SetTarget:
                return StoreError.EACCES;
            default:
                return StoreError.ENOSYS;
        }
    }

    private StoreError Directory(uint transaction, string path, out byte[] reply)
    {
        StoreError error = connection.List(transaction, path, out IReadOnlyList<string> children, out _);
        reply = Bytes.GetBytes(string.Concat(children.Select(c => c + "\0")));
        return error == StoreError.None && reply.Length > StoreMessage.LargestPayload ? StoreError.E2BIG : error;
    }

    /// <summary>A page of a long directory: the generation, then names from a byte offset, an empty one at the end.</summary>
    private StoreError DirectoryPart(uint transaction, string[] words, out byte[] reply)
    {
        reply = [];
        if (!uint.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint offset)) return StoreError.EINVAL;
        StoreError error = connection.List(transaction, words[0], out IReadOnlyList<string> children, out ulong generation);
        if (error != StoreError.None) return error;

        StringBuilder page = new($"{generation}\0");
        uint at = 0;
        foreach (string child in children)
        {
            bool isWanted = at >= offset;
            at += (uint)child.Length + 1;
            if (!isWanted) continue;
            if (page.Length + child.Length + 1 > StoreMessage.LargestPayload) return Said(page.ToString(), out reply);
            page.Append(child).Append('\0');
        }

        if (page.Length < StoreMessage.LargestPayload) page.Append('\0');
        return Said(page.ToString(), out reply);
    }

    /// <summary>The path ends at its NUL; the value is the rest, of any bytes.</summary>
    private StoreError Write(in StoreMessage request)
    {
        int end = Array.IndexOf(request.Payload, (byte)0);
        if (end < 0) return StoreError.EINVAL;
        return connection.Write(request.Transaction, Bytes.GetString(request.Payload, 0, end), request.Payload.AsSpan(end + 1));
    }

    private StoreError GetPermissions(uint transaction, string path, out byte[] reply)
    {
        reply = [];
        StoreError error = connection.GetPermissions(transaction, path, out StorePermissions? permissions);
        if (error == StoreError.None) reply = Bytes.GetBytes(string.Concat(permissions!.Words().Select(w => w + "\0")));
        return error;
    }

    private StoreError SetPermissions(in StoreMessage request)
    {
        if (!TrySplit(request.Payload, out string[] words) || words.Length < 2) return StoreError.EINVAL;
        if (!StorePermissions.TryParse(words[1..], out StorePermissions? permissions)) return StoreError.EINVAL;
        return connection.SetPermissions(request.Transaction, words[0], permissions!);
    }

    private StoreError Begin(uint transaction, out byte[] reply)
    {
        reply = [];
        if (transaction != 0) return StoreError.EBUSY; // Transactions do not nest.

        StoreError error = connection.Begin(out uint id);
        reply = Bytes.GetBytes($"{id}\0");
        return error;
    }

    private StoreError End(in StoreMessage request) => Bytes.GetString(request.Payload) switch
    {
        "T\0" => connection.End(request.Transaction, commit: true),
        "F\0" => connection.End(request.Transaction, commit: false),
        _ => StoreError.EINVAL,
    };

    private static StoreError Said(string text, out byte[] reply)
    {
        reply = Bytes.GetBytes(text);
        return StoreError.None;
    }

    private static bool TryPath(in StoreMessage request, out string path)
    {
        bool isOne = TryWords(request.Payload, 1, out string[] words);
        path = isOne ? words[0] : "";
        return isOne;
    }

    private static bool TryDomain(in StoreMessage request, out ushort domain)
    {
        domain = 0;
        return TryWords(request.Payload, 1, out string[] words)
            && ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out domain);
    }

    /// <summary>At least <paramref name="count"/> NUL-terminated words; more are ignored, as xenstored does.</summary>
    private static bool TryWords(byte[] payload, int count, out string[] words) => TrySplit(payload, out words) && words.Length >= count;

    private static bool TrySplit(byte[] payload, out string[] words)
    {
        words = [];
        if (payload.Length == 0 || payload[^1] != 0) return false;

        words = Bytes.GetString(payload, 0, payload.Length - 1).Split('\0');
        return true;
    }
}

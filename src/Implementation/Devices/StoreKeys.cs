using System.Globalization;
using Implementation.Hypervisor;

namespace Implementation.Devices;

/// <summary>The keys that a toolstack publishes for a domain without block and network devices (pv-abi 7.6).</summary>
internal static class StoreKeys
{
    private const int KibibytesPerPage = 4;

    public static void Publish(Domain domain, ulong consoleMfn, ulong storeMfn)
    {
        ushort id = domain.Id;
        string home = StorePath.HomeOf(id), vm = $"/vm/00000000-0000-0000-0000-{id:x12}";
        string backend = $"/local/domain/0/backend/console/{id}/0";
        string memory = Text(domain.TotalPages * KibibytesPerPage);
        StorePermissions readable = new(Domain.Domain0, StoreAccess.None, [(id, StoreAccess.Read)]);
        StorePermissions writable = new(id, StoreAccess.None);

        StoreConnection store = domain.Xen.Store.Connect(Domain.Domain0);
        store.Write(0, "/local/domain/0/name", "Domain-0");
        store.Write(0, "/local/domain/0/domid", "0");

        string[] directories =
        [
            home, $"{home}/cpu", $"{home}/memory", $"{home}/control", $"{home}/device", $"{home}/store", $"{home}/console", vm, backend,
        ];
        foreach (string path in directories)
        {
            store.MakeDirectory(0, path);
            store.SetPermissions(0, path, readable);
        }

        string[] guests =
        [
            "device/suspend", "device/suspend/event-channel", "control/shutdown", "control/feature-poweroff", "control/feature-reboot",
            "control/feature-suspend", "control/sysrq", "data", "drivers", "feature", "attr", "error",
        ];
        foreach (string path in guests)
        {
            Put($"{home}/{path}", "", writable);
        }

        Put($"{home}/vm", vm, readable);
        Put($"{home}/name", domain.Name, readable);
        Put($"{home}/domid", Text(id), readable);
        Put($"{vm}/name", domain.Name, readable);
        for (int cpu = 0; cpu < domain.Vcpus.Length; cpu++) Put($"{home}/cpu/{cpu}/availability", "online", readable);
        Put($"{home}/memory/static-max", memory, readable);
        Put($"{home}/memory/target", memory, readable);
        Put($"{home}/memory/videoram", "0", readable);
        Put($"{home}/control/platform-feature-multiprocessor-suspend", "1", readable);
        Put($"{home}/control/platform-feature-xs_reset_watches", "1", readable);
        Put($"{home}/store/port", Text(domain.StorePort), readable);
        Put($"{home}/store/ring-ref", Text(storeMfn), readable);
        Put($"{home}/console/backend", backend, readable);
        Put($"{home}/console/backend-id", "0", readable);
        Put($"{home}/console/limit", "1048576", readable);
        Put($"{home}/console/type", "xenconsoled", readable);
        Put($"{home}/console/output", "pty", readable);
        Put($"{home}/console/tty", "", readable);
        Put($"{home}/console/port", Text(domain.ConsolePort), readable);
        Put($"{home}/console/ring-ref", Text(consoleMfn), readable);
        Put($"{backend}/frontend", $"{home}/console", readable);
        Put($"{backend}/frontend-id", Text(id), readable);
        Put($"{backend}/online", "1", readable);
        Put($"{backend}/state", "1", readable);
        Put($"{backend}/protocol", "vt100", readable);

        void Put(string path, string value, StorePermissions permissions)
        {
            store.Write(0, path, value);
            store.SetPermissions(0, path, permissions);
        }

        static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
    }
}

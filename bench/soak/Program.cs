using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Conformance.Reports;
using Implementation.Hypervisor;
using SoakBench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 1;
}

byte[][] images = [Guest("soak"), Guest("soak32")];
Totals[] totals = [new(), new()];
ulong done = 0;
bool isStopped = false;
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
Memory warm = default;
for (ulong i = options.First; done < options.Instructions && !Volatile.Read(ref isStopped); i++)
{
    DomainKind kind = i % 2 == 0 ? DomainKind.Pv64 : DomainKind.Pv32Pae;
    ulong seed = (options.Seed << 32) + i;
    ulong length = Math.Min(options.Length, options.Instructions - done);
    SoakedDomain domain;
    try
    {
        domain = SoakedDomain.Run(images[i % 2], kind, seed, length, options.Watch);
    }
    catch (Exception e)
    {
        Console.WriteLine($"HOST EXCEPTION  domain {i}, {kind}, seed {seed}\n{e}");
        return 3;
    }

    totals[i % 2].Add(domain);
    done += domain.Instructions;
    if (domain.Finding is { } finding)
    {
        FindingReport.Write(Console.Out, finding, $"./ringfence bench soak --seed {options.Seed} --first {i} --length {options.Length}", trace: null);
        Console.WriteLine($"      {kind} {domain.Standing}");
        return 12;
    }

    ulong count = i - options.First + 1;
    if (count == options.Report) warm = Memory.Now();
    if (count % options.Report == 0) Console.WriteLine($"{count,7} domains  {done,15:N0} instructions  {Memory.Now()}  {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,8:N1} s of CPU");
}

TextReport.Write(totals, warm, Memory.Now());
return 0;

// The domain at hand is run to its end, and what there is so far is told.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    Volatile.Write(ref isStopped, true);
}

static byte[] Guest(string name)
{
    for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
    {
        string candidate = Path.Combine(at.FullName, "guests", name, "build", $"{name}.elf");
        if (File.Exists(candidate)) return File.ReadAllBytes(candidate);
    }

    throw new FileNotFoundException($"guests/{name}/build/{name}.elf is not above the program: make -C guests");
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Conformance.Tests;

/// <summary>The ringfence command as a user runs it: a process of its own.</summary>
internal static partial class Ringfence
{
    public const string Grub = "/usr/lib/grub-xen/grub-x86_64-xen.bin";

    public const int Interrupt = 2, Kill = 9, Terminate = 15; // signal(7)

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>What one command answered.</summary>
    public sealed record Answer(int ExitCode, string Output, string Error)
    {
        /// <summary>Standard output as the one JSON object it must be.</summary>
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;

        /// <summary>It did nothing, and said why in one sentence that names what is wrong.</summary>
        public void IsRefused(int exitCode, string named)
        {
            Assert.True(ExitCode == exitCode, Output + Error);
            Assert.Empty(Output);
            Assert.Matches(@"\Aringfence: [^\n]+\.\n\z", Error);
            Assert.Contains(named, Error, StringComparison.Ordinal);
        }
    }

    public static string Root { get; } = FindRoot();

    public static Task<Answer> Run(params string[] arguments) => RunWithKeys("", arguments);

    public static Task<Answer> RunWithKeys(string keys, params string[] arguments) => Run(StartInfo(arguments), keys);

    /// <summary>In a folder of its own, with one variable of the environment as it is to be.</summary>
    public static Task<Answer> RunIn(string folder, (string Name, string Value) variable, params string[] arguments)
    {
        ProcessStartInfo start = StartInfo(arguments);
        start.WorkingDirectory = folder;
        start.Environment[variable.Name] = variable.Value;
        return Run(start, keys: "");
    }

    private static async Task<Answer> Run(ProcessStartInfo start, string keys)
    {
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(keys);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return await End(process, output, process.StandardError.ReadToEndAsync(CancellationToken.None));
    }

    /// <summary>Sends SIGINT, as Ctrl-C does, once the output shows a text.</summary>
    public static async Task<Answer> InterruptAt(string text, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        return await End(process, ReadAndSignal(process.StandardOutput, process, text, Interrupt), error);
    }

    /// <summary>Sends a signal once standard error shows a text.</summary>
    public static async Task<Answer> SignalAtError(int signal, string text, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return await End(process, output, ReadAndSignal(process.StandardError, process, text, signal));
    }

    /// <summary>Sends a signal once a file is there.</summary>
    public static async Task<Answer> SignalAtFile(int signal, string path, params string[] arguments)
    {
        TaskCompletionSource isThere = new();
        using FileSystemWatcher watcher = new(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Created += (_, _) => isThere.TrySetResult();
        watcher.Renamed += (_, _) => isThere.TrySetResult();
        watcher.EnableRaisingEvents = true;

        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await Task.WhenAny(isThere.Task, process.WaitForExitAsync(TestContext.Current.CancellationToken));
        Assert.False(process.HasExited, $"it ended before {path} was there");
        Assert.Equal(0, Signal(process.Id, signal));
        return await End(process, output, error);
    }

    private static async Task<string> ReadAndSignal(StreamReader from, Process process, string text, int signal)
    {
        StringBuilder output = new();
        char[] piece = new char[4096];
        bool isSent = false;
        for (int n = await from.ReadAsync(piece); n > 0; n = await from.ReadAsync(piece))
        {
            output.Append(piece, 0, n);
            if (isSent || !output.ToString().Contains(text, StringComparison.Ordinal)) continue;
            isSent = true;
            Assert.Equal(0, Signal(process.Id, signal));
        }

        return output.ToString();
    }

    private static async Task<Answer> End(Process process, Task<string> output, Task<string> error)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return new(process.ExitCode, await output, await error);
    }

    private static Process Start(params string[] arguments) => Process.Start(StartInfo(arguments))!;

    private static ProcessStartInfo StartInfo(params string[] arguments) => new("dotnet", [Command, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
        WorkingDirectory = Path.GetTempPath(),
    };

    public static string Command => Path.Combine(AppContext.BaseDirectory, "ringfence.dll");

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

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

    private const int Interrupt = 2; // SIGINT, signal(7).

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>What one command answered.</summary>
    public sealed record Answer(int ExitCode, string Output, string Error)
    {
        /// <summary>Standard output as the one JSON object it must be.</summary>
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;
    }

    public static string Root { get; } = FindRoot();

    public static Task<Answer> Run(params string[] arguments) => RunWithKeys("", arguments);

    public static async Task<Answer> RunWithKeys(string keys, params string[] arguments)
    {
        using Process process = Start(arguments);
        await process.StandardInput.WriteAsync(keys);
        process.StandardInput.Close();
        return await End(process, process.StandardOutput.ReadToEndAsync(CancellationToken.None));
    }

    /// <summary>Sends SIGINT, as Ctrl-C does, once the output shows a text.</summary>
    public static async Task<Answer> InterruptAt(string text, params string[] arguments)
    {
        using Process process = Start(arguments);
        return await End(process, ReadAndInterrupt(process, text));
    }

    private static async Task<string> ReadAndInterrupt(Process process, string text)
    {
        StringBuilder output = new();
        char[] piece = new char[4096];
        bool isSent = false;
        for (int n = await process.StandardOutput.ReadAsync(piece); n > 0; n = await process.StandardOutput.ReadAsync(piece))
        {
            output.Append(piece, 0, n);
            if (isSent || !output.ToString().Contains(text, StringComparison.Ordinal)) continue;
            isSent = true;
            Assert.Equal(0, Kill(process.Id, Interrupt));
        }

        return output.ToString();
    }

    private static async Task<Answer> End(Process process, Task<string> output)
    {
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
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

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Command, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
        WorkingDirectory = Path.GetTempPath(),
    })!;

    private static string Command => Path.Combine(AppContext.BaseDirectory, "ringfence.dll");

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

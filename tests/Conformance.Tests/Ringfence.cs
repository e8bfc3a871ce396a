using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Conformance.Tests;

/// <summary>The ringfence command as a user runs it: a process of its own.</summary>
internal static class Ringfence
{
    public const string Grub = "/usr/lib/grub-xen/grub-x86_64-xen.bin";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>What one command answered.</summary>
    public sealed record Answer(int ExitCode, string Output, string Error)
    {
        /// <summary>Standard output as the one JSON object it must be.</summary>
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;
    }

    public static string Root { get; } = FindRoot();

    public static Task<Answer> Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    /// <param name="interrupt">sends SIGINT, as Ctrl-C does</param>
    /// <param name="arguments">after the command's name</param>
    public static async Task<Answer> Run(CancellationToken interrupt, params string[] arguments)
    {
        using Process process = Start(arguments);
        using CancellationTokenRegistration onInterrupt = interrupt.Register(() => Process.Start("kill", ["-INT", $"{process.Id}"]).Dispose());
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None), error = process.StandardError.ReadToEndAsync(CancellationToken.None);
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

    public static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Command, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
        WorkingDirectory = Path.GetTempPath(),
    })!;

    private static string Command => Path.Combine(AppContext.BaseDirectory, "ringfence.dll");

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}

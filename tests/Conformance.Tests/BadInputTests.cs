using System.Diagnostics;

namespace Conformance.Tests;

/// <summary>Whatever the user gives, the answer is an exit code and one sentence that names it, never a stack trace.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_missing_image_is_named() => await Refused("no/such/image", "run", "no/such/image");

    [Fact]
    public async Task A_folder_is_not_an_image() => await Refused(_folder, "run", _folder);

    [Fact]
    public async Task An_empty_image_is_refused() => await Refused("empty.elf", "run", Image("empty.elf", []));

    [Fact]
    public async Task Garbage_is_refused() => await Refused("garbage.elf", "run", Image("garbage.elf", Garbage(1, 5000)));

    [Fact]
    public async Task A_truncated_image_is_refused() =>
        await Refused("cut.bin", "run", Image("cut.bin", File.ReadAllBytes(Ringfence.Grub)[..100_000]));

    [Fact]
    public async Task A_file_that_never_ends_is_refused() => await Refused("/dev/zero", "run", "/dev/zero");

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("99999999999")]
    public async Task Absurd_memory_is_refused(string mebibytes) => await Refused($"--memory {mebibytes}", "run", Ringfence.Grub, "--memory", mebibytes);

    [Fact]
    public async Task A_command_line_that_does_not_fit_is_refused() => await Refused("--cmdline", "run", Ringfence.Grub, "--cmdline", new string('x', 1024));

    [Fact]
    public async Task An_image_that_does_not_fit_is_refused() => await Refused(Ringfence.Grub, "run", Ringfence.Grub, "--memory", "4");

    [Fact]
    public async Task A_missing_ramdisk_is_named() => await Refused("no-ramdisk", "run", Ringfence.Grub, "--ramdisk", "no-ramdisk");

    [Fact]
    public async Task A_missing_key_file_is_named() => await Refused("no-keys", "run", Ringfence.Grub, "--input", "no-keys");

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named() => await Refused("/dev/null/out", "run", Ringfence.Grub, "--out", "/dev/null/out");

    [Fact]
    public async Task A_full_disk_is_named()
    {
        string command = $"exec dotnet '{AppContext.BaseDirectory}/ringfence.dll' run --format json >/dev/full </dev/null";
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", command])
        {
            RedirectStandardError = true,
        })!;
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3, process.ExitCode);
        AssertOneSentence("standard output", error);
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("run", "--memory", "many")]
    [InlineData("run", "--format", "xml")]
    [InlineData("run", "--watch", "maybe")]
    [InlineData("run", "--limit", "-1")]
    [InlineData("run", "--fault", "XSA-0")]
    [InlineData("run", "--no-such-option")]
    [InlineData("run", "one", "two")]
    public async Task Wrong_usage_is_one_sentence(params string[] arguments) => (await Ringfence.Run(arguments)).IsRefused(1, "");

    [Fact]
    public async Task An_at_sign_is_part_of_a_name() => await Refused("@image", "run", "@image");

    private static async Task Refused(string named, params string[] arguments) => (await Ringfence.Run(arguments)).IsRefused(3, named);

    private static void AssertOneSentence(string named, string error)
    {
        Assert.Matches(@"\Aringfence: [^\n]+\.\n\z", error);
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    private string Image(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static byte[] Garbage(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

using System.Diagnostics;

namespace Testing.Tests;

/// <summary>The line at the end of a failure, pasted into a shell.</summary>
public class ReplayLineTests
{
    [Theory]
    [InlineData(typeof(Falsified), nameof(Falsified.No_list_has_four_numbers), "numbers = [0, 0, 0, 0]\n")]
    [InlineData(typeof(Breached), nameof(Breached.No_domain_can_write_anothers_frame), "script =\n    stage domains=2 vcpus=1\n    d1v0 mmu_update ")]
    public async Task The_line_plays_the_same_case_again(Type type, string property, string shrunk)
    {
        string program = Path.ChangeExtension(typeof(Falsified).Assembly.Location, null);
        string first = await Shell($"{program} --filter-method {type.FullName}.{property} --explicit on");
        string line = Line(first);
        string second = await Shell(line);

        Assert.Contains($"Testing.PropertyFailedException : {shrunk}", second);
        Assert.Contains("case 1,", second);
        Assert.Equal(line, Line(second));
    }

    private static string Line(string output)
    {
        Assert.Contains("replay: ", output);
        return output.Split("replay: ")[1].Split('\n')[0].Trim();
    }

    private static async Task<string> Shell(string line)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, shell.ExitCode);
        return output;
    }
}

using System.Diagnostics;

namespace EngineBench;

/// <summary>Makes what lies in guest/ with its makefile.</summary>
internal static class GuestBuild
{
    public static bool TryMake(string target, out string path, out string problem)
    {
        path = problem = "";
        string? directory = FindDirectory();
        if (directory is null)
        {
            problem = "bench/engine/guest is not above the program";
            return false;
        }

        path = Path.Combine(directory, target);
        ProcessStartInfo start = new("make", ["-s", "-C", directory, target]) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using Process make = Process.Start(start)!;
            Task<string> output = make.StandardOutput.ReadToEndAsync();
            string errors = make.StandardError.ReadToEnd();
            output.Wait();
            make.WaitForExit();
            if (make.ExitCode == 0) return true;
            problem = errors.Split('\n')[0].Trim();
            return false;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            problem = $"make cannot be run ({e.Message})";
            return false;
        }
    }

    private static string? FindDirectory()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "bench", "engine", "guest");
            if (File.Exists(Path.Combine(candidate, "Makefile"))) return candidate;
        }

        return null;
    }
}

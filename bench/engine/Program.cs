namespace EngineBench;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (!Options.TryParse(arguments, out Options options, out string problem))
        {
            Console.Error.WriteLine(problem);
            Console.Error.WriteLine(Options.Usage);
            return 1;
        }

        if (!GuestBuild.TryMake(options.Bits == 64 ? "build/image.bin" : "build/image32.bin", out string image, out string reason))
        {
            Console.Error.WriteLine($"The benchmark image cannot be built: {reason}. It needs make, nasm and gcc.");
            return 3;
        }

        KernelImage kernels = KernelImage.Load(image, options.Bits, options.Scale);
        List<IEngine> engines = [new OurProcessor()];
        List<string> missing = [];
        foreach (string peer in options.Peers)
        {
            if (IEngine.TryFind(peer, out IEngine? engine, out string why)) engines.Add(engine);
            else missing.Add($"{peer} is not measured: {why}");
        }

        Results results = Measure(kernels, engines, options);
        Console.Out.Write(options.Json ? JsonReport.Write(results, missing, options) : TextReport.Write(results, missing));
        return results.RaxAgrees ? (options.Check && !results.MeetsTargets ? 12 : 0) : 14;
    }

    /// <summary>Kernel by kernel, engine by engine, so that a slow minute of the machine falls on all alike.</summary>
    private static Results Measure(KernelImage kernels, List<IEngine> engines, Options options)
    {
        var results = new Results(kernels, engines);
        for (int repetition = 0; repetition < options.Repeat; repetition++)
        {
            foreach (int kernel in options.Kernels)
                foreach (IEngine engine in engines.Where(e => !e.RunsAllAtOnce))
                    results.Add(engine, engine.Run(kernels, [kernel]));

            foreach (IEngine engine in engines.Where(e => e.RunsAllAtOnce)) results.Add(engine, engine.Run(kernels, options.Kernels));
            if (!options.Json) Console.Error.WriteLine($"repetition {repetition + 1} of {options.Repeat}");
        }

        return results;
    }
}

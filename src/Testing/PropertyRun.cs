using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using TestResult = FsCheck.TestResult;

namespace Testing;

/// <summary>Checks one property once.</summary>
/// <param name="instance">of the class that has the method; null if it is static</param>
/// <param name="stop">keeps cases from being begun</param>
internal sealed class PropertyRun(MethodInfo method, object? instance, PropertySettings settings, CancellationToken stop = default)
{
    private readonly PropertyMethod _method = new(method, instance);
    private string? _kind;

    /// <param name="isSkip">an exception that says that the test is to be skipped, which no case is to blame for</param>
    /// <exception cref="PropertyFailedException">it does not hold, or too few cases met its condition</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public void Check(Func<Exception, bool>? isSkip = null)
    {
        Outcome outcome = new();
        Property property = Prop.ForAll(_method.Arguments(settings), (Func<object?[], Property>)Case);
        FsCheck.Check.One(Configuration(outcome), property);
        stop.ThrowIfCancellationRequested();

        switch (outcome.Result)
        {
            case TestResult.Failed { Item4: FsCheck.Outcome.Failed { Item: { } cause } } when isSkip?.Invoke(cause) == true:
                throw cause;
            case TestResult.Failed failed:
                throw new PropertyFailedException(new FailureText(_method, settings, failed).ToString(), Cause(failed));
            case TestResult.Exhausted exhausted:
                throw new PropertyFailedException(
                    $"Only {exhausted.Item.NumberOfTests} of {settings.MaxTest} cases met the condition of {_method.FullName}.", cause: null);
        }
    }

    private Property Case(object?[] arguments)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            return _method.Verdict(arguments);
        }
        catch (Exception e) when (IsAnother(e))
        {
            return true.ToProperty();
        }
    }

    /// <summary>Whether a case fails in another way than the first that failed, to which shrinking must not slip.</summary>
    private bool IsAnother(Exception e)
    {
        if (e.GetType().Namespace?.StartsWith(nameof(FsCheck), StringComparison.Ordinal) == true) return false;
        string kind = e is LockstepException lockstep ? lockstep.Kind : $"{e.GetType()}";
        return (_kind ??= kind) != kind;
    }

    private Config Configuration(IRunner runner)
    {
        Config config = Config.Quick.WithMaxTest(settings.MaxTest).WithEndSize(settings.EndSize).WithQuietOnSuccess(true).WithRunner(runner);
        return settings.Replay switch
        {
            { Size: { } size } key => config.WithReplay(key.Seed, key.Gamma, size),
            { } key => config.WithReplay(key.Seed, key.Gamma),
            null => config,
        };
    }

    private static Exception? Cause(TestResult.Failed failed) => failed.Item4 is FsCheck.Outcome.Failed { Item: { } cause } ? cause : null;

    /// <summary>Keeps how it went; nothing is printed.</summary>
    private sealed class Outcome : IRunner
    {
        public TestResult? Result { get; private set; }

        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, TestResult testResult) => Result = testResult;
    }
}

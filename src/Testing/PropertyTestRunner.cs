using System.Diagnostics;
using System.Reflection;
using Xunit;
using Xunit.v3;

namespace Testing;

/// <summary>Has a property checked where xunit would call the method once.</summary>
internal sealed class PropertyTestRunner : XunitTestRunner
{
    /// <remarks>On a thread of the pool, where a case that waits for a task cannot keep xunit from going on with that task.</remarks>
    protected override async ValueTask<TimeSpan> InvokeTest(XunitTestRunnerContext ctxt, object? testClassInstance)
    {
        Stopwatch watch = Stopwatch.StartNew();
        MethodInfo method = ctxt.Test.TestMethod.Method;
        PropertyAttribute attribute = method.GetCustomAttribute<PropertyAttribute>()!;
        CancellationToken stop = TestContext.Current.CancellationToken;
        await Task.Run(() =>
        {
            PropertySettings settings = PropertySettings.Of(attribute, Environment.GetEnvironmentVariable);
            PropertyRun run = new(method, testClassInstance, settings, stop);
            run.Check(isSkip: e => ctxt.GetSkipReason(e) is not null);
        }, CancellationToken.None);
        return watch.Elapsed;
    }
}

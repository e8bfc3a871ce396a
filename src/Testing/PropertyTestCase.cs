using System.ComponentModel;
using Xunit.Sdk;
using Xunit.v3;

namespace Testing;

/// <summary>A property as xunit sees it: one test, run by <see cref="PropertyTestRunner"/>.</summary>
public sealed class PropertyTestCase : XunitTestCase, ISelfExecutingXunitTestCase
{
    /// <summary>For xunit, which fills it in afterwards.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("for xunit's deserializer only")]
    public PropertyTestCase()
    {
    }

    internal PropertyTestCase(
        IXunitTestMethod method,
        string name,
        string id,
        bool isExplicit,
        Type[]? skipExceptions,
        string? skipReason,
        Type? skipType,
        string? skipUnless,
        string? skipWhen,
        Dictionary<string, HashSet<string>> traits,
        string? file,
        int? line,
        int timeout)
        : base(
            method, name, id, isExplicit, skipExceptions, skipReason, skipType, skipUnless, skipWhen, traits, testMethodArguments: null, file, line, timeout)
    {
    }

    public async ValueTask<RunSummary> Run(
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource)
    {
        IReadOnlyCollection<IXunitTest> tests = await aggregator.RunAsync(CreateTests, []);
        return await new CaseRunner().Run(
            this, tests, messageBus, aggregator.Clone(), cancellationTokenSource, TestCaseDisplayName, SkipReason, explicitOption, constructorArguments);
    }

    /// <summary>What xunit does for a case of a fact, with our runner of the test in it.</summary>
    private sealed class CaseRunner : XunitTestCaseRunner
    {
        protected override ValueTask<RunSummary> RunTest(XunitTestCaseRunnerContext ctxt, IXunitTest test) => new PropertyTestRunner().Run(
            test,
            ctxt.MessageBus,
            ctxt.ConstructorArguments,
            ctxt.ExplicitOption,
            ctxt.Aggregator.Clone(),
            ctxt.CancellationTokenSource,
            ctxt.BeforeAfterTestAttributes);
    }
}

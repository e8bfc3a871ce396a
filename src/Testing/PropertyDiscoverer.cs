using Xunit.Sdk;
using Xunit.v3;

namespace Testing;

/// <summary>Makes one test case of a method that has <see cref="PropertyAttribute"/>.</summary>
public sealed class PropertyDiscoverer : IXunitTestCaseDiscoverer
{
    public ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        var details = TestIntrospectionHelper.GetTestCaseDetails(discoveryOptions, testMethod, factAttribute);
        return new([
            new PropertyTestCase(
                details.ResolvedTestMethod,
                details.TestCaseDisplayName,
                details.UniqueID,
                details.Explicit,
                details.SkipExceptions,
                details.SkipReason,
                details.SkipType,
                details.SkipUnless,
                details.SkipWhen,
                TestIntrospectionHelper.GetTraits(testMethod, dataRow: null),
                details.SourceFilePath,
                details.SourceLineNumber,
                details.Timeout),
        ]);
    }
}

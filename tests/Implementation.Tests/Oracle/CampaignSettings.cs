using System.Globalization;

namespace Implementation.Tests.Oracle;

/// <summary>Environment variables by which a longer or another campaign is run than the fixed one.</summary>
internal static class CampaignSettings
{
    /// <summary>RINGFENCE_ORACLE_SEED.</summary>
    internal static ulong Seed(ulong otherwise) => Read("RINGFENCE_ORACLE_SEED", otherwise);

    /// <summary>RINGFENCE_ORACLE_CASES: cases or programs of each campaign.</summary>
    internal static ulong Cases(ulong otherwise) => Read("RINGFENCE_ORACLE_CASES", otherwise);

    private static ulong Read(string variable, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : otherwise;
}

using System.Globalization;

namespace Implementation.Tests.Oracle;

/// <summary>Whatever a user program executes, our processor does what the host's does.</summary>
/// <remarks>RINGFENCE_ORACLE_SEED and RINGFENCE_ORACLE_CASES choose another campaign than the fixed one.</remarks>
public class HostOracleTests(ITestOutputHelper output)
{
    private static readonly ulong _seed = Setting("RINGFENCE_ORACLE_SEED", 20_240_607);

    [Fact]
    public void Integer_instructions_do_what_the_host_does() =>
        Agree(InstructionForms.Integer, Setting("RINGFENCE_ORACLE_CASES", 200_000));

    [Fact]
    public void Segment_instructions_do_what_the_host_does() =>
        Agree(InstructionForms.Segments, Setting("RINGFENCE_ORACLE_CASES", 20_000));

    [Fact]
    public void Vector_instructions_do_what_the_host_does() =>
        Agree(InstructionForms.Simd, Setting("RINGFENCE_ORACLE_CASES", 100_000));

    [Fact]
    public void X87_instructions_do_what_the_host_does() =>
        Agree(InstructionForms.X87, Setting("RINGFENCE_ORACLE_CASES", 10_000));

    private void Agree(InstructionForms forms, ulong cases)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {_seed}, {cases} cases over {forms.Encodings.Count} encodings"));
        try
        {
            var campaign = new Campaign(forms, _seed, () => new EngineProcessor());
            string differences = campaign.Run(cases);
            output.WriteLine($"endings: {campaign.Endings}; never retired: {string.Join(' ', campaign.NeverRetired)}");
            Assert.True(differences.Length == 0, differences);
        }
        catch (HostUnavailableException unavailable)
        {
            Assert.Skip($"The host processor cannot be asked: {unavailable.Message}.");
        }
    }

    private static ulong Setting(string variable, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : otherwise;
}

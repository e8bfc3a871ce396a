using System.Globalization;

namespace Implementation.Tests.Oracle;

/// <summary>Whatever a user program executes, our processor does what the host's does.</summary>
public class HostOracleTests(ITestOutputHelper output)
{
    private const ulong FixedSeed = 20_240_607;

    [Fact]
    public void Integer_instructions_do_what_the_host_does() =>
        Agree(InstructionForms.Integer, CampaignSettings.Cases(200_000));

    [Fact]
    public void Segment_instructions_do_what_the_host_does() =>
        Agree(InstructionForms.Segments, CampaignSettings.Cases(20_000));

    [Fact]
    public void Vector_instructions_do_what_the_host_does() =>
        Agree(InstructionForms.Simd, CampaignSettings.Cases(100_000));

    [Fact]
    public void X87_instructions_do_what_the_host_does() =>
        Agree(InstructionForms.X87, CampaignSettings.Cases(60_000));

    [Fact]
    public void Integer_instructions_of_32_bit_code_do_what_the_host_does() =>
        Agree(InstructionForms.Integer32, CampaignSettings.Cases(50_000));

    [Fact]
    public void Segment_instructions_of_32_bit_code_do_what_the_host_does() =>
        Agree(InstructionForms.Segments32, CampaignSettings.Cases(15_000));

    [Fact]
    public void Vector_instructions_of_32_bit_code_do_what_the_host_does() =>
        Agree(InstructionForms.Simd32, CampaignSettings.Cases(15_000));

    [Fact]
    public void X87_instructions_of_32_bit_code_do_what_the_host_does() =>
        Agree(InstructionForms.X87Of32, CampaignSettings.Cases(15_000));

    [Fact]
    public void Integer_instructions_of_16_bit_code_do_what_the_host_does() =>
        Agree(InstructionForms.Integer16, CampaignSettings.Cases(20_000));

    [Fact]
    public void Segment_instructions_of_16_bit_code_do_what_the_host_does() =>
        Agree(InstructionForms.Segments16, CampaignSettings.Cases(10_000));

    private void Agree(InstructionForms forms, ulong cases)
    {
        ulong seed = CampaignSettings.Seed(FixedSeed);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"seed {seed}, {cases} cases over {forms.Encodings.Count} encodings"));
        try
        {
            var campaign = new Campaign(forms, seed, () => new EngineProcessor());
            string differences = campaign.Run(cases);
            output.WriteLine($"endings: {campaign.Endings}; never retired: {string.Join(' ', campaign.NeverRetired)}");
            Assert.True(differences.Length == 0, differences);
        }
        catch (HostUnavailableException unavailable)
        {
            Assert.Skip($"The host processor cannot be asked: {unavailable.Message}.");
        }
    }
}

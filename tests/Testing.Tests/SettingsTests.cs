namespace Testing.Tests;

/// <summary>The environment stands above the attribute.</summary>
public class SettingsTests
{
    private static PropertySettings Settings(PropertyAttribute attribute, params (string Name, string Value)[] environment) =>
        PropertySettings.Of(attribute, name => environment.FirstOrDefault(e => e.Name == name).Value);

    [Fact]
    public void An_attribute_alone_says_it_all()
    {
        PropertySettings settings = Settings(new() { MaxTest = 7, EndSize = 8, Replay = "1,3,5", Domains = 2, Vcpus = 3 });
        Assert.Equal((7, 8, new ReplayKey(1, 3, 5)), (settings.MaxTest, settings.EndSize, settings.Replay!.Value));
        Assert.Equal(new(2, 3), settings.Shape);
        Assert.Null(Settings(new()).Replay);
    }

    [Fact]
    public void The_environment_says_cases_seed_and_replay()
    {
        PropertyAttribute attribute = new() { MaxTest = 7, Replay = "1,3,5" };
        Assert.Equal(9, Settings(attribute, ("RINGFENCE_CASES", "9")).MaxTest);
        Assert.Equal((42UL, null), Key(("RINGFENCE_SEED", "42")));
        Assert.Equal((2UL, 6), Key(("RINGFENCE_SEED", "42"), ("RINGFENCE_REPLAY", "2,5,6")));
        Assert.Equal((1UL, 5), Key(("RINGFENCE_REPLAY", "")));

        (ulong, int?) Key(params (string, string)[] environment) =>
            Settings(attribute, environment).Replay is { } key ? (key.Seed, key.Size) : default;
    }

    [Theory]
    [InlineData("RINGFENCE_CASES", "many", "RINGFENCE_CASES is \"many\", which is not a number of cases")]
    [InlineData("RINGFENCE_CASES", "0", "RINGFENCE_CASES is \"0\", which is not a number of cases")]
    [InlineData("RINGFENCE_SEED", "-1", "\"-1\" is neither a seed nor \"seed,gamma,size\" as a failure tells it")]
    [InlineData("RINGFENCE_REPLAY", "1,2", "\"1,2\" is neither a seed nor \"seed,gamma,size\" as a failure tells it")]
    [InlineData("RINGFENCE_REPLAY", "1,3,5,7", "\"1,3,5,7\" is neither a seed nor \"seed,gamma,size\" as a failure tells it")]
    [InlineData("RINGFENCE_REPLAY", "1,3,", "\"1,3,\" is neither a seed nor \"seed,gamma,size\" as a failure tells it")]
    public void A_value_that_makes_no_sense_is_told_in_one_sentence(string name, string value, string says) =>
        Assert.Equal(says, Assert.Throws<FormatException>(() => Settings(new(), (name, value))).Message);

    [Theory]
    [InlineData("1,3")]
    [InlineData("18446744073709551615,9,100")]
    public void A_key_reads_as_it_is_written(string text) => Assert.Equal(text, ReplayKey.Parse(text).ToString());
}

using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>The oracle itself: known instructions, faults and addresses on the host.</summary>
public class HostProcessorTests
{
    private const ulong Rip = 0x1000_0100;
    private const ulong CarryIn = 0x203;

    [Fact]
    public void Adds_with_carry() => OnHost([0x48, 0x11, 0xd8], (state, _) =>
    {
        Assert.Equal(0ul, state[Gpr.Rax]);
        Assert.Equal(0x257ul, state.Rflags); // CF PF AF ZF
        Assert.Equal(Rip + 3, state.Rip);
    }, Outcome.Retired);

    [Fact]
    public void Names_a_division_by_zero() => OnHost([0xf7, 0xf3], (state, _) => Assert.Equal(Rip, state.Rip), new Outcome(0));

    [Fact]
    public void Names_an_invalid_opcode() => OnHost([0x0f, 0x0b], (state, _) => Assert.Equal(Rip, state.Rip), new Outcome(6));

    [Fact]
    public void Names_a_privileged_instruction() => OnHost([0xf4], (state, _) => Assert.Equal(Rip, state.Rip), new Outcome(13));

    [Fact]
    public void Names_the_address_behind_the_map() => OnHost(
        [0x48, 0x8b, 0x02],
        (state, _) => Assert.Equal(ulong.MaxValue, state[Gpr.Rax]),
        new Outcome(14, OracleMemory.Data.End, Present: false));

    [Fact]
    public void Names_a_store_to_a_read_only_page() => OnHost(
        [0x48, 0x89, 0x01], (_, _) => { }, new Outcome(14, OracleMemory.ReadOnly.Linear, Present: true));

    [Fact]
    public void Steps_one_iteration_of_a_repeated_store() => OnHost([0xf3, 0xaa], (state, image) =>
    {
        Assert.Equal(OracleMemory.BelowReadOnly.Linear + 1, state[Gpr.Rdi]);
        Assert.Equal(0xff, image[OracleMemory.ImageOffset(OracleMemory.BelowReadOnly.Linear)]);
        Assert.Equal(Rip, state.Rip);
    }, Outcome.Retired);

    /// <summary>Every case says all that its outcome depends on.</summary>
    [Fact]
    public void Two_hosts_agree()
    {
        try
        {
            Agree(InstructionForms.Integer);
            Agree(InstructionForms.Simd);
            Agree(InstructionForms.X87);
        }
        catch (HostUnavailableException unavailable)
        {
            Assert.Skip(unavailable.Message);
        }
    }

    private static void Agree(InstructionForms forms)
    {
        string differences = new Campaign(forms, 1, () => new HostProcessor()).Run(2_000);
        Assert.True(differences.Length == 0, differences);
    }

    private static void OnHost(byte[] code, Action<UserState, byte[]> check, Outcome expected)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() =>
        {
            using var host = new HostProcessor();
            code.CopyTo(host.Image[OracleMemory.ImageOffset(Rip)..]);
            var state = new UserState { Rip = Rip, Rflags = CarryIn };
            state[Gpr.Rax] = ulong.MaxValue;
            state[Gpr.Rbx] = 0;
            state[Gpr.Rdx] = OracleMemory.Data.End - 4;
            state[Gpr.Rcx] = OracleMemory.ReadOnly.Linear - 4;
            state[Gpr.Rdi] = OracleMemory.BelowReadOnly.Linear;

            Assert.Equal(expected, host.Step(state, simd: false));
            check(state, host.Image.ToArray());
        }));
        thread.Start();
        thread.Join();
        if (failure is HostUnavailableException unavailable) Assert.Skip(unavailable.Message);
        Assert.Null(failure);
    }
}

using Conformance.Simulation;

namespace Conformance.Tests.Simulation;

/// <summary>Arguments are laid into the buffer as guest code would lay them.</summary>
public class DirectPathTests
{
    [Theory]
    [InlineData(1, "88EEEEEEEEEEEEEEEE")]
    [InlineData(2, "8877EEEEEEEEEEEEEE")]
    [InlineData(4, "88776655EEEEEEEEEE")]
    [InlineData(8, "8877665544332211EE")]
    public void A_field_takes_its_own_bytes_and_no_others(int bytes, string expected)
    {
        Span<byte> buffer = stackalloc byte[9];
        buffer.Fill(0xee);

        DirectPath.Put(buffer, bytes, 0x1122_3344_5566_7788);

        Assert.Equal(expected, Convert.ToHexString(buffer));
    }
}

using System.Diagnostics;
using Implementation.Domains;
using Implementation.Hypervisor;

namespace Implementation.Tests.Loader;

/// <summary>Cut, bit-flipped and random files become a domain or one sentence, never anything else.</summary>
public class DamagedImages
{
    private const int Cases = 12_000, Seed = 20_417;
    private const ulong MemoryPages = 4096;

    [Fact]
    public void Damage_never_does_more_than_refuse_the_image()
    {
        byte[] grub = File.ReadAllBytes(Images.Grub);
        byte[] small = ElfWriter.Minimal().Note(2, 0x2000).Note(3, 0).Note(15, 0x80_0000_0000).Note(16, 1).ToArray();
        Random random = new(Seed);
        (int laidOut, int built) = (0, 0);
        for (int i = 0; i < Cases; i++)
        {
            byte[] file = i % 20 == 0 ? Damage(grub, random, headBytes: 0x1100) : Damage(small, random, small.Length);
            try
            {
                ElfImage image = ElfImage.Parse(file);
                DomainLayout.Make(image, XenNotes.Parse(image), MemoryPages, 0);
                laidOut++;
                if (laidOut % 40 != 0) continue;

                Build(file);
                built++;
            }
            catch (InvalidImageException refused)
            {
                Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(laidOut, Cases / 20, Cases * 19 / 20);
        Assert.True(built > 50, $"{built} built");
    }

    private static void Build(byte[] file)
    {
        using Xen xen = new(new() { MemoryFrames = MemoryPages + 256 });
        Domain domain = new(xen, 1, "test");
        xen.Add(domain);
        BootMemory boot = DomainBuilder.Fill(xen, domain, new() { Image = file, MemoryPages = MemoryPages }, new(1, 2));
        Debug.Assert(boot.RootMfn != 0);
    }

    private static byte[] Damage(byte[] good, Random random, int headBytes)
    {
        byte[] file = (byte[])good.Clone();
        switch (random.Next(4))
        {
            case 0:
                return file[..random.Next(file.Length)];
            case 1:
                for (int n = random.Next(1, 8); n > 0; n--) file[random.Next(headBytes)] ^= (byte)(1 << random.Next(8));
                return file;
            case 2:
                int at = random.Next(headBytes / 8) * 8;
                long[] extremes = [0, 1, -1, long.MinValue, long.MaxValue, 0x1000, -0x1000, 1L << 47, 1L << 32, random.NextInt64()];
                byte[] extreme = BitConverter.GetBytes(extremes[random.Next(extremes.Length)]);
                extreme.AsSpan(0, Math.Min(8, file.Length - at)).CopyTo(file.AsSpan(at));
                return file;
            default:
                byte[] noise = new byte[random.Next(2048)];
                random.NextBytes(noise);
                if (random.Next(2) == 0 && noise.Length > 64) file.AsSpan(0, 64).CopyTo(noise);
                return noise;
        }
    }
}

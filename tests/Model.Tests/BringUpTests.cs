namespace Model.Tests;

/// <summary>VCPUOP_initialise: what a vCPU that never ran is given, and what is refused.</summary>
public sealed class BringUpTests
{
    private const ulong Root = 1, Descriptors = 6, Other = 7, Foreign = 9;

    /// <summary>vCPU 0 runs on frame 1; vCPU 1 never ran; frames 1 to 8 are their domain's.</summary>
    private static Machine World()
    {
        Machine m = new(new(12, [Worlds.D1, Worlds.D1, Worlds.D2]));
        m.DeclareFrame(new(0), default, FrameKind.Xen);
        for (ulong f = 1; f < 9; f++) m.DeclareFrame(new(f), Worlds.D1);
        m.DeclareFrame(new(Foreign), Worlds.D2);
        m.Pin(Worlds.V0, Root, 4);
        m.Ext(Worlds.V0, ExtCommand.NewBase, Root);
        return m;
    }

    private static InitialiseVcpu Lawful => new(Worlds.V0, Worlds.V1, true, false, [new(new(Descriptors), true)], 512, new(Root), default, true);

    public static TheoryData<string, InitialiseVcpu, Errno> Refused => new()
    {
        { "HC-20.a", Lawful with { Target = Worlds.V0 }, Errno.EEXIST },
        { "HC-20.b", Lawful with { IsSound = false, HasLdt = true }, Errno.EINVAL },
        { "HC-20.c", Lawful with { HasLdt = true }, Errno.EOPNOTSUPP },
        { "HC-20.d", Lawful with { Frames = [new(new(Root), true)] }, Errno.EINVAL },
        { "HC-20.d", Lawful with { Frames = [new(new(Descriptors), false)] }, Errno.EINVAL },
        { "HC-20.d", Lawful with { Entries = 8000 }, Errno.EINVAL },
        { "HC-20.e", Lawful with { Kernel = new(Foreign) }, Errno.EINVAL },
        { "HC-20.e", Lawful with { Kernel = new(0) }, Errno.EINVAL },
        { "HC-20.e", Lawful with { Kernel = new(Descriptors) }, Errno.EINVAL },
        { "HC-20.f", Lawful with { User = new(Foreign) }, Errno.EINVAL },
    };

    [Theory, Clause("HC-20")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lawful_state_gives_descriptors_and_roots(bool inUserMode)
    {
        Machine m = World();
        Assert.Equal(0, m.Perform(Lawful with { User = inUserMode ? new(Other) : default, InKernel = !inUserMode }).Rax);
        Assert.Empty(m.CheckAll());
        Assert.Equal((new Mfn(Root), inUserMode ? new Mfn(Other) : null, !inUserMode), (m.KernelBase(Worlds.V1), m.UserBase(Worlds.V1), m.IsInKernel(Worlds.V1)));
        Assert.True(m.View(new(Root)) is { TypeCount: 3, RefCount: 4 });
        Assert.True(m.View(new(Descriptors)) is { Type: PageType.SegDesc, TypeCount: 1 });
        Assert.Equal(-(long)Errno.EEXIST, m.Perform(Lawful).Rax);
    }

    [Theory, MemberData(nameof(Refused)), Clause("HC-20")]
    public void What_is_refused_leaves_nothing_behind(string clause, InitialiseVcpu request, Errno errno)
    {
        Machine m = World();
        Assert.True(m.Perform(request) == Answer.Refused(errno), clause);
        Assert.Empty(m.CheckAll());
        Assert.Null(m.KernelBase(Worlds.V1));
        Assert.True(m.View(new(Root)) is { TypeCount: 2, RefCount: 3 });
        Assert.Equal(0, m.View(new(Descriptors)).TypeCount);
        Assert.Equal(0, m.Perform(Lawful).Rax);
    }
}

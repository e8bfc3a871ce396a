using Iced.Intel;
using Implementation.Cpu;
using Implementation.Hypervisor;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>Entries to the kernel of a 32-bit guest and returns from it: rings 1 and 3, the frames between them, and what ends the domain.</summary>
public class Ring1Tests
{
    private const ushort Gate = 0x08;
    private const uint Code1 = 0xe019, Data1 = 0xe021, Code3 = 0xe02b, Data3 = 0xe033;

    [Fact]
    public void A_kernel_starts_in_ring_1_with_flat_segments()
    {
        using TestGuest guest = Narrow(asm =>
        {
            asm.mov(ax, cs);
            asm.Save32(eax, 0);
            asm.mov(ax, ss);
            asm.Save32(eax, 4);
            asm.Save32(esi, 8);
            asm.pushfd();
            asm.pop(eax);
            asm.Save32(eax, 12);
            asm.PowerOff32();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((Code1, Data1), (Data(guest, 0) & 0xffff, Data(guest, 4) & 0xffff));
        Assert.Equal(0x200u, Data(guest, 12) & 0x3200); // IF, and no I/O privilege
        Assert.Equal("xen-3.0-x86_32p", Text(guest, Data(guest, 8)));
    }

    [Fact]
    public void A_kernel_fault_leaves_a_frame_without_stack_on_the_interrupted_stack()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label handler = asm.CreateLabel(), fault = asm.CreateLabel();
            asm.SetTrap32(6, handler);
            asm.call(fault);
            asm.Label(ref fault);
            asm.pop(eax);
            asm.Save32(eax, 0x104);
            asm.Save32(esp, 0x100);
            asm.ud2();
            asm.Label(ref handler);
            asm.Save32(esp, 0x108);
            asm.SaveFrame32(0, 3);
            asm.PowerOff32();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(Data(guest, 0x100) - 12, Data(guest, 0x108));
        Assert.Equal(Data(guest, 0x104) + 1 + 5 + 6, Data(guest, 0)); // the lengths of POP and of two MOVs
        Assert.Equal(Code1 | 1u << 16, Data(guest, 4)); // events were masked from the start
        Assert.Equal(0u, Data(guest, 8) & 0x200);
    }

    [Fact]
    public void A_fault_has_its_error_code_and_its_address_lies_in_vcpu_info()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap32(14, handler);
            asm.mov(__dword_ptr[0x7000_1234], eax);
            asm.Label(ref handler);
            asm.SaveFrame32(0, 4);
            asm.PowerOff32();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((2u, Code1), (Data(guest, 0), Data(guest, 8) & 0xffff));
        Assert.Equal(0x7000_1234u, (uint)guest.Xen.Memory.Entries(guest.Domain.SharedInfoMfn)[1]);
    }

    [Fact]
    public void Applications_run_in_ring_3_and_come_back_on_the_kernels_stack()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label user = asm.CreateLabel(), handler = asm.CreateLabel();
            asm.Hypercall32(3, Data1, (uint)TestGuest.KernelStack);
            asm.SetTrap32(0x80, handler, flags: 3);
            ReturnTo(asm, user, Code3, Data3, (uint)TestGuest.UserStack);

            asm.Label(ref user);
            asm.mov(ax, ds);
            SaveThrough(asm, eax, 0x100);
            asm.@int(0x80);

            asm.Label(ref handler);
            asm.mov(edx, Data1);
            asm.mov(ds, dx);
            asm.Save32(esp, 0x108);
            asm.SaveFrame32(0, 5);
            asm.PowerOff32();
        });

        guest.Open32(TestGuest.Code);
        guest.Open32(TestGuest.Data);
        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((uint)TestGuest.KernelStack - 20, Data(guest, 0x108));
        Assert.Equal(Code3, Data(guest, 4) & 0xffff);
        Assert.Equal(((uint)TestGuest.UserStack, Data3), (Data(guest, 12), Data(guest, 16)));
        Assert.Equal(0u, Data(guest, 0x100) & 0xffff); // a segment of ring 1 does not come along to ring 3
    }

    [Fact]
    public void An_interrupt_gate_of_ring_1_is_closed_to_ring_3_and_so_is_the_hypercall()
    {
        foreach (byte vector in (byte[])[0x20, 0x82])
        {
            using TestGuest guest = Narrow(asm =>
            {
                Label user = asm.CreateLabel(), handler = asm.CreateLabel();
                asm.Hypercall32(3, Data1, (uint)TestGuest.KernelStack);
                asm.SetTrap32(13, handler);
                ReturnTo(asm, user, Code3, Data3, (uint)TestGuest.UserStack);
                asm.Label(ref user);
                asm.@int(vector);
                asm.Label(ref handler);
                asm.mov(edx, Data1);
                asm.mov(ds, dx);
                asm.SaveFrame32(0, 4);
                asm.PowerOff32();
            });

            guest.Open32(TestGuest.Code);
            Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
            Assert.Equal((vector * 8u) + 2, Data(guest, 0));
        }
    }

    [Fact]
    public void Pages_without_US_are_the_kernels_alone()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label user = asm.CreateLabel(), handler = asm.CreateLabel();
            asm.Hypercall32(3, Data1, (uint)TestGuest.KernelStack);
            asm.SetTrap32(14, handler);
            ReturnTo(asm, user, Code3, Data3, (uint)TestGuest.UserStack);
            asm.Label(ref user);
            asm.mov(edx, Data3);
            asm.mov(ds, dx);
            asm.mov(eax, __dword_ptr[(uint)TestGuest.Data]);
            asm.Label(ref handler);
            asm.mov(edx, Data1);
            asm.mov(ds, dx);
            asm.SaveFrame32(0, 3);
            asm.PowerOff32();
        });

        guest.Open32(TestGuest.Code);
        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(5u, Data(guest, 0)); // a read, by a user, of a page that is there
    }

    [Fact]
    public void The_machine_to_physical_table_is_read_by_the_kernel_and_written_by_nobody()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap32(14, handler);
            asm.mov(eax, __dword_ptr[MachineToPhys32.VirtStart]);
            asm.Save32(eax, 0x100);
            asm.mov(__dword_ptr[MachineToPhys32.VirtStart], eax);
            asm.Label(ref handler);
            asm.SaveFrame32(0, 1);
            asm.PowerOff32();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((uint.MaxValue, 3u), (Data(guest, 0x100), Data(guest, 0)));
    }

    [Fact]
    public void Iret_within_ring_1_keeps_the_stack_and_unmasks_events()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label on = asm.CreateLabel(), handler = asm.CreateLabel(), never = asm.CreateLabel();
            asm.SetCallback32(0, handler);
            asm.Store32(TestGuest.Data + 0x200, 0);
            asm.Hypercall32(32, 7, (uint)TestGuest.Data + 0x200); // bind_ipi
            asm.mov(eax, __dword_ptr[(uint)TestGuest.Data + 0x204]);
            asm.Save32(eax, 0x300);
            asm.Hypercall32(32, 4, (uint)TestGuest.Data + 0x300); // send
            asm.pushfd();
            asm.or(__dword_ptr[esp], 0x200);
            asm.push(Code1);
            asm.LoadAddress32(on);
            asm.push(eax);
            asm.push(0x1234);
            asm.Save32(esp, 0x100);
            asm.mov(eax, 23);
            asm.@int(0x82);
            asm.Label(ref never);
            asm.ud2();
            asm.Label(ref on);
            asm.ud2(); // the event comes first
            asm.Label(ref handler);
            asm.Save32(eax, 0x104);
            asm.Save32(esp, 0x108);
            asm.SaveFrame32(0, 3);
            asm.PowerOff32();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal(0x1234u, Data(guest, 0x104));
        Assert.Equal(Data(guest, 0x100) + 16 - 12, Data(guest, 0x108));
        Assert.Equal(Code1, Data(guest, 4)); // events were not masked
        Assert.Equal(0x200u, Data(guest, 8) & 0x200);
        Assert.True(guest.Vcpu.Info.UpcallMask);
    }

    [Fact]
    public void A_return_that_the_processor_refuses_is_a_general_protection_exception_there()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label handler = asm.CreateLabel(), user = asm.CreateLabel();
            asm.Hypercall32(3, Data1, (uint)TestGuest.KernelStack);
            asm.SetTrap32(13, handler);
            ReturnTo(asm, user, cs: 0x1b, Data3, (uint)TestGuest.UserStack); // the GDT has nothing there
            asm.Label(ref user);
            asm.ud2();
            asm.Label(ref handler);
            asm.SaveFrame32(0, 6);
            asm.PowerOff32();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((0x18u, 0x1bu), (Data(guest, 0), Data(guest, 8) & 0xffff)); // error code, eip, cs
        Assert.Equal(((uint)TestGuest.UserStack, Data3), (Data(guest, 16), Data(guest, 20)));
    }

    [Fact]
    public void Without_a_handler_a_stack_or_a_ring_below_its_own_the_domain_ends()
    {
        Assert.Contains("#UD has no handler", Crash(asm => asm.ud2()), StringComparison.Ordinal);
        Assert.Contains("cannot take #UD", Crash(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.SetTrap32(6, handler);
            asm.mov(esp, 0x7000_0000);
            asm.ud2();
            asm.Label(ref handler);
            asm.nop();
        }), StringComparison.Ordinal);
        Assert.Contains("iret cannot return", Crash(asm =>
        {
            Label on = asm.CreateLabel();
            ReturnTo(asm, on, cs: 0xe008, Data1, (uint)TestGuest.KernelStack);
            asm.Label(ref on);
            asm.nop();
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void Virtual_8086_mode_is_refused_as_a_protection_fault_there()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label handler = asm.CreateLabel();
            asm.Hypercall32(3, Data1, (uint)TestGuest.KernelStack);
            asm.SetTrap32(13, handler);
            for (uint i = 9; i > 3; i--) asm.push(i);
            asm.push(0x2_0202);
            asm.push(0x1000);
            asm.push(0x50);
            asm.push(0);
            asm.mov(eax, 23);
            asm.@int(0x82);
            asm.ud2();
            asm.Label(ref handler);
            asm.Save32(esp, 0x108);
            asm.SaveFrame32(0, 10);
            asm.PowerOff32();
        });

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((uint)TestGuest.KernelStack - 40, Data(guest, 0x108));
        Assert.Equal([0, 0x50, 0x1000, 0x2_0202, 4, 5, 6, 7, 8, 9], Enumerable.Range(0, 10).Select(i => Data(guest, (uint)i * 4)));
    }

    [Fact]
    public void Privileged_instructions_of_ring_1_are_carried_out_as_32_bit_code()
    {
        using TestGuest guest = Narrow(asm =>
        {
            asm.mov(eax, cr3);
            asm.Save32(eax, 0);
            asm.mov(cr3, eax);
            asm.mov(eax, cr0);
            asm.Save32(eax, 4);
            asm.mov(ecx, 0x277);
            asm.rdmsr();
            asm.Save32(eax, 8);
            asm.Save32(edx, 12);
            asm.mov(eax, 0x8000_0001);
            asm.cpuid();
            asm.Save32(edx, 16);
            asm.PowerOff32();
        });

        ulong root = guest.Vcpu.KernelRootMfn;
        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((uint)root << 12, Data(guest, 0));
        Assert.Equal(0x8005_0033u, Data(guest, 4));
        Assert.Equal((0x0007_0406u, 0x0501u), (Data(guest, 8), Data(guest, 12)));
        Assert.Equal(1u << 20, Data(guest, 16)); // NX; neither SYSCALL nor LM
    }

    [Fact]
    public void Sysenter_enters_its_callback_on_the_kernels_stack()
    {
        using TestGuest guest = Narrow(asm =>
        {
            Label user = asm.CreateLabel(), entry = asm.CreateLabel();
            asm.SetCallback32(5, entry);
            asm.Hypercall32(3, Data1, (uint)TestGuest.KernelStack);
            ReturnTo(asm, user, Code3, Data3, (uint)TestGuest.UserStack);
            asm.Label(ref user);
            asm.sysenter();
            asm.Label(ref entry);
            asm.mov(edx, Data1);
            asm.mov(ds, edx);
            asm.Save32(esp, 0x100);
            asm.SaveFrame32(0, 5);
            asm.PowerOff32();
        });
        guest.Open32(TestGuest.Code);

        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);
        Assert.Equal((uint)TestGuest.KernelStack - 20, Data(guest, 0x100));
        Assert.Equal((0u, 3u), (Data(guest, 0), Data(guest, 4) & 0xffff));
        Assert.Equal((0u, Data3), (Data(guest, 12), Data(guest, 16)));
    }

    [Theory]
    [InlineData(3, 3, 2)] // by an application: onto the kernel's stack, with the caller's and the parameters
    [InlineData(1, 1, 0)] // by the kernel itself
    [InlineData(1, 3, 0)]
    public void A_call_gate_is_gone_through_by_Xen(int from, int level, int parameters)
    {
        using TestGuest guest = ThroughGate(from, level, parameters, asm => asm.call(Gate, 0u));
        Assert.Equal(StopReason.Shutdown, guest.Run().Reason);

        uint esp = (uint)TestGuest.UserStack - 8;
        Assert.Equal(from == 1 ? Code1 : Code3, Data(guest, 4) & 0xffff);
        Assert.Equal((0x1111u, 0x2222u), (Data(guest, 8), Data(guest, 12)));
        Assert.Equal(from == 1 ? esp - 8 : (uint)TestGuest.KernelStack - 24, Data(guest, 0x100));
        if (from == 3) Assert.Equal((esp, Data3), (Data(guest, 16), Data(guest, 20)));
    }

    [Fact]
    public void A_call_gate_is_refused_to_outer_rings_to_jumps_inward_and_beyond_the_table()
    {
        using (TestGuest guest = ThroughGate(from: 3, level: 1, parameters: 0, asm => asm.call(Gate, 0u))) AssertRefused(guest, Gate);
        using (TestGuest guest = ThroughGate(from: 3, level: 3, parameters: 0, asm => asm.jmp(Gate, 0u))) AssertRefused(guest, Code1 & ~3u);
        using (TestGuest guest = ThroughGate(from: 1, level: 3, parameters: 0, asm => asm.call(0x1000, 0u))) AssertRefused(guest, 0x1000);

        static void AssertRefused(TestGuest guest, uint error)
        {
            Assert.Equal(StopReason.Crash, guest.Run().Reason);
            Assert.Contains($"#GP with error code 0x{error:x} has no handler", guest.Domain.CrashReason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_second_vcpu_starts_in_ring_1_where_its_context_says()
    {
        using TestGuest guest = new(kind: DomainKind.Pv32Pae, vcpus: 2);
        const int flags = 512, ebx = 516, eip = 548, cs = 552, esp = 560, ss = 564, trap3 = 608, kernelStack = 2708, cr3 = 2728, failsafe = 2788;
        byte[] context = new byte[2800];
        Set(flags, 1 << 5);
        Set(ebx, 0x1111);
        Set(eip, 0x5000);
        Set(cs, 0xe018);
        Set(esp, 0x6000);
        Set(ss, 0xe020);
        Set(trap3, 0xe018_0703);
        Set(trap3 + 4, 0x7000);
        Set(kernelStack, Data1);
        Set(kernelStack + 4, 0x8000);
        Set(cr3, (uint)guest.Vcpu.KernelRootMfn << 12);
        Set(failsafe, Code1);
        Set(failsafe + 4, 0x9000);
        Assert.True(guest.Vcpu.TryWrite(0x40000, context));

        Assert.Equal(0, guest.Call(24, 0, 1, 0x40000));
        Vcpu second = guest.Domain.Vcpus[1];
        Assert.Equal((VcpuState.Runnable, 1, guest.Vcpu.KernelRootMfn), (second.State, second.Cpu.Cpl, second.KernelRootMfn));
        Assert.Equal((0x5000UL, 0x6000UL, 0x1111UL), (second.Cpu.Rip, second.Cpu[Gpr.Rsp], second.Cpu[Gpr.Rbx]));
        Assert.Equal((Code1, Data1), (second.Cpu.GetSelector(SegmentRegister.Cs), second.Cpu.GetSelector(SegmentRegister.Ss)));
        Assert.Equal(new TrapInfo(7, (ushort)Code1, 0x7000), second.Traps[3]);
        Assert.Equal((Data1, 0x8000UL), (second.KernelStackSelector, second.KernelStackPointer));
        Assert.Equal((Code1, 0x9000UL), (second.Callbacks.FailsafeSelector, second.Callbacks.Failsafe));
        Assert.Equal(-Errno.EEXIST, guest.Call(24, 0, 1, 0x40000));

        void Set(int at, uint value) => System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(at), value);
    }

    [Fact]
    public void The_hypercall_page_calls_by_interrupt()
    {
        byte[] page = new byte[4096];
        Domains.HypercallPage.Fill(page, DomainKind.Pv32Pae);
        Assert.Equal([0xb8, 17, 0, 0, 0, 0xcd, 0x82, 0xc3, 0xcc], page[(17 * 32)..((17 * 32) + 9)]);
        Assert.Equal([0x50, 0xb8, 23, 0, 0, 0, 0xcd, 0x82, 0xcc], page[(23 * 32)..((23 * 32) + 9)]);
    }

    /// <summary>
    /// A guest whose gate leads to code that shows its stack. It pushes two words, in one ring or the other, and does what
    /// is asked for.
    /// </summary>
    private static TestGuest ThroughGate(int from, int level, int parameters, Action<Assembler> go)
    {
        const ulong slide = TestGuest.Code + 16, table = 0x30000;
        TestGuest guest = Narrow(asm =>
        {
            Label start = asm.CreateLabel(), sender = asm.CreateLabel();
            asm.jmp(start);
            for (int i = 0; i < 32; i++) asm.nop(); // The gate leads to somewhere here.
            asm.mov(edx, Data1);
            asm.mov(ds, dx);
            asm.Save32(esp, 0x100);
            asm.SaveFrame32(0, 6);
            asm.PowerOff32();
            asm.Label(ref start);
            asm.Hypercall32(3, Data1, (uint)TestGuest.KernelStack);
            asm.mov(esp, (uint)TestGuest.UserStack);
            if (from == 3) ReturnTo(asm, sender, Code3, Data3, (uint)TestGuest.UserStack);
            asm.Label(ref sender);
            asm.push(0x2222);
            asm.push(0x1111);
            go(asm);
        });

        ulong frame = guest.FrameOf(table);
        ulong gate = (slide & 0xffff) | (ulong)Code1 << 16 | (ulong)parameters << 32 | (0x8c00ul | (ulong)level << 13) << 32 | (slide >> 16) << 48;
        Assert.True(guest.Vcpu.TryWrite(table + Gate, gate));
        Assert.Equal(0, guest.Call(14, table, (uint)(frame << 12) | 1, frame >> 20, 2));
        Assert.Equal(0, guest.Call(2, guest.PutNarrow((uint)frame), 512));
        guest.Open32(TestGuest.Code);
        guest.Open32(TestGuest.UserStack - 4096);
        return guest;
    }

    /// <summary>Returns by the iret hypercall to another context, events masked.</summary>
    private static void ReturnTo(Assembler asm, Label to, uint cs, uint ss, uint esp)
    {
        asm.push(ss);
        asm.push(esp);
        asm.push(0x2);
        asm.push(cs);
        asm.LoadAddress32(to);
        asm.push(eax);
        asm.push(0);
        asm.mov(eax, 23);
        asm.@int(0x82);
    }

    private static void SaveThrough(Assembler asm, AssemblerRegister32 register, uint offset)
    {
        asm.mov(edx, Data3);
        asm.mov(es, dx);
        asm.mov(__dword_ptr.es[(uint)TestGuest.Data + offset], register);
    }

    private static string Crash(Action<Assembler> program)
    {
        using TestGuest guest = Narrow(program);
        Assert.Equal(StopReason.Crash, guest.Run().Reason);
        return guest.Domain.CrashReason!;
    }

    private static string Text(TestGuest guest, ulong linear)
    {
        byte[] bytes = new byte[32];
        Assert.True(guest.Vcpu.TryRead(linear, bytes));
        return System.Text.Encoding.ASCII.GetString(bytes).TrimEnd('\0');
    }

    private static uint Data(TestGuest guest, uint offset) => guest.Half(TestGuest.Data + offset);

    private static TestGuest Narrow(Action<Assembler> program) => new(program, kind: DomainKind.Pv32Pae);
}

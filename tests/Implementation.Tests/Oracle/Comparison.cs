using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text;
using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>What two processors made of one case, and where they differ.</summary>
internal sealed class Comparison
{
    private const uint MisalignedMode = 1 << 17; // AMD's; reserved on Intel, so that loading it is #GP.

    private const int PageFault = 14;

    private readonly byte[] _before = new byte[OracleMemory.ImageBytes];
    private readonly UserState _host = new();
    private readonly UserState _engine = new();

    /// <summary>Runs a case on both processors.</summary>
    /// <param name="outcome">how it ended on the host</param>
    /// <returns>null when they agree, otherwise the report</returns>
    internal string? Run(
        OracleCase @case, ReadOnlySpan<byte> pristine, ISteppingProcessor host, ISteppingProcessor engine, out Outcome outcome)
    {
        pristine.CopyTo(_before);
        @case.WriteTo(_before);
        _before.CopyTo(host.Image);
        _before.CopyTo(engine.Image);
        _host.CopyFrom(@case.Input);
        _engine.CopyFrom(@case.Input);

        outcome = host.Step(_host, @case.Simd);
        Outcome engineOutcome = engine.Step(_engine, @case.Simd);

        if (outcome == Outcome.Retired) HideVendorFields(@case, host.Image, engine.Image);
        if (!Agree(@case, outcome, engineOutcome, host.Image, engine.Image))
            return Report(@case, outcome, engineOutcome, host.Image, engine.Image);
        return engine is EngineProcessor ours && engineOutcome.Vector == PageFault
            ? WrongErrorCode(@case, engineOutcome, ours.ErrorCode)
            : null;
    }

    /// <summary>The host's error code does not reach us but for its lowest bit; the others follow from the instruction.</summary>
    private static string? WrongErrorCode(OracleCase @case, Outcome outcome, uint errorCode)
    {
        const uint Write = 2, User = 4, Reserved = 8, Fetch = 16;

        ulong end = @case.Input.LinearRip + (ulong)@case.Instruction.Length;
        bool isFetch = outcome.Address == OracleMemory.Code.End && end > outcome.Address;
        bool? isWrite = isFetch ? false : MemoryOperand.IsWrite(@case.Instruction, @case.Input, outcome.Address);
        uint expected = User | (isFetch ? Fetch : 0) | (isWrite == true ? Write : 0);
        uint known = User | Reserved | Fetch | (isWrite is null ? 0 : Write);
        return (errorCode & known) == expected
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{@case.Title}: {outcome} with error code {errorCode:x}, not {expected:x}\n");
    }

    /// <summary>FXSAVE stores the last x87 instruction's opcode and addresses, and MXCSR_MASK, as the vendor likes.</summary>
    private static void HideVendorFields(OracleCase @case, Span<byte> host, Span<byte> engine)
    {
        if (@case.Instruction.Mnemonic is not (Mnemonic.Fxsave or Mnemonic.Fxsave64)) return;

        int offset = OracleMemory.ImageOffset(@case.MemoryAddress);
        foreach ((int first, int bytes) in (ReadOnlySpan<(int, int)>)[(6, 18), (28, 4)])
        {
            host.Slice(offset + first, bytes).Clear();
            engine.Slice(offset + first, bytes).Clear();
        }
    }

    private bool Agree(
        OracleCase @case, Outcome host, Outcome engine, ReadOnlySpan<byte> hostImage, ReadOnlySpan<byte> engineImage)
    {
        if (@case.Simd && (_host.Mxcsr & MisalignedMode) != 0) return true;
        if (Undefined.Alignment(@case.Instruction, host, engine)) return true;
        if ((host != engine && !Undefined.Faults(@case.Instruction, host, engine)) || _host.Rip != _engine.Rip) return false;
        if (((_host.Rflags ^ _engine.Rflags) & ~FlagsMask(@case, host)) != 0) return false;
        if (!_host.Selectors.AsSpan().SequenceEqual(_engine.Selectors)) return false;
        if (_host.FsBase != _engine.FsBase && !Undefined.Base(@case.Instruction, _host, SegmentRegister.Fs)) return false;
        if (_host.GsBase != _engine.GsBase && !Undefined.Base(@case.Instruction, _host, SegmentRegister.Gs)) return false;

        bool staysIn64Bit = @case.Input.CodeBits == 64 && _host.CodeBits == 64;
        for (int i = 0; i < 16; i++)
        {
            if (((_host.Gprs[i] ^ _engine.Gprs[i]) & ~Undefined.Bits(@case.Instruction, @case.Input, host, staysIn64Bit, (Gpr)i)) != 0) return false;
        }

        return (!@case.Simd || FpuAgrees(@case.Instruction))
            && (hostImage.SequenceEqual(engineImage) || Undefined.Store(@case.Instruction, @case.Input, host));
    }

    private bool FpuAgrees(in Instruction instruction) =>
        _host.ControlWord == _engine.ControlWord && _host.Tags == _engine.Tags && _host.Stack.SequenceEqual(_engine.Stack)
        && ((_host.StatusWord ^ _engine.StatusWord) & ~Undefined.Status(instruction)) == 0
        && _host.Xmms.SequenceEqual(_engine.Xmms)
        && _host.Mxcsr == _engine.Mxcsr;

    /// <summary>After a fault nothing has changed, so all flags are known.</summary>
    private static ulong FlagsMask(OracleCase @case, Outcome outcome) =>
        outcome == Outcome.Retired ? Undefined.Flags(@case.Instruction, @case.Input) : Undefined.AfterFault;

    private string Report(
        OracleCase @case, Outcome host, Outcome engine, ReadOnlySpan<byte> hostImage, ReadOnlySpan<byte> engineImage)
    {
        var text = new StringBuilder();
        UserState input = @case.Input;
        text.AppendLine(@case.Title);
        text.AppendLine(CultureInfo.InvariantCulture, $"{"",10} {"before",32} {"host",32} {"engine",32}");
        Line(text, "outcome", "", host.ToString(), engine.ToString());
        for (int i = 0; i < 16; i++)
            Line(text, ((Gpr)i).ToString(), Hex(input.Gprs[i]), Hex(_host.Gprs[i]), Hex(_engine.Gprs[i]));
        Line(text, "Rip", Hex(input.Rip), Hex(_host.Rip), Hex(_engine.Rip));

        ulong mask = FlagsMask(@case, host);
        Line(text, "Rflags", Hex(input.Rflags), Hex(_host.Rflags & ~mask), Hex(_engine.Rflags & ~mask));
        Line(text, "FsBase", Hex(input.FsBase), Hex(_host.FsBase), Hex(_engine.FsBase));
        Line(text, "GsBase", Hex(input.GsBase), Hex(_host.GsBase), Hex(_engine.GsBase));
        for (int i = 0; i < 6; i++)
            Line(text, ((SegmentRegister)i).ToString(), Hex(input.Selectors[i]), Hex(_host.Selectors[i]), Hex(_engine.Selectors[i]));
        if (@case.Simd)
        {
            Line(text, "Control", Hex(input.ControlWord), Hex(_host.ControlWord), Hex(_engine.ControlWord));
            Line(text, "Status", Hex(input.StatusWord), Hex(_host.StatusWord), Hex(_engine.StatusWord));
            Line(text, "Tags", Hex(input.Tags), Hex(_host.Tags), Hex(_engine.Tags));
            for (int i = 0; i < 8; i++)
                Line(text, $"St{i}", Register(input, i), Register(_host, i), Register(_engine, i));
            Line(text, "Mxcsr", Hex(input.Mxcsr), Hex(_host.Mxcsr), Hex(_engine.Mxcsr));
            for (int i = 0; i < 16; i++)
                Line(text, $"Xmm{i}", Hex(input.Xmms[i].AsUInt64()), Hex(_host.Xmms[i].AsUInt64()), Hex(_engine.Xmms[i].AsUInt64()));
        }

        AppendMemory(text, hostImage, engineImage);
        return text.ToString();
    }

    private void AppendMemory(StringBuilder text, ReadOnlySpan<byte> host, ReadOnlySpan<byte> engine)
    {
        for (int word = 0; word < OracleMemory.ImageBytes; word += 8)
        {
            ulong before = BitConverter.ToUInt64(_before, word);
            ulong onHost = BitConverter.ToUInt64(host[word..]);
            ulong onEngine = BitConverter.ToUInt64(engine[word..]);
            if (onHost != before || onEngine != before)
                Line(text, $"[{Hex(OracleMemory.LinearOf(word))}]", Hex(before), Hex(onHost), Hex(onEngine));
        }
    }

    /// <summary>A line of the report; a register that neither processor changed keeps only its first column.</summary>
    private static void Line(StringBuilder text, string name, string before, string host, string engine)
    {
        string mark = host == engine ? " " : "*";
        if (host == before && engine == before) text.AppendLine(CultureInfo.InvariantCulture, $"{mark} {name,-10} {before,32}");
        else text.AppendLine(CultureInfo.InvariantCulture, $"{mark} {name,-10} {before,32} {host,32} {engine,32}");
    }

    private static string Register(UserState state, int index) => Convert.ToHexStringLower(state.Stack.Slice(16 * index, 10));

    private static string Hex(ulong value) => value.ToString("x", CultureInfo.InvariantCulture);

    private static string Hex(Vector128<ulong> value) =>
        value[1].ToString("x16", CultureInfo.InvariantCulture) + value[0].ToString("x16", CultureInfo.InvariantCulture);
}

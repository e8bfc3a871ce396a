using System.Collections.Immutable;
using System.Globalization;

namespace Conformance.Scripts;

/// <summary>Reads one line of a script's text; whatever is wrong is an <see cref="InvalidDataException"/> of one sentence.</summary>
/// <param name="line">untrusted</param>
/// <param name="number">of the line, from 1</param>
/// <param name="shape">of the stage, which bounds domains and vCPUs</param>
internal ref struct ScriptReader(ReadOnlySpan<char> line, int number, StageShape shape)
{
    private const int MostPauses = 1_000_000, MostElements = Recipe.MaxLength / 8, MostMembers = Recipe.MaxLength / 64;

    private ReadOnlySpan<char> _rest = line;
    private byte _domain, _vcpu;

    /// <summary>An act: <c>[@n ]dNvM call</c>.</summary>
    public Act ReadAct()
    {
        int? pausesAt = null;
        if (TrySkip("@"))
        {
            pausesAt = (int)ReadDecimal(MostPauses, "a chance to be interrupted at");
            Skip(" ");
        }

        Skip("d");
        _domain = (byte)ReadDecimal((ulong)shape.Domains, "a domain");
        if (_domain == 0) throw Wrong("domains are counted from 1");
        Skip("v");
        _vcpu = (byte)ReadDecimal((ulong)shape.Vcpus - 1, "a vCPU");
        Skip(" ");
        Act act = ReadCall(isMember: false) with { PausesAt = pausesAt };
        if (!_rest.IsEmpty) throw Wrong($"\"{Shown(_rest)}\" is one too many");
        return act;
    }

    private Act ReadCall(bool isMember)
    {
        ReadOnlySpan<char> name = Token();
        OperationRow row = Operations.Find(name) ?? throw Wrong($"there is no operation \"{Shown(name)}\"");
        if (isMember && (row.Means != Means.Hypercall || row.Operation == Operation.Multicall)) throw Wrong($"{row.Name} cannot be part of a multicall");

        List<Operand> operands = [];
        ReadOperands(row.Fixed, operands);
        for (int elements = 0; row.Element.Length > 0 && TrySkip(" |"); elements++)
        {
            if (elements == MostElements) throw Wrong($"a batch has {MostElements} elements at most");
            ReadOperands(row.Element, operands);
        }

        Act act = new(_domain, _vcpu, row.Operation, [.. operands], row.Operation == Operation.Multicall ? ReadMembers() : []);
        if (row.Means == Means.Hypercall && Recipe.Of(act, shape.Kind).Length > Recipe.MaxLength) throw Wrong($"its arguments do not fit into {Recipe.MaxLength} bytes");
        return act;
    }

    private ImmutableArray<Act> ReadMembers()
    {
        List<Act> members = [];
        Skip(" {");
        for (bool isMore = !TrySkip(" }"); isMore; isMore = TrySkip(";"))
        {
            if (members.Count == MostMembers) throw Wrong($"a multicall has {MostMembers} members at most");
            Skip(" ");
            members.Add(ReadCall(isMember: true));
        }

        if (members.Count > 0) Skip(" }");
        return [.. members];
    }

    private void ReadOperands(ImmutableArray<OperandRow> rows, List<Operand> to)
    {
        foreach (OperandRow row in rows)
        {
            Skip(" ");
            Skip(row.Name);
            Skip("=");
            to.Add(ReadOperand(row));
        }
    }

    private Operand ReadOperand(OperandRow row)
    {
        ReadOnlySpan<char> token = Token();
        Operand operand = row.TryFind(token, out ulong value) ? Operand.Number(value) : Parse(token);
        if (row.Sort == Sort.Choice && (operand.Kind != Reference.Number || !row.Choices.Contains(operand.Bits)))
            throw Wrong($"{row.Name} cannot be \"{Shown(token)}\"");
        return operand;
    }

    private readonly Operand Parse(ReadOnlySpan<char> token)
    {
        if (TryParseNumber(token, out ulong number)) return Operand.Number(number);
        if (token is "buffer") return Operand.Buffer();
        if (token.StartsWith("buffer+")) return Operand.Buffer(Bounded(token["buffer+".Length..], Recipe.MaxLength - 1, "an offset"));
        if (token.StartsWith("dom")) return Operand.DomainId(DomainOf(token["dom".Length..]));

        int domain = _domain, dot = token.IndexOf('.');
        ReadOnlySpan<char> what = token;
        if (dot > 0 && token[0] == 'd')
        {
            domain = DomainOf(token[1..dot]);
            what = token[(dot + 1)..];
        }

        if (what.StartsWith("port")) return Operand.Port(domain, (int)Bounded(what["port".Length..], ushort.MaxValue, "a port"));

        int colon = what.IndexOf(':');
        int frame = StageFrame.Find(colon < 0 ? what : what[..colon]);
        if (frame < 0) throw Wrong($"\"{Shown(token)}\" is neither a number nor anything on the stage");
        if (colon < 0) return Operand.Frame(domain, frame);
        if (!TryParseNumber(what[(colon + 1)..], out ulong bits)) throw Wrong($"\"{Shown(what[(colon + 1)..])}\" is no number");
        return Operand.Machine(domain, frame, bits);
    }

    private readonly int DomainOf(ReadOnlySpan<char> digits)
    {
        int domain = (int)Bounded(digits, (ulong)shape.Domains, "a domain");
        return domain > 0 ? domain : throw Wrong("domains are counted from 1");
    }

    private readonly ulong Bounded(ReadOnlySpan<char> digits, ulong most, string what) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value <= most
            ? value
            : throw Wrong($"\"{Shown(digits)}\" is not {what} from 0 to {most}");

    private static bool TryParseNumber(ReadOnlySpan<char> token, out ulong value) => token.StartsWith("0x")
        ? ulong.TryParse(token[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : ulong.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private ulong ReadDecimal(ulong most, string what)
    {
        int length = _rest.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = length < 0 ? _rest : _rest[..length];
        _rest = _rest[digits.Length..];
        return Bounded(digits, most, what);
    }

    private ReadOnlySpan<char> Token()
    {
        int end = _rest.IndexOfAny(' ', ';');
        ReadOnlySpan<char> token = end < 0 ? _rest : _rest[..end];
        _rest = _rest[token.Length..];
        return token;
    }

    private void Skip(string expected)
    {
        if (!TrySkip(expected)) throw Wrong($"\"{expected}\" is missing before \"{Shown(_rest)}\"");
    }

    private bool TrySkip(string expected)
    {
        if (!_rest.StartsWith(expected)) return false;
        _rest = _rest[expected.Length..];
        return true;
    }

    /// <summary>The beginning of some text, without what would spoil a sentence.</summary>
    private static string Shown(ReadOnlySpan<char> text)
    {
        const int most = 40;
        string shown = new([.. (text.Length > most ? text[..most] : text).ToArray().Select(c => char.IsControl(c) ? '?' : c)]);
        return text.Length > most ? shown + ".." : shown;
    }

    private readonly InvalidDataException Wrong(string what) => new($"line {number}: {what}");
}

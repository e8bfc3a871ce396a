using System.Globalization;
using System.Text;
using Implementation.Hypervisor;

namespace Conformance.Scripts;

/// <summary>Scripts as text, one act to a line: <c>d1v0 mmu_update foreign=domid_self done=0 | frame=f2 slot=0 kind=normal entry=f3:0x67</c>.</summary>
/// <remarks>
/// A frame of another domain than the actor's is <c>d2.f3</c>; <c>f3:0x67</c> is the machine address of f3 with bits added; <c>buffer</c> and
/// <c>buffer+8</c> are the act's own arguments; <c>port0</c>; <c>dom2</c>; some numbers have names (<see cref="OperandRow.Words"/>). A <c>|</c> begins an element of a batch. The members of a multicall
/// stand in braces, parted by semicolons. <c>@3</c> in front of a line is <see cref="Act.PausesAt"/>. The first line is the stage:
/// <c>stage domains=1 vcpus=1</c>, with <c>mode=pv32pae</c> behind it where the domains are 32-bit ones.
/// </remarks>
public static class ScriptText
{
    private const string Narrow = "pv32pae";

    private const int MostActs = 100_000, MostDomains = 4, MostVcpus = 4;

    /// <summary>Reads what <see cref="Write(Script)"/> has written; nothing in it is trusted.</summary>
    /// <exception cref="InvalidDataException">one sentence, with the number of the line</exception>
    public static Script Read(string text)
    {
        StageShape? shape = null;
        List<Act> acts = [];
        int number = 0;
        bool hasEnded = false;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (hasEnded) throw new InvalidDataException($"line {number - 1}: there is nothing in it");
            if (shape is null) shape = ReadShape(line);
            else if (line.IsEmpty) hasEnded = true;
            else acts.Add(new ScriptReader(line, number, shape).ReadAct());
            if (acts.Count > MostActs) throw new InvalidDataException($"line {number}: a script has {MostActs} acts at most");
        }

        return new(shape ?? throw new InvalidDataException("line 1: the stage is missing"), acts);
    }

    private static StageShape ReadShape(ReadOnlySpan<char> line)
    {
        for (int domains = 1; domains <= MostDomains; domains++)
        {
            for (int vcpus = 1; vcpus <= MostVcpus; vcpus++)
            {
                foreach (DomainKind kind in Enum.GetValues<DomainKind>())
                {
                    StageShape shape = new(domains, vcpus, kind);
                    if (line.SequenceEqual(Write(shape))) return shape;
                }
            }
        }

        throw new InvalidDataException($"line 1: it must be \"stage domains=N vcpus=M\" with N from 1 to {MostDomains} and M from 1 to {MostVcpus}, and \" mode={Narrow}\" behind it for 32-bit domains");
    }

    private static string Write(StageShape shape) =>
        $"stage domains={shape.Domains} vcpus={shape.Vcpus}{(shape.Kind == DomainKind.Pv32Pae ? $" mode={Narrow}" : "")}";

    public static string Write(Script script)
    {
        StringBuilder to = new(Write(script.Shape) + '\n');
        foreach (Act act in script.Acts) to.Append(Write(act)).Append('\n');
        return to.ToString();
    }

    public static string Write(Act act)
    {
        StringBuilder to = new();
        if (act.PausesAt is { } at) to.Append(CultureInfo.InvariantCulture, $"@{at} ");
        to.Append(CultureInfo.InvariantCulture, $"d{act.Domain}v{act.Vcpu} ");
        WriteCall(to, act);
        return to.ToString();
    }

    private static void WriteCall(StringBuilder to, Act act)
    {
        to.Append(act.Row.Name);
        for (int i = 0; i < act.Row.Fixed.Length; i++) WriteOperand(to, act.Row.Fixed[i], act[i], act.Domain);
        for (int e = 0; e < act.Elements; e++)
        {
            to.Append(" |");
            for (int i = 0; i < act.Row.Element.Length; i++) WriteOperand(to, act.Row.Element[i], act[e, i], act.Domain);
        }

        if (act.Operation != Operation.Multicall) return;
        to.Append(" {");
        for (int i = 0; i < act.Members.Length; i++)
        {
            to.Append(i == 0 ? " " : "; ");
            WriteCall(to, act.Members[i]);
        }

        to.Append(" }");
    }

    private static void WriteOperand(StringBuilder to, OperandRow row, Operand operand, int own) =>
        to.Append(' ').Append(row.Name).Append('=').Append((operand.Kind == Reference.Number ? row.WordOf(operand.Bits) : null) ?? Write(operand, own));

    /// <param name="own">the domain of the act, whose frames need no prefix</param>
    public static string Write(Operand operand, int own)
    {
        string place = operand.Domain == own ? "" : $"d{operand.Domain}.";
        return operand.Kind switch
        {
            Reference.Frame => place + StageFrame.Name(operand.Index),
            Reference.Machine => $"{place}{StageFrame.Name(operand.Index)}:0x{operand.Bits:x}",
            Reference.Buffer => operand.Bits == 0 ? "buffer" : $"buffer+{operand.Bits}",
            Reference.Port => $"{place}port{operand.Index}",
            Reference.Domain => $"dom{operand.Domain}",
            _ => operand.Bits < 10 ? $"{operand.Bits}" : $"0x{operand.Bits:x}",
        };
    }
}

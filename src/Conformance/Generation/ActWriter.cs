using Conformance.Scripts;

namespace Conformance.Generation;

/// <summary>Draws the acts of one script, one after the other.</summary>
internal sealed class ActWriter
{
    private const int PausesPercent = 25, MostMembers = 4, MostElements = 3;

    private readonly GeneratorOptions _options;
    private readonly DomainSketch[] _domains;
    private readonly List<Operand> _operands = new(24);
    private Choices _choices;

    public ActWriter(GeneratorOptions options, ulong seed)
    {
        _options = options;
        _choices = new(seed);
        _domains = new DomainSketch[options.Shape.Domains];
        for (int i = 0; i < _domains.Length; i++) _domains[i] = new(options.Shape.Space);
    }

    /// <summary>The mood of the last act.</summary>
    public Mood Mood { get; private set; }

    public Act Next()
    {
        int domain = 1 + _choices.Below(_options.Shape.Domains), vcpu = _choices.Below(_options.Shape.Vcpus);
        DomainSketch sketch = _domains[domain - 1];
        for (int i = 0; i < _options.Shape.Vcpus && sketch.IsDown[vcpu]; i++) vcpu = (vcpu + 1) % _options.Shape.Vcpus;
        Operation operation = sketch.InUser[vcpu] && _choices.Percent(60) ? Operation.EnterKernel : _options.Weights.Draw(ref _choices, _options, isMember: false);
        Act act = Write(domain, vcpu, operation);
        return MayPause(act) ? act with { PausesAt = DrawPause() } : act;
    }

    private Act Write(int domain, int vcpu, Operation operation)
    {
        Mood mood = DrawMood();
        Act[] members = [];
        if (operation == Operation.Multicall)
        {
            members = new Act[1 + _choices.Below(MostMembers)];
            for (int i = 0; i < members.Length; i++)
                members[i] = Write(domain, vcpu, _options.Weights.Draw(ref _choices, _options, isMember: true));
        }

        Mood = mood;
        OperationRow row = Operations.Of(operation);
        int elements = row.Element.Length == 0 ? 0 : DrawElements();
        Operand[] operands = new Operand[row.Fixed.Length + (row.Element.Length * elements)];
        OperandDrawer drawer = new(_domains, _options.Shape, domain, vcpu);
        int odd = mood == Mood.Valid || operands.Length == 0 ? -1 : _choices.Below(operands.Length);
        for (int i = 0; i < row.Fixed.Length; i++) operands[i] = drawer.Plausible(ref _choices, operation, row.Fixed[i]);
        drawer.Arrange(ref _choices, operation, operands, elements);
        for (int e = 0; e < elements; e++)
        {
            Span<Operand> element = operands.AsSpan(row.Fixed.Length + (e * row.Element.Length), row.Element.Length);
            drawer.Element(ref _choices, row, element, isTrusted: odd < 0);
        }

        if (odd >= 0)
        {
            OperandRow oddRow = odd < row.Fixed.Length ? row.Fixed[odd] : row.Element[(odd - row.Fixed.Length) % row.Element.Length];
            operands[odd] = mood == Mood.Boundary ? OddOperands.Edge(ref _choices, oddRow, domain, _options.Shape) : OddOperands.Arbitrary(ref _choices, oddRow, domain, _options.Shape);
        }
        else
        {
            drawer.Note(operation, operands);
        }

        return new((byte)domain, (byte)vcpu, operation, [.. operands], [.. members]);
    }

    private Mood DrawMood() => _choices.Below(100) switch
    {
        < 80 => Mood.Valid,
        < 95 => Mood.Boundary,
        _ => Mood.Garbage,
    };

    /// <summary>Mostly one, so that an act is mostly one thing.</summary>
    private int DrawElements() => _choices.Below(20) switch
    {
        0 => 0,
        < 15 => 1,
        _ => 2 + _choices.Below(MostElements - 1),
    };

    private bool MayPause(Act act) =>
        !_options.ForRealXen && _options.Shape.Domains * _options.Shape.Vcpus > 1 && Pauses.IsPossible(act) && _choices.Percent(PausesPercent);

    private int DrawPause()
    {
        Choices choices = _choices;
        int at = Pauses.Draw(below => choices.Below(below));
        _choices = choices;
        return at;
    }
}

namespace Model;

/// <summary>What a request answers.</summary>
/// <param name="Rax">the value the caller finds in RAX: 0, a count, or a negative error number</param>
/// <param name="Done">of a batch: how many of its elements took effect</param>
public readonly record struct Answer(long Rax, int Done)
{
    public static Answer Success { get; } = new(0, 0);

    public static Answer Refused(Errno errno) => new(-(long)errno, 0);

    public bool IsSuccess => Rax >= 0;

    public override string ToString() => Rax >= 0 ? $"{Rax}" : $"{Rax} {(Errno)(-Rax)}";
}

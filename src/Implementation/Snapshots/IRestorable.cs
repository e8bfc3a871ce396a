namespace Implementation.Snapshots;

/// <summary>Something with state that a <see cref="Snapshot"/> cannot copy field by field, such as memory outside the managed heap.</summary>
public interface IRestorable
{
    /// <summary>A copy of all its state.</summary>
    object Save();

    /// <summary>Goes back to a state of its own that was saved.</summary>
    void Restore(object saved);
}

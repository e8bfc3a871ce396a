namespace Checking;

/// <summary>Which guests a search is about.</summary>
public enum GuestKind
{
    /// <summary>A 64-bit guest: kernel and programs at level 3, four levels of tables.</summary>
    Pv64,

    /// <summary>A 32-bit guest: its kernel at level 1, three levels of tables.</summary>
    Pv32,
}

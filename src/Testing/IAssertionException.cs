namespace Testing;

/// <summary>Marks a failure of a test, as opposed to an error in one. xunit goes by this name, whatever the namespace.</summary>
internal interface IAssertionException;

namespace Model;

/// <summary>Names the clause of <c>spec/</c> that a piece of the model, or a test, carries out.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class ClauseAttribute(string id) : Attribute
{
    public string Id { get; } = id;
}

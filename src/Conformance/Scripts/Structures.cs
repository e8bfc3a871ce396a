namespace Conformance.Scripts;

/// <summary>Recipes of hypercalls that take a structure of fixed layout: most of them.</summary>
internal static class Structures
{
    /// <summary>A hypercall (command, address of a structure): the first operand is the address, each further one a field.</summary>
    /// <param name="size">bytes of the structure</param>
    /// <param name="fields">where each field begins and how many bytes it has</param>
    public static Action<Act, RecipeWriter> Of(ulong number, ulong command, int size, params (int At, int Bytes)[] fields) => (act, to) =>
    {
        Put(act, to, 1, size, fields);
        to.Call(number, Operand.Number(command), act[0]);
    };

    /// <summary>As <see cref="Of"/>, of a structure in which Xen leaves the number of a new port.</summary>
    public static Action<Act, RecipeWriter> OfNewPort(ulong number, ulong command, int size, int portAt, params (int At, int Bytes)[] fields) => (act, to) =>
    {
        Of(number, command, size, fields)(act, to);
        // A port that Xen wrote elsewhere is one that the script cannot know.
        if (act[0] == Operand.Buffer()) to.Yields(Yield.Port(portAt));
    };

    /// <summary>A hypercall (command, vCPU, address of a structure): the first operand is the vCPU, the second the address.</summary>
    public static Action<Act, RecipeWriter> OfVcpu(ulong number, ulong command, int size, params (int At, int Bytes)[] fields) => (act, to) =>
    {
        Put(act, to, 2, size, fields);
        to.Call(number, Operand.Number(command), act[0], act[1]);
    };

    /// <summary>A hypercall (command, address of a structure, how many of them): the last operand is how many.</summary>
    public static Action<Act, RecipeWriter> OfCounted(ulong number, ulong command, int size, params (int At, int Bytes)[] fields) => (act, to) =>
    {
        Put(act, to, 1, size, fields);
        to.Call(number, Operand.Number(command), act[0], act[1 + fields.Length]);
    };

    /// <summary>A hypercall whose operands are its arguments.</summary>
    public static Action<Act, RecipeWriter> Plain(ulong number) => (act, to) => to.Call(number, [.. act.Operands]);

    /// <summary>A hypercall (command, ...) whose operands are its further arguments.</summary>
    public static Action<Act, RecipeWriter> Plain(ulong number, ulong command) => (act, to) => to.Call(number, [Operand.Number(command), .. act.Operands]);

    /// <summary>An address that, if it is the act's buffer, is meant to lie this far into it.</summary>
    public static Operand Behind(this Operand address, int at) =>
        address.Kind == Reference.Buffer ? address with { Bits = address.Bits + (ulong)at } : address;

    private static void Put(Act act, RecipeWriter to, int first, int size, (int At, int Bytes)[] fields)
    {
        to.Reserve(size);
        for (int i = 0; i < fields.Length; i++)
        {
            // What a structure points to lies behind it.
            Operand value = act.Row.Fixed[first + i].Sort == Sort.Pointer ? act[first + i].Behind(size) : act[first + i];
            to.Put(fields[i].At, fields[i].Bytes, value);
        }
    }
}

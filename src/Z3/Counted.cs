using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>The families of native objects, each with reference counting of its own.</summary>
internal enum Counted : byte
{
    /// <summary>Symbols live as long as the process and are not counted.</summary>
    Never,
    Ast,
    Parameters,
    Tactic,
    Solver,
    Model,
    FunctionInterpretation,
    FunctionEntry,
    Statistics,
}

internal static class Counting
{
    internal static void Take(this Counted family, ContextHandle context, nint handle)
    {
        switch (family)
        {
            case Counted.Ast: Native.Z3_inc_ref(context, handle); break;
            case Counted.Parameters: Native.Z3_params_inc_ref(context, handle); break;
            case Counted.Tactic: Native.Z3_tactic_inc_ref(context, handle); break;
            case Counted.Solver: Native.Z3_solver_inc_ref(context, handle); break;
            case Counted.Model: Native.Z3_model_inc_ref(context, handle); break;
            case Counted.FunctionInterpretation: Native.Z3_func_interp_inc_ref(context, handle); break;
            case Counted.FunctionEntry: Native.Z3_func_entry_inc_ref(context, handle); break;
            case Counted.Statistics: Native.Z3_stats_inc_ref(context, handle); break;
        }
    }

    internal static void Drop(this Counted family, nint context, nint handle)
    {
        switch (family)
        {
            case Counted.Ast: Native.Z3_dec_ref(context, handle); break;
            case Counted.Parameters: Native.Z3_params_dec_ref(context, handle); break;
            case Counted.Tactic: Native.Z3_tactic_dec_ref(context, handle); break;
            case Counted.Solver: Native.Z3_solver_dec_ref(context, handle); break;
            case Counted.Model: Native.Z3_model_dec_ref(context, handle); break;
            case Counted.FunctionInterpretation: Native.Z3_func_interp_dec_ref(context, handle); break;
            case Counted.FunctionEntry: Native.Z3_func_entry_dec_ref(context, handle); break;
            case Counted.Statistics: Native.Z3_stats_dec_ref(context, handle); break;
        }
    }
}

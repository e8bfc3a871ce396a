namespace Implementation.Cpu;

/// <summary>An x87 instruction that stores ST(0) in memory.</summary>
internal unsafe interface IX87Store<T> where T : unmanaged
{
    /// <summary>The signals that, unless masked, keep the value from being stored.</summary>
    static virtual FloatSignals Stops => FloatSignals.BeforeComputation;

    static abstract T Convert(Extended value, X87Environment environment);
}

/// <summary>FST and FSTP m32 and m64.</summary>
internal readonly struct StoreFloat<T> : IX87Store<T> where T : unmanaged
{
    public static FloatSignals Stops => FloatSignals.BeforeComputation | FloatSignals.Overflow | FloatSignals.Underflow;

    public static T Convert(Extended value, X87Environment environment) => X87Arithmetic.Store<T>(value, environment);
}

/// <summary>FSTP m80.</summary>
internal readonly struct StoreExtended : IX87Store<Extended>
{
    public static Extended Convert(Extended value, X87Environment environment) => value;
}

/// <summary>FIST and FISTP.</summary>
internal readonly struct StoreInteger<T> : IX87Store<T> where T : unmanaged, System.Numerics.IBinaryInteger<T>
{
    public static unsafe T Convert(Extended value, X87Environment environment) =>
        T.CreateTruncating(X87Arithmetic.StoreInteger(value, 8 * sizeof(T), environment.Rounding, environment));
}

/// <summary>FISTTP.</summary>
internal readonly struct StoreTruncated<T> : IX87Store<T> where T : unmanaged, System.Numerics.IBinaryInteger<T>
{
    public static unsafe T Convert(Extended value, X87Environment environment) =>
        T.CreateTruncating(X87Arithmetic.StoreInteger(value, 8 * sizeof(T), FloatRounding.ToZero, environment));
}

using System.Globalization;

namespace Microsoft.Z3;

/// <summary>What a solver counted.</summary>
public class Statistics : Z3Object
{
    internal Statistics(Context context, nint handle) : base(context, Counted.Statistics, handle)
    {
    }

    public uint Size => Native.Z3_stats_size(Context.Handle, Handle);

    public Entry[] Entries => Context.Each(Size, ReadEntry);

    public string[] Keys => Array.ConvertAll(Entries, entry => entry.Key);

    /// <returns>null if there is no such key</returns>
    public Entry? this[string key] => Array.Find(Entries, entry => entry.Key == key);

    public override string ToString() => Context.Text(Native.Z3_stats_to_string(Context.Handle, Handle));

    private Entry ReadEntry(uint index)
    {
        string key = Context.Text(Native.Z3_stats_get_key(Context.Handle, Handle, index));
        return Native.Z3_stats_is_uint(Context.Handle, Handle, index)
            ? new Entry(key, Native.Z3_stats_get_uint_value(Context.Handle, Handle, index))
            : new Entry(key, Native.Z3_stats_get_double_value(Context.Handle, Handle, index));
    }

    /// <summary>One number.</summary>
    public class Entry
    {
        internal Entry(string key, uint value)
        {
            Key = key;
            UIntValue = value;
            IsUInt = true;
        }

        internal Entry(string key, double value)
        {
            Key = key;
            DoubleValue = value;
        }

        public string Key { get; }

        public uint UIntValue { get; }

        public double DoubleValue { get; }

        public bool IsUInt { get; }

        public bool IsDouble => !IsUInt;

        public string Value =>
            IsUInt ? UIntValue.ToString(CultureInfo.InvariantCulture) : DoubleValue.ToString(CultureInfo.InvariantCulture);

        public override string ToString() => $"{Key}: {Value}";
    }
}

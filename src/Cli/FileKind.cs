using System.Runtime.InteropServices;

namespace Cli;

/// <summary>What stands behind a path, found out without opening it: to open a named pipe is to wait for whoever writes to it.</summary>
internal static partial class FileKind
{
    private const int CurrentFolder = -100, FollowLinks = 0; // AT_FDCWD (fcntl.h)

    private const uint WantType = 1; // STATX_TYPE (linux/stat.h)

    /// <summary>struct statx (linux/stat.h), of which the mode alone is looked at; the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)]
        public ushort Mode;

        public const ushort TypeMask = 0xf000, Regular = 0x8000, Directory = 0x4000; // S_IFMT, S_IFREG, S_IFDIR
    }

    /// <summary>What it is if it is no regular file, as a sentence about it ends; null if it is one, or nothing at all can be said of it.</summary>
    public static string? WhyIrregular(string path)
    {
        if (statx(CurrentFolder, path, FollowLinks, WantType, out Status status) != 0) return null; // Opening it will say why.
        return (status.Mode & Status.TypeMask) switch
        {
            Status.Regular => null,
            Status.Directory => "is a directory",
            _ => "is no regular file",
        };
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out Status status);
}

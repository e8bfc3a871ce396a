using System.Runtime.InteropServices;

namespace Implementation.Tests.Oracle;

/// <summary>The few calls of the C library by which a child is started, traced and ended.</summary>
internal static unsafe partial class Libc
{
    internal const int PtracePeekUser = 3;
    internal const int PtracePokeUser = 6;
    internal const int PtraceGetRegs = 12;
    internal const int PtraceSetRegs = 13;
    internal const int PtraceGetFpRegs = 14;
    internal const int PtraceSetFpRegs = 15;
    internal const int PtraceSingleStep = 9;
    internal const int PtraceSetOptions = 0x4200;
    internal const int PtraceGetSigInfo = 0x4202;
    internal const int PtraceOptionExitKill = 1 << 20;

    internal const int SigIll = 4;
    internal const int SigTrap = 5;
    internal const int SigBus = 7;
    internal const int SigFpe = 8;
    internal const int SigKill = 9;
    internal const int SigSegv = 11;

    internal const int WaitAll = 0x40000000; // __WALL
    internal const int CloseOnExec = 1; // MFD_CLOEXEC
    internal const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    internal const int Shared = 1; // MAP_SHARED

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial long Ptrace(long request, long pid, void* address, void* data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int PosixSpawn(
        out int pid, string path, void* fileActions, void* attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(int file, long length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int file, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial void* Map(void* address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Unmap(void* address, nint length);
}

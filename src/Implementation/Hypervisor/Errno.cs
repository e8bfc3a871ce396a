namespace Implementation.Hypervisor;

/// <summary>The error numbers of Xen's interface (xen/include/public/errno.h); guests see them negated.</summary>
internal static class Errno
{
    public const long EPERM = 1, ENOENT = 2, ESRCH = 3, EIO = 5, E2BIG = 7, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EFAULT = 14,
        EBUSY = 16, EEXIST = 17, ENODEV = 19, EINVAL = 22, ENOSPC = 28, EROFS = 30, ERANGE = 34, ENOSYS = 38, ENODATA = 61,
        EOPNOTSUPP = 95, EISCONN = 106;

    /// <summary>Never reaches a guest: the operation stopped at a preemption point and goes on when it is asked again.</summary>
    public const long ERESTART = 85;
}

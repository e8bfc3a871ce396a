namespace Model;

/// <summary>Xen's error numbers (xen/include/public/errno.h).</summary>
public enum Errno
{
    None = 0,
    EPERM = 1,
    ESRCH = 3,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EBUSY = 16,
    EEXIST = 17,
    EINVAL = 22,
    ENOSYS = 38,

    /// <summary>No guest sees it: the request is to go on later.</summary>
    ERESTART = 85,

    EOPNOTSUPP = 95,
}

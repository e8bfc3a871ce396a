namespace Implementation.Devices;

/// <summary>How xenstore refuses a request; the names are the protocol's words (xen/include/public/io/xs_wire.h).</summary>
public enum StoreError
{
    None,
    EINVAL,
    EACCES,
    EEXIST,
    EISDIR,
    ENOENT,
    ENOMEM,
    ENOSPC,
    EIO,
    ENOTEMPTY,
    ENOSYS,
    EROFS,
    EBUSY,
    EAGAIN,
    EISCONN,
    E2BIG,
    EPERM,
}

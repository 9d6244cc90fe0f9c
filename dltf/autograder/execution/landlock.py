"""Landlock sandbox, for machines without user namespaces.

Most containers do not allow user namespaces, but their kernel (5.13 or later) allows any process,
even root's, to restrict its own file access permanently. A confined process can read Python's
files and the student edition, write to its scratch folder, and access no other file; later kernels
also block TCP (6.7) and signals and sockets to other processes (6.12). Unlike namespaces, Landlock
does not isolate the process table, the network or the user.

Source: the kernel's `Documentation/userspace-api/landlock.rst`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
from collections.abc import Iterable

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # system calls, the same on every machine
_VERSION_FLAG, _PATH_BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
REFER, TRUNCATE, IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_EVERYTHING_FIRST = (1 << 13) - 1  # rights of version 1: read, write, create, remove
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
_READ = EXECUTE | READ_FILE | READ_DIR
_TCP = 3  # bind and connect
_SCOPES = 3  # abstract sockets and signals

# Files that Python and TensorFlow read in addition to their own.
SYSTEM = (
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
    "/dev/random",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/proc/self",
)

libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scopes")]


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """Return the kernel's version of Landlock, 0 for none."""
    return max(0, int(libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION_FLAG)))


def restrict(read: Iterable[str], write: Iterable[str]) -> None:
    """Restrict file access permanently, for this process and all its children.

    Needs `no_new_privs` to be set.

    Args:
        read: files and folders that may be read and executed.
        write: folders that may also be written to.

    Raises:
        OSError: the kernel refuses.
    """
    known = version()
    handled = _EVERYTHING_FIRST
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEVICE)):
        handled |= right if known >= since else 0
    rules = _Ruleset(handled, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _checked(libc.syscall(_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0))
    try:
        for paths, allowed in ((read, _READ), (write, handled)):
            for path in paths:
                _allow(ruleset, path, allowed & handled)
        _checked(libc.syscall(_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, allowed: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(parent).st_mode):
                allowed &= _OF_FILES
            rule = _Rule(allowed, parent)
            _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0))
        finally:
            os.close(parent)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return result


def without(paths: Iterable[str], hidden: Iterable[str]) -> list[str]:
    """Return the paths, each that contains a hidden folder replaced by its other entries.

    A Landlock rule applies to everything below its path and cannot exclude a part.
    """
    hidden = [os.path.realpath(path) for path in hidden]
    found: list[str] = []
    for path in paths:
        real = os.path.realpath(path)
        if real in hidden:
            continue
        if any(secret.startswith(f"{real}/") for secret in hidden) and os.path.isdir(real):
            found += without((os.path.join(real, name) for name in os.listdir(real)), hidden)
        else:
            found.append(real)
    return found

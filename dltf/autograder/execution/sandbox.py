"""Sandbox for untrusted code: resource limits, plus Linux namespaces where available.

The fork server enters a closed root once (`enter`): its own user, mount, network, IPC, host name
and process namespaces, and a root directory with only the Python installation, the system's
libraries and the student edition, all read-only. The rest of the machine (home folders, other
submissions, the reference, processes, the network) does not exist in it. Each submission then gets,
in its fork (`confine`), a new process, network and mount namespace, an empty scratch folder in
memory, no capabilities, and the resource limits.

Linux only, through the C library; elsewhere only the limits apply, and the result says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dltf.autograder.execution import landlock
from dltf.autograder.execution.limits import Limits

NEWNS, NEWUTS, NEWIPC = 0x00020000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 4096, 16384, 1 << 18
MS_NOEXEC, MNT_DETACH = 8, 2
_PROC_FLAGS = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_MOUNT_SETATTR = 442
_SYS_KEYCTL = {"x86_64": 250, "aarch64": 219}
_KEYCTL_JOIN_SESSION_KEYRING = 1
_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID, _MOUNT_ATTR_NODEV = 1, 2, 4
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 4, 24, 38
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
NOBODY = 65534
SCRATCH = "/scratch"
EDITION = "/edition"

libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Confinement:
    """Confinement of one submission, in addition to its limits.

    Attributes:
        namespaces: whether the server is in a closed root.
        scratch: the folder it may write to, initially empty.
        open_files: without namespaces, the paths it may read, if Landlock is used.
    """

    namespaces: bool
    scratch: str
    open_files: list[str] | None = None


class SandboxError(OSError):
    """The kernel refused a step of the sandbox."""


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise SandboxError(number, f"{what}: {os.strerror(number)}")


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    encode = os.fsencode
    _check(
        libc.mount(
            encode(source),
            encode(target),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            data.encode() or None,
        ),
        f"mount {target}",
    )


class _MountAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]


def _read_only(path: str, *, devices: bool = False) -> None:
    """Make the mounts at and below a path read-only and ignore set-uid bits."""
    bits = _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID | (0 if devices else _MOUNT_ATTR_NODEV)
    attributes = _MountAttributes(bits, 0, 0, 0)
    _check(
        libc.syscall(
            _SYS_MOUNT_SETATTR,
            -100,
            os.fsencode(path),
            _AT_RECURSIVE,
            ctypes.byref(attributes),
            ctypes.sizeof(attributes),
        ),
        f"read-only {path}",
    )


# The closed root ----------------------------------------------------------------------------------


SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives"),
)
PACKAGE_FOLDERS = ("site-packages", "dist-packages")


def visible_paths() -> list[str]:
    """Return the folders in the closed root: Python and the system's libraries."""
    packages = [path for path in sys.path if Path(path).name in PACKAGE_FOLDERS]
    libraries = [sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    prefixes = [sys.prefix, sys.base_prefix, sys.exec_prefix]
    python = str(Path(os.path.realpath(sys.executable)).parent.parent)
    wanted = [str(Path(path)) for path in (*SYSTEM, *prefixes, *libraries, *packages, python)]
    shown: list[str] = []
    for path in sorted({*wanted, *map(os.path.realpath, wanted)}, key=len):
        covered = any(
            path.startswith(f"{parent}/") for parent in shown if not os.path.islink(parent)
        )
        if os.path.exists(path) and path != "/" and not covered:
            shown.append(path)
    return shown


def private_paths(package: Path) -> list[str]:
    """Return folders that must be empty in the closed root although they are in a visible one.

    The package itself (its topics contain the answers) and the assignments, if they are in
    site-packages or in a folder under the Python prefix.
    """
    hidden = [package]
    beside = package.parent / "assignments"
    if (package.parent / "setup.cfg").exists() and beside.is_dir():
        hidden += [beside, package.parent / ".git", package.parent / "build"]
    return [str(path) for path in hidden if path.is_dir()]


def _closed_root(root: str, visible: list[str], private: list[str], edition: str) -> None:
    """Make `root` a read-only tree of the visible folders and enter it."""
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    _mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for path, target in [(edition, root + EDITION), *((path, root + path) for path in visible)]:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.islink(path):
            os.symlink(os.readlink(path), target)
            continue
        if os.path.isdir(path):
            os.makedirs(target, exist_ok=True)
        else:
            Path(target).touch()
        _mount(path, target, None, MS_BIND | MS_REC)
        _read_only(target)
    for path in private:
        if os.path.isdir(root + path):
            _mount("tmpfs", root + path, "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, "size=4k")
    # The kernel allows a new mount of /proc only while an old one is visible.
    os.makedirs(root + "/proc", exist_ok=True)
    _mount("proc", root + "/proc", "proc", _PROC_FLAGS)
    os.makedirs(root + "/dev", exist_ok=True)
    for name in ("null", "zero", "urandom", "random"):
        Path(root, "dev", name).touch()
        _mount(f"/dev/{name}", f"{root}/dev/{name}", None, MS_BIND)
    for folder in (SCRATCH, "/.old"):
        os.makedirs(root + folder, exist_ok=True)
    if not os.path.exists(root + "/tmp"):  # it exists if Python itself is installed under /tmp
        os.symlink(SCRATCH, root + "/tmp")
    pivot = _SYS_PIVOT_ROOT.get(os.uname().machine)
    if pivot is None:
        raise SandboxError(0, f"pivot_root: unknown machine {os.uname().machine}")
    os.chdir(root)
    _check(libc.syscall(pivot, os.fsencode(root), os.fsencode(root + "/.old")), "pivot_root")
    os.chdir("/")
    _check(libc.umount2(b"/.old", MNT_DETACH), "leave the old root")
    os.rmdir("/.old")
    _mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, "size=16m,mode=1777")
    attributes = _MountAttributes(_MOUNT_ATTR_RDONLY, 0, 0, 0)
    _check(
        libc.syscall(
            _SYS_MOUNT_SETATTR, -100, b"/", 0, ctypes.byref(attributes), ctypes.sizeof(attributes)
        ),
        "read-only /",
    )


def enter(
    root: str, visible: list[str], private: list[str], edition: str, control: socket.socket
) -> tuple[int, int]:
    """Enter the closed root; return in a new process, the first of its process namespace.

    The parent (outside) writes the identity maps when it receives b'unshared', since only it may
    map a second identity; the calling process waits for the new one.

    Returns:
        Two descriptors without a path in the closed root: the server's own process namespace, for
        `setns`, and `/proc/self/statm`, for its size.

    Raises:
        SandboxError: the kernel refused a step.
    """
    _check(libc.unshare(NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS), "new namespaces")
    control.send(b"unshared %d" % os.getpid())
    answer = control.recv(64)
    if answer != b"mapped":
        raise SandboxError(0, f"identity map: {answer.decode(errors='replace')}")
    pid = os.fork()
    if pid:
        control.close()
        _, status = os.waitpid(pid, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    _closed_root(root, visible, private, edition)
    libc.sethostname(b"dltf", 4)
    return own, statm


def part(namespaces: bool) -> None:
    """Separate a server, which was just forked, from the one that it is a fork of.

    It ends with that one. With namespaces, it and its children share with it no mount, no IPC
    object and no scratch folder; nowhere do they share its session keyring.
    """
    if sys.platform != "linux":
        return
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    new_keyring()
    if not namespaces:
        adopt_orphans()
        return
    _check(libc.unshare(NEWNS | NEWNET | NEWIPC | NEWUTS), "own namespaces of a server")
    _mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, "size=16m,mode=1777")


def new_keyring() -> None:
    """Join a new, empty session keyring, if the kernel has keyrings."""
    number = _SYS_KEYCTL.get(os.uname().machine)
    if sys.platform == "linux" and number is not None:
        libc.syscall(number, _KEYCTL_JOIN_SESSION_KEYRING, None)


def write_maps(pid: int) -> None:
    """Write the identity maps of a server's namespaces: its user and, for root, `NOBODY`.

    Called by the process outside. An ordinary user can map only its own identity.
    """
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        users, groups = f"0 0 1\n1 {NOBODY} 1\n", f"0 0 1\n1 {NOBODY} 1\n"
    else:
        Path(f"/proc/{pid}/setgroups").write_text("deny")
        users, groups = f"0 {uid} 1\n", f"0 {gid} 1\n"
    Path(f"/proc/{pid}/uid_map").write_text(users)
    Path(f"/proc/{pid}/gid_map").write_text(groups)


# Confinement of one submission --------------------------------------------------------------------


def fork_inside(own: int | None) -> int:
    """Fork; with namespaces, into a new process namespace in which the child is the first process.

    When the first process of a namespace ends, the kernel kills all others in it: no process that
    a student's code starts survives its grading.
    """
    if own is None:
        return os.fork()
    _check(libc.unshare(NEWPID), "new process namespace")
    try:
        pid = os.fork()
    finally:
        # In the child this fails silently, as intended: it must not leave its namespace.
        libc.setns(own, NEWPID)
    return pid


def confine(limits: Limits, address_space: int, around: Confinement) -> None:
    """Confine this process, which is about to run a student's code.

    Args:
        limits: the resource limits.
        address_space: of the server, in bytes; the memory limit is added to it.
        around: the confinement in addition to the limits.

    Raises:
        SandboxError: the kernel refused a step.
    """
    os.setsid()
    new_keyring()
    if around.namespaces:
        _check(libc.unshare(NEWNS | NEWNET | NEWIPC | NEWUTS), "own namespaces")
        _mount(
            "tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, f"size={limits.file_bytes},mode=1777"
        )
        _mount("proc", "/proc", "proc", _PROC_FLAGS)
        for capability in range(64):
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.chdir(around.scratch)
    for name in ("HOME", "TMPDIR", "MPLCONFIGDIR"):
        os.environ[name] = around.scratch
    tempfile.tempdir = None
    bounds = {
        resource.RLIMIT_AS: address_space + limits.memory,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        _limit(kind, bound)
    if around.namespaces:
        _drop_identity()
    elif os.geteuid() == 0:
        _become_nobody()
    _limit(resource.RLIMIT_NPROC, limits.processes)
    # After the change of identity, which resets it: the process ends with its server.
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if around.open_files is not None:
        landlock.restrict(read=around.open_files, write=[around.scratch])


def _limit(kind: int, bound: int) -> None:
    _, hard = resource.getrlimit(kind)
    bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
    resource.setrlimit(kind, (bound, bound))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def _drop_identity() -> None:
    """Become the mapped `NOBODY` if there is one, and drop every capability."""
    with contextlib.suppress(OSError):
        os.setgroups([])
    with contextlib.suppress(OSError):
        os.setresgid(1, 1, 1)
        os.setresuid(1, 1, 1)
    # The kernel counts processes per user and user namespace: with its own, a submission does not
    # use up the limit of the others. (If it is refused, they share one count.)
    libc.unshare(NEWUSER)
    header = _CapabilityHeader(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(libc.capset(ctypes.byref(header), ctypes.byref(nothing)), "drop capabilities")


def _become_nobody() -> None:
    """Without namespaces, run root's grading as `NOBODY` if Python's files are world-readable."""
    readable = (
        os.stat(sys.prefix).st_mode & 0o005 == 0o005
        and all(os.stat(parent).st_mode & 0o001 for parent in Path(sys.base_prefix).parents)
        and all(os.stat(parent).st_mode & 0o001 for parent in Path(sys.prefix).parents)
    )
    if readable:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def adopt_orphans() -> None:
    """Without a process namespace: become the parent of orphaned processes (subreaper)."""
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def supported() -> str:
    """Return '' if the kernel allows an ordinary process to build the sandbox, else the reason."""
    if sys.platform != "linux":
        return f"namespaces need Linux, this is {sys.platform}"
    pid = os.fork()
    if pid == 0:
        refused = libc.unshare(NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS)
        os._exit(ctypes.get_errno() if refused else 0)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return "" if code == 0 else f"the kernel refuses new namespaces: {os.strerror(code)}"

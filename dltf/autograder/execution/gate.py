"""Gate: earning runs and mixed runs are never alive at the same time on a machine.

A mixed run holds an answer next to a right one (see `Role`), and processes of one kernel can signal
each other by more channels than a sandbox closes. So any number of earning runs may be inside, or
the mixed runs of one phase. This holds between the threads and pools of a process, and between all
graders of the machine, whose processes lock two files in a folder that they share:

    room    shared while a process has earning runs inside, exclusive during a phase
    turn    shared by earning runs, exclusive by a phase, while they wait for the room: a phase that
            waits lets no new run in, so the room empties; runs that wait are the next to enter

A phase waits a limited time for its turn; if it gets none, its mixed runs are left out. A
submission cannot see the files in its closed root. The kernel releases the locks of a process that
is killed; but the fork servers inherit the descriptor of the room, so it stays locked until the
last of them, and with it the last child, has ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from dltf.autograder.execution.roles import Role

VARIABLE = "DLTF_LOCKS"  # for graders that share a kernel and no folder, such as containers
FOLDERS = ("/run/lock", "/tmp")  # the first is never cleaned up while it is in use
NAMES = ("dltf-turn.lock", "dltf-room.lock")
POLL_SECONDS = 0.02
PHASE_WAITS = 60.0  # seconds for the earning runs of other graders to end
# An earning run waits longer than the phase of any grader lasts. What holds a lock even longer is a
# stopped process or no grader, and must not keep a class from being graded.
RUN_WAITS = 900.0


class GateError(RuntimeError):
    """The locks cannot be used; the message says why."""


class Gate:
    """Admits earning runs, or one phase of mixed runs, at a time.

    Args:
        folder: folder of the lock files; by default the one that all graders of the machine share.

    Attributes:
        refused: why mixed runs are left out for the rest of this process; '' if they are not.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.refused = ""
        self._changed = threading.Condition()
        self._earning = self._mixed = 0  # runs inside
        self._phase = False  # whether a phase waits or is inside
        self._owner: int | None = None  # the thread of the phase
        self._granted = False  # whether mixed runs may start
        self._locks: _Locks | None = None
        try:
            self._locks = _Locks(folder or shared_folder())
        except (OSError, GateError) as error:
            self.refused = _sentence(error)

    @property
    def descriptors(self) -> list[int]:
        """The descriptors that a fork server inherits; a child must close them."""
        return [self._locks.room.descriptor] if self._locks else []

    def entered(self, role: Role) -> AbstractContextManager[None]:
        """Return the context of one run of this role."""
        if role is Role.EARNING:
            return self.earning()
        return self.mixed() if role is Role.MIXED else contextlib.nullcontext()

    # Earning runs ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def earning(self) -> Iterator[None]:
        """Enter with an earning run, when no phase waits or is inside."""
        with self._changed:
            if self._owner == threading.get_ident():
                raise RuntimeError("an earning run was started within a phase of mixed runs")
            self._wait_for_the_room()
            self._earning += 1
        try:
            yield
        finally:
            with self._changed:
                self._earning -= 1
                if not self._earning and self._locks:
                    self._locks.leave()
                self._changed.notify_all()

    def _wait_for_the_room(self) -> None:
        """Wait for the room, at most `RUN_WAITS` for other processes; `_changed` is held."""
        waits_since: float | None = None
        try:
            while self._phase or not self._may_earn():
                if self._phase:
                    waits_since = None  # a phase of this process ends, however long it takes
                else:
                    now = time.monotonic()
                    waits_since = now if waits_since is None else waits_since
                    if now - waits_since >= RUN_WAITS:
                        self._give_up(
                            f"another process held its lock for more than {RUN_WAITS:.0f} seconds"
                        )
                self._changed.wait(POLL_SECONDS)
        except BaseException:
            if self._locks:
                self._locks.step_aside()
            raise

    def _may_earn(self) -> bool:
        """Return whether an earning run may enter, and lock what it needs."""
        if self.refused or self._locks is None:
            return True
        try:
            return self._locks.share(inside=self._earning > 0)
        except (OSError, GateError) as error:
            self._give_up(_sentence(error))
            return True

    def _give_up(self, why: str) -> None:
        """Wait for no lock from now on, and leave mixed runs out; runs inside keep the room."""
        self.refused = why
        if self._locks:
            self._locks.step_aside()

    # Mixed runs --------------------------------------------------------------------------------

    @contextlib.contextmanager
    def alone(self, seconds: float | None = None) -> Iterator[str]:
        """Enter with a phase of mixed runs, when no earning run of the machine is inside.

        Args:
            seconds: how long to wait at most, `PHASE_WAITS` by default.

        Yields:
            '' if the phase was granted, else the reason why its mixed runs must be left out.
        """
        refused = self._enter_alone(PHASE_WAITS if seconds is None else seconds)
        try:
            yield refused
        finally:
            if not refused:
                with self._changed:
                    self._granted, self._owner = False, None
                    self._end_phase()

    def _enter_alone(self, seconds: float) -> str:
        end = time.monotonic() + seconds
        busy = f"other graders were busy for more than {seconds:g} seconds"
        with self._changed:
            if not self._changed.wait_for(lambda: not self._phase, seconds):
                return busy
            self._phase, self._owner = True, threading.get_ident()
            try:
                while not self._may_be_alone():
                    if self.refused or time.monotonic() >= end:
                        return self.refused or busy
                    self._changed.wait(POLL_SECONDS)
                self._granted = True
            finally:
                if not self._granted:
                    self._phase, self._owner = False, None
                    if self._locks:
                        self._locks.step_aside()
                    self._changed.notify_all()
        return ""

    def _may_be_alone(self) -> bool:
        """Return whether the phase may begin, and lock what it needs."""
        if self.refused or self._locks is None or self._earning:
            return False
        try:
            return self._locks.exclude()
        except (OSError, GateError) as error:
            self._give_up(_sentence(error))
            return False

    @contextlib.contextmanager
    def mixed(self) -> Iterator[None]:
        """Enter with a mixed run, within a phase.

        Raises:
            RuntimeError: there is no phase, or it was not granted.
        """
        with self._changed:
            if not self._granted:
                raise RuntimeError("a mixed run was started outside of a phase of mixed runs")
            self._mixed += 1
        try:
            yield
        finally:
            with self._changed:
                self._mixed -= 1
                self._end_phase()

    def _end_phase(self) -> None:
        """Open the room to others, when the phase is over and the last of its runs has ended."""
        if not self._granted and not self._mixed:
            self._phase = False
            if self._locks:
                self._locks.leave()
            self._changed.notify_all()


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'its lock file'}: {error.strerror}"
    return str(error)


# Between processes --------------------------------------------------------------------------------


class _Locks:
    """The two locks that the graders of a machine share. Nothing here waits."""

    def __init__(self, folder: Path) -> None:
        self.turn, self.room = (_LockFile(folder / name) for name in NAMES)

    def share(self, *, inside: bool) -> bool:
        """Share the room, if it is this process's turn; keep the turn if the room is taken."""
        if not self.turn.lock(fcntl.LOCK_SH):
            return False
        if not inside and not self.room.lock(fcntl.LOCK_SH):
            return False
        self.turn.unlock()
        return True

    def exclude(self) -> bool:
        """Take the room alone, if it is this process's turn; keep the turn while others leave."""
        if not self.turn.lock(fcntl.LOCK_EX) or not self.room.lock(fcntl.LOCK_EX):
            return False
        self.turn.unlock()
        return True

    def leave(self) -> None:
        """Leave the room."""
        self.room.unlock()

    def step_aside(self) -> None:
        """Wait for the room no more."""
        self.turn.unlock()


class _LockFile:
    """A file that processes of all users can lock; nothing is read from or written to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = _open(path)

    def lock(self, mode: int) -> bool:
        """Lock the file, or return False if another process's lock prevents it."""
        while True:
            try:
                fcntl.flock(self.descriptor, mode | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            with contextlib.suppress(FileNotFoundError):
                now = os.stat(self.path, follow_symlinks=False)
                if os.path.samestat(now, os.fstat(self.descriptor)):
                    return True
            # The file was removed, and others lock a new one.
            new = _open(self.path)
            os.dup2(new, self.descriptor, inheritable=False)
            os.close(new)

    def unlock(self) -> None:
        """Release the lock, for the processes that inherited the descriptor as well."""
        with contextlib.suppress(OSError):  # of a file system that has no locks
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            os.close(self.descriptor)


def shared_folder() -> Path:
    """Return the folder of the lock files, in which no other user can remove or replace them.

    Raises:
        GateError: there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not _mode(named, owners={0, os.geteuid()}):
            raise GateError(
                f"{VARIABLE}: expected a folder that belongs to this user or root and in which "
                f"others cannot remove files, got {named!r}"
            )
        return Path(named)
    for folder in FOLDERS:
        if _mode(folder, owners={0}) & stat.S_IWOTH:
            return Path(folder)
    raise GateError(
        f"lock file: expected a folder of root's in which all users can create files and remove "
        f"only their own, got neither {' nor '.join(FOLDERS)}"
    )


def _mode(folder: str, owners: set[int]) -> int:
    """Return the mode of a folder of these owners in which others cannot remove files, else 0."""
    try:
        found = os.stat(folder, follow_symlinks=False)
    except OSError:
        return 0
    theirs = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
    safe = stat.S_ISDIR(found.st_mode) and found.st_uid in owners and not theirs
    return found.st_mode if safe else 0


def _open(path: Path) -> int:
    """Open a lock file for reading, which is enough to lock it, or create it for all users.

    Raises:
        GateError: there is something else at this path.
        OSError: it cannot be opened or created.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    for last in (*[False] * 9, True):
        try:
            # Without O_CREAT: with it, the kernel refuses another user's file in a sticky folder
            # (fs.protected_regular).
            descriptor = os.open(path, flags)
        except FileNotFoundError:
            try:
                descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:  # another process was faster
                if last:
                    raise
                continue
            os.fchmod(descriptor, 0o644)  # whatever the umask
        except PermissionError:  # another process has created it, and is about to change its mode
            if last:
                raise
            time.sleep(POLL_SECONDS)
            continue
        except OSError as error:
            if path.is_symlink():
                raise GateError(f"{path}: expected a regular file, got a symbolic link") from error
            raise
        break
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise GateError(f"{path}: expected a regular file, got something else")
    return descriptor


# One per process ----------------------------------------------------------------------------------

_gates: dict[str, Gate] = {}
_gates_lock = threading.Lock()


def machine_gate() -> Gate:
    """Return the gate of this machine, the same for all pools of a process."""
    with _gates_lock:
        folder = os.environ.get(VARIABLE, "")
        if folder not in _gates:
            _gates[folder] = Gate()
        return _gates[folder]


def _forget() -> None:
    """After a fork: the child must not unlock what its parent locked."""
    global _gates_lock
    _gates.clear()
    _gates_lock = threading.Lock()


os.register_at_fork(after_in_child=_forget)

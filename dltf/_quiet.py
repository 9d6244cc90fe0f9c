"""Filter that removes TensorFlow's start-up log from stderr; all other output passes through.

Loading TensorFlow's libraries writes lines such as "Could not find cuda drivers on your machine"
directly to file descriptor 2, before `TF_CPP_MIN_LOG_LEVEL` is read: no setting prevents them, and
in a notebook they are a red block below the first cell. `install` redirects file descriptor 2
during the import of TensorFlow to a small filter process, which drops the informative lines and
passes on all others immediately: an error is printed even if it ends this process.

With `TF_CPP_MIN_LOG_LEVEL` set to 0 or 1, nothing is filtered.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

# Informative lines (I) and warnings (W) in both of TensorFlow's formats, their continuations, and
# two "errors": a meaningless one of every installation with CUDA, and a long one about a missing
# GPU driver.
NOISE = (
    rb"WARNING: All log messages before absl::InitializeLog\(\)|"
    rb"[IW]\d{4} \d\d:\d\d:|"
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IW] |"
    rb"To enable the following instructions: |"
    rb"[^ ]+ .* (Unable to register cu\w+ factory|failed call to cuInit): "
)
_FILTER = f"""\
import re, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
noise = re.compile({NOISE!r})
for line in sys.stdin.buffer:
    if not noise.match(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""
_SECONDS = (
    2.0  # to wait for the last lines; the filter keeps running if a child process holds the pipe
)


class _Finder:
    """Meta path finder that loads TensorFlow with its log filtered, once."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        if name != "tensorflow":
            return None
        from importlib.util import find_spec

        uninstall()
        spec = find_spec(name)
        loader = spec and spec.loader
        with contextlib.suppress(
            AttributeError
        ):  # a loader without settable attributes is not filtered
            execute = loader.exec_module  # type: ignore[union-attr]

            def exec_module(module: Any) -> None:
                del loader.exec_module  # type: ignore[union-attr]
                with quiet() as filtered:
                    execute(module)
                    if filtered and not _gpu_driver():
                        with contextlib.suppress(Exception):
                            module.config.list_physical_devices()  # logs on the first call

            loader.exec_module = exec_module  # type: ignore[union-attr,method-assign]
        return spec


def install() -> None:
    """Filter the log of the first import of TensorFlow, if it is not imported yet."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())


def uninstall() -> None:
    """Undo `install`."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]


@contextlib.contextmanager
def quiet() -> Iterator[bool]:
    """Filter the output to file descriptor 2, of all threads and of native code.

    Yields:
        Whether it is filtered: not if `TF_CPP_MIN_LOG_LEVEL` is 0 or 1, or the output is discarded.
    """
    level = os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # 2: errors; the log after the start
    process = None if level in ("0", "1") or _unread() else _start_filter()
    if process is None:
        yield False
        return
    before = os.dup(2)
    try:
        _flush()
        os.dup2(process.stdin.fileno(), 2)
        yield True
    finally:
        _flush()
        os.dup2(before, 2)
        os.close(before)
        _end(process)


def _gpu_driver() -> bool:
    """Return whether there may be an NVIDIA driver; without one there is no GPU."""
    if sys.platform != "linux":
        return True
    import ctypes

    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def _unread() -> bool:
    """Return whether file descriptor 2 is closed or the null device."""
    try:
        error, null = os.fstat(2), os.stat(os.devnull)
    except OSError:
        return True
    return (error.st_dev, error.st_ino) == (null.st_dev, null.st_ino)


def _start_filter() -> Any:
    """Start the filter process; None if processes cannot be started."""
    import subprocess

    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _FILTER],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            close_fds=True,
        )
    except (OSError, ValueError):
        return None


def _end(process: Any) -> None:
    import subprocess

    process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS)


def _flush() -> None:
    with contextlib.suppress(Exception):  # absent, closed, or replaced
        sys.stderr.flush()

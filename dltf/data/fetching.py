"""Download and import of real data files.

Every file is checked against the registry before it is stored under its name, and an existing file
is never replaced.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dltf.data.registry import DataFile, entries, folders

TIMEOUT = 20  # seconds without a word from the server
_CHUNK = 1 << 16

Report = Callable[[DataFile, int], None]  # called with a file and the number of bytes fetched


class Unreachable(OSError):
    """The server of a file cannot be reached, or the connection broke."""


def fetch(entry: DataFile, report: Report | None = None) -> Path:
    """Download a file unless it is available, and return its path.

    An interrupted download is kept as `<name>.part` and resumed by the next one.

    Args:
        entry: a file in the registry.
        report: called as `report(entry, bytes)` during the download.

    Raises:
        ValueError: the file has no URL, another file is stored under its name, or the checksum of
            the download is wrong.
        Unreachable: no connection, or it ended too early.
        OSError: the server does not provide the file, or the folder cannot be written.
    """
    target = _target(entry)
    if target.exists():
        return target
    if not entry.url:
        raise ValueError(
            f"{entry.file}: expected an address to fetch it from, got none (it was {entry.made}); "
            "put it there by `dltf data import`"
        )
    import pooch

    part = target.with_name(target.name + ".part")
    pooch.get_logger().setLevel("ERROR")
    download = _Resuming(entry, part, report)
    try:
        pooch.retrieve(
            entry.url,
            f"sha256:{entry.sha256}",
            fname=target.name,
            path=target.parent,
            downloader=download,
        )
    except ValueError as error:  # wrong checksum: the download is useless
        size = part.stat().st_size
        part.unlink()
        raise ValueError(
            f"{entry.file}: expected {entry.bytes} bytes with sha256 {entry.sha256} from "
            f"{entry.url}, got {size} others; nothing was kept"
        ) from error
    part.unlink()
    return target


class _Resuming:
    """A downloader for pooch that resumes an interrupted download."""

    def __init__(self, entry: DataFile, part: Path, report: Report | None) -> None:
        self.entry, self.part, self.report = entry, part, report

    def __call__(self, url: str, output_file: str, _: Any) -> None:
        import requests

        entry, part = self.entry, self.part
        begun = part.stat().st_size if part.exists() else 0
        if begun >= entry.bytes:  # complete, or too long: the checksum decides
            shutil.copyfile(part, output_file)
            return
        # No compression in transit: a range counts the bytes that are sent.
        headers = {"Accept-Encoding": "identity"}
        if begun:
            headers["Range"] = f"bytes={begun}-"
        try:
            with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
                answer.raise_for_status()
                resumed = answer.status_code == requests.codes.partial_content
                with part.open("ab" if resumed else "wb") as file:
                    for chunk in answer.iter_content(_CHUNK):
                        file.write(chunk)
                        if self.report is not None:
                            self.report(entry, file.tell())
        except requests.HTTPError as error:
            raise OSError(
                f"{entry.file}: expected the file at {url}, got status {answer.status_code}"
            ) from error
        except requests.RequestException as error:
            got = f"nothing for {TIMEOUT} s" if isinstance(error, requests.Timeout) else "none"
            raise Unreachable(
                f"{entry.file}: expected a connection to {url}, got {got}; fetch it where there is "
                "a network, then `dltf data import` it"
            ) from error
        size = part.stat().st_size
        if size < entry.bytes:
            raise Unreachable(
                f"{entry.file}: expected {entry.bytes} bytes from {url}, got {size} before the "
                "connection ended; the next fetch goes on from there"
            )
        shutil.copyfile(part, output_file)


def import_files(paths: Iterable[Path]) -> tuple[list[tuple[DataFile, Path]], list[Path]]:
    """Copy files in the registry into the data folder, whatever their names.

    Args:
        paths: files, or folders that are searched recursively.

    Returns:
        The files that were recognized by size and checksum, with their new paths (also those that
        were there before), and the paths that were not recognized.

    Raises:
        ValueError: a path does not exist, or another file is stored under a name.
    """
    sizes: dict[int, list[DataFile]] = {}
    for entry in entries():
        sizes.setdefault(entry.bytes, []).append(entry)
    known: list[tuple[DataFile, Path]] = []
    unknown: list[Path] = []
    for path in _files(paths):
        recognized = [e for e in sizes.get(path.stat().st_size, []) if e.matches(path)]
        if not recognized:
            unknown.append(path)
            continue
        entry = recognized[0]
        target = _target(entry)
        if not target.exists():
            _copy(path, target)
        known.append((entry, target))
    return known, unknown


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (inside for inside in sorted(path.rglob("*")) if inside.is_file())
        elif path.is_file():
            yield path
        else:
            raise ValueError(f"{path}: expected a file or a folder, got nothing there")


def _target(entry: DataFile) -> Path:
    """Return the path of a file in the data folder; an existing file there must be the same."""
    target = folders()[0] / entry.file
    if target.exists() and not entry.matches(target):
        raise ValueError(
            f"{entry.file}: expected nothing, or the file with sha256 {entry.sha256}, at {target}; "
            "got another; move it away"
        )
    return target


def _copy(source: Path, target: Path) -> None:
    """Copy a file atomically: its name exists only when the copy is complete."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(descriptor)
    try:
        shutil.copyfile(source, partial)
        os.chmod(partial, 0o644)
        os.replace(partial, target)
    except BaseException:
        os.unlink(partial)
        raise

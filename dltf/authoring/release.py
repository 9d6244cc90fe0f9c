"""Releases for students: notebooks, their data, and a package without the answers.

    DIR/<topic>.ipynb                          one notebook per assignment
    DIR/data/                                  data files of the notebooks, if any
    DIR/dltf-<version>+student-...whl          `dltf`, its exercises stubbed, for `dltf.check`
    DIR/release.json                           what was released, with checksums

A release is written next to DIR, searched for answers, and moved to DIR when it is complete; one
that contains a line of a solution is refused.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dltf.authoring import notebook
from dltf.authoring.leaks import find_leaks
from dltf.authoring.wheel import build_wheel, student_version, wheel_name
from dltf.autograder.assignment.stubs import student_files

if TYPE_CHECKING:
    from rich.console import Console

    from dltf.autograder.assignment.loading import Assignment

Observe = Callable[["Assignment", Sequence[int]], bytes]

MANIFEST = "release.json"


def release(
    names: Iterable[str | Path],
    to: str | Path,
    observe: Observe | None = None,
    seeds: Sequence[int] | None = None,
) -> Path:
    """Write a release of some assignments and return its path.

    Args:
        names: names or folders of assignments; all of them if empty.
        to: a folder that does not exist, is empty, or holds an earlier release.
        observe: (assignment, seeds) -> expected observations for a student's own check.
        seeds: of the inputs of that check; those of `dltf.check` by default.

    Raises:
        ValueError: the folder holds something else or cannot be written, or what would be
            released contains an answer.
    """
    from dltf.autograder.assignment.loading import available, load
    from dltf.autograder.public import PUBLIC_SEEDS

    assignments = [load(name) for name in list(names) or available()]
    target = Path(to).absolute()
    _check_free(target)
    files = release_files(assignments, observe or _observe, seeds or PUBLIC_SEEDS)
    partial = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        partial.chmod(0o755)
        for name, content in files.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        leaks = find_leaks(partial, assignments)
        if leaks:
            raise ValueError("release: expected no answer in it, got " + "; ".join(leaks))
        _move(partial, target)
    except OSError as error:
        raise ValueError(
            f"to: expected a folder that can be written, got {str(to)!r}: {error.strerror}"
        ) from error
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return target


def release_files(
    assignments: Sequence[Assignment], observe: Observe, seeds: Sequence[int]
) -> dict[str, bytes]:
    """Return the paths and contents of all files of a release."""
    files: dict[str, bytes] = {}
    package = dict(student_files())
    for assignment in assignments:
        student = notebook.text(notebook.student_notebook(assignment)).encode()
        inside = f"dltf/assignments/{assignment.name}"
        package[f"{inside}/cases.py"] = assignment.cases_source.encode()
        package[f"{inside}/public.msgpack"] = observe(assignment, seeds)
        package[f"{inside}/{assignment.name}.ipynb"] = student
        files[f"{assignment.name}.ipynb"] = student
        data = assignment.folder / "data"
        for path in sorted(data.rglob("*")):
            if path.is_file():
                files[f"data/{path.relative_to(data).as_posix()}"] = path.read_bytes()
    files[wheel_name()] = build_wheel(package)
    manifest = {
        "version": student_version(),
        "assignments": [assignment.name for assignment in assignments],
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }
    files[MANIFEST] = (json.dumps(manifest, indent=1) + "\n").encode()
    return files


def announce(names: Iterable[str | Path], to: str | Path, console: Console | None = None) -> Path:
    """Write a release, and print its files and the student's install command."""
    from rich.console import Console

    console = console or Console()
    where = release(names, to)
    for path in sorted(where.rglob("*")):
        if path.is_file():
            size = f"{path.stat().st_size / 1024:.0f} kB"
            console.print(f"  {path.relative_to(where)}  {size}", highlight=False, soft_wrap=True)
    console.print(
        f"Released to {where}. A student runs: pip install {wheel_name()}",
        highlight=False,
        soft_wrap=True,
    )
    return where


def _observe(assignment: Assignment, seeds: Sequence[int]) -> bytes:
    from dltf.autograder.public import public_observations

    content: bytes = public_observations(assignment, seeds)
    return content


def _check_free(target: Path) -> None:
    """Raise an error if a release would overwrite other files in the folder."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise ValueError(f"to: expected a folder, got {str(target)!r}, which is something else")
    if not target.exists():
        return
    if target.resolve() == Path.cwd():
        raise ValueError("to: expected a folder of the release's own, got the current one")
    try:
        listed = json.loads((target / MANIFEST).read_bytes())["files"]
        known = {MANIFEST: None, **listed}
    except (OSError, ValueError, KeyError, TypeError):
        known = {}
    present = [path for path in sorted(target.rglob("*")) if not path.is_dir()]
    foreign = [
        name
        for path in present
        if not _is_known(path, name := path.relative_to(target).as_posix(), known)
    ]
    if foreign:
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        raise ValueError(
            f"to: expected a folder that is empty or holds an unchanged release, got "
            f"{str(target)!r} with {', '.join(foreign[:3])}{more}"
        )


def _is_known(path: Path, name: str, known: dict[str, str | None]) -> bool:
    if name not in known or not path.is_file():
        return False
    digest = known[name]
    return digest is None or hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _move(partial: Path, target: Path) -> None:
    """Move a finished release to its folder, replacing an earlier one completely."""
    if not target.exists():
        partial.rename(target)
        return
    earlier = partial.with_name(f"{partial.name}.earlier")
    target.rename(earlier)
    try:
        partial.rename(target)
    except OSError:
        earlier.rename(target)
        raise
    shutil.rmtree(earlier, ignore_errors=True)

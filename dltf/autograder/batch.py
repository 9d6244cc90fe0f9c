"""Batch grading: find the files, recognise their assignments, grade all submissions.

A file that cannot be read does not stop the batch: its result contains the reason.

A class is graded in chunks. The earning runs of a chunk give all of its marks; then, when none of
them is alive, its mixed runs tell which exercises fail only because of others.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from dltf import __version__
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import Assignment, AssignmentError
from dltf.autograder.execution.limits import Limits
from dltf.autograder.execution.pool import Pool
from dltf.autograder.grading import Grader, Marked
from dltf.autograder.known import modules_of
from dltf.autograder.reading import formats
from dltf.autograder.reading.formats import SubmissionError
from dltf.autograder.reading.recognition import recognise, refuse_strangers
from dltf.autograder.reading.submission import Submission
from dltf.autograder.rendering import counted
from dltf.autograder.verdict import BatchResult, SubmissionResult

SUFFIXES = (".ipynb", ".py")
CHUNK = 32  # files per job that are marked before their mixed runs
SKIPPED = {".ipynb_checkpoints", "__pycache__", ".git"}


def find(paths: Iterable[str | Path]) -> tuple[list[Path], list[str]]:
    """Return the files to grade and remarks about files that were skipped.

    A file that is given explicitly is graded whatever its name; of a folder, notebooks and scripts.
    """
    files: dict[Path, None] = {}
    remarks = []
    for path in map(Path, paths):
        if not path.is_dir():
            files[path] = None
            continue
        inside = sorted(p for p in _files_in(path))
        graded = [p for p in inside if p.suffix.lower() in SUFFIXES]
        others = [p for p in inside if p.suffix.lower() not in SUFFIXES]
        files.update(dict.fromkeys(graded))
        if not graded:
            remarks.append(
                f"{path}: expected notebooks (.ipynb) or scripts (.py), got a folder with none"
            )
        if others:
            names = ", ".join(p.name for p in others[:5]) + (", …" if len(others) > 5 else "")
            remarks.append(f"{path}: skipped {counted(len(others), 'other file')} ({names})")
    return list(files), remarks


def _files_in(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in SKIPPED)
        yield from (Path(root, name) for name in names if not name.startswith("."))


def grade_paths(
    paths: Iterable[str | Path],
    *,
    assignment: str | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    isolation: str = "auto",
    limits: Limits | None = None,
    compatibility: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> BatchResult:
    """Grade files and folders.

    Args:
        paths: files or folders.
        assignment: name or folder of the assignment; by default it is recognised.
        seed: seed of the inputs; a random one by default. The result contains it.
        jobs: number of parallel submissions; by default one per processor.
        isolation: 'auto', 'require' or 'off'.
        limits: resource limits of one submission.
        compatibility: whether code written for older libraries runs as it did then.
        progress: called with (done, total) as submissions are done.

    Raises:
        AssignmentError: no such assignment, or an error in its files.
        IsolationError: 'require', and namespaces are not available.
    """
    seed = secrets.randbits(32) if seed is None else seed
    names = [assignment] if assignment else loading.available()
    known = [loading.load(name) for name in names]
    files, remarks = find(paths)
    submissions: list[SubmissionResult] = []
    left_out: dict[str, None] = {}
    imports = ("keras", "tensorflow") if any(map(_needs_tensorflow, known)) else ("numpy",)
    with Pool(jobs, isolation, limits, imports) as pool:
        reached = pool.isolation
        grader = Grader(pool, seed, compatibility=compatibility)
        for a in known if len(known) == 1 else []:
            pool.preload(modules_of(a))

        def mark_file(path: Path) -> list[Marked]:
            try:
                work = formats.read(path)
                answered = known if assignment else recognise(work, known)
                if assignment:
                    refuse_strangers(work, known[0])
            except SubmissionError as error:
                name = known[0].name if assignment else None
                return [Marked(SubmissionResult(str(path), name, error=str(error)))]
            return [mark(work, a) for a in answered]

        def mark(work: Submission, a: Assignment) -> Marked:
            pool.preload(modules_of(a))
            try:
                return grader.mark(work, a)
            except AssignmentError:
                raise
            except Exception as error:  # an error in one submission must not stop the batch
                why = f"could not be graded ({type(error).__name__}: {error})"
                return Marked(SubmissionResult(str(work.path), a.name, error=why))

        # These threads read and judge; submissions run in the pool's children.
        with ThreadPoolExecutor(pool.jobs) as executor:
            try:
                for start in range(0, len(files), CHUNK * pool.jobs):
                    chunk = files[start : start + CHUNK * pool.jobs]
                    futures: list[Future[list[Marked]]] = [
                        executor.submit(mark_file, path) for path in chunk
                    ]
                    for done, future in enumerate(as_completed(futures), start + 1):
                        future.result()
                        if progress is not None:
                            progress(done, len(files))
                    marked = [each for future in futures for each in future.result()]
                    results, reasons = grader.complete(marked, executor.map)
                    submissions += results
                    left_out.update(dict.fromkeys(reasons))
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                pool.close()  # or the threads would wait for running jobs
                raise
    every = tuple(submissions)
    return BatchResult(__version__, seed, reached, every, tuple(remarks), tuple(left_out))


def _needs_tensorflow(assignment: Assignment) -> bool:
    text = assignment.reference + assignment.cases_source
    return "tensorflow" in text or "keras" in text

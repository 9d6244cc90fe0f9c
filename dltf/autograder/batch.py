"""A class of submissions: find the files, recognise their assignments, grade them all.

Bad input costs one line, never the batch: what cannot be read becomes an entry that says why.
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
from dltf.autograder.grading import Grader, modules_of
from dltf.autograder.reading import formats
from dltf.autograder.reading.formats import SubmissionError
from dltf.autograder.reading.recognition import recognise, refuse_strangers
from dltf.autograder.reading.submission import Submission
from dltf.autograder.verdict import BatchResult, SubmissionResult

SUFFIXES = (".ipynb", ".py")
SKIPPED = {".ipynb_checkpoints", "__pycache__", ".git"}


def find(paths: Iterable[str | Path]) -> tuple[list[Path], list[str]]:
    """Return the files to grade and remarks about what was passed over.

    A file that is named is graded whatever it is called; in a folder, notebooks and scripts are.
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
            remarks.append(f"{path}: passed over {len(others)} other files ({names})")
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
    progress: Callable[[int, int], None] | None = None,
) -> BatchResult:
    """Grade files and folders.

    Args:
        paths: files or folders.
        assignment: name or folder of the assignment; by default it is recognised.
        seed: of the inputs; a fresh one by default. It is in the result.
        jobs: submissions at a time; by default one per processor.
        isolation: 'auto', 'require' or 'off'.
        limits: what one submission may use.
        progress: called with (done, total) as submissions are done.

    Raises:
        AssignmentError: no such assignment, or it is broken.
        IsolationError: 'require' cannot be met.
    """
    seed = secrets.randbits(32) if seed is None else seed
    names = [assignment] if assignment else loading.available()
    known = [loading.load(name) for name in names]
    files, remarks = find(paths)
    results: dict[int, list[SubmissionResult]] = {}
    imports = ("keras", "tensorflow") if any(map(_needs_tensorflow, known)) else ("numpy",)
    with Pool(jobs, isolation, limits, imports) as pool:
        reached = pool.isolation
        grader = Grader(pool, seed)
        for a in known if len(known) == 1 else []:
            pool.preload(modules_of(a))

        def grade_file(path: Path) -> list[SubmissionResult]:
            try:
                work = formats.read(path)
                answered = known if assignment else recognise(work, known)
                if assignment:
                    refuse_strangers(work, known[0])
            except SubmissionError as error:
                name = known[0].name if assignment else None
                return [SubmissionResult(str(path), name, error=str(error))]
            return [grade(work, a) for a in answered]

        def grade(work: Submission, a: Assignment) -> SubmissionResult:
            pool.preload(modules_of(a))
            try:
                return grader.grade(work, a)
            except AssignmentError:
                raise
            except Exception as error:  # one submission too strange for us harms no other
                why = f"could not be graded ({type(error).__name__}: {error})"
                return SubmissionResult(str(work.path), a.name, error=why)

        # Reading and judging happen in these threads, running in the pool's children.
        with ThreadPoolExecutor(pool.jobs) as executor:
            futures: dict[Future[list[SubmissionResult]], int] = {
                executor.submit(grade_file, path): i for i, path in enumerate(files)
            }
            try:
                for done, future in enumerate(as_completed(futures), 1):
                    results[futures[future]] = future.result()
                    if progress is not None:
                        progress(done, len(files))
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                pool.close()  # or the threads would wait for what runs
                raise
    submissions = tuple(result for i in range(len(files)) for result in results[i])
    return BatchResult(__version__, seed, reached, submissions, tuple(remarks))


def _needs_tensorflow(assignment: Assignment) -> bool:
    text = assignment.reference + assignment.cases_source
    return "tensorflow" in text or "keras" in text

"""A class of submissions: find the files, recognise their assignments, grade them all.

Bad input costs one line, never the batch: what cannot be read becomes an entry that says why.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from dltf import __version__
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import Assignment, AssignmentError
from dltf.autograder.execution.pool import Pool
from dltf.autograder.execution.protocol import Limits
from dltf.autograder.grading import Grader, modules_of
from dltf.autograder.reading import submission
from dltf.autograder.reading.submission import Submission, SubmissionError
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


def recognise(work: Submission, known: Iterable[Assignment]) -> list[Assignment]:
    """Return the assignments that a submission answers.

    Its own metadata decides; else every assignment that has an exercise which the submission
    defines and no other assignment asks for; else the one with most of its exercises defined.
    Of several, one of which the submission defines a far smaller share than of another is not
    meant: people paste their helper files in, and one course's helper is another's exercise.

    Raises:
        SubmissionError: none; says which functions were looked for and which were found.
    """
    known = list(known)
    said = work.metadata.get("dltf")
    if isinstance(said, dict):
        named = [a for a in known if a.name == said.get("assignment")]
        if named:
            return named
    written = {*work.defined, *(n for a in known for n in a.exercises if work.broken_definition(n))}
    asked = {
        a.name: set(a.exercises).union(*(e.names for e in a.exercises.values())) for a in known
    }
    hits = {a.name: written & asked[a.name] for a in known}
    best = max((len(names) for names in hits.values()), default=0)
    if best == 0:
        wanted = "; ".join(f"{a.name}: {', '.join(a.exercises)}" for a in known)
        found = ", ".join(sorted(work.defined)[:12]) or "no function at all"
        raise SubmissionError(f"answers no known assignment. Looked for {wanted}. Found {found}.")
    own = [
        a for a in known if hits[a.name].difference(*(asked[b.name] for b in known if b is not a))
    ]
    if not own:
        return [a for a in known if len(hits[a.name]) == best][:1]
    share = {a.name: _share_of_graded(a, hits[a.name]) for a in own}
    return [a for a in own if share[a.name] >= max(share.values()) / 2]


def _share_of_graded(assignment: Assignment, defined: Collection[str]) -> float:
    """Return which part of the exercises that earn points is defined."""
    graded = [{e.name, *e.names} for e in assignment.exercises.values() if not e.practice]
    return sum(not names.isdisjoint(defined) for names in graded) / max(len(graded), 1)


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
    known = (
        [loading.load(assignment)]
        if assignment
        else [loading.load(name) for name in loading.available()]
    )
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
                work = submission.read(path)
                answered = known if assignment else recognise(work, known)
                if assignment:
                    _refuse_strangers(work, known[0])
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


def _refuse_strangers(work: Submission, assignment: Assignment) -> None:
    """Refuse a notebook of another course rather than call all of it 'not attempted'."""
    names = set(assignment.exercises)
    mentioned = work.defined | {n for s in work.statements for n in s.binds}
    if not names & mentioned and not any(work.broken_definition(n) for n in names):
        found = ", ".join(sorted(work.defined)[:12]) or "no function at all"
        raise SubmissionError(
            f"does not answer {assignment.name!r}. Looked for {', '.join(assignment.exercises)}. "
            f"Found {found}."
        )

"""`dltf.check`: check an exercise with the grader's own cases, in the student's notebook.

Reading, judging and diagnosis are the same as in grading, but the answer runs in the notebook's
process, so a check helps the student and earns no marks. With the full package, the reference runs
on the same random inputs. A student edition has no reference; it contains the expected observations
for a few public seeds instead.
"""

from __future__ import annotations

import contextlib
import inspect
import linecache
import re
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dltf._spelling import did_you_mean
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.attempt import Attempt
from dltf.autograder.grading import Grader
from dltf.autograder.inprocess import InProcessRunner, functions_of, left_as_it_was
from dltf.autograder.notebook import NotebookGrader
from dltf.autograder.public import public_grader
from dltf.autograder.reading.statements import Cell
from dltf.autograder.reading.submission import Submission
from dltf.autograder.verdict import Verdict


class Outcome:
    """The result of a check, displayed as a card in a notebook and as text elsewhere.

    Attributes:
        exercises: the verdict on each exercise, with its `status`, `hint` and `feedback`.
    """

    def __init__(self, exercises: Sequence[Verdict]) -> None:
        self.exercises = tuple(exercises)

    @property
    def correct(self) -> bool:
        """Whether every exercise that was checked is correct."""
        return all(verdict.correct for verdict in self.exercises)

    def __repr__(self) -> str:
        with left_as_it_was():  # importing rich draws random numbers
            from dltf.autograder import report

            if len(self.exercises) == 1:
                return report.verdict_text(self.exercises[0])
            return report.summary_text(self.exercises)

    def _repr_html_(self) -> str:
        with left_as_it_was():
            from dltf.autograder import report

            if len(self.exercises) == 1:
                return report.verdict_html(self.exercises[0])
            return report.summary_html(self.exercises)


def check(
    answer: Callable[..., Any] | str | None = None,
    *,
    assignment: str | Path | None = None,
    seed: int | None = None,
) -> Outcome:
    """Check an exercise, and name the mistake if it is a known one.

    Args:
        answer: the function or class, or its name; by default every exercise of the notebook's
            assignment.
        assignment: name or folder; by default the one that has this exercise.
        seed: repeats a check with the same inputs; random by default.

    Returns:
        The result, which the notebook displays as a card.

    Raises:
        ValueError: no assignment has such an exercise; shown by IPython in one line.
        TypeError: the argument is not a function, a class or a name; shown in one line.
    """
    try:
        namespace, name = _asked(answer)
        chosen = _assignment(name, namespace, assignment)
    except (TypeError, ValueError) as error:
        raise _in_one_line(error) from None
    exercises = [name] if name else list(chosen.exercises)
    return Outcome(grade_namespace(chosen, namespace, exercises, seed))


def grade_namespace(
    chosen: Assignment, namespace: Mapping[str, Any], exercises: list[str], seed: int | None = None
) -> list[Verdict]:
    """Grade exercises whose answers are in a namespace of this process."""
    work = _submission(chosen, namespace)
    runner = InProcessRunner(namespace)
    grader: Grader
    if chosen.has_answers:
        grader = NotebookGrader(runner, fresh=seed is None)
        seed = secrets.randbits(32) if seed is None else seed
    else:
        try:
            grader, seed = public_grader(chosen, runner, seed)
        except ValueError as error:
            raise _in_one_line(error) from None
    with left_as_it_was():
        return grader.verdicts(Attempt(work, chosen, seed), exercises)


# Arguments of a check -----------------------------------------------------------------------------


def _in_one_line(error: BaseException) -> BaseException:
    """Return an exception about the arguments, without the traceback through this package."""
    line = f"{type(error).__name__}: {error}"
    error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]  # called by IPython
    return error.with_traceback(None)


def _asked(answer: Any) -> tuple[Mapping[str, Any], str | None]:
    main = vars(sys.modules["__main__"])
    if answer is None or isinstance(answer, str):
        return main, answer
    name = getattr(answer, "__name__", None) or getattr(
        getattr(answer, "python_function", None), "__name__", None
    )
    if not callable(answer) or name is None:
        raise TypeError(
            f"check: expected a function, a class, or the name of an exercise; got {answer!r:.80}"
        )
    inner = inspect.unwrap(getattr(answer, "python_function", answer))
    own = getattr(inner, "__globals__", None) or vars(sys.modules.get(answer.__module__, sys))
    return {**own, name: answer}, name


_loaded: dict[Path, tuple[dict[Path, bytes], Assignment]] = {}


def _load(name: str | Path) -> Assignment:
    """Return an assignment, read again only if one of its files has changed."""
    folder = loading.locate(name)
    files = loading.files(folder)
    known = _loaded.get(folder)
    if known is None or known[0] != files:
        known = _loaded[folder] = files, loading.load(folder, whole=False)
    return known[1]


def _assignment(
    name: str | None, namespace: Mapping[str, Any], asked: str | Path | None
) -> Assignment:
    if asked is not None:
        chosen = _load(asked)
        if name is not None and name not in chosen.exercises:
            raise ValueError(
                f"check: expected an exercise of {chosen.name} ({', '.join(chosen.exercises)}), "
                f"got {name!r}.{did_you_mean(name, chosen.exercises)}"
            )
        return chosen
    known = {n: loading.exercise_names(loading.locate(n)) for n in loading.available()}
    having = [n for n, exercises in known.items() if name is None or name in exercises]
    # Several topics share some names (`forward_propagation`): the notebook's others decide.
    ranked = sorted(having, key=lambda n: -sum(e in namespace for e in known[n]))
    if not ranked or (name is None and not any(e in namespace for e in known[ranked[0]])):
        raise ValueError(_unknown(name, namespace, [_load(n) for n in known]))
    return _load(ranked[0])


def _unknown(name: str | None, namespace: Mapping[str, Any], known: Sequence[Assignment]) -> str:
    """Return the message for an unknown exercise, with the most similar name."""
    listed = ", ".join(a.name for a in known) or "none is installed"
    if name is None:
        return f"check: expected a notebook with an exercise of an assignment ({listed}), got none"
    here = [n for a in known for n in a.exercises if n in namespace]
    every = [n for a in known for n in a.exercises]
    near = did_you_mean(name, here) or did_you_mean(name, every)
    of = "" if near else f" ({listed})"
    return f"check: expected an exercise of an assignment{of}, got {name!r}.{near}"


def _submission(chosen: Assignment, namespace: Mapping[str, Any]) -> Submission:
    """Return the notebook's answers as a submission: the cells (files) that define them."""
    files: dict[str, None] = {}
    hidden = []
    for name in chosen.exercises:
        value = namespace.get(name)
        if callable(value):
            file = _file_of(value)
            defines = rf"^\s*(def|class)\s+{re.escape(name)}\b"
            if re.search(defines, "".join(linecache.getlines(file)), re.MULTILINE):
                files[file] = None
            else:
                hidden.append(f"def {name}(*args, **kwargs):\n    return 0")
    # A function without source (typed into a plain prompt) can be run, if not read.
    sources = ["".join(linecache.getlines(file)) for file in files] + hidden
    cells = [Cell(i, source) for i, source in enumerate(sources, 1)]
    return _Notebook(Path("notebook"), "notebook", cells, files=list(files))


def _file_of(value: Any) -> str:
    """Return the file of a function or class, or the kernel's name of its cell."""
    return next((f.__code__.co_filename for f in functions_of(value)), "")


class _Notebook(Submission):
    """A submission whose lines are looked up by the running kernel's names of its cells."""

    def __init__(self, *arguments: Any, files: list[str]) -> None:
        super().__init__(*arguments)
        self.files = files

    def place(self, file: str, line: int) -> tuple[str, str]:
        """Return the description of a line, and its text. See `Submission.place`."""
        name = "your code"
        cell = re.fullmatch(r"<cell (\d+)>", file)
        if cell and int(cell[1]) <= len(self.files):
            file = self.files[int(cell[1]) - 1]
        with contextlib.suppress(Exception):  # outside IPython, or another version of it
            found = sys.modules["IPython"].get_ipython().compile.format_code_name(file)
            name = " ".join(found) if found else name
        if not file.startswith("<") and name == "your code":
            name = Path(file).name
        return f"{name}, line {line}", linecache.getline(file, line)

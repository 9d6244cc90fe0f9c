"""What an assignment is: exercises, cases, mistakes, accepted alternatives, and the reference.

An assignment is a folder. `cases.py` says how an answer is exercised (it also runs beside the
student's code, so nothing in it is secret), `mistakes.py` what people get wrong, `accepted.py`
which other answers are right. The reference is `dltf/<topic>.py`, or `reference.py` in the folder.

Every implementation an assignment can name (reference, mistake, alternative, mutant) is the text
of one module: the reference with the source of some exercises exchanged.
"""

from __future__ import annotations

import ast
import sys
import textwrap
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from dltf.autograder.judge import Judge, close

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGE = Path(__file__).resolve().parent.parent
F = TypeVar("F", bound=Callable[..., Any])


class AssignmentError(ValueError):
    """An assignment's own files contradict each other; the message says where."""


@dataclass(frozen=True)
class Exercise:
    """A function or class that the student writes.

    Attributes:
        name: its name in the reference.
        spellings: parameter name -> other names that some generation of the course uses for it.
        returns: number of returned values -> the generation that returns so many. The smallest
            number is what the cases see.
        practice: checked and hinted like any other, but worth no points.
    """

    name: str
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    returns: Mapping[int, str] = field(default_factory=dict)
    practice: bool = False


@dataclass(frozen=True)
class Case:
    """One way to exercise an answer: `function(answer, rng) -> observation`."""

    exercise: str
    name: str
    points: float
    judge: Judge
    function: Callable[..., Any]
    doc: str

    def rng(self, seed: int) -> np.random.Generator:
        """Return the generator of this case's inputs, which follow from the run's seed."""
        return np.random.default_rng([seed, self.key])

    @property
    def key(self) -> int:
        """A number (32 bits) that no other case of the assignment has."""
        return zlib.crc32(f"{self.exercise}/{self.name}".encode())


@dataclass(frozen=True)
class Mistake:
    """The reference with one thing done as people do it wrong, and the hint that mends it."""

    exercise: str
    id: str
    hint: str
    edits: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass(frozen=True)
class Alternative:
    """Another right answer, which must get full marks."""

    exercise: str
    name: str
    source: str
    why: str


@dataclass(frozen=True)
class Equivalent:
    """A change to the reference that no case needs to catch, and why."""

    exercise: str
    change: str
    why: str


@dataclass
class Collected:
    """What the declarations of one file have said."""

    exercises: dict[str, Exercise] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)


_collecting: ContextVar[Collected | None] = ContextVar("collecting", default=None)


@contextmanager
def _collect() -> Iterator[Collected]:
    token = _collecting.set(Collected())
    try:
        collected = _collecting.get()
        assert collected is not None
        yield collected
    finally:
        _collecting.reset(token)


def _declare() -> Collected:
    collected = _collecting.get()
    if collected is None:
        raise AssignmentError(
            "exercise, case, mistake, accepted: expected to be used in an assignment's files, "
            "which the autograder reads; got a call from outside"
        )
    return collected


# What authors write -----------------------------------------------------------------------------


def exercise(
    name: str,
    *,
    spellings: Mapping[str, Iterable[str]] | None = None,
    returns: Mapping[int, str] | None = None,
    practice: bool = False,
) -> None:
    """Declare an exercise, in teaching order. See `Exercise` for the arguments."""
    collected = _declare()
    if name in collected.exercises:
        raise AssignmentError(f"exercise {name!r}: expected once, got a second declaration")
    every = {key: tuple(names) for key, names in (spellings or {}).items()}
    collected.exercises[name] = Exercise(name, every, dict(returns or {}), practice)


def helpers(*modules: str) -> None:
    """Name modules of older notebooks (`init_utils`) whose functions the topic provides."""
    _declare().helpers.extend(modules)


def case(exercise: str, *, points: float = 1, judge: Judge | None = None) -> Callable[[F], F]:
    """Declare a case of an exercise: `function(answer, rng) -> observation`.

    Args:
        exercise: the exercise it belongs to.
        points: what passing it is worth (no points in a practice exercise).
        judge: how observations are compared; `close()` by default.
    """

    def declare(function: F) -> F:
        collected = _declare()
        name = function.__name__
        if exercise not in collected.exercises:
            raise AssignmentError(
                f"case {name!r}: expected one of the exercises declared above it "
                f"({', '.join(collected.exercises) or 'none'}), got {exercise!r}"
            )
        if any(c.name == name and c.exercise == exercise for c in collected.cases):
            raise AssignmentError(f"case {name!r} of {exercise!r}: expected once, got two")
        worth = 0.0 if collected.exercises[exercise].practice else float(points)
        doc = textwrap.dedent(function.__doc__ or name.replace("_", " ")).strip()
        collected.cases.append(Case(exercise, name, worth, judge or close(), function, doc))
        return function

    return declare


def mistake(
    exercise: str,
    old: str | None = None,
    new: str | None = None,
    *,
    id: str,
    hint: str,
    edits: Iterable[tuple[str, str]] = (),
    body: str = "",
) -> None:
    """Declare a known mistake: the reference with `old` replaced by `new`.

    Args:
        exercise: the exercise in which it is made.
        old: text that occurs exactly once in the exercise's reference source.
        new: what such students write there.
        id: short name for reports, unique within the exercise.
        hint: what to think about; teaches, and does not give the line away.
        edits: several (old, new) pairs instead of one.
        body: the whole source of the exercise instead of edits.
    """
    pairs = tuple(edits) if old is None else ((old, new or ""), *edits)
    if bool(pairs) == bool(body):
        raise AssignmentError(
            f"mistake {id!r} of {exercise!r}: expected edits or a body, one of them"
        )
    collected = _declare()
    if any(m.id == id and m.exercise == exercise for m in collected.mistakes):
        raise AssignmentError(f"mistake {id!r} of {exercise!r}: expected once, got two")
    text = " ".join(textwrap.dedent(hint).split())
    collected.mistakes.append(Mistake(exercise, id, text, pairs, textwrap.dedent(body).strip()))


def accepted(exercise: str, *, why: str) -> Callable[[F], F]:
    """Declare the decorated function or class as another right answer to an exercise.

    The file is read as text (see `load`); imported as a module, it declares nothing.
    """
    return lambda function: function


def equivalent(exercise: str, change: str, *, why: str) -> None:
    """Explain a mutant that behaves like the reference (`change` as `dltf verify` prints it)."""


# What the grader reads --------------------------------------------------------------------------


def read_cases(source: str, filename: str = "<cases>", *, declarations: bool = False) -> Collected:
    """Run the text of a `cases.py` and return what it declares.

    Args:
        source: the text.
        filename: what to call it in errors.
        declarations: leave out imports that only the cases' bodies need (TensorFlow), so that the
            grader, which never runs a case, starts without them.
    """
    tree = ast.parse(source, filename)
    if declarations:
        tree.body = [node for node in tree.body if not _heavy_import(node)]
    with _collect() as collected:
        try:
            exec(compile(tree, filename, "exec"), {"__name__": "cases", "__file__": filename})
        except NameError:
            if declarations:  # something at top level does need what was left out
                return read_cases(source, filename)
            raise
    for name in collected.exercises:
        if not any(c.exercise == name for c in collected.cases):
            raise AssignmentError(
                f"{filename}: exercise {name!r}: expected at least one case, got none"
            )
    return collected


def _heavy_import(node: ast.stmt) -> bool:
    modules = (
        [alias.name for alias in node.names]
        if isinstance(node, ast.Import)
        else [node.module or ""]
        if isinstance(node, ast.ImportFrom)
        else []
    )
    light = sys.stdlib_module_names | {"numpy"}
    return any(
        name.partition(".")[0] not in light and not name.startswith("dltf.autograder")
        for name in modules
    )


def _definitions(source: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    return {
        node.name: node
        for node in ast.parse(source).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }


def _span(node: ast.FunctionDef | ast.ClassDef) -> tuple[int, int]:
    """Return the first and the last line (from 1) of a definition, decorators included."""
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return first, node.end_lineno or node.lineno


@dataclass
class Assignment:
    """One assignment, read from its folder.

    Attributes:
        name: the folder's name, which is the topic's.
        folder: where its files lie.
        reference: source of the module that holds the right answers (stubbed in a student edition).
        cases_source: source of `cases.py`, which travels to where an answer runs.
    """

    name: str
    folder: Path
    reference: str
    reference_path: Path
    cases_source: str
    exercises: dict[str, Exercise]
    cases: list[Case]
    mistakes: list[Mistake] = field(default_factory=list)
    alternatives: list[Alternative] = field(default_factory=list)
    equivalents: list[Equivalent] = field(default_factory=list)
    helpers: tuple[str, ...] = ()

    @property
    def has_answers(self) -> bool:
        """Whether the reference is whole (in a student edition it is stubbed)."""
        return "### BEGIN SOLUTION" in self.reference

    @property
    def title(self) -> str:
        """The name as a heading."""
        return self.name.replace("_", " ").capitalize()

    @property
    def topic(self) -> str:
        """The importable module that provides helper functions: `dltf.<name>`."""
        return f"dltf.{self.name}"

    @property
    def public_path(self) -> Path:
        """Where the expected observations of a student edition lie."""
        return self.folder / "public.msgpack"

    def cases_of(self, exercise: str) -> list[Case]:
        """Return the cases of one exercise, in file order."""
        return [c for c in self.cases if c.exercise == exercise]

    def mistakes_of(self, exercise: str) -> list[Mistake]:
        """Return the catalogue of one exercise, in file order."""
        return [m for m in self.mistakes if m.exercise == exercise]

    def source_of(self, exercise: str) -> str:
        """Return the reference's source of one exercise, as it stands in the module."""
        return definition_source(self.reference, exercise)

    def implementation(self, **replaced: str) -> str:
        """Return the reference module with the source of the named exercises exchanged."""
        source = self.reference
        for name, text in replaced.items():
            source = replace_definition(source, name, text)
        return source

    def with_mistake(self, mistake: Mistake) -> str:
        """Return the reference module in which one mistake is made."""
        text = mistake.body
        if not text:
            text = self.source_of(mistake.exercise)
            for old, new in mistake.edits:
                if text.count(old) != 1:
                    raise AssignmentError(
                        f"mistake {mistake.id!r}: expected {old!r} exactly once in the reference "
                        f"of {mistake.exercise!r}, got it {text.count(old)} times"
                    )
                text = text.replace(old, new)
        return self.implementation(**{mistake.exercise: text})


def definition_source(module: str, name: str) -> str:
    """Return the source lines of a top-level function or class of a module's source.

    Raises:
        AssignmentError: the module has no such definition.
    """
    node = _definitions(module).get(name)
    if node is None:
        raise AssignmentError(f"reference: expected a function or class {name!r}, got none")
    first, last = _span(node)
    return "\n".join(module.splitlines()[first - 1 : last])


def replace_definition(module: str, name: str, text: str) -> str:
    """Return the module's source with one top-level definition exchanged for `text`."""
    node = _definitions(module).get(name)
    if node is None:
        raise AssignmentError(f"reference: expected a function or class {name!r}, got none")
    first, last = _span(node)
    lines = module.splitlines()
    return "\n".join([*lines[: first - 1], *text.splitlines(), *lines[last:]]) + "\n"


def _read_alternatives(path: Path, reference: str) -> tuple[list[Alternative], list[Equivalent]]:
    """Read `accepted.py` as text: its functions run in the sandbox only, as whole programs."""
    tree = ast.parse(path.read_text(), str(path))
    found: list[tuple[ast.FunctionDef | ast.ClassDef, dict[str, Any]]] = []
    equivalents, shared = [], []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            decorators = [d for d in node.decorator_list if _called(d) == "accepted"]
            if decorators:
                node.decorator_list = [d for d in node.decorator_list if d not in decorators]
                found.extend((node, _arguments(d, "exercise", "change")) for d in decorators)
                continue
        if isinstance(node, ast.Expr) and _called(node.value) == "equivalent":
            equivalents.append(Equivalent(**_arguments(node.value, "exercise", "change")))
        elif not isinstance(node, ast.Expr) and not (
            isinstance(node, ast.ImportFrom) and node.module in ("dltf.autograder", "__future__")
        ):
            shared.append(ast.unparse(node))  # imports and helpers travel with each alternative
    alternatives = []
    for node, said in found:
        function, node.name = node.name, said["exercise"]
        text = "\n".join([*shared, "", ast.unparse(node)])
        node.name = function
        program = replace_definition(reference, said["exercise"], text)
        alternatives.append(Alternative(said["exercise"], function, program, said["why"]))
    return alternatives, equivalents


def _called(node: ast.expr) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _arguments(node: ast.expr, *positional: str) -> dict[str, Any]:
    assert isinstance(node, ast.Call)
    named = zip(positional, node.args, strict=False)
    pairs = [*named, *((k.arg or "", k.value) for k in node.keywords)]
    return {name: ast.literal_eval(value) for name, value in pairs}


def folders() -> list[Path]:
    """Return where assignments lie: inside an installed package, or beside it in a checkout."""
    checkout = [PACKAGE.parent / "assignments"] if (PACKAGE.parent / "setup.cfg").exists() else []
    return [p for p in (PACKAGE / "assignments", *checkout) if p.is_dir()]


def available() -> list[str]:
    """Return the names of the assignments that came with this installation."""
    found = {path.parent.name for folder in folders() for path in folder.glob("*/cases.py")}
    return sorted(found)


def locate(name: str | Path) -> Path:
    """Return the folder of an assignment, given by name or by path.

    Raises:
        AssignmentError: there is none; the message lists those there are.
    """
    for folder in (Path(name), *(parent / str(name) for parent in folders())):
        if (folder / "cases.py").is_file():
            return folder.resolve()
    raise AssignmentError(
        f"assignment: expected one of {', '.join(available()) or '(none installed)'}, "
        f"or a folder with a cases.py; got {str(name)!r}"
    )


def load(name: str | Path) -> Assignment:
    """Read an assignment, given by name or by the path of its folder.

    Raises:
        AssignmentError: no such assignment, or its files contradict each other.
    """
    folder = locate(name)
    cases_source = (folder / "cases.py").read_text()
    declared = read_cases(cases_source, str(folder / "cases.py"), declarations=True)
    own = folder / "reference.py"
    reference_path = own if own.exists() else PACKAGE / f"{folder.name}.py"
    reference = reference_path.read_text() if reference_path.exists() else ""
    assignment = Assignment(
        folder.name,
        folder,
        reference,
        reference_path,
        cases_source,
        declared.exercises,
        declared.cases,
        helpers=tuple(declared.helpers),
    )
    mistakes, alternatives = folder / "mistakes.py", folder / "accepted.py"
    if mistakes.exists():
        with _collect() as collected:
            exec(compile(mistakes.read_text(), str(mistakes), "exec"), {"__name__": "mistakes"})
        assignment.mistakes = collected.mistakes
    if alternatives.exists():
        read = _read_alternatives(alternatives, reference)
        assignment.alternatives, assignment.equivalents = read
    items: list[Mistake | Alternative | Equivalent] = [
        *assignment.mistakes,
        *assignment.alternatives,
        *assignment.equivalents,
    ]
    for item in items:
        if item.exercise not in assignment.exercises:
            raise AssignmentError(
                f"{folder.name}: expected one of {', '.join(assignment.exercises)}; "
                f"got {item.exercise!r} in {item!r}"
            )
    return assignment

"""Loading of an assignment from its folder.

`cases.py` contains the cases (it also runs in the process of the student's code, so nothing in it
is secret), `mistakes.py` the known mistakes, `accepted.py` the accepted alternatives. The reference
is the teaching module of the topic, or `reference.py` in the folder.

Every implementation (reference, mistake, alternative, mutant) is the text of one module: the
reference, with the source of some exercises replaced.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from dltf import _syntax
from dltf._spelling import did_you_mean
from dltf.autograder.assignment.declarations import (
    Alternative,
    AssignmentError,
    Case,
    Equivalent,
    Exercise,
    Mistake,
    called,
    parsed,
    read_cases,
    read_mistakes,
    renamed,
    without,
)
from dltf.autograder.assignment.rewrite import PatternError, Rewritten, check, rewrite
from dltf.autograder.assignment.stubs import PACKAGE, stub

PUBLIC = "public.msgpack"
Declared = TypeVar("Declared", Mistake, Alternative, Equivalent)
# `exercise("name")` at the margin of a `cases.py`; any other mention may declare one as well.
_LITERAL = re.compile(r"^exercise\(\s*(?:\"(\w+)\"|'(\w+)')", re.MULTILINE)
_ANY = re.compile(r"\bexercise\s*\(|\bexercise\s+as\b|import\s*\*|\bexercise\s*=")


@functools.lru_cache(maxsize=32)
def _definitions(source: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    return {
        node.name: node
        for node in _syntax.parse(source).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }


def _definition(module: str, name: str) -> ast.FunctionDef | ast.ClassDef:
    node = _definitions(module).get(name)
    if node is None:
        raise AssignmentError(f"reference: expected a function or class {name!r}, got none")
    return node


def _span(module: str, name: str) -> tuple[int, int]:
    """Return the first and last line (from 1) of a definition, including decorators and marker.

    A marker below the last statement is part of the definition, but not of its syntax tree.
    """
    node = _definition(module, name)
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    last = node.end_lineno or node.lineno
    below = module.splitlines()[last : last + 1]
    return first, last + (bool(below) and below[0].strip() == "### END SOLUTION")


@dataclass
class Assignment:
    """An assignment: its declarations and its implementations.

    `mistakes.py` and `accepted.py` are read when they are first asked for.

    Attributes:
        name: the folder's name, which is the topic's.
        folder: the folder of its files.
        reference: source of the reference module (stubbed in a student edition).
        cases_source: source of `cases.py`, which is sent to the process that runs an answer.
    """

    name: str
    folder: Path
    reference: str
    reference_path: Path
    cases_source: str
    exercises: dict[str, Exercise]
    cases: list[Case]
    helpers: tuple[str, ...] = ()

    @functools.cached_property
    def mistakes(self) -> list[Mistake]:
        """The known mistakes, in file order."""
        path = self.folder / "mistakes.py"
        return self._of_exercises(read_mistakes(_text(path), str(path)) if path.exists() else [])

    @property
    def alternatives(self) -> list[Alternative]:
        """The accepted alternatives, in file order."""
        return self._accepted[0]

    @property
    def equivalents(self) -> list[Equivalent]:
        """The changes of the reference that no case can detect, in file order."""
        return self._accepted[1]

    @functools.cached_property
    def _accepted(self) -> tuple[list[Alternative], list[Equivalent]]:
        path = self.folder / "accepted.py"
        if not path.exists():
            return [], []
        alternatives, equivalents = _read_alternatives(path, self.reference)
        return self._of_exercises(alternatives), self._of_exercises(equivalents)

    def _of_exercises(self, items: list[Declared]) -> list[Declared]:
        """Return declarations after checking that each is of an exercise of this assignment."""
        for item in items:
            if item.exercise not in self.exercises:
                raise AssignmentError(
                    f"{item.where}: {type(item).__name__.lower()}: expected one of the exercises "
                    f"{', '.join(self.exercises)}; got {item.exercise!r}."
                    f"{did_you_mean(item.exercise, self.exercises)}"
                )
        return items

    def only(self, exercises: Iterable[str]) -> Assignment:
        """Return the assignment with some of its exercises."""
        wanted = set(exercises)
        kept = {name: one for name, one in self.exercises.items() if name in wanted}
        return replace(self, exercises=kept)

    @property
    def has_answers(self) -> bool:
        """Whether the reference contains the answers (in a student edition it is stubbed)."""
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
        """The file of expected observations in a student edition."""
        return self.folder / PUBLIC

    def cases_of(self, exercise: str) -> list[Case]:
        """Return the cases of one exercise, in file order."""
        return [c for c in self.cases if c.exercise == exercise]

    def mistakes_of(self, exercise: str) -> list[Mistake]:
        """Return the known mistakes of one exercise, in file order."""
        return [m for m in self.mistakes if m.exercise == exercise]

    def source_of(self, exercise: str) -> str:
        """Return the reference's source of one exercise."""
        return definition_source(self.reference, exercise)

    def implementation(self, **replaced: str) -> str:
        """Return the reference module with the source of the named exercises replaced."""
        source = self.reference
        for name, text in replaced.items():
            source = replace_definition(source, name, text)
        return source

    def with_mistake(self, mistake: Mistake) -> str:
        """Return the reference module with one mistake in it."""
        text = mistake.source or self.rewrites(mistake)[-1].source
        return self.implementation(**{mistake.exercise: text})

    def rewrites(self, mistake: Mistake) -> list[Rewritten]:
        """Return the source of the exercise after each edit of a mistake.

        Raises:
            AssignmentError: an edit does not match exactly once; the message contains the most
                similar statements.
        """
        steps: list[Rewritten] = []
        for old, new in mistake.edits:
            source = steps[-1].source if steps else self.source_of(mistake.exercise)
            try:
                steps.append(rewrite(source, old, new, self.first_line(mistake.exercise)))
            except PatternError as error:
                raise AssignmentError(
                    f"{mistake.where}: mistake {mistake.id!r} of {mistake.exercise!r}: {error} "
                    f"({self.reference_path.name})"
                ) from None
        return steps

    def first_line(self, exercise: str) -> int:
        """Return the line of the reference module on which an exercise begins."""
        return _span(self.reference, exercise)[0]


def definition_source(module: str, name: str) -> str:
    """Return the source lines of a top-level function or class of a module's source.

    Raises:
        AssignmentError: the module has no such definition.
    """
    first, last = _span(module, name)
    return "\n".join(module.splitlines()[first - 1 : last])


def replace_definition(module: str, name: str, text: str) -> str:
    """Return the module's source with one top-level definition replaced by `text`."""
    first, last = _span(module, name)
    lines = module.splitlines()
    return "\n".join([*lines[: first - 1], *text.splitlines(), *lines[last:]]) + "\n"


def _text(path: Path) -> str:
    """Return the text of an assignment's file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AssignmentError(f"{path}: expected text in UTF-8, got {error.reason}") from None
    except OSError as error:
        raise AssignmentError(f"{path}: cannot be read: {error.strerror}") from None


def _read_reference(folder: Path, exercises: Iterable[str]) -> tuple[str, Path]:
    """Return source and path of the reference, with its markers and definitions checked."""
    own = folder / "reference.py"
    path = own if own.exists() else topic_path(folder.name)
    if not path.exists():
        if (folder / PUBLIC).exists():  # an assignment of one's own in a student edition
            return "", path
        raise AssignmentError(
            f"{folder}: expected a reference.py with the right answers, or the name of a topic of "
            f"dltf; got neither"
        )
    source = _text(path)
    try:
        known = _definitions(source)
    except (SyntaxError, ValueError):
        parsed(source, str(path))  # the same error, with file and line
        raise
    for name in exercises:
        if name not in known:
            raise AssignmentError(
                f"{folder / 'cases.py'}: exercise {name!r}: expected a function or class of "
                f"{path.name}, got none of that name.{did_you_mean(name, known)}"
            )
    return source, path


def _check_markers(assignment: Assignment) -> None:
    try:
        stub(assignment.reference)
    except ValueError as error:  # the message begins with the marker's line
        raise AssignmentError(f"{assignment.reference_path}, {error}") from None


def _read_alternatives(path: Path, reference: str) -> tuple[list[Alternative], list[Equivalent]]:
    """Read `accepted.py` as text; its functions run only in the sandbox, as whole programs."""
    whole = _text(path)
    tree = parsed(whole, str(path))
    found: list[tuple[ast.FunctionDef | ast.ClassDef, str, dict[str, Any]]] = []
    equivalents, shared = [], []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            decorators = [d for d in node.decorator_list if called(d) == "accepted"]
            bare = [d for d in node.decorator_list if ast.unparse(d) == "accepted"]
            if bare:
                raise AssignmentError(
                    f"{path}:{bare[0].lineno}: accepted: expected exercise and why, got neither"
                )
            if decorators:
                written = without(node, whole, "accepted")
                node.decorator_list = [d for d in node.decorator_list if d not in decorators]
                found.extend((node, written, _arguments(path, d, "exercise")) for d in decorators)
                continue
        if isinstance(node, ast.Expr) and called(node.value) == "equivalent":
            said = _arguments(path, node.value, "exercise", "old", "new")
            equivalents.append(_equivalent(said))
        elif not isinstance(node, ast.Expr) and not (
            isinstance(node, ast.ImportFrom) and node.module in ("dltf.autograder", "__future__")
        ):
            here = isinstance(node, ast.ImportFrom) and _is_own(node, reference)
            if not here:
                shared.append(ast.unparse(node))  # imports and helpers of every alternative
    alternatives = []
    for node, written, said in found:
        name, node.name = node.name, said["exercise"]
        text = "\n".join([*shared, "", ast.unparse(node)])
        node.name = name
        program = text  # an unknown exercise, which `load` refuses
        if said["exercise"] in _definitions(reference):
            program = replace_definition(reference, said["exercise"], text)
        written = renamed(written, said["exercise"])
        one = Alternative(name=name, source=program, text=written, shared=tuple(shared), **said)
        alternatives.append(one)
    return alternatives, equivalents


def _equivalent(said: dict[str, Any]) -> Equivalent:
    one = Equivalent(**said)
    what = f"{one.where}: equivalent of {one.exercise!r}"
    if bool(one.old) == bool(one.ignores):
        got = "both" if one.old else "neither"
        raise AssignmentError(f"{what}: expected old and new, or ignores, got {got}")
    if one.old:
        try:
            check(one.old, one.new)
        except PatternError as error:
            raise AssignmentError(f"{what}: {error}") from None
    return one


def _is_own(node: ast.ImportFrom, reference: str) -> bool:
    """Return whether an import only names what the reference, into which it would go, defines."""
    bound = {
        name.id
        for part in _syntax.parse(reference).body
        for name in ast.walk(part)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    bound |= set(_definitions(reference))
    return all(alias.asname is None and alias.name in bound for alias in node.names)


def _arguments(path: Path, node: ast.expr, *positional: str) -> dict[str, Any]:
    """Return the arguments of a declaration, and its position in the file."""
    assert isinstance(node, ast.Call)
    where = f"{path}:{node.lineno}"
    pairs = [*zip(positional, node.args, strict=False), *((k.arg, k.value) for k in node.keywords)]
    try:
        said = {str(name): ast.literal_eval(value) for name, value in pairs}
    except ValueError:
        raise AssignmentError(
            f"{where}: {called(node)}: expected text in quotes, got {ast.unparse(node)!r}"
        ) from None
    known = [*positional, "exercise", "why", *(["ignores"] if "old" in positional else [])]
    for name in said:
        if name not in known:
            raise AssignmentError(
                f"{where}: {called(node)}: expected the arguments "
                f"{', '.join(dict.fromkeys(known))}; got {name!r}.{did_you_mean(name, known)}"
            )
    for name in ("exercise", "why"):
        if not said.get(name):
            raise AssignmentError(f"{where}: {called(node)}: expected {name}, got none")
    return {**said, "where": where}


def folders() -> list[Path]:
    """Return the folders of assignments: in an installed package, or next to it in a checkout."""
    checkout = [PACKAGE.parent / "assignments"] if (PACKAGE.parent / "setup.cfg").exists() else []
    return [p for p in (PACKAGE / "assignments", *checkout) if p.is_dir()]


def available() -> list[str]:
    """Return the names of the installed assignments."""
    found = {path.parent.name for folder in folders() for path in folder.glob("*/cases.py")}
    return sorted(found)


def locate(name: str | Path) -> Path:
    """Return the folder of an assignment, given by name or by path.

    Raises:
        AssignmentError: there is none; the message suggests the most similar name, or lists all.
    """
    for folder in (Path(name), *(parent / str(name) for parent in folders())):
        with contextlib.suppress(OSError, ValueError):  # not a valid file name
            if (folder / "cases.py").is_file():
                return folder.resolve()
    known = available()
    suggestion = did_you_mean(str(name), known)
    names = "the name of an assignment" if suggestion else f"one of {', '.join(known) or '(none)'}"
    raise AssignmentError(
        f"assignment: expected {names}, or a folder with a cases.py; got {str(name)!r}.{suggestion}"
    )


@functools.lru_cache(maxsize=64)
def _names(cases: str) -> frozenset[str] | None:
    literal = [a or b for a, b in _LITERAL.findall(cases)]
    code = "\n".join(line.partition("#")[0] for line in cases.splitlines())
    return frozenset(literal) if len(_ANY.findall(code)) == len(literal) else None


def exercise_names(folder: Path) -> frozenset[str]:
    """Return the names of an assignment's exercises, if possible without running its files."""
    names = _names(_text(folder / "cases.py"))
    return frozenset(load(folder, whole=False).exercises) if names is None else names


def topic_path(name: str) -> Path:
    """Return the teaching module of a topic: a file, or the `__init__.py` of a package."""
    package = PACKAGE / name / "__init__.py"
    return package if package.exists() else PACKAGE / f"{name}.py"


def files(folder: Path) -> dict[Path, bytes]:
    """Return the files that an assignment is read from, with their contents."""
    paths = [folder / name for name in ("cases.py", "mistakes.py", "accepted.py", "reference.py")]
    paths += [] if paths[-1].exists() else [topic_path(folder.name)]
    return {path: path.read_bytes() for path in paths if path.is_file()}


def load(name: str | Path, *, whole: bool = True) -> Assignment:
    """Read an assignment, given by name or by the path of its folder.

    Args:
        name: name or folder.
        whole: whether to read and check all of its files now; otherwise mistakes and alternatives
            are read when they are first asked for, which saves most of the time.

    Raises:
        AssignmentError: no such assignment, or an error in its files.
    """
    folder = locate(name)
    cases_source = _text(folder / "cases.py")
    declared = read_cases(cases_source, str(folder / "cases.py"), declarations=True)
    reference, reference_path = _read_reference(folder, declared.exercises)
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
    if whole:
        _check_markers(assignment)
        _ = assignment.mistakes, assignment.alternatives
    return assignment

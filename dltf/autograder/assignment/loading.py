"""An assignment, read from its folder: declarations, and the implementations it can name.

`cases.py` says how an answer is exercised (it also runs beside the student's code, so nothing in it
is secret), `mistakes.py` what people get wrong, `accepted.py` which other answers are right. The
reference is `dltf/<topic>.py`, or `reference.py` in the folder.

Every implementation an assignment can name (reference, mistake, alternative, mutant) is the text
of one module: the reference with the source of some exercises exchanged.
"""

from __future__ import annotations

import ast
import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dltf._spelling import did_you_mean
from dltf.autograder.assignment.declarations import (
    Alternative,
    AssignmentError,
    Case,
    Equivalent,
    Exercise,
    Mistake,
    read_cases,
    read_mistakes,
)
from dltf.autograder.assignment.stubs import PACKAGE


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
        AssignmentError: there is none; the message has the nearest one, or those there are.
    """
    for folder in (Path(name), *(parent / str(name) for parent in folders())):
        with contextlib.suppress(OSError, ValueError):  # a name that no folder can have
            if (folder / "cases.py").is_file():
                return folder.resolve()
    known = available()
    suggestion = did_you_mean(str(name), known)
    names = "the name of an assignment" if suggestion else f"one of {', '.join(known) or '(none)'}"
    raise AssignmentError(
        f"assignment: expected {names}, or a folder with a cases.py; got {str(name)!r}.{suggestion}"
    )


def topic_path(name: str) -> Path:
    """Return the teaching module of a topic: a file, or the `__init__.py` of a package."""
    package = PACKAGE / name / "__init__.py"
    return package if package.exists() else PACKAGE / f"{name}.py"


def load(name: str | Path) -> Assignment:
    """Read an assignment, given by name or by the path of its folder.

    Raises:
        AssignmentError: no such assignment, or its files contradict each other.
    """
    folder = locate(name)
    cases_source = (folder / "cases.py").read_text()
    declared = read_cases(cases_source, str(folder / "cases.py"), declarations=True)
    own = folder / "reference.py"
    reference_path = own if own.exists() else topic_path(folder.name)
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
        assignment.mistakes = read_mistakes(mistakes.read_text(), str(mistakes))
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

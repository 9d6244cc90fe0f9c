"""A sample class: an assignment's notebook as students really hand it in.

The class is drawn from what an assignment says anyway: right answers from `accepted.py`, wrong ones
from `mistakes.py`, alone and in pairs; to these come the things that happen in every class,
whatever the topic: blanks, a cell that does not parse, an endless loop, `sys.exit`, memory, output,
copied and moved cells. What cannot be drawn, such as a real notebook of an older course, is in
`students.py`. The same seed draws the same class.
"""

from __future__ import annotations

import ast
import copy
import json
import random
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dltf import _syntax
from dltf._spelling import did_you_mean
from dltf.authoring import names as scope
from dltf.authoring import notebook
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.declarations import AssignmentError, Mistake, called, parsed
from dltf.autograder.assignment.loading import Assignment
from dltf.autograder.assignment.stubs import stub, unmarked

if TYPE_CHECKING:
    from nbformat import NotebookNode

SEED = 2017
SIZE = 20  # notebooks of an assignment, where it holds as many mistakes
RIGHT = 2  # of them with other right answers
ALONE = 2  # with one mistake; the rest have two


class Work:
    """A notebook in a student's hands: at first the master's cells with all the right answers."""

    def __init__(self, assignment: Assignment, notebook: NotebookNode, source: str) -> None:
        self.assignment, self.notebook, self.source = assignment, notebook, source
        self.graded = [e.name for e in assignment.exercises.values() if not e.practice]

    def cell(self, exercise: str) -> NotebookNode:
        """Return the cell in which an exercise is written."""
        return next(
            c
            for c in self.notebook.cells
            if exercise in c.metadata.get("dltf", {}).get("exercise", [])
        )

    def answer(self, exercise: str) -> str:
        """Return the right answer to an exercise, as text."""
        return loading.definition_source(self.source, exercise)

    def write(self, exercise: str, text: str) -> None:
        """Put another answer into an exercise's cell, in the place of the one that is there."""
        cell = self.cell(exercise)
        cell.source = loading.replace_definition(cell.source, exercise, text).rstrip()

    def before(self, exercise: str, text: str) -> None:
        """Put code above an exercise, in its cell."""
        cell = self.cell(exercise)
        cell.source = f"{text}\n\n\n{cell.source}"

    def insert(self, text: str, index: int = 0) -> None:
        """Put a new code cell at a place."""
        import nbformat.v4 as v4

        cell = v4.new_code_cell(text, id=f"added-{index}")
        self.notebook.cells.insert(index, cell)

    def inside(self, exercise: str, text: str) -> None:
        """Put statements at the beginning of an answer's body."""
        answer = self.answer(exercise)
        node = _syntax.parse(answer).body[0]
        assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
        body = [n for n in node.body if not isinstance(n, ast.Expr)] or node.body
        lines = answer.splitlines()
        first = body[0].lineno - 1
        lines[first:first] = textwrap.indent(textwrap.dedent(text).strip(), "    ").splitlines()
        self.write(exercise, "\n".join(lines))


# What happens in every class ----------------------------------------------------


def full_marks(work: Work) -> None:
    """Everything is right, practice and all."""


def blanks(work: Work) -> None:
    """Only the first exercise is done; the others are as they were given out."""
    for name in list(work.assignment.exercises)[1:]:
        work.write(name, stub(work.assignment.source_of(name)))


def none_left(work: Work) -> None:
    """The last graded exercise returns None."""
    name = work.graded[-1]
    head = work.answer(name).split(":\n")[0]
    work.write(name, f"{head}:\n    # I will come back to this\n    return None")


def does_not_parse(work: Work) -> None:
    """A parenthesis is missing in one exercise's cell, and a note is typed into a code cell."""
    work.cell(work.graded[:2][-1]).source += '\n\nprint("it works"'
    work.insert("TODO: ask about this in the exercise class", 3)


def endless_loop(work: Work) -> None:
    """One exercise never ends."""
    work.inside(work.graded[:2][-1], "i = 0\nwhile i < 10:\n    j = i + 1")


def exits(work: Work) -> None:
    """The notebook leaves at the top (it was a script once)."""
    work.insert(
        "import sys\n\nif len(sys.argv) < 2:\n    print('usage: hw1.py DATA')\n    sys.exit(1)"
    )
    work.insert("sys.exit()", 1)


def eats_memory(work: Work) -> None:
    """One exercise keeps everything it has ever seen."""
    work.inside(work.graded[-1], "seen = []\nwhile True:\n    seen.append(bytearray(10**7))")


def noisy(work: Work) -> None:
    """The answers are right, with a hundred megabytes of debugging output."""
    work.inside(
        work.graded[0],
        'import warnings\nwarnings.warn("still debugging")\n'
        "for _ in range(100):\n    print('here ' * 200_000)",
    )


def misspelt(work: Work) -> None:
    """A name in a line that was added at the last minute is misspelt."""
    work.inside(work.graded[0], 'print("reslut", reslut)')


def copied_and_moved(work: Work) -> None:
    """Cells were moved, copied, stripped of metadata; the stub is still below the answer."""
    cells = work.notebook.cells
    first = work.graded[0]
    copied = copy.deepcopy(work.cell(first))
    copied.source, copied["id"] = stub(work.assignment.source_of(first)), "copied"
    imports = [c for c in cells if c.cell_type == "code" and c.source.lstrip().startswith("import")]
    others = [c for c in cells if c not in imports]
    work.notebook.cells = [*reversed(others), copied, *imports]
    for cell in work.notebook.cells:
        cell.metadata = {}
    work.notebook.metadata = {}


def older_format(work: Work) -> str:
    """Everything is right, in a notebook of format 3, with the import of an older helper file."""
    cells = [c.source for c in work.notebook.cells if c.cell_type == "code"]
    imports = [f"from {name} import *" for name in work.assignment.helpers[:1]]
    return _format_3([*imports, *cells])


EVERYWHERE: tuple[Callable[[Work], None], ...] = (
    full_marks,
    blanks,
    none_left,
    does_not_parse,
    exits,
    noisy,
    misspelt,
    copied_and_moved,
)
# These use up all the time and memory that an exercise may have: once in a class is enough.
ONCE: tuple[Callable[[Work], None], ...] = (endless_loop, eats_memory)


# What is drawn ----------------------------------------------------------------------------------


def _right(work: Work, draw: random.Random) -> None:
    """Write an accepted answer into every exercise that has one."""
    for name in work.assignment.exercises:
        others = [one for one in work.assignment.alternatives if one.exercise == name]
        draw.shuffle(others)
        for one in others:
            above = _needed(one.text, one.shared, _bound(work))
            if above is not None:
                work.write(name, _as_written(one.text))
                if above:
                    work.before(name, _as_written(above))
                break


def _wrong(work: Work, mistakes: Iterable[Mistake]) -> None:
    """Make mistakes."""
    for one in mistakes:
        program = unmarked(work.assignment.with_mistake(one))
        work.write(one.exercise, loading.definition_source(program, one.exercise))


def _bound(work: Work) -> set[str]:
    """Return the names that the notebook's cells bind."""
    cells = [c.source for c in work.notebook.cells if c.cell_type == "code"]
    return {name for cell in cells for name in scope.bound(cell, "notebook")} | set(scope.ALWAYS)


def _needed(text: str, shared: Iterable[str], bound: set[str]) -> str | None:
    """Return those of the shared statements that an answer needs, or None if it needs more."""
    above: list[str] = []
    for statement in reversed(list(shared)):
        missing = scope.read("\n".join([*above, text])) - bound
        if missing & scope.bound(statement, "accepted.py"):
            above.insert(0, statement)
    missing = scope.read("\n".join([*above, text])) - bound
    for statement in above:
        missing -= scope.bound(statement, "accepted.py")
    return None if missing else "\n".join(above)


def _pairs(work: Work, draw: random.Random) -> Iterator[tuple[Mistake, ...]]:
    """Yield mistakes to be made in one notebook: first alone, then two in different exercises.

    No mistake comes twice. The exercises of a pair do not call each other, for then it would not be
    seen which of them is wrong.
    """
    assignment, bound = work.assignment, _bound(work)

    def fits(one: Mistake) -> bool:  # it may need a name that the notebook does not import
        source = loading.definition_source(assignment.with_mistake(one), one.exercise)
        return scope.read(source) <= bound

    left = list(assignment.mistakes)
    draw.shuffle(left)
    alone = 0
    while left:
        first = left.pop()
        if not fits(first):
            continue
        if alone < ALONE:
            alone += 1
            yield (first,)
            continue
        second = next((m for m in left if _unrelated(assignment, first, m) and fits(m)), None)
        if second is None:
            yield (first,)
        else:
            left.remove(second)
            yield (first, second)


def _unrelated(assignment: Assignment, one: Mistake, other: Mistake) -> bool:
    return other.exercise not in _used(assignment, one.exercise) and (
        one.exercise not in _used(assignment, other.exercise)
    )


def _used(assignment: Assignment, exercise: str) -> set[str]:
    """Return an exercise and those that it calls, directly or not."""
    used, left = set[str](), [exercise]
    while left:
        name = left.pop()
        used.add(name)
        called_here = scope.read(assignment.source_of(name)) & assignment.exercises.keys()
        left += called_here - used
    return used


# What is written by hand ------------------------------------------------------------------------


@dataclass
class Student:
    """A notebook of `students.py`: its answers, and the imports that stand among them."""

    name: str
    older: bool = False
    imports: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    where: str = ""  # file:line of its `student(...)`


def students(assignment: Assignment) -> list[Student]:
    """Return what `students.py` says, which is read as text: see `student` in the declarations.

    Raises:
        AssignmentError: the file is not Python, a definition stands above the first `student(...)`,
            or a student answers no exercise; the message contains file and line.
    """
    path = assignment.folder / "students.py"
    found: list[Student] = []
    if not path.exists():
        return found
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in parsed(source, str(path)).body:
        text = _as_written("\n".join(lines[node.lineno - 1 : node.end_lineno]))
        where = f"{path}:{node.lineno}"
        if isinstance(node, ast.Expr) and called(node.value) == "student":
            found.append(_student(where, node.value))
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if not found:
                raise AssignmentError(
                    f"{where}: {node.name}: expected a line student(...) above it, got none"
                )
            found[-1].answers[node.name] = text
        elif found:
            found[-1].imports += f"{text}\n"
    for one in found:
        if one.answers and one.answers.keys().isdisjoint(assignment.exercises):
            name = next(iter(one.answers))
            raise AssignmentError(
                f"{one.where}: student {one.name!r}: expected an answer to one of the exercises "
                f"{', '.join(assignment.exercises)}; got {', '.join(one.answers)}."
                f"{did_you_mean(name, assignment.exercises)}"
            )
    return found


def _student(where: str, node: ast.expr) -> Student:
    """Return the notebook that a line `student(...)` begins."""
    assert isinstance(node, ast.Call)
    try:
        said = dict(zip(("name", "why"), map(ast.literal_eval, node.args), strict=False))
        said |= {str(k.arg): ast.literal_eval(k.value) for k in node.keywords}
    except ValueError:
        said = {}
    if not (isinstance(said.get("name"), str) and said["name"]):
        raise AssignmentError(
            f"{where}: student: expected the notebook's name in quotes, got {ast.unparse(node)!r}"
        )
    return Student(said["name"], bool(said.get("older")), where=where)


def _as_written(source: str) -> str:
    """Return a student's function, without the marks that are there for our own linter."""
    return re.sub(r"  # (noqa|fmt)\b.*", "", textwrap.dedent(source))


def _by_hand(work: Work, student: Student) -> NotebookNode | str:
    if student.older:
        return _older_notebook(work.assignment, student)
    exercises = [name for name in student.answers if name in work.assignment.exercises]
    for name, text in student.answers.items():
        if name in exercises:
            work.write(name, text)
        else:
            work.before(exercises[0], text)
    return work.notebook


def _older_notebook(assignment: Assignment, student: Student) -> str:
    """Return a notebook of an older course: of format 3, and importing a helper file."""
    module = _syntax.parse(assignment.reference)
    given = [
        alias.asname or alias.name
        for node in module.body
        if isinstance(node, ast.ImportFrom) and node.module == "dltf.models.mlp"
        for alias in node.names
        if alias.name.islower()
    ]
    imports = [f"from {name} import {', '.join(given) or '*'}" for name in assignment.helpers[:1]]
    return _format_3(
        [
            "\n".join(
                [
                    "import numpy as np\nimport matplotlib.pyplot as plt\nimport sklearn.datasets",
                    *imports,
                    student.imports,
                    "%matplotlib inline\nplt.rcParams['figure.figsize'] = (7.0, 4.0)",
                ]
            ),
            *(f"# GRADED FUNCTION: {name}\n\n{text}" for name, text in student.answers.items()),
            *(
                f"parameters = {name}([3, 2, 1])\nprint('W1 = ' + str(parameters['W1']))"
                for name in student.answers
            ),
            "!ls\nplt.title('Model')\nplt.show()",
        ]
    )


def _format_3(cells: Iterable[str]) -> str:
    """Return code cells as the text of a notebook of format 3, which IPython had until 2015."""
    raw = [
        {
            "cell_type": "code",
            "collapsed": False,
            "input": text.splitlines(keepends=True),
            "language": "python",
            "metadata": {},
            "outputs": [],
        }
        for text in cells
    ]
    intro = {"cell_type": "markdown", "metadata": {}, "source": ["# Assignment"]}
    whole = {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": [intro, *raw], "metadata": {}}],
    }
    return json.dumps(whole, indent=1)


# The class --------------------------------------------------------------------------------------


def draw_class(
    assignment: Assignment, seed: int = SEED, *, costly: bool = True
) -> dict[str, NotebookNode | str]:
    """Return the notebooks of an assignment's sample class by name, older ones as text.

    Args:
        assignment: whose class to draw.
        seed: the same seed draws the same class.
        costly: with those that use up all the time and memory that they may.
    """
    draw = random.Random(f"{assignment.name}/{seed}")
    whole, source = _whole(assignment), unmarked(assignment.reference)

    def work() -> Work:
        return Work(assignment, copy.deepcopy(whole), source)

    works: dict[str, NotebookNode | str] = {}
    by_hand = students(assignment)
    for happening in EVERYWHERE:
        happening(one := work())
        works[happening.__name__] = one.notebook
    for student in by_hand:
        works[student.name] = _by_hand(work(), student)
    if not any(student.older for student in by_hand):
        works[older_format.__name__] = older_format(work())
    for number in range(1, RIGHT + 1) if assignment.alternatives else ():
        _right(one := work(), draw)
        works[f"other_answers_{number}"] = one.notebook
    for mistakes in _pairs(work(), draw):
        if len(works) >= SIZE:
            break
        _wrong(one := work(), mistakes)
        name = "_and_".join(m.id for m in mistakes)
        works[name if name not in works else f"{name}_{mistakes[0].exercise}"] = one.notebook
    for happening in ONCE if costly else ():
        happening(one := work())
        works[happening.__name__] = one.notebook
    return works


def write_class(names: Iterable[str | Path], to: Path, seed: int = SEED) -> list[Path]:
    """Write the notebooks of a sample class into a folder; return their paths.

    Args:
        names: assignments, by name or by folder.
        to: the folder; each assignment gets one of its own in it.
        seed: the same seed draws the same class.
    """
    import nbformat

    written = []
    for number, name in enumerate(names):
        assignment = loading.load(name)
        folder = to / assignment.name
        folder.mkdir(parents=True, exist_ok=True)
        for student, work in sorted(draw_class(assignment, seed, costly=not number).items()):
            text = work if isinstance(work, str) else nbformat.writes(work, version=4)
            written.append(folder / f"{student}.ipynb")
            written[-1].write_text(text, encoding="utf-8")
    return written


def _whole(assignment: Assignment) -> NotebookNode:
    """Return the notebook with all answers: the master, or else one cell an exercise."""
    import nbformat.v4 as v4

    if (assignment.folder / "notebook.py").is_file():
        return notebook.solution_notebook(assignment)
    module = unmarked(assignment.reference)
    given = [
        ast.get_source_segment(module, node) or ""
        for node in _syntax.parse(module).body
        if getattr(node, "name", None) not in assignment.exercises
    ]
    cells = [v4.new_code_cell("\n".join(given), id="given")]
    for name in assignment.exercises:
        text = loading.definition_source(module, name)
        cells.append(v4.new_code_cell(text, id=name, metadata={"dltf": {"exercise": [name]}}))
    return v4.new_notebook(cells=cells, metadata={"dltf": {"assignment": assignment.name}})

"""A sample class: an assignment's notebook as students really hand it in.

Made from the released notebook and the assignment's `students.py`, whose classes are answers that
people write; to these come the things that happen in every class, whatever the topic: blanks, a
cell that does not parse, an endless loop, `sys.exit`, memory, output, copied and moved cells.
"""

from __future__ import annotations

import ast
import copy
import re
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dltf.authoring import notebook
from dltf.autograder.assignment import loading
from dltf.autograder.assignment.loading import Assignment

if TYPE_CHECKING:
    from nbformat import NotebookNode


class Desk:
    """One student's notebook on the desk: the master's cells, with the right answers in them."""

    def __init__(self, assignment: Assignment, work: NotebookNode, source: str) -> None:
        self.assignment, self.work, self.source = assignment, work, source
        self.graded = [e.name for e in assignment.exercises.values() if not e.practice]

    def cell(self, exercise: str) -> NotebookNode:
        """Return the cell in which an exercise is written."""
        return next(
            c for c in self.work.cells if exercise in c.metadata.get("dltf", {}).get("exercise", [])
        )

    def answer(self, exercise: str) -> str:
        """Return the right answer to an exercise, as text."""
        return loading.definition_source(self.source, exercise)

    def write(self, exercise: str, text: str) -> None:
        """Put another answer into an exercise's cell, in the place of the one that is there."""
        cell = self.cell(exercise)
        cell.source = loading.replace_definition(cell.source, exercise, text).rstrip()

    def insert(self, text: str, index: int = 0) -> None:
        """Put a new code cell at a place."""
        import nbformat.v4 as v4

        cell = v4.new_code_cell(text, id=f"added-{index}")
        self.work.cells.insert(index, cell)

    def inside(self, exercise: str, text: str) -> None:
        """Put statements at the beginning of an answer's body."""
        answer = self.answer(exercise)
        node = ast.parse(answer).body[0]
        assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
        body = [n for n in node.body if not isinstance(n, ast.Expr)] or node.body
        lines = answer.splitlines()
        first = body[0].lineno - 1
        lines[first:first] = textwrap.indent(textwrap.dedent(text).strip(), "    ").splitlines()
        self.write(exercise, "\n".join(lines))


# What happens in every class ----------------------------------------------------


def full_marks(desk: Desk) -> None:
    """Everything is right, practice and all."""


def blanks(desk: Desk) -> None:
    """Only the first exercise is done; the others are as they were given out."""
    from dltf.autograder.assignment.stubs import stub

    for name in list(desk.assignment.exercises)[1:]:
        desk.write(name, stub(desk.assignment.source_of(name)))


def none_left(desk: Desk) -> None:
    """The last graded exercise returns None."""
    name = desk.graded[-1]
    head = desk.answer(name).split(":\n")[0]
    desk.write(name, f"{head}:\n    # I will come back to this\n    return None")


def does_not_parse(desk: Desk) -> None:
    """A parenthesis is missing in one exercise's cell, and a note is typed into a code cell."""
    desk.cell(desk.graded[1]).source += '\n\nprint("it works"'
    desk.insert("TODO: ask about this in the exercise class", 3)


def endless_loop(desk: Desk) -> None:
    """One exercise never ends."""
    desk.inside(desk.graded[1], "i = 0\nwhile i < 10:\n    j = i + 1")


def exits(desk: Desk) -> None:
    """The notebook leaves at the top (it was a script once)."""
    desk.insert(
        "import sys\n\nif len(sys.argv) < 2:\n    print('usage: hw1.py DATA')\n    sys.exit(1)"
    )
    desk.insert("sys.exit()", 1)


def eats_memory(desk: Desk) -> None:
    """One exercise keeps everything it has ever seen."""
    desk.inside(desk.graded[-1], "seen = []\nwhile True:\n    seen.append(np.ones((1000, 1000)))")


def noisy(desk: Desk) -> None:
    """The answers are right, with a hundred megabytes of debugging output."""
    desk.inside(
        desk.graded[0],
        'import warnings\nwarnings.warn("still debugging")\n'
        "for _ in range(100):\n    print('here ' * 200_000)",
    )


def copied_and_moved(desk: Desk) -> None:
    """Cells were moved, copied, stripped of metadata; the stub still lies below the answer."""
    from dltf.autograder.assignment.stubs import stub

    cells = desk.work.cells
    first = desk.graded[0]
    copied = copy.deepcopy(desk.cell(first))
    copied.source, copied["id"] = stub(desk.assignment.source_of(first)), "copied"
    imports = [c for c in cells if c.cell_type == "code" and c.source.lstrip().startswith("import")]
    others = [c for c in cells if c not in imports]
    desk.work.cells = [*reversed(others), copied, *imports]
    for cell in desk.work.cells:
        cell.metadata = {}
    desk.work.metadata = {}


EVERYWHERE: tuple[Callable[[Desk], None], ...] = (
    full_marks,
    blanks,
    none_left,
    does_not_parse,
    exits,
    noisy,
    copied_and_moved,
)
# These use up all the time and memory that an exercise may have: once in a class is enough.
ONCE: tuple[Callable[[Desk], None], ...] = (endless_loop, eats_memory)


# The class --------------------------------------------------------------------------------------


def students(assignment: Assignment) -> dict[str, dict[str, str]]:
    """Return what `students.py` says: student -> function -> source.

    Under "" stands what a class holds beside functions: the imports of an older notebook.
    """
    path = assignment.folder / "students.py"
    if not path.exists():
        return {}
    source = path.read_text()
    lines = source.splitlines()
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(source, str(path)).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = {
                f.name: _as_written("\n".join(lines[f.lineno - 1 : f.end_lineno]))
                for f in node.body
                if isinstance(f, ast.FunctionDef)
            }
            others = [
                "\n".join(lines[n.lineno - 1 : n.end_lineno])
                for n in node.body
                if not isinstance(n, (ast.FunctionDef, ast.Expr))
            ]
            if others:
                found[node.name] = {"": _as_written("\n".join(others)), **found[node.name]}
    return found


def _as_written(source: str) -> str:
    """Return a student's function, without the marks that are there for our own linter."""
    return re.sub(r"  # noqa\b.*", "", textwrap.dedent(source))


def write_class(names: Iterable[str], to: Path) -> list[Path]:
    """Write the notebooks of a sample class into a folder; return their paths.

    Args:
        names: assignments.
        to: the folder; each assignment gets one of its own in it.
    """
    import nbformat

    from dltf.autograder.assignment.stubs import unmarked

    written = []
    for number, name in enumerate(names):
        assignment = loading.load(name)
        folder = to / assignment.name
        folder.mkdir(parents=True, exist_ok=True)
        source = unmarked(assignment.reference)
        whole = notebook.solution_notebook(assignment)

        def desk(
            assignment: Assignment = assignment, whole: Any = whole, source: str = source
        ) -> Desk:
            return Desk(assignment, copy.deepcopy(whole), source)

        works: dict[str, NotebookNode | str] = {}
        for happening in (*EVERYWHERE, *(() if number else ONCE)):
            on_desk = desk()
            happening(on_desk)
            works[happening.__name__] = on_desk.work
        for student, functions in students(assignment).items():
            if student.startswith("generation_"):
                works[student] = _older_notebook(assignment, functions)
                continue
            on_desk = desk()
            for function, text in functions.items():
                if function in assignment.exercises:
                    on_desk.write(function, text)
                else:
                    cell = on_desk.cell(next(f for f in functions if f in assignment.exercises))
                    cell.source = f"{text}\n\n\n{cell.source}"
            works[student] = on_desk.work
        for student, work in sorted(works.items()):
            path = folder / f"{student}.ipynb"
            path.write_text(
                work if isinstance(work, str) else nbformat.writes(work, version=4),
                encoding="utf-8",
            )
            written.append(path)
    return written


def _older_notebook(assignment: Assignment, functions: dict[str, str]) -> str:
    """Return a notebook of the old format (nbformat 3), which imports a helper file."""
    import json

    module = ast.parse(assignment.reference)
    given = [
        alias.asname or alias.name
        for node in module.body
        if isinstance(node, ast.ImportFrom) and node.module == "dltf.models.mlp"
        for alias in node.names
        if alias.name.islower()
    ]
    helper, imports = assignment.helpers[0], functions.get("", "")
    functions = {name: text for name, text in functions.items() if name}
    cells = [
        "import numpy as np\nimport matplotlib.pyplot as plt\nimport sklearn.datasets\n"
        f"from {helper} import {', '.join(given) or '*'}\n{imports}\n\n%matplotlib inline\n"
        "plt.rcParams['figure.figsize'] = (7.0, 4.0)",
        *(f"# GRADED FUNCTION: {name}\n\n{text}" for name, text in functions.items()),
        *(
            f"parameters = {name}([3, 2, 1])\nprint('W1 = ' + str(parameters['W1']))"
            for name in functions
        ),
        "!ls\nplt.title('Model')\nplt.show()",
    ]
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
    return json.dumps(
        {
            "metadata": {"name": ""},
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [{"cells": [intro, *raw], "metadata": {}}],
        },
        indent=1,
    )

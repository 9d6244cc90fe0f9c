"""Generation of the student's notebook from the master notebook.

The master (`assignments/<topic>/notebook.py`, jupytext's percent format) is an ordinary script that
runs top to bottom with the reference. A cell tagged `exercise` imports the exercise's function:

    # %% tags=["exercise"]
    from dltf.initialization import initialize_parameters_he

and is replaced by the source of that function with a stubbed body. Cells tagged `solution` or
`instructor` are removed. The output is deterministic, byte for byte, so that a committed notebook
can be checked to be current.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import dltf
from dltf.authoring import names as scope
from dltf.autograder.assignment.stubs import stub, unmarked

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from rich.console import Console

    from dltf.autograder.assignment.loading import Assignment

EXERCISE, PRIVATE = "exercise", frozenset({"solution", "instructor"})
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def student_notebook(assignment: Assignment) -> NotebookNode:
    """Return the student's notebook: exercises stubbed, the author's cells removed.

    Raises:
        ValueError: the master's exercise cells and the assignment contradict each other.
    """
    return _build(assignment, stub, PRIVATE)


def solution_notebook(assignment: Assignment) -> NotebookNode:
    """Return the master as a notebook, with the reference's source in the exercise cells."""
    return _build(assignment, unmarked, frozenset())


def path_of(assignment: Assignment) -> Path:
    """Return the path of the committed student notebook of an assignment."""
    return assignment.folder / f"{assignment.name}.ipynb"


def text(notebook: NotebookNode) -> str:
    """Return the content of a notebook file."""
    import nbformat

    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def write(assignment: Assignment, path: Path | None = None) -> Path:
    """Write the student's notebook, by default to its committed path, and return the path."""
    path = path or path_of(assignment)
    content = text(student_notebook(assignment))
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(content, encoding="utf-8", newline="\n")
    partial.replace(path)
    return path


def is_current(assignment: Assignment) -> bool:
    """Return whether the committed notebook is up to date with its sources."""
    path = path_of(assignment)
    expected = text(student_notebook(assignment)).encode()
    return path.is_file() and path.read_bytes() == expected


def regenerate(names: Iterable[str], check: bool = False, console: Console | None = None) -> bool:
    """Write the committed notebooks, or with `check` report which of them are not current.

    Returns:
        True if writing; with `check`, whether every notebook is current.
    """
    from rich.console import Console

    from dltf.autograder.assignment.loading import load

    console = console or Console()
    well = True
    for name in names:
        assignment = load(name)
        current = is_current(assignment)
        if check:
            advice = "current" if current else f"not current: run `dltf notebook {name}`"
            well = well and current
        else:
            if not current:
                write(assignment)
            advice = "unchanged" if current else f"written to {path_of(assignment)}"
        console.print(f"{name}: {advice}", highlight=False, soft_wrap=True)
    return well


def _build(
    assignment: Assignment, inline: Callable[[str], str], dropped: frozenset[str]
) -> NotebookNode:
    import nbformat.v4 as v4

    from dltf.autograder.assignment.loading import definition_source

    module = inline(assignment.reference)
    cells, inlined = [], []
    bound: set[str] = set(scope.ALWAYS)
    seen: dict[str, int] = {}
    for number, cell in enumerate(_master(assignment), start=1):
        tags = cell.metadata.get("tags", [])
        if not dropped.isdisjoint(tags):
            continue
        where = f"{assignment.name}/notebook.py, cell {number}"
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        identifier = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        metadata: dict[str, object] = {"tags": list(tags)} if tags else {}
        if cell.cell_type != "code":
            new = v4.new_markdown_cell if cell.cell_type == "markdown" else v4.new_raw_cell
            cells.append(new(cell.source, id=identifier, metadata=metadata))
            continue
        source = cell.source
        if EXERCISE in tags:
            names = _imported(source, where)
            metadata["dltf"] = {"exercise": names}
            inlined += names
            for name in names:
                _refuse_unmarked(assignment, name, where)
            source = "\n\n\n".join(definition_source(module, name) for name in names)
            bound |= scope.bound(source, where)
            # The names that the answer uses, not only the stub: the student writes it in this
            # notebook.
            missing = scope.read("\n".join(assignment.source_of(name) for name in names)) - bound
            if missing:
                raise ValueError(
                    f"{where}: expected the cells above to import what {', '.join(names)} uses; "
                    f"got none that binds {', '.join(sorted(missing))}"
                )
        else:
            bound |= scope.bound(source, where)
            _refuse_overwriting(source, assignment, where)
        cells.append(v4.new_code_cell(source, id=identifier, metadata=metadata))
    for name in assignment.exercises:
        if inlined.count(name) != 1:
            raise ValueError(
                f"{assignment.name}/notebook.py: expected one cell tagged {EXERCISE!r} that "
                f"imports {name!r}, got {inlined.count(name)}"
            )
    dltf_metadata = {"assignment": assignment.name, "version": dltf.__version__}
    return v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": dict(_KERNEL),
            "language_info": {"name": "python"},
            "dltf": dltf_metadata,
        },
    )


def _master(assignment: Assignment) -> list[NotebookNode]:
    import jupytext

    path = assignment.folder / "notebook.py"
    if not path.is_file():
        raise ValueError(
            f"{assignment.name}: expected the master notebook {path}, got no such file"
        )
    cells: list[NotebookNode] = jupytext.reads(path.read_text(encoding="utf-8"), "py:percent").cells
    if cells and cells[0].cell_type == "raw" and cells[0].source.startswith("---"):
        del cells[0]  # jupytext's header
    return cells


def _imported(source: str, where: str) -> list[str]:
    """Return the names that an exercise cell imports; it may do nothing else."""
    body = scope.parse(source, where).body
    names: list[str] = []
    for node in body:
        if not isinstance(node, ast.ImportFrom) or any(a.asname for a in node.names):
            raise ValueError(
                f"{where}: expected only `from dltf.<topic> import <exercise>` in a cell tagged "
                f"{EXERCISE!r}, got {ast.unparse(node)!r}"
            )
        names += [alias.name for alias in node.names]
    if not names:
        raise ValueError(
            f"{where}: expected an import in a cell tagged {EXERCISE!r}, got {source!r}"
        )
    return names


def _refuse_unmarked(assignment: Assignment, name: str, where: str) -> None:
    from dltf.autograder.assignment.loading import definition_source

    if name not in assignment.exercises:
        raise ValueError(
            f"{where}: expected one of the exercises {', '.join(assignment.exercises)}; "
            f"got {name!r}"
        )
    if definition_source(stub(assignment.reference), name) == assignment.source_of(name):
        raise ValueError(
            f"{where}: expected the reference of {name!r} to mark its solution, got no marker"
        )


def _refuse_overwriting(source: str, assignment: Assignment, where: str) -> None:
    """Raise an error for an import that would overwrite the student's function with a stub."""
    for node in ast.walk(scope.parse(source, where)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name in assignment.exercises:
                    raise ValueError(
                        f"{where}: expected {alias.name!r} to be imported only in a cell tagged "
                        f"{EXERCISE!r}, got {ast.unparse(node)!r}"
                    )

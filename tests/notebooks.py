"""Run the notebooks of the course, and check what their texts claim.

    make notebooks-run                                    # all of them, without real data
    python tests/notebooks.py resnet rnn --data ~/.cache/dltf   # some, with the files in a folder

Each master with its answers runs top to bottom in a kernel of its own, under `DLTF_CLAIMS=strict`:
a claim that does not hold on generated data is an error. (With real data too, or the claim should
say on what it depends.) A row of the table has the seconds and what failed.

The tests cannot afford that. They execute `only_claim` for quick claims: the statements that one
claim depends on, without the figures and all other runs.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dltf.autograder.assignment import loading
from dltf.autograder.reading.names import names_of

Statements = list[ast.stmt]
# Methods that change nothing.
READING = {
    "items",
    "values",
    "keys",
    "mean",
    "std",
    "sum",
    "min",
    "max",
    "argmin",
    "argmax",
    "round",
}
READING |= {"index", "copy", "reshape", "numpy", "astype"}


def cells(topic: str) -> list[str]:
    """Return the code cells of a master; shell lines and magics are left out."""
    source = (loading.locate(topic) / "notebook.py").read_text()
    parts = re.split(r"^# %%(.*)$", source, flags=re.MULTILINE)[1:]
    code = [body for head, body in zip(parts[::2], parts[1::2], strict=True) if "[mark" not in head]
    return [re.sub(r"^[%!].*$", "", cell, flags=re.MULTILINE) for cell in code]


def only_claim(source: str, text: str) -> ast.Module:
    """Return the statements of a program that one of its claims depends on, in order.

    Names are followed backwards from the `claim(text, ...)`. A statement is kept if it binds,
    changes or trains something that is needed further down; compound statements are kept whole.
    """
    kept: Statements = []
    needed: set[str] = set()
    program = ast.parse(source).body
    effects = {f.name: set(_changed(f)) for f in program if isinstance(f, ast.FunctionDef)}
    names = {id(s): names_of(s, ast.unparse(s)) for s in program}
    imports = (s for s in program if isinstance(s, (ast.Import, ast.ImportFrom)))
    imported = set().union(*(names[id(s)].binds for s in imports))
    for statement in reversed(program):
        own = _own(statement)
        bound, read = names[id(statement)].binds - own, names[id(statement)].reads - own
        touched = set(_changed(statement)) - imported
        for name in read & set(effects):  # a function that changes globals
            touched |= effects[name]
        if text in _claims(statement) or (bound | touched) & needed:
            if isinstance(statement, (ast.Assign, ast.Import, ast.ImportFrom, ast.FunctionDef)):
                needed -= bound
            needed |= read
            kept.append(statement)
    return ast.Module(kept[::-1], [])


def _claims(statement: ast.stmt) -> list[str]:
    """Return the texts of the claims that a statement makes."""
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
    return [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "claim"
        and isinstance(call.args[0], ast.Constant)
    ]


def claims(topic: str) -> list[str]:
    """Return the texts of the claims that a notebook makes."""
    program = ast.parse("\n".join(cells(topic))).body
    return [text for statement in program for text in _claims(statement)]


def _own(statement: ast.stmt) -> set[str]:
    """Return the names of loops and arguments in a statement."""
    own = set()
    for node in ast.walk(statement):
        if isinstance(node, (ast.For, ast.comprehension)):
            own |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.arguments):
            own |= {argument.arg for argument in (*node.args, *node.kwonlyargs)}
    return own


def _changed(statement: ast.stmt) -> Iterator[str]:
    """Yield the names whose objects a statement may change: by index, by method, by training."""
    for node in ast.walk(statement):
        stored = isinstance(getattr(node, "ctx", None), ast.Store)
        if stored and isinstance(node, (ast.Subscript, ast.Attribute)):
            yield _root(node)
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr not in READING:
                yield _root(node.func)
            if "train" in ast.unparse(node.func):
                yield from (a.id for a in node.args if isinstance(a, ast.Name))


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def run(topic: str) -> str:
    """Run a notebook with its answers in a kernel; return what failed, or an empty text."""
    import nbclient

    from dltf.authoring import notebook

    solved = notebook.solution_notebook(loading.load(topic))
    try:
        nbclient.NotebookClient(solved, timeout=900, kernel_name="python3").execute()
    except nbclient.exceptions.CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    return ""


def main() -> int:
    """Run the command `python tests/notebooks.py`."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("topics", nargs="*", help="which notebooks; all by default")
    parser.add_argument("--data", type=Path, help="folder of real data files; none by default")
    given = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as nothing:
        os.environ |= {"DLTF_CLAIMS": "strict", "DLTF_DATA": str(given.data or nothing)}
        print("| notebook | seconds | failed |\n| --- | ---: | --- |")
        for topic in given.topics or loading.available():
            began = time.perf_counter()
            what = run(topic)
            failed += bool(what)
            print(f"| {topic} | {time.perf_counter() - began:.0f} | {what} |", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

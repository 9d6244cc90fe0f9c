"""The architecture: who may import whom, and no circles. Arrows only run down."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import dltf

PACKAGE = Path(dltf.__file__).parent
TOOLS = {"training", "models", "data", "plotting", "typing"}
ALLOWED = {  # room -> the rooms it may import
    "cli": {"authoring", "autograder", "data"},
    "authoring": {"authoring", "autograder", "training.progress"},
    "autograder": {"autograder"},
    "autograder.reading": {"autograder.reading", "autograder.assignment"},  # recognition
    "autograder.judging": {"autograder.judging"},
    "autograder.assignment": {"autograder.assignment", "autograder.judging"},
    "autograder.execution": {
        "autograder.execution",
        "autograder.assignment",
        "autograder.judging",
    },
    "training": {"training", "plotting", "typing"},
    "models": {"models", "data", "plotting", "typing"},
    "data": {"data", "typing"},
    "plotting": {"plotting", "typing"},
    "typing": set(),
}


def imports():
    """Return module -> the modules of the package that it imports, wherever in the file."""
    modules = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = ast.parse(path.read_text())
    found = {}
    for name, tree in modules.items():
        used = found[name] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    used.add(inner if inner in modules else node.module)
        used &= set(modules) - {name, "dltf"}  # the root holds the version, and `check` lazily
    return found


def topics():
    """Return the names of the topics: what has a teaching module and an assignment."""
    return {p.parent.name for p in (PACKAGE.parent / "assignments").glob("*/cases.py")}


def test_nobody_imports_what_is_above_or_beside():
    upward = []
    for module, used in imports().items():
        inside = module.removeprefix("dltf").strip(".")
        room = max((r for r in ALLOWED if f"{inside}.".startswith(f"{r}.")), key=len, default=None)
        own = inside.partition(".")[0]
        allowed = ALLOWED[room] if room else {own, *TOOLS} if own in topics() else {"autograder"}
        for other in sorted(used):
            target = other.removeprefix("dltf.")
            if not any(f"{target}.".startswith(f"{a}.") for a in allowed):
                upward.append(f"{module} imports {other}")
    assert upward == []


def test_there_is_no_circle():
    TopologicalSorter(imports()).prepare()


def test_the_listing_reads_as_a_table_of_contents():
    listed = {p.name for p in PACKAGE.iterdir() if not p.name.startswith("__pycache__")}
    assert len(listed) <= 34
    assert topics() <= {name.removesuffix(".py") for name in listed}

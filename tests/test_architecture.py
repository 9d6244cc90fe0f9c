"""Architecture: allowed imports between packages, and no circular imports."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import dltf

PACKAGE = Path(dltf.__file__).parent
# Leaves may be imported by all, and import nothing.
LEAVES = {"typing", "validation", "claims", "_quiet", "_spelling", "_syntax"}
TOOLS = {"training", "models", "data", "plotting"}
ALLOWED = {  # room -> the rooms it may import, besides leaves
    "": {"autograder.check"},
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
    "training": {"training", "plotting"},
    "models": {"models", "data", "plotting"},
    "data": {"data"},
    "plotting": {"plotting"},
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


def allowed(module):
    """Return the rooms that a module may import."""
    inside = module.removeprefix("dltf").strip(".")
    topic = inside.partition(".")[0]
    if topic in topics():
        return {topic, *TOOLS, *LEAVES}
    if inside in LEAVES:
        return set()
    rooms = [room for room in ALLOWED if room and f"{inside}.".startswith(f"{room}.")]
    return ALLOWED[max(rooms, key=len, default=inside)] | LEAVES


def test_no_import_runs_up_or_sideways():
    wrong = [
        f"{module} imports {other}"
        for module, used in imports().items()
        for other in sorted(used)
        if not any(f"{other}.".startswith(f"dltf.{room}.") for room in allowed(module))
    ]
    assert wrong == []


def test_there_is_no_circle():
    TopologicalSorter(imports()).prepare()


def test_the_listing_reads_as_a_table_of_contents():
    listed = {p.name for p in PACKAGE.iterdir() if not p.name.startswith("__pycache__")}
    assert len(listed) <= 34
    assert topics() <= {name.removesuffix(".py") for name in listed}

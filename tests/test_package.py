"""The package: its listing, its topics, and their exports."""

import ast
import importlib
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import dltf

PACKAGE = Path(dltf.__file__).parent
ASSIGNMENTS = PACKAGE.parent / "assignments"


def test_topics_are_what_has_an_assignment():
    assert set(dltf.TOPICS) == {path.parent.name for path in ASSIGNMENTS.glob("*/cases.py")}


def test_the_listing_shows_topics_tools_and_check():
    listed = dir(dltf)
    assert {*dltf.TOPICS, "check", "TOPICS", "training", "data", "models", "plotting"} <= {*listed}
    assert all(hasattr(dltf, name) for name in listed)
    assert not {"importlib", "Path", "Any", "annotations"} & {*listed}


def test_the_import_loads_no_library():
    code = (
        "import sys, dltf; dir(dltf); "
        "print([n for n in ('numpy', 'keras', 'dltf.autograder') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("topic", dltf.TOPICS)
def test_a_topic_exports_what_its_notebook_and_its_exercises_need(topic):
    module = importlib.import_module(f"dltf.{topic}")
    exported = module.__all__
    assert len(set(exported)) == len(exported)
    for name in exported:
        assert not name.startswith("_")
        assert not isinstance(getattr(module, name), types.ModuleType)
    source = (ASSIGNMENTS / topic / "notebook.py").read_text()
    tree = ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE))
    wanted = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == f"dltf.{topic}"
        for alias in node.names
        if not (PACKAGE / topic / f"{alias.name}.py").exists()
    }
    cases = (ASSIGNMENTS / topic / "cases.py").read_text()
    wanted |= set(re.findall(r'^exercise\(\s*"(\w+)"', cases, flags=re.MULTILINE))
    assert wanted
    assert wanted <= {*exported}


@pytest.mark.parametrize("topic", dltf.TOPICS)
def test_what_a_notebook_imports_exists(topic):
    source = (ASSIGNMENTS / topic / "notebook.py").read_text()
    for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE))):
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "dltf":
            exec(ast.unparse(node), {})


@pytest.mark.parametrize("topic", dltf.TOPICS)
def test_a_topic_exports_all_that_it_defines(topic):
    module = importlib.import_module(f"dltf.{topic}")
    defined = {
        node.name
        for node in ast.parse(Path(module.__file__).read_text()).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
    }
    assert defined <= {*module.__all__}

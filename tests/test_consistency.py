"""Project metadata agree between files; setup.cfg is the source."""

import ast
import configparser
import re
import subprocess
import sys

import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dltf
from dltf import cli

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

PACKAGE = ROOT / "dltf"
DISTRIBUTION = {"sklearn": "scikit-learn", "PIL": "pillow", "markdown_it": "markdown-it-py"}


def setup():
    """Return setup.cfg."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def requirements(*extras):
    """Return distribution -> requirement: what students need, and what the extras add."""
    config, found = setup(), {}
    lines = config["options"]["install_requires"]
    for extra in extras:
        lines += "\n" + config["options.extras_require"][extra]
    for line in lines.split("\n"):
        if line.strip() and not line.startswith("#"):
            one = Requirement(line)
            found |= requirements(*one.extras) if one.name == "dltf" else {one.name: one}
    return found


def pins(name):
    """Return distribution -> the versions that a file of constraints allows."""
    found = {}
    for line in (ROOT / name).read_text().splitlines():
        if line and not line.startswith("#"):
            one = Requirement(line)
            (exact,) = one.specifier
            assert exact.operator == "==", line
            found.setdefault(canonicalize_name(one.name), []).append(exact.version)
    return found


# Python versions ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pythons():
    """Return the supported versions, by the classifiers: '3.10', ..."""
    listed = re.findall(r"Python :: (3\.\d+)\n", setup()["metadata"]["classifiers"] + "\n")
    assert len(listed) > 1
    assert listed == sorted(listed, key=lambda version: int(version[2:]))
    return listed


def test_the_installer_takes_the_first_supported_python(pythons):
    assert setup()["options"]["python_requires"] == f">={pythons[0]}"


def test_the_workflow_tests_every_supported_python(pythons):
    jobs = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"]
    assert jobs["newest"]["strategy"]["matrix"]["python"] == pythons
    steps = jobs["oldest"]["steps"]
    assert [
        s["with"]["python-version"] for s in steps if "python-version" in s.get("with", {})
    ] == [pythons[0]]


def test_the_linters_look_for_the_first_supported_python(pythons):
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert tools["mypy"]["python_version"] == pythons[0]
    assert tools["ruff"]["target-version"] == "py" + pythons[0].replace(".", "")


def test_make_takes_a_supported_python(pythons):
    command = ["make", "--print-data-base", "--dry-run", "help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    (found,) = re.findall(r"^PYTHONS := (.*)$", done.stdout, re.MULTILINE)
    assert found.split() == pythons[::-1]


def test_readme_says_which_pythons(pythons):
    assert f"Python {pythons[0]} to {pythons[-1]}" in (ROOT / "README.md").read_text()


# Dependencies -------------------------------------------------------------------------------------


def imported(path):
    """Return what a file imports of others' packages, wherever in it; not for the type checker."""
    names, later = set(), [ast.parse(path.read_text())]
    while later:
        node = later.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        later += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"dltf"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_a_module_imports_what_its_user_has_installed(path):
    authors = path.is_relative_to(PACKAGE / "authoring")
    graders = path.name == "pytest_plugin.py" or path.name == "experiments.py"
    extras = ["author"] if authors else ["grader"] if graders else []
    present = {canonicalize_name(name) for name in requirements(*extras)}
    # Part of a kernel, of Matplotlib, of Pooch and of Jinja.
    present |= {"ipython", "cycler", "requests", "markupsafe"}
    wanted = {canonicalize_name(DISTRIBUTION.get(name, name)) for name in imported(path)}
    assert wanted - present == set()


def test_students_need_neither_pytest_nor_jupytext():
    assert not {"pytest", "jupytext", "nbformat", "scikit-learn"} & requirements().keys()
    assert {"pytest", "jupytext", "nbformat", "scikit-learn"} <= requirements("author").keys()
    assert requirements("author").keys() <= requirements("test").keys()


def test_the_command_line_knows_which_extra_installs_what():
    beyond = requirements("author").keys() - requirements().keys()
    assert {DISTRIBUTION.get(name, name) for name in cli._EXTRAS} == beyond
    for name, extra in cli._EXTRAS.items():
        assert DISTRIBUTION.get(name, name) in requirements(extra)


def test_newest_and_oldest_versions_are_pinned():
    newest, oldest = pins("constraints.txt"), pins("constraints-oldest.txt")
    for name, one in requirements("test").items():
        assert newest[name], name
        assert all(one.specifier.contains(version) for version in newest[name]), name
        (bound,) = one.specifier
        assert bound.operator == ">=", one
        (version,) = oldest[name]
        short = re.sub(r"(\.0)+$", "", version)
        assert re.sub(r"(\.0)+$", "", bound.version) == short, f"{one}, tested with {version}"


def test_no_constraint_names_an_address():
    for path in ROOT.glob("constraints*.txt"):
        assert "://" not in path.read_text()


# Releases and artefacts ---------------------------------------------------------------------------


def test_the_changelog_is_dated():
    text = (ROOT / "CHANGELOG.md").read_text()
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads[0] == "Unreleased"
    dated = [re.fullmatch(r"(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)", head) for head in heads[1:]]
    assert all(dated)
    assert dated[0][1] == dltf.__version__
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert (cited["version"], str(cited["date-released"])) == dated[0].groups()


def test_what_is_made_is_ignored_and_cleaned():
    done = subprocess.run(
        ["make", "--dry-run", "clean"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    cleaned = set(done.stdout.split())
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()}
    assert {".coverage", ".hypothesis", ".venv", "demo"} <= ignored
    assert ignored - cleaned <= {"__pycache__", ".ipynb_checkpoints"}


def test_make_help_names_every_target():
    done = subprocess.run(
        ["make", "--silent", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (targets,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in done.stdout.splitlines()] == targets.split()


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda p: p.stem)
def test_files_of_github_can_be_read(path):
    content = yaml.safe_load(path.read_text())
    if path.parent.name == "ISSUE_TEMPLATE" and path.stem != "config":
        assert content.keys() == {"name", "description", "labels", "body"}
        asked = [part for part in content["body"] if part["type"] != "markdown"]
        assert len({part["id"] for part in asked}) == len(asked)
        assert all(part["attributes"]["label"] for part in asked)


# A command without its extra ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "missing", "told"),
    [
        (
            "notebook --check",
            "jupytext",
            "dltf notebook: needs jupytext: pip install 'dltf[author]', or '.[author]' in a clone",
        ),
        (
            "release --to out",
            "nbformat",
            "dltf release: needs nbformat: pip install 'dltf[author]', or '.[author]' in a clone",
        ),
        (
            "sample --to out",
            "nbformat",
            "dltf sample: needs nbformat: pip install 'dltf[author]', or '.[author]' in a clone",
        ),
    ],
)
def test_a_command_says_which_extra_it_needs(tmp_path, command, missing, told):
    done = without(missing, f"cli.app({command.split()!r})", tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [told]
    assert not (tmp_path / "out").exists()


def test_another_missing_module_is_not_hidden(tmp_path):
    done = without("dltf.data", "cli.app(['data', 'where'])", tmp_path)
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr
    assert "needs" not in done.stderr


def test_the_digits_of_the_face_experiment_need_an_extra(tmp_path):
    program = "from dltf.face_verification import experiments; experiments.digits()"
    done = without("sklearn", program, tmp_path)
    told = "ModuleNotFoundError: digits: needs scikit-learn: pip install 'dltf[grader]'"
    assert done.stderr.splitlines()[-1] == told


def test_what_students_use_works_without_the_extras(tmp_path):
    hidden = ",".join({*cli._EXTRAS, "jupyterlab", "ipykernel"})
    program = (
        "import dltf, dltf.autograder.report; print(len(dltf.check.__doc__) > 0); "
        "cli.app(['data', 'where'])"
    )
    done = without(hidden, program, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True\n")


def without(missing, program, folder):
    """Run a program in a process that cannot import these modules."""
    hide = f"import sys; sys.modules.update(dict.fromkeys({missing.split(',')!r})); "
    return subprocess.run(
        [sys.executable, "-c", f"{hide}from dltf import cli; {program}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

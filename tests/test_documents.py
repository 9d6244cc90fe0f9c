"""References in documents, docstrings and comments exist: files, commands, options, modules."""

import importlib
import os
import re
import shlex
from pathlib import Path

import pytest
import typer
from conftest import ROOT

from dltf import cli
from dltf.autograder import pytest_plugin

SKIPPED = {".venv", ".git", ".pytest_cache", "demo", "build", "dist", "node_modules"}
# A word in brackets or capitals, such as TOPIC or <topic>, stands for many.
PLACEHOLDER = re.compile(r"[<>*{}…]|\b[A-Z]{2,}\b|\.\.\.")


def files(*suffixes):
    """Return the files of the checkout with one of the suffixes."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED]  # nor enter them
        paths = (Path(folder, name) for name in names)
        found += [path for path in paths if path.suffix in suffixes and path.is_file()]
    return sorted(found)


def named(paths):
    return [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in paths]


DOCUMENTS = named(files(".md"))
SOURCES = named(path for path in files(".py") if ROOT / "tests" not in path.parents)


def code(text):
    """Return the lines of a document that are code: blocks between fences, and spans."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    joined = re.sub(r"\n {8,}(?=[\[-])", " ", "\n".join(blocks))  # a call that goes on
    return [line.partition("  #")[0].strip() for line in joined.splitlines()] + spans


def slugs(text):
    """Return the anchors of a document's headings."""
    headings = re.findall(r"^#+ +(.*?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_resolve(path):
    text = path.read_text()
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (path.parent / file) if file else path
        assert linked.exists(), f"{target}: no such file"
        assert linked.resolve().is_relative_to(ROOT), f"{target}: not in the repository"
        if anchor and linked.suffix == ".md":
            assert anchor in slugs(linked.read_text()), f"{target}: no such section"


# Commands ---------------------------------------------------------------------------------------


def known_commands():
    """Return the commands of the command line ("data list"), and the options of each."""
    found = {}

    def visit(command, name):
        options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        found[name] = {o for o in options if o.startswith("-")} | {"--help"}
        for child, inner in getattr(command, "commands", {}).items():
            visit(inner, f"{name} {child}".strip())

    visit(typer.main.get_command(cli.app), "")
    return found


def plugin_options():
    """Return the options of the pytest plugin."""

    class Parser:
        def getgroup(self, *names):
            return self

        def addoption(self, name, **settings):
            options.add(name)

    options = set()
    pytest_plugin.pytest_addoption(Parser())
    return options


COMMANDS, PLUGIN = known_commands(), plugin_options()
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def wrong_command(line):
    """Say what is wrong with a shell line that names a command of ours, if it does and is."""
    try:
        words = shlex.split(re.sub(r"[\[\]]", " ", line), comments=True)
    except ValueError:
        words = line.split()
    while words and re.fullmatch(r"\w+=.*|\$|uv|run|time", words[0]):
        words = words[1:]
    if len(words) < 2:
        return None
    program, options = Path(words[0]).name, {w.partition("=")[0] for w in words if w[:2] == "--"}
    if program == "make":
        return None if words[1] in TARGETS or PLACEHOLDER.search(words[1]) else "no such target"
    if program == "dltf":
        name = " ".join(words[1:3]) if words[1] == "data" else words[1]
        if name.startswith("-"):
            name = ""
        if name not in COMMANDS:
            return "no such command"
        unknown = options - COMMANDS[name]
        return f"no such option: {', '.join(sorted(unknown))}" if unknown else None
    if program == "pytest":
        ours = {o for o in options if o.startswith("--dltf") or o.strip("-") in ("submission",)}
        return None if ours <= PLUGIN else f"no such option: {', '.join(sorted(ours - PLUGIN))}"
    if program.startswith("python"):
        if words[1] == "-m" and len(words) > 2 and words[2].partition(".")[0] == "dltf":
            return None if resolves(words[2]) else "no such module"
        if words[1].endswith(".py") and not PLACEHOLDER.search(words[1]):
            return None if (ROOT / words[1]).is_file() else "no such file"
    return None


def resolves(name):
    """Tell whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(value, part):
                return part in getattr(value, "__annotations__", {})
            value = getattr(value, part)
        return True
    return False


@pytest.mark.parametrize("path", DOCUMENTS)
def test_commands_of_documents_exist(path):
    if path.name == "CHANGELOG.md":
        pytest.skip("what was true of a version is told there")
    wrong = {line: why for line in code(path.read_text()) if (why := wrong_command(line))}
    assert wrong == {}


@pytest.mark.parametrize("path", SOURCES)
def test_commands_of_docstrings_exist(path):
    text = re.sub(r"\n\s*#? ?", " ", path.read_text())  # a span may go on in the next line
    lines = re.findall(r"(?<!`)`((?:dltf|make|pytest|python) [^`]{1,120})`", text)
    lines += re.findall(r"^ *(python (?:-m )?[\w./]+(?: .*)?)$", path.read_text(), re.MULTILINE)
    wrong = {line: why for line in lines if (why := wrong_command(line.partition("  ")[0]))}
    assert wrong == {}


# Files and names --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*DOCUMENTS, *SOURCES])
def test_files_that_are_named_exist(path):
    if path.name == "CHANGELOG.md":
        pytest.skip("what was true of a version is told there")
    text = path.read_text()
    pattern = r"(?<![\w/.-])((?:docs|benchmarks|tests|datasets|assignments|dltf)/[\w./-]*\w)"
    for name in re.findall(pattern, text):
        if not PLACEHOLDER.search(text[text.index(name) : text.index(name) + len(name) + 2]):
            assert (ROOT / name).exists() or name.startswith("dltf/assignments/"), name


@pytest.mark.parametrize("path", [*DOCUMENTS, *SOURCES])
def test_names_in_code_spans_exist(path):
    if path.name == "CHANGELOG.md":
        pytest.skip("what was true of a version is told there")
    spans = re.findall(r"(?<!`)`(dltf(?:\.\w+)+)(?:\([^`]*\))?`", path.read_text())
    assert [name for name in dict.fromkeys(spans) if not resolves(name)] == []


def test_what_is_not_there_is_noticed():
    assert wrong_command("dltf grad submissions/") == "no such command"
    assert wrong_command("dltf grade x --sed 3") == "no such option: --sed"
    assert wrong_command("dltf data list") is None
    assert wrong_command("make everything") == "no such target"
    assert wrong_command("pytest assignments/x --submission a.ipynb") is not None
    assert wrong_command("python -m dltf.no_such_module") == "no such module"
    assert wrong_command(".venv/bin/dltf verify TOPIC") is None
    assert not resolves("dltf.check.no_such_name")
    assert slugs("# A first: look\n") == {"a-first-look"}
    assert code("a `b\nc` d\n```\ne  # f\n```\n") == ["e", "b c"]

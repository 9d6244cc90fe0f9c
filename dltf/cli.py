"""The command line: `dltf grade`, `verify`, `release`, `notebook`, `sample` and `data`.

Each command calls the module that does the work. Exit status 0: the command succeeded (whatever the
marks); 1: a check failed; 2: the call was wrong.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NoReturn, Optional

import typer
from typer.core import TyperGroup

# Package -> the extra in setup.cfg that installs it; not installed for students.
_EXTRAS = {"jupytext": "author", "nbformat": "author", "pytest": "grader", "sklearn": "grader"}


class _Commands(TyperGroup):
    """A command group that prints which extra to install if a package is missing."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; if a package is missing, print one line and exit with status 2."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in _EXTRAS:
                raise
            extra = _EXTRAS[package]
            advice = f"pip install 'dltf[{extra}]', or '.[{extra}]' in a clone"
            typer.echo(f"dltf {ctx.invoked_subcommand}: needs {package}: {advice}", err=True)
            raise typer.Exit(2) from None


app = typer.Typer(
    cls=_Commands,
    help="A deep-learning course you can run, and an autograder that tells which mistake was made.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help="List, fetch, import and find the real data files.", no_args_is_help=True)
app.add_typer(data, name="data")
Topics = Annotated[Optional[list[str]], typer.Argument(help="Assignments; all by default.")]  # noqa: UP045


def _stop(message: str) -> NoReturn:
    typer.echo(f"dltf: {message}", err=True)
    raise typer.Exit(2)


def _refuse_student_edition() -> None:
    import importlib.util

    if importlib.util.find_spec("dltf.authoring") is None:
        _stop("this is the student edition: it checks answers (dltf.check) and cannot grade")


def _authoring(name: str) -> Any:
    import importlib

    _refuse_student_edition()
    return importlib.import_module(f"dltf.authoring.{name}")


def _version(asked: bool) -> None:
    if asked:
        from dltf import __version__

        typer.echo(f"dltf {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """See `app`."""


@app.command()
def grade(
    paths: Annotated[list[Path], typer.Argument(help="Notebooks, scripts, or folders of them.")],
    assignment: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="Name or folder of the assignment; recognized from the notebook by default."
        ),
    ] = None,
    json: Annotated[
        Optional[Path], typer.Option(help="Write the result as JSON to this file.")  # noqa: UP045
    ] = None,
    html: Annotated[
        Optional[Path], typer.Option(help="Write the HTML report to this folder.")  # noqa: UP045
    ] = None,
    seed: Annotated[
        Optional[int], typer.Option(min=0, help="Seed of the random inputs, to repeat a run.")  # noqa: UP045
    ] = None,
    jobs: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, help="Parallel submissions; one per CPU core by default."),
    ] = None,
    isolation: Annotated[
        str,
        typer.Option(
            help="'auto': the strongest this machine supports; 'require': refuse to run without "
            "namespaces; 'off': resource limits only."
        ),
    ] = "auto",
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Time limit per exercise (wall time).")
    ] = 10.0,
    memory: Annotated[int, typer.Option(min=64, help="Memory limit per process, in MiB.")] = 2048,
    compat: Annotated[
        bool,
        typer.Option(help="Run code written for TensorFlow 1, Keras 2 or NumPy 1 as it ran then."),
    ] = True,
) -> None:
    """Grade notebooks and scripts, and diagnose mistakes."""
    _refuse_student_edition()
    from rich.console import Console

    from dltf.autograder import batch, report
    from dltf.autograder.assignment.loading import AssignmentError
    from dltf.autograder.execution.limits import Limits
    from dltf.autograder.execution.pool import ISOLATION, IsolationError

    if isolation not in ISOLATION:
        _stop(f"--isolation: expected one of {', '.join(ISOLATION)}, got {isolation!r}")
    for target, folder in ((json, False), (html, True)):
        if target is not None and not _writable(target, folder=folder):
            _stop(f"{target}: cannot be written; nothing was graded")
    if not any(path.exists() for path in paths):
        _stop(f"{paths[0]}: expected a notebook, a script or a folder, got nothing there")
    limits = Limits(seconds=seconds, memory=memory * 2**20)
    try:
        with _progress("grading") as progress:
            result = batch.grade_paths(
                paths,
                assignment=assignment,
                seed=seed,
                jobs=jobs,
                isolation=isolation,
                limits=limits,
                compatibility=compat,
                progress=progress,
            )
    except (AssignmentError, IsolationError) as error:
        _stop(str(error))
    for remark in result.remarks:
        typer.echo(f"dltf: {remark}", err=True)
    if result.submissions:
        report.print_summary(result, Console())
    try:
        if json is not None:
            report.write_json(result, json)
        if html is not None and result.submissions:
            typer.echo(f"Report: {report.write_html(result, html)}")
    except OSError as error:
        _stop(f"{error.filename}: cannot be written: {error.strerror}")
    if not result.submissions:
        raise typer.Exit(2)  # the remarks say why


@app.command()
def verify(
    topics: Topics = None,
    seeds: Annotated[int, typer.Option(min=1, help="Number of seeds.")] = 3,
    jobs: Annotated[Optional[int], typer.Option(min=1, help="Parallel processes.")] = None,  # noqa: UP045
    mutants: Annotated[
        bool, typer.Option(help="Also grade automatic mutants of the reference.")
    ] = True,
) -> None:
    """Verify assignments: reference, blank and accepted answers, mistakes and mutants."""
    module = _authoring("verify")
    from dltf.autograder.assignment.loading import AssignmentError

    try:
        ok = module.verify_all(topics, seeds=seeds, jobs=jobs, with_mutants=mutants)
    except AssignmentError as error:
        _stop(str(error))
    raise typer.Exit(0 if ok else 1)


@app.command()
def release(
    to: Annotated[Path, typer.Option(help="Folder for the student edition.")],
    topics: Topics = None,
) -> None:
    """Write the student edition: notebooks, and a package without answers."""
    module = _authoring("release")
    from dltf.autograder.assignment import loading

    try:
        module.announce(topics or loading.available(), to)
    except (ValueError, OSError) as error:
        _stop(str(error))


@app.command()
def notebook(
    topics: Topics = None,
    check: Annotated[bool, typer.Option(help="Only check whether they are current.")] = False,
) -> None:
    """Generate the students' notebooks from the masters."""
    module = _authoring("notebook")
    from dltf.autograder.assignment import loading

    try:
        current = module.regenerate(topics or loading.available(), check=check)
    except ValueError as error:
        _stop(str(error))
    raise typer.Exit(0 if current else 1)


@app.command()
def sample(
    to: Annotated[Path, typer.Option(help="Folder for the notebooks.")],
    topics: Topics = None,
    seed: Annotated[int, typer.Option(help="The same seed draws the same class.")] = 2017,
) -> None:
    """Write a sample class: realistic student notebooks."""
    module = _authoring("sample")
    from dltf.autograder.assignment import loading
    from dltf.autograder.rendering import counted

    try:
        written = module.write_class(topics or loading.available(), to, seed)
    except (ValueError, OSError) as error:
        _stop(str(error))
    typer.echo(f"{counted(len(written), 'notebook')} in {to}")


Names = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Argument(help="Data sets (signs) or files (text/dinos.txt); all by default."),
]


@data.command("list")
def list_data(names: Names = None) -> None:
    """List the real data files, and which of them are available."""
    from rich.console import Console
    from rich.table import Column, Table

    from dltf.data import registry

    files = _data_files(names)
    table = Table(
        Column("file", min_width=max(len(entry.file) for entry in files)),
        Column("size", justify="right", min_width=8),
        Column("available", min_width=9),
        "contents",
        box=None,
        pad_edge=False,
    )
    for entry in files:
        size = (
            f"{entry.bytes / 1e6:.1f} MB" if entry.bytes >= 1e5 else f"{entry.bytes / 1e3:.1f} kB"
        )
        available = "yes" if registry.find(entry.file) else "no"
        table.add_row(entry.file, size, available, entry.what.partition(";")[0])
    Console().print(table)


@data.command()
def fetch(names: Names = None) -> None:
    """Download real data files from their owners' sites; interrupted downloads are resumed."""
    from urllib.parse import urlsplit

    from dltf.data import fetching, registry

    failed, dead = 0, set()  # unreachable servers are not tried again
    with _progress("fetching") as progress:
        for entry in _data_files(names):
            host = urlsplit(entry.url).netloc
            present = registry.find(entry.file)
            if present is None and host in dead:
                failed += 1
                continue
            try:
                report = progress and (lambda e, n: progress(n, e.bytes))
                where = present or fetching.fetch(entry, report)
                typer.echo(f"{entry.file}: {where}")
            except (ValueError, OSError) as error:
                failed += 1
                dead |= {host} if isinstance(error, fetching.Unreachable) else set()
                typer.echo(f"dltf: {error}", err=True)
    if failed:
        _stop(f"{failed} of {len(_data_files(names))} files are not available")


@data.command("import")
def import_data(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to search.")],
) -> None:
    """Copy real data files into the data folder; they are recognized by checksum."""
    from dltf.data import fetching

    try:
        known, unknown = fetching.import_files(paths)
    except (ValueError, OSError) as error:
        _stop(str(error))
    for entry, where in known:
        typer.echo(f"{entry.file}: {where}")
    for path in unknown:
        if path in paths:
            typer.echo(f"dltf: {path}: not a file in the registry, or modified", err=True)
    if not known:
        _stop("nothing was imported: no file has a checksum in the registry (`dltf data list`)")


@data.command()
def where(names: Names = None) -> None:
    """Print the data folders; with names, the path of each file, and check its checksum."""
    from dltf.data import registry

    if not names:
        for number, folder in enumerate(registry.folders()):
            end = "" if number else "  (fetch and import write here)"
            typer.echo(f"{folder}{end}")
        return
    missing = False
    for entry in _data_files(names):
        path = registry.find(entry.file)
        valid = path is not None and entry.matches(path)
        missing |= not valid
        state = (
            "not available" if path is None else f"{path}{'' if valid else '  (wrong checksum)'}"
        )
        typer.echo(f"{entry.file}: {state}")
    raise typer.Exit(1 if missing else 0)


def _data_files(names: list[str] | None) -> Any:
    from dltf.data import registry

    try:
        return registry.select(names or ())
    except ValueError as error:
        _stop(str(error))


def _writable(target: Path, *, folder: bool) -> bool:
    """Return whether a file or folder can be written at a path (checked before grading starts)."""
    import os

    if target.exists() and target.is_dir() != folder:
        return False
    parent = target
    while not parent.exists():
        parent = parent.parent
    return os.access(parent, os.W_OK) and (parent == target or parent.is_dir())


def _progress(doing: str) -> Any:
    """Return a context manager that yields `progress(done, total)`; shown in a terminal only."""
    import contextlib
    import sys

    if not sys.stderr.isatty():
        return contextlib.nullcontext(None)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    @contextlib.contextmanager
    def bar() -> Any:
        columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
            task = shown.add_task("", total=None)
            yield lambda done, total: shown.update(task, completed=done, total=total)

    return bar()


if __name__ == "__main__":
    app()

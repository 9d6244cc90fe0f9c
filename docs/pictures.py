"""Makes the pictures of the README, from the sample class: `make pictures` (needs Chromium).

The report is that of the sample class with a fixed seed. The check is a notebook run in a real
kernel, with a wrong answer in it, exported to a page.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import v4

from dltf.authoring.sample import students, write_class
from dltf.autograder import batch, report
from dltf.autograder.assignment import loading

HERE = Path(__file__).parent
SEED = 20171
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--force-device-scale-factor=1.5",
)
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 18px; width: 860px }}
pre {{ background: #f5f5f5; border: 1px solid #ddd; padding: 8px 12px; font: 13px/1.45 monospace }}
</style><pre>{code}</pre>{output}"""


def shoot(page: Path, picture: Path, width: int, height: int) -> None:
    """Photograph a page."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"pictures: expected one of {', '.join(BROWSERS)} on the path, got none")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                *FLAGS,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            env={**os.environ, "HOME": profile},
        )


def the_report(folder: Path) -> None:
    """Grade the sample class and photograph its report."""
    write_class(["initialization"], folder / "class")
    result = batch.grade_paths([folder / "class"], seed=SEED)
    index = report.write_html(result.as_dict(), folder / "report")
    shoot(index, HERE / "report.png", 1100, 1150)


def the_check(folder: Path) -> None:
    """Ask about a wrong answer in a real kernel and photograph the cell."""
    wrong = students(loading.load("initialization"))["root_forgotten"]
    code = wrong["initialize_parameters_he"] + "\n\n\ndltf.check(initialize_parameters_he, seed=1)"
    cells = [v4.new_code_cell("import numpy as np\nimport dltf"), v4.new_code_cell(code)]
    done = NotebookClient(v4.new_notebook(cells=cells), timeout=120).execute()
    output = done.cells[1].outputs[-1]["data"]["text/html"]
    page = folder / "check.html"
    page.write_text(PAGE.format(code=code, output=output), encoding="utf-8")
    nbformat.validate(done)
    shoot(page, HERE / "check.png", 900, 840)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        the_report(Path(name))
        the_check(Path(name))

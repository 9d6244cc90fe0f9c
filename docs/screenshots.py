"""Screenshots of the README: `make screenshots` (needs Chromium).

The report is that of the sample class with a fixed seed. The check is a cell with a wrong answer,
run by a real kernel.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nbclient import NotebookClient
from nbformat import v4

from dltf.authoring.sample import write_class
from dltf.autograder import batch, report

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
WRONG = """
def initialize_parameters_he(layers_dims):
    parameters = {}
    for l in range(1, len(layers_dims)):
        W = np.random.randn(layers_dims[l], layers_dims[l - 1])
        parameters["W" + str(l)] = W * 2 / layers_dims[l - 1]
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters


dltf.check(initialize_parameters_he, seed=1)
""".strip()
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 18px; width: 860px }}
body > pre {{ background: #f5f5f5; border: 1px solid #ddd; padding: 8px 12px }}
pre, code {{ font: 13px/1.45 monospace }}
</style><pre>{code}</pre>{output}"""


def shoot(page: Path, image: Path, width: int, height: int) -> None:
    """Take a screenshot of a page."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"images: expected one of {', '.join(BROWSERS)} on the path, got none")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                *FLAGS,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={image}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            env={**os.environ, "HOME": profile},
        )


def class_report(folder: Path) -> None:
    """Take a screenshot of the report of the sample class."""
    write_class(["initialization"], folder / "class")
    result = batch.grade_paths([folder / "class"], seed=SEED)
    index = report.write_html(result, folder / "report")
    shoot(index, HERE / "report.png", 1100, 1126)


def check(folder: Path) -> None:
    """Check a wrong answer in a real kernel and take a screenshot of the cell."""
    cells = [v4.new_code_cell("import numpy as np\nimport dltf"), v4.new_code_cell(WRONG)]
    done = NotebookClient(v4.new_notebook(cells=cells), timeout=120).execute()
    output = done.cells[1].outputs[-1]["data"]["text/html"]
    page = folder / "check.html"
    page.write_text(PAGE.format(code=html.escape(WRONG), output=output), encoding="utf-8")
    shoot(page, HERE / "check.png", 900, 850)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        class_report(Path(name))
        check(Path(name))

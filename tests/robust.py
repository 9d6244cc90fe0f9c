"""How close the stochastic tests come to their limits, over seeds and settings of TensorFlow.

    make robust                                             # ten seeds, four settings
    python tests/robust.py tests/rnn/test_rnn.py --seeds 3      # one file

Each setting is one run of pytest: oneDNN's kernels on and off (other rounding), one thread and two
(another order of sums). What is broken on purpose runs in the first setting alone. The table has a
row for each margin, the closest first: **used** is the part of the way from the median of the
healthy runs to the limit that the worst of them has gone, and **broken** the value of the broken
run that comes closest to meeting the margin.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

Value = Mapping[str, Any]  # a line of the record that tests/margins.py writes


class Setting(NamedTuple):
    """Settings of one run of the tests."""

    onednn: int
    threads: int

    def __str__(self) -> str:
        """Return the name that the table uses."""
        return f"oneDNN {'on' if self.onednn else 'off'}, {self.threads} thread(s)"

    def environment(self) -> dict[str, str]:
        """Return the environment variables, to be set before TensorFlow and NumPy are imported."""
        libraries = ("TF_NUM_INTRAOP", "TF_NUM_INTEROP", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM")
        threads = {f"{library}_THREADS": str(self.threads) for library in libraries}
        return {"TF_ENABLE_ONEDNN_OPTS": str(self.onednn), **threads}


SETTINGS = [Setting(*both) for both in itertools.product((0, 1), (1, 2))]


class Row(NamedTuple):
    """A margin, and the values that were compared with its limit."""

    used: float
    margin: str
    median: float
    worst: float
    where: str
    broken: float | None
    test: str


def run(
    setting: Setting, paths: Sequence[str], seeds: int, folder: Path
) -> tuple[str, list[Value]]:
    """Run the stochastic tests under one setting.

    Returns:
        What pytest printed if a test failed or there was none, and every value by then.
    """
    file = folder / f"{setting}.jsonl"
    which = "stochastic" if setting == SETTINGS[0] else "stochastic and not broken"
    command = [sys.executable, "-m", "pytest", "-q", "-m", which, *paths]
    command += ["--stochastic-seeds", str(seeds), "--margins", str(file), "--tb=short"]
    environment = os.environ | setting.environment()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = file.read_text().splitlines() if file.exists() else []
    values = [{**json.loads(line), "setting": str(setting)} for line in lines]
    return done.stdout + done.stderr if done.returncode else "", values


def summarize(values: Iterable[Value]) -> list[Row]:
    """Return a row for each margin, the closest to its limit first."""

    def margin(value: Value) -> tuple[str, str, str, float]:
        return value["test"], value["what"], value["side"], value["limit"]

    rows = []
    for (test, what, side, limit), group in itertools.groupby(sorted(values, key=margin), margin):
        every = list(group)
        healthy = [value for value in every if not value["broken"]]
        broken = [v["value"] for v in every if v["broken"] and math.isfinite(v["value"])]
        if not healthy:
            continue
        sign = 1 if side == "below" else -1
        worst = max(healthy, key=lambda value: sign * value["value"])
        median = statistics.median(value["value"] for value in healthy)
        rows.append(
            Row(
                used=(worst["value"] - median) / (limit - median) if limit != median else 1.0,
                margin=f"{what} {side} {limit:g}",
                median=median,
                worst=worst["value"],
                where=f"seed {worst['seed']}, {worst['setting']}",
                broken=min(broken, key=lambda value: sign * value, default=None),
                test=test.removeprefix("tests/"),
            )
        )
    return sorted(rows, key=lambda row: row.used, reverse=True)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| used | margin | median | worst | in | broken | test |"]
    lines.append("| ---: | --- | ---: | ---: | --- | ---: | --- |")
    for row in rows:
        broken = "" if row.broken is None else f"{row.broken:.3g}"
        lines.append(
            f"| {row.used:.0%} | {row.margin} | {row.median:.3g} | {row.worst:.3g} | {row.where} "
            f"| {broken} | {row.test} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stochastic tests under each setting and print the table; 1 if a test failed."""
    parser = argparse.ArgumentParser(prog="tests/robust.py", description=main.__doc__)
    parser.add_argument("paths", nargs="*", default=["tests"], help="files or tests (pytest's)")
    parser.add_argument("--seeds", type=int, default=10, help="how many, from 0 (default 10)")
    parser.add_argument("--jobs", type=int, default=1, help="settings at a time (default 1)")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(chosen.jobs) as pool:
        runs = list(pool.map(lambda s: run(s, chosen.paths, chosen.seeds, Path(folder)), SETTINGS))
    print(table(summarize(value for _, values in runs for value in values)))
    failures = [
        f"\n{setting}:\n{out}" for setting, (out, _) in zip(SETTINGS, runs, strict=True) if out
    ]
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

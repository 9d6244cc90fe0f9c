"""A program, not a test: reads hostile sources with the package in the folder it is given.

It runs under every interpreter that a machine has, so it needs the standard library only.
"""

import sys
import warnings
from pathlib import Path

SOURCES = [
    "x = " + "+".join(["1"] * 100_000),
    "x = a" + ".b" * 100_000,
    "x = a" + "()" * 50_000,
    "x = a" + "[0]" * 50_000,
    "x = " + "**".join(["1"] * 50_000),
    "x = " + "not " * 50_000 + "1",
    "x = " + "lambda: " * 50_000 + "1",
    "x = " + "1 if 1 else " * 50_000 + "1",
    "if 1:\n pass\n" + "elif 1:\n pass\n" * 20_000,
    "async def f():\n return " + "await " * 50_000 + "1",
    "x = " + "<".join(["1"] * 100_000),
    "x = " + " and ".join(["1"] * 100_000),
    "x = " + "(" * 100_000 + ")" * 100_000,
    "x = " + "{" * 90 + "}" * 90,
    "x = " + "-" * 500_000 + "1",
    "x = " + "- " * 100_000 + "1",
    "x = " + "~ " * 90_000 + "1",
    "x = " + "(a:=" * 140 + "1" + ")" * 140,
    "".join(" " * i + "if 1:\n" for i in range(99)) + " " * 99 + "pass\n",
    "\n".join(" " * i + "for x in y:" for i in range(500)),
    "".join(" " * i + "def f():\n" for i in range(90)) + " " * 90 + "pass\n",
    "x = " + "[a for a in " * 140 + "b" + "]" * 140,
    "a" + "[0]" * 20_000 + " = None",
    "def f():\n a" + ".b" * 3_000 + " = None",
    "def f():\n a" + "[0]" * 3_000 + " = None",
    "x = " + "9" * 100_000,
    "x = 0x" + "f" * 100_000,
    "x = 1\0",
    "x = '\ud800'",
    "x = '\\N{'",
    "# coding: utf-7\nx = 1",
    "x = " + "'a' " * 100_000,
    "x = [" + "*" * 10_000 + "a]",
    "@a\n" * 50_000 + "def f(): pass",
    "with " + ", ".join(["a"] * 50_000) + ": pass",
    "match x:\n case " + "[" * 140 + "]" * 140 + ": pass",
    "match x:\n case " + "|".join(["1"] * 50_000) + ": pass",
    "x = f'" + "{" * 2_000 + "}" * 2_000 + "'",
    "\\\n" * 10_000,
    "x = 1 is 1; y = '\\d'; 1()",
    "%a\n" + "x = " + "+".join(["1"] * 100_000),
]


def main(root: str) -> None:
    """Read every source; a crash of the parser would end this process."""
    warnings.simplefilter("ignore")
    sys.path.insert(0, root)
    from dltf.autograder.reading.blanks import blanks, is_blank
    from dltf.autograder.reading.statements import Cell
    from dltf.autograder.reading.submission import Submission

    for number, source in enumerate(SOURCES):
        cells = [Cell(1, source), Cell(2, "def good():\n    return 1")]
        work = Submission(Path("x.py"), "script", cells)
        if "good" not in work.defined:
            raise SystemExit(f"source {number}: {work.broken}")
        for statement in work.statements:
            blanks(statement.node)
            is_blank(statement.node)
        if work.program(["good", "f", "x"])[-1].source != cells[1].source:
            raise SystemExit(f"source {number}: lost the cell next to it")
    print("all read")


main(sys.argv[1])

"""Autograder: reads, runs, judges and reports submissions, independently of the topic.

This package exports what authors of assignments need. The path of a submission:

    file ── submission ──► exercises ── pool, worker (sandbox) ──► observations ── judge ──► verdict
                                                                      └── diagnosis ──► feedback

Names are loaded on first use: the process that builds the sandbox (`worker`) starts twice and needs
neither them nor NumPy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dltf.autograder.assignment.declarations import (
        accepted,
        case,
        equivalent,
        exercise,
        helpers,
        mistake,
        mistake_by_place,
        student,
        working_file,
    )
    from dltf.autograder.judging.judges import close, exactly, same_scale, same_set

__all__ = [
    "accepted",
    "case",
    "close",
    "equivalent",
    "exactly",
    "exercise",
    "helpers",
    "mistake",
    "mistake_by_place",
    "same_scale",
    "same_set",
    "student",
    "working_file",
]
_JUDGES = ("close", "exactly", "same_scale", "same_set")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'dltf.autograder' has no attribute {name!r}")
    home = "judging.judges" if name in _JUDGES else "assignment.declarations"
    return getattr(importlib.import_module(f"dltf.autograder.{home}"), name)

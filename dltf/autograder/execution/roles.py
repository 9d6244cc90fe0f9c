"""Roles: the three kinds of run, which are kept apart."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """What a run is for, and so what its process may hold and what comes back from it.

    Attributes:
        EARNING: a student's code alone; its observations earn the marks.
        REFERENCE: the course's own code (references, mistakes, mutants) and no line by a student.
        MIXED: a student's answer beside a right one, to find out whether another exercise is the
            cause of a failure. It earns nothing, never runs while an earning run does, and of it
            only one bit per case is used.
    """

    EARNING = "earning"
    REFERENCE = "reference"
    MIXED = "mixed"

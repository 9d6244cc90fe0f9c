"""Random state of the frameworks: seeded for each program and case, so that a run can be repeated.

Seeding TensorFlow makes it drop all kernels, because a random operation keeps its stream in its
kernel. In a warm process they are kept unless such an operation has run since the last seeding.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

_drawn = False  # whether a random operation with a stream may have run since the last seeding


def fresh_frameworks(seed: int, *, warm: bool) -> None:
    """Prepare Keras and TensorFlow for a program: no names or models of another, and seeded.

    Args:
        seed: the seed.
        warm: whether this process has kernels worth keeping.
    """
    keras = sys.modules.get("keras")
    if keras is None:
        return
    with _kernels_kept() if warm else contextlib.nullcontext():
        keras.utils.clear_session(free_memory=False)
    if warm:
        _notice_draws()
    seed_frameworks(seed, warm=warm)


def seed_frameworks(seed: int, *, warm: bool) -> None:
    """Seed Keras and TensorFlow. Not in a notebook: the previous seed cannot be restored."""
    global _drawn
    keras = sys.modules.get("keras")
    if keras is None:
        return
    with _kernels_kept() if warm and not _drawn else contextlib.nullcontext():
        keras.utils.set_random_seed(seed % 2**32)
    _drawn = False


def seed_streams(seed: int) -> None:
    """Seed Python's and NumPy's global generators, so that a case can be repeated."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - answers use the legacy generator


@contextlib.contextmanager
def _kernels_kept() -> Iterator[None]:
    """Keep TensorFlow's kernels inside the context, in which nothing runs but a seeding."""
    from tensorflow.python import pywrap_tfe

    name = "TFE_ContextClearCaches"
    if not hasattr(pywrap_tfe, name):
        yield
        return
    with mock.patch.object(pywrap_tfe, name):
        yield


def _notice_draws() -> None:
    """Have TensorFlow note when a random operation asks for its seeds."""
    from tensorflow.python.framework import random_seed

    inner = random_seed.get_seed
    if getattr(inner, "notes", False):
        return

    def get_seed(op_seed: Any) -> Any:
        global _drawn
        _drawn = True
        return inner(op_seed)

    get_seed.notes = True  # type: ignore[attr-defined]
    random_seed.get_seed = get_seed

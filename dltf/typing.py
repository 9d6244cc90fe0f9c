"""Type aliases shared by topics and tools: arrays, parameters, randomness.

A type tells the dtype of an array; its shape is told by the docstring.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = np.ndarray[tuple[Any, ...], np.dtype[Any]]  # of any shape and dtype
Photos: TypeAlias = NDArray[np.uint8]  # (m, n_H, n_W, 3), RGB
RGBImage: TypeAlias = NDArray[np.float32]  # (n_H, n_W, 3), RGB, 0 to 1
Labels: TypeAlias = NDArray[np.int64]  # (m,)
Parameters: TypeAlias = dict[str, Array]  # name -> array: "W1", "b1", "W2", ...

Float: TypeAlias = float | np.floating[Any]  # one real number, Python's or NumPy's
Random: TypeAlias = np.random.Generator | int | None  # a generator, a seed, or None for fresh draws

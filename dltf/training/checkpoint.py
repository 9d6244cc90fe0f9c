"""Checkpoints of a training run: resuming gives bitwise the same result as no interruption.

One `.npz` file: the variables of the model and of the optimizer, the history, and the identity of
the run. Nothing is pickled. The order of the examples is not part of the state: see
`training.epoch_order`.
"""

from __future__ import annotations

import json
import os
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

SECONDS = 5.0  # shortest interval between checkpoints; one is written at the end, too


class Checkpoint:
    """A file with the state of one run.

    Args:
        path: the file; it need not exist yet.
        variables: all variables that change in the run, of the model and of the optimizer.
    """

    def __init__(self, path: Path, variables: list[Any]) -> None:
        self.path, self.variables = path, variables
        self.saved = time.monotonic()

    def due(self) -> bool:
        """Return whether it is time for the next checkpoint."""
        return time.monotonic() - self.saved >= SECONDS

    def save(self, identity: dict[str, Any], history: dict[str, Any]) -> None:
        """Write the state atomically: a run killed while writing keeps its last valid file.

        Args:
            identity: data and settings that identify the run, as plain data.
            history: the history, as plain data.
        """
        about = json.dumps({"run": identity, "history": history})
        arrays: dict[str, Any] = {
            f"variable_{i}": np.asarray(v) for i, v in enumerate(self.variables)
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(self.path.name + ".part")
        with open(unfinished, "wb") as file:
            np.savez(file, about=np.array(about), **arrays)
        os.replace(unfinished, self.path)
        self.saved = time.monotonic()

    def load(self, identity: dict[str, Any]) -> dict[str, Any] | None:
        """Load the saved state into the variables and return the history; None if there is no file.

        Args:
            identity: as in `save`; a key whose value is None matches any value.

        Raises:
            ValueError: the file is not a checkpoint, or one of another run.
        """
        if not self.path.exists():
            return None
        try:
            with open(self.path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                arrays = [file[f"variable_{i}"] for i in range(len(file.files) - 1)]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(
                f"checkpoint: expected a file written by train, got {str(self.path)!r} ({error})"
            ) from error
        found = about["run"] | {"shapes": [list(a.shape) for a in arrays]}
        wanted = identity | {"shapes": [list(v.shape) for v in self.variables]}
        for key, value in wanted.items():
            if value is not None and found.get(key) != value:
                where, theirs, ours = _first_difference(key, found.get(key), value)
                raise ValueError(
                    f"checkpoint: expected one of this run, got {str(self.path)!r} of a run with "
                    f"other {where} ({_short(theirs)}; this run has {_short(ours)}). "
                    "To start over, delete the file or use another name."
                )
        for variable, array in zip(self.variables, arrays, strict=True):
            variable.assign(array)
        history: dict[str, Any] = about["history"]
        return history


def _first_difference(where: str, theirs: Any, ours: Any) -> tuple[str, Any, Any]:
    """Return the path and the two values of the first difference between nested dictionaries."""
    if isinstance(theirs, dict) and isinstance(ours, dict) and theirs.keys() == ours.keys():
        key = next(key for key in ours if theirs[key] != ours[key])
        return _first_difference(f"{where}: {key}", theirs[key], ours[key])
    return where, theirs, ours


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def fingerprint(data: Any) -> str | None:
    """Return a checksum of the tensors in a structure; None for a dataset (read only once)."""
    if isinstance(data, tf.data.Dataset):
        return None
    crc = 0
    for array in map(np.asarray, tf.nest.flatten(data)):
        raw = repr(array.tolist()).encode() if array.dtype == object else array.tobytes()
        crc = zlib.crc32(raw, zlib.crc32(f"{array.dtype}{array.shape}".encode(), crc))
    return f"{crc:08x}"

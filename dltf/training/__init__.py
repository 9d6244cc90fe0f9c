"""Training: one loop for every topic, with its history, callbacks, checkpoints and progress bar.

Importing this package does not load TensorFlow; accessing what it exports does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dltf.training.callbacks import Callback, EarlyStopping, Every
    from dltf.training.history import History, TrainingRun, describe
    from dltf.training.loop import epoch_order, train

_HOMES = {
    "Callback": "callbacks",
    "EarlyStopping": "callbacks",
    "Every": "callbacks",
    "History": "history",
    "TrainingRun": "history",
    "describe": "history",
    "epoch_order": "loop",
    "train": "loop",
}
__all__ = [
    "Callback",
    "EarlyStopping",
    "Every",
    "History",
    "TrainingRun",
    "describe",
    "epoch_order",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dltf.training' has no attribute {name!r}")
    return getattr(importlib.import_module(f"dltf.training.{_HOMES[name]}"), name)

"""A deep-learning course you can run, and an autograder that tells which mistake was made.

Each topic is a module (`dltf.initialization`, ...) with the reference answers: the formulas on
arrays, the Keras objects built on them, and the training run. `dltf.check(f)` tests a student's
function. Importing `dltf` loads neither NumPy nor TensorFlow: a topic is loaded on first access.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dltf import _quiet

__version__ = "0.2.0"

TOPICS = (  # in teaching order
    "initialization",
    "regularization",
    "gradient_checking",
    "optimization",
    "signs",
    "convnet",
    "resnet",
    "yolo",
    "face_verification",
    "style_transfer",
    "rnn",
    "language_model",
    "seq2seq",
)
_TOOLS = ("training", "models", "data", "plotting", "autograder")

if TYPE_CHECKING:
    from dltf.autograder.check import check as check

__all__ = ["TOPICS", "__version__", "check"]


def __dir__() -> list[str]:
    return sorted([*__all__, *TOPICS, *_TOOLS])


_quiet.install()


def __getattr__(name: str) -> Any:
    if name == "check":
        from dltf.autograder.check import check

        return check
    here = Path(__file__).parent
    if (here / f"{name}.py").exists() or (here / name / "__init__.py").exists():
        return importlib.import_module(f"dltf.{name}")
    raise AttributeError(f"module 'dltf' has no attribute {name!r}")

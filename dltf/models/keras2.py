"""Functions of Keras 2 that Keras 3 changed, for weights that were trained with them."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("dltf")
def hard_sigmoid_of_keras_2(x: Any) -> Any:
    """Return `0.2 x + 0.5`, cut at 0 and 1; in Keras 3 the slope is 1/6."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)

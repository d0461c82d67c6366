"""What one layer's arrays come to, after a pass: how spread, how saturated, how dead."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet.layers import Activation, Linear
from tinynet.network import Network


def activations(net: Network) -> list[Activation]:
    """The hidden layers' activations, in their order."""
    return [layer for layer in net.layers if isinstance(layer, Activation)]


def linears(net: Network) -> list[Linear]:
    """The layers that have weights, in their order."""
    return [layer for layer in net.layers if isinstance(layer, Linear)]


def std(array: np.ndarray | None) -> float:
    """The standard deviation of all entries, summed in float64; NaN where there is no array."""
    return float("nan") if array is None else float(array.std(dtype=float))


def saturated(layer: Activation) -> np.ndarray:
    """Which units are saturated at which examples, (batch, units): slope(x) <= saturated_at."""
    return layer.slope(layer.x) <= layer.saturated_at


def histogram(array: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The share of the entries in each bin; what lies beyond the ends counts in the outer bins."""
    counts = np.histogram(array.clip(edges[0], edges[-1]), edges)[0]
    return counts / array.size


def update_ratio(layer: Any, lr: float, name: str = "W") -> float:
    """How large the last step was beside the weights: lr std(dW)/std(W); NaN before the first.

    Of another parameter than W by its ``name``.
    """
    spread = std(getattr(layer, name))
    return lr * std(getattr(layer, "d" + name, None)) / spread if spread > 0 else float("nan")

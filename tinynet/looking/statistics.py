"""What one layer's arrays come to, after a pass: how spread, how saturated, how dead."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet.layers import Activation
from tinynet.network import Network


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


def update_ratio(net: Network, optimizer: Any, name: str) -> float:
    """How large the last step was beside the parameter "0.W": std of its change over its std.

    NaN where the optimizer keeps no change of that name: no step yet, or ``keep`` was not set.
    """
    change = getattr(optimizer, "last", {}).get(name)
    spread = std(net.named_parameters().get(name))
    return std(change) / spread if spread > 0 else float("nan")

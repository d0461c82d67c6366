"""Statistics of one layer's arrays after a pass: how spread, how saturated, how much changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet.layers import Activation
from tinynet.network import Network


def std(array: np.ndarray | None) -> float:
    """Return the standard deviation of all entries, summed in float64; NaN if there is no array."""
    return float("nan") if array is None else float(array.std(dtype=float))


def saturated(layer: Activation) -> np.ndarray:
    """Tell which units are saturated at which examples, (batch, units)."""
    return layer.slope(layer.x) <= layer.saturated_at


def histogram(array: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return each bin's share of the entries; those beyond the ends count in the outer bins."""
    counts = np.histogram(array.clip(edges[0], edges[-1]), edges)[0]
    return counts / array.size


def update_ratio(net: Network, optimizer: Any, name: str) -> float:
    """Return the std of the last step's change of a parameter "0.W" over the parameter's std.

    NaN if the optimizer keeps no change of that name: no step yet, or ``keep`` was not set.
    """
    change = getattr(optimizer, "last", {}).get(name)
    spread = std(net.named_parameters().get(name))
    return std(change) / spread if spread > 0 else float("nan")

"""Where the numbers of a network broke: the first array that is not finite."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet import _reprs as reprs
from tinynet.network import Network


def first_broken(net: Network) -> tuple[str | None, str | None]:
    """The first array with a NaN or an infinity, going forward and going backward.

    Forward, each layer's parameters and then its y; backward, from the last layer, each layer's
    dy, the gradients of its parameters, and then its dx. The gradients are those of the last
    backward pass, which may belong to the update before.

    Returns
    -------
    forward, backward : str or None
        Such as "layers[2].W of Linear(5, 4, float64) (3 of 20 entries)"; None where all is finite.
    """
    forward, backward = [], []
    for k, layer in enumerate(net.layers):
        forward += [(k, layer, name) for name in (*layer.parameters, "y")]
    for k, layer in reversed(list(enumerate(net.layers))):
        gradients = ["d" + name for name in layer.parameters]
        backward += [(k, layer, name) for name in ("dy", *gradients, "dx")]
    return _first(forward), _first(backward)


def is_finite(net: Network) -> bool:
    """Whether all parameters are."""
    parameters = [getattr(layer, name) for layer in net.layers for name in layer.parameters]
    return all(np.isfinite(parameter).all() for parameter in parameters)


def _first(places: list[tuple[int, Any, str]]) -> str | None:
    for k, layer, name in places:
        array = getattr(layer, name, None)
        if array is not None and not np.isfinite(array).all():
            bad = int((~np.isfinite(array)).sum())
            return f"layers[{k}].{name} of {reprs.short(layer)} ({bad:,} of {array.size:,} entries)"
    return None

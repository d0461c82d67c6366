"""Where the numbers of a network broke: the first array that is not finite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinynet._internal import reprs
from tinynet.network import Network


def first_broken(net: Network) -> tuple[str | None, str | None]:
    """Find the first array with a NaN or an infinity, going forward and going backward.

    Forward: each layer's parameters, its y and its own cost. Backward, from the last layer: its
    dy, the gradients of its parameters, its dx. The gradients are those of the last backward
    pass, which may belong to the update before.

    Returns
    -------
    forward, backward : str or None
        Such as "layers[2].W of Linear(5, 4, float64) (3 of 20 entries)"; None if all is finite.
    """
    forward, backward = [], []
    for place, layer in _in_passing(net):
        forward += [(place, layer, name) for name in (*layer.parameters, "y", "cost")]
        gradients = ["d" + name for name in layer.parameters]
        backward += [(place, layer, name) for name in ("dx", *reversed(gradients), "dy")]
    backward.reverse()
    return _first(forward), _first(backward)


def is_finite(net: Network) -> bool:
    """Tell whether all parameters are finite."""
    return all(np.isfinite(parameter).all() for parameter in net.named_parameters().values())


def _in_passing(net: Network) -> Iterator[tuple[str, Any]]:
    """Yield the layers in the order of a pass, a block after those inside it."""
    for k, layer in enumerate(net.layers):
        if isinstance(layer, Network):
            yield from ((f"{k}.{place}", inner) for place, inner in _in_passing(layer))
        yield f"{k}", layer


def _first(places: list[tuple[str, Any, str]]) -> str | None:
    for place, layer, name in places:
        value = getattr(layer, name, None)
        if value is None or np.isfinite(value).all():
            continue
        found = f"layers[{place}].{name} of {reprs.short(layer)}"
        if isinstance(value, np.ndarray):
            bad = int((~np.isfinite(value)).sum())
            return f"{found} ({bad:,} of {value.size:,} entries)"
        return f"{found}, {value}"
    return None

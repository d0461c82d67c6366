"""Five hidden layers with and without normalization: the networks, and how they are trained.

A norm stands before each activation or behind it; weight norm takes the place of each Linear. Where
a norm can start from data, it may start from the first images. Steps are those of plain gradient
descent, but for batchless: it takes natural ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.later import BatchLayerNorm, Batchless, BatchNorm, LayerNorm, WeightNorm
from tinynet.layers import Activation, Linear
from tinynet.network import Network

LAYERS = {
    "none": None,
    "batch": BatchNorm,
    "layer": LayerNorm,
    "batch-layer": BatchLayerNorm,
    "weight": WeightNorm,
    "batchless": Batchless,
}
NEED_A_BATCH = ("batch", "batch-layer")  # of two rows or more
DEPTH = 5
START = 1000  # images that weight norm and batchless start from


def with_norm(
    net: Network, norm: str, *, behind: bool = False, start: np.ndarray | None = None
) -> Network:
    """Put a norm before each activation of a network, or behind it.

    Parameters
    ----------
    net : Network
        One of :func:`tinynet.mlp`. Its layers are taken over, not copied.
    norm : str
        'none', 'batch', 'layer', 'batch-layer', 'batchless'; or 'weight', which takes the place of
        each Linear.
    behind : bool, optional
    start : ndarray, shape (rows, n_in), optional
        What the layers start from that can: on average over these rows, they then give the mean 0
        and the std 1.

    Raises
    ------
    TypeError, ValueError
        One of the arguments cannot be used.
    """
    contracts.network("net", net)
    norm, behind = checks.among("norm", norm, LAYERS), checks.flag("behind", behind)
    layers: list[Any] = []
    width = None
    for layer in net.layers:
        width = getattr(layer, "n_out", width)
        layers.append(layer)
        if norm == "weight" and isinstance(layer, Linear):
            layers[-1] = _with_lengths(layer)
        elif norm not in ("none", "weight") and isinstance(layer, Activation) and width:
            layers.insert(len(layers) - (not behind), LAYERS[norm](width, dtype=net.dtype))
    if start is not None and any(hasattr(layer, "start_from") for layer in layers):
        x = checks.batch("start", start, getattr(layers[0], "n_in", None), net.dtype)
        x = checks.finite("start", x)
        for layer in layers:
            x = layer.start_from(x) if hasattr(layer, "start_from") else layer.forward(x)
    return Network(layers)


def _with_lengths(linear: Linear) -> WeightNorm:
    """Make a weight norm that begins with the weights of a Linear."""
    return WeightNorm(
        linear.n_in,
        linear.n_out,
        init=lambda *_: linear.W,
        bias=linear.b is not None,
        dtype=linear.W.dtype,
    )

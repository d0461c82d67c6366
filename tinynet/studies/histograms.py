"""Histograms of every layer's arrays at initialization: Figures 6, 7 and 8 of the paper.

Activations z after each hidden layer (Figure 6), back-propagated gradients ds of one example
(Figure 7), and gradients of the weights dW (Figure 8), under the standard and the normalized
initialization, with the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tinynet._internal import checks
from tinynet.network import mlp
from tinynet.studies.result import Result
from tinynet.studies.variance import measured, name_of

INITS = ("standard", "normalized")
BIN = {"z": 0.01, "ds": 0.002}  # widths; of dW a tenth of the widest layer's std


def densities(arrays: Sequence[np.ndarray], edges: np.ndarray) -> np.ndarray:
    """Return densities (arrays, bins): shares of all entries, also those outside, per unit."""
    counts = np.array([np.histogram(array, edges)[0] for array in arrays])
    shares = counts / np.array([[array.size] for array in arrays])
    return shares / np.diff(edges)


def _edges(arrays: Sequence[np.ndarray], width: float) -> np.ndarray:
    """Return edges of bins so wide that hold all arrays, one centred on 0, where the peaks are."""
    reach = max(float(np.abs(array).max()) for array in arrays)
    half = int(np.ceil(reach / width)) if width > 0 else 1
    return (np.arange(-half, half + 2) - 0.5) * (width or 1.0)


def layer_histograms(
    sizes: Sequence[int],
    x: np.ndarray,
    labels: np.ndarray,
    *,
    activation: str | Callable = "tanh",
    output_init: str | Callable | None = None,
    seed: int = 0,
) -> Result:
    """Compute Figures 6, 7 and 8: histograms per layer, standard and normalized.

    Parameters
    ----------
    sizes : sequence of int
    x : ndarray, shape (examples, sizes[0])
    labels : ndarray of int, shape (examples,)
    activation, output_init
        As for :func:`tinynet.mlp`. The top panels of the paper's Figure 7 reproduce with
        ``output_init="normalized"``: hidden layers standard, the output layer not. That the paper
        did so is inferred, not stated.
    seed : int, optional
        The seed of the weights.

    Returns
    -------
    Result
        For each array ``z``, ``ds`` and ``dW`` and each initialization: ``z_standard``, ..., the
        densities (hidden layers, bins); ``z_standard_edges``, ..., of bins .01 wide for z, .002
        for ds, and a tenth of the widest layer's std for dW, one of them centred on 0;
        ``z_standard_peak``, ..., the highest density of each layer; ``z_standard_std``, ...

    Raises
    ------
    TypeError, ValueError
        One of the arguments cannot be used; the message names it.
    """
    sizes = checks.sizes_with_hidden("sizes", sizes)
    x = checks.finite("x", checks.batch("x", x, sizes[0]))
    labels = checks.labels("labels", labels, len(x), sizes[-1])
    seed = checks.seed("seed", seed)
    found: dict[str, dict[str, list[np.ndarray]]] = {}
    for init in INITS:
        net = mlp(sizes, activation=activation, init=init, output_init=output_init, rng=seed)
        every = measured(net, x, labels)
        found[init] = {"z": every["z"][1:], "ds": every["ds"][:-1], "dW": every["dW"][:-1]}

    result: dict[str, np.ndarray] = {}
    for init in INITS:
        for name, arrays in found[init].items():
            widest = max(float(array.std()) for array in arrays)
            edges = _edges(arrays, BIN.get(name, widest / 10))
            shown = densities(arrays, edges)
            result[f"{name}_{init}_edges"] = edges
            result[f"{name}_{init}"] = shown
            result[f"{name}_{init}_peak"] = shown.max(axis=1)
            result[f"{name}_{init}_std"] = np.array([array.std() for array in arrays])
    settings = {
        "sizes": sizes,
        "activation": name_of(activation),
        "output_init": name_of(output_init),
        "examples": len(x),
        "seed": seed,
    }
    return Result("layer_histograms", settings, result)

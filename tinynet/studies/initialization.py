"""A deep network before it has learnt anything: what theory says, and what is measured.

Glorot & Bengio (2010), section 4.2, in the indices of the code: Linear i = 0 .. d takes z_i
(z_0 the input) to s_i, and z_{i+1} = f(s_i). ``ds`` is one example's gradient: the batch size m
times ``linear.dy``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinynet._internal.progress import bar
from tinynet.looking.statistics import std
from tinynet.network import Network
from tinynet.studies.histograms import densities
from tinynet.studies.spectra import law_of, spectra_of
from tinynet.studies.variance import linear_regime, measured, rms, sizes_and_variances

BINS = {"activation": 100, "gradient": 200, "singular_value": 50}


def at_initialization(
    net: Network,
    x: np.ndarray,
    labels: np.ndarray,
    *,
    jacobians: int = 20,
    progress: Callable[..., Any] | None = bar,
) -> dict[str, Any]:
    """Measure every hidden layer in one forward and one backward pass.

    Parameters
    ----------
    net : Network
        Linear, activation, Linear, activation, ..., Linear.
    x : ndarray, shape (m, n_in)
    labels : ndarray of int, shape (m,)
    jacobians : int, optional
        At how many of the first examples to compute singular values.
    progress : function, optional
        Makes a progress bar like ``tqdm``; None shows nothing.

    Returns
    -------
    dict
        ``activation_std`` (of z_{i+1}), ``gradient_std`` (of ds_i), ``weight_gradient_std`` (of
        ``linear.dW``, the mean over the examples), ``weight_gradient_rms_example`` (the root of
        mean z_i^2 times mean ds_i^2): one number per hidden layer. ``mean_singular_value``: one
        for each square layer among J^1, J^2, ... ``predicted``: the same names, see
        :func:`predictions`. ``histograms``: ``activation``, ``gradient`` and ``singular_value``,
        each the ``edges`` of the bins and one list of ``densities`` per layer.
    """
    found = measured(net, x, labels)
    z, ds = found["z"], found["ds"]
    hidden = range(len(z) - 1)
    square = [i for i in hidden[1:] if z[i].shape == z[i + 1].shape]
    spectra = spectra_of(net, square, x[:jacobians], progress)
    return {
        "activation_std": [std(array) for array in z[1:]],
        "gradient_std": [std(array) for array in ds[:-1]],
        "weight_gradient_std": [std(array) for array in found["dW"][:-1]],
        "weight_gradient_rms_example": [rms(z[i]) * rms(ds[i]) for i in hidden],
        "mean_singular_value": [float(values.mean()) for values in spectra],
        "predicted": predictions(net, square, jacobians),
        "histograms": {
            "activation": _histograms(z[1:], BINS["activation"]),
            "gradient": _histograms(ds[:-1], BINS["gradient"]),
            "singular_value": _histograms(spectra, BINS["singular_value"]),
        },
    }


def predictions(net: Network, square: list[int], jacobians: int) -> dict[str, Any]:
    """Predict the network's last pass from what went in at its two ends.

    The theory is the paper's, :func:`tinynet.studies.linear_regime`; None if the activation does
    not have f(0) = 0 and f'(0) = 1, which eqs 4 to 7 assume. For each layer of ``square``, the
    mean singular value at the first ``jacobians`` examples is 8/(3 pi) sqrt(n Var[W]) rms(f'),
    see :func:`tinynet.studies.law`; None if f' differs much from unit to unit.
    """
    weighted, bends = net.layers[::2], net.layers[1::2]
    sizes, variances = sizes_and_variances(net)
    x, ds_d = weighted[0].x, len(weighted[0].x) * weighted[-1].dy
    theory = linear_regime(sizes, variances, rms(x) ** 2, rms(ds_d) ** 2)

    zero = np.zeros((1, 1))
    is_linear = all(bend.f(zero) == 0 and bend.slope(zero) == 1 for bend in bends)
    laws: list[float | None] = []
    for i in square:
        slopes = bends[i].slope(bends[i].x[:jacobians])
        mean, _ = law_of(weighted[i], slopes)
        alike = slopes.std() < 0.5 * slopes.mean()  # not those of relu, each 0 or 1
        laws.append(mean if alike else None)
    return {
        "activation_std": np.sqrt(theory["z"][1:]).tolist() if is_linear else None,
        "gradient_std": np.sqrt(theory["ds"][:-1]).tolist() if is_linear else None,
        "weight_gradient_rms_example": np.sqrt(theory["dw"][:-1]).tolist() if is_linear else None,
        "mean_singular_value": laws,
    }


def _histograms(arrays: list[np.ndarray], bins: int) -> dict[str, list]:
    """Return densities of arrays over the same bins, as far as four times the widest's std."""
    if not arrays:
        return {"edges": [], "densities": []}
    widest = max(arrays, key=np.std)
    reach = 4 * float(widest.std())
    low = max(min(float(array.min()) for array in arrays), float(widest.mean()) - reach)
    high = min(max(float(array.max()) for array in arrays), float(widest.mean()) + reach)
    if not high > low:  # one value only: dead rectifiers, a single unit
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, bins + 1)
    return {"edges": edges.tolist(), "densities": densities(arrays, edges).tolist()}

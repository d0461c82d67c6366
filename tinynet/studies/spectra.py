"""Layer Jacobians and their singular values, beside the laws of random matrices.

Glorot & Bengio (2010), section 4.2.1 and eq 17: the average singular value of J^i is "about 0.8"
under the normalized initialization and 0.5 under the standard one. 0.8 is what a matrix that
keeps variance exactly gives: with n Var(W) = 1 and no slope the quarter-circle law has the mean
8/(3 pi) = 0.849. There the root mean square is 1 (its square is the ratio of variances), and the
geometric mean, the ratio of volumes, is 0.61. An orthogonal matrix has 1 for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet._internal.progress import bar, checked, started
from tinynet.layers import Linear
from tinynet.looking import singular_values
from tinynet.network import Network, mlp
from tinynet.studies.result import Result
from tinynet.studies.variance import name_of, rms


def jacobian_spectra(
    sizes: Sequence[int],
    x: np.ndarray,
    *,
    activation: str | Callable = "tanh",
    init: str | Callable = "standard",
    seed: int = 0,
    progress: Callable[..., Any] | None = bar,
) -> Result:
    """Compute the singular values of every layer's Jacobian, and of the whole network's.

    Parameters
    ----------
    sizes : sequence of int
    x : ndarray, shape (examples, sizes[0])
        Every example has its own linear map. 20 of them at width 1000 take a few seconds.
    activation, init
        As for :func:`tinynet.mlp`.
    seed : int, optional
        The seed of the weights.
    progress : function, optional
        Makes a progress bar like ``tqdm``; None shows nothing.

    Returns
    -------
    Result
        ``values_i``, shape (examples, min(n_i, n_{i+1})), for each hidden layer i, the largest
        first, and ``values_all`` of the map from the input to the logits;
        ``mean``, ``rms``, ``geometric_mean``, ``smallest``, ``largest``, each of shape
        (hidden layers,), over all examples; ``law_mean`` and ``law_rms``, what :func:`law` gives
        with the measured slopes.

    Raises
    ------
    TypeError, ValueError
        One of the arguments cannot be used; the message names it.
    """
    sizes = checks.sizes_with_hidden("sizes", sizes)
    x = checks.finite("x", checks.batch("x", x, sizes[0], np.float64))
    seed, progress = checks.seed("seed", seed), checked(progress)
    net = mlp(sizes, activation=activation, init=init, rng=seed)
    net.forward(x)
    weighted, bends = net.layers[::2], net.layers[1::2]
    *spectra, every = spectra_of(net, [*range(len(bends)), None], x, progress)
    arrays = {f"values_{i}": values for i, values in enumerate(spectra)}
    arrays["values_all"] = every

    arrays["mean"] = np.array([values.mean() for values in spectra])
    arrays["rms"] = np.array([rms(values) for values in spectra])
    arrays["geometric_mean"] = np.array([geometric_mean(values) for values in spectra])
    arrays["smallest"] = np.array([values.min() for values in spectra])
    arrays["largest"] = np.array([values.max() for values in spectra])
    laws = [law_of(weighted[i], bend.slope(bend.x)) for i, bend in enumerate(bends)]
    arrays["law_mean"], arrays["law_rms"] = np.array(laws).T
    settings = {
        "sizes": sizes,
        "activation": name_of(activation),
        "init": name_of(init),
        "examples": len(x),
        "seed": seed,
    }
    return Result("jacobian_spectra", settings, arrays)


def spectra_of(
    net: Network,
    layers: Sequence[int | None],
    x: np.ndarray,
    progress: Callable[..., Any] | None = bar,
) -> list[np.ndarray]:
    """Return the singular values of these layers' Jacobians, (examples, units) each.

    ``layers`` counts the Linears as :func:`tinynet.singular_values` does.
    """
    spectra = []
    with started(progress, total=len(layers) * len(x), desc="Jacobians", unit="Jacobians") as shown:
        for i in layers:
            values = []
            for k in range(len(x)):
                values.append(singular_values(net, i, x[k : k + 1])[0])
                shown.update(1)
            spectra.append(np.array(values))
    return spectra


def geometric_mean(values: np.ndarray) -> float:
    """Return exp of the mean logarithm: how a map changes volume, per direction.

    Values below 1e-8 of the largest are only known to be small (see
    :func:`tinynet.singular_values`) and count as 1e-8 of it.
    """
    values = checks.numbers("values", values, least=0)
    if not values.any():
        raise ValueError("values: expected at least one above 0, got none")
    return float(np.exp(np.log(np.maximum(values, 1e-8 * values.max())).mean()))


def marchenko_pastur(v: np.ndarray, n_out: int, n_in: int, variance: float) -> np.ndarray:
    """Return the density at v of the singular values of a large random matrix (n_out, n_in).

    Marchenko & Pastur (1967), for independent entries of the given variance. For a square matrix
    it is a quarter of a circle, with the mean 8/(3 pi) sqrt(n variance).
    """
    n_out, n_in = checks.size("n_out", n_out), checks.size("n_in", n_in)
    variance = checks.positive("variance", variance)
    long, short = max(n_out, n_in), min(n_out, n_in)
    low = np.sqrt(variance) * (np.sqrt(long) - np.sqrt(short))
    high = np.sqrt(variance) * (np.sqrt(long) + np.sqrt(short))
    v = checks.numbers("v", v).astype(float)
    inside = np.maximum((high**2 - v**2) * (v**2 - low**2), 0)
    return np.sqrt(inside) / (np.pi * variance * short * np.where(v > 0, v, np.inf))


def law(n_out: int, n_in: int, variance: float) -> tuple[float, float]:
    """Return mean and root mean square of the singular values of :func:`marchenko_pastur`.

    For a layer's Jacobian ``variance`` is Var(W) times the mean of f'^2. Square: the mean is
    8/(3 pi) sqrt(n Var(W)) rms(f'), if the slopes are nearly alike; the more they differ, the
    smaller it is. The root mean square holds for any slopes.
    """
    n_out, n_in = checks.size("n_out", n_out), checks.size("n_in", n_in)
    variance = checks.not_negative("variance", variance)
    long, short = max(n_out, n_in), min(n_out, n_in)
    # For variance 1; the values grow with its root. The density ends like a square root; over
    # equal steps of an angle it ends like a square, and a plain sum is then very exact.
    angle = (np.arange(2000) + 0.5) * np.pi / 2000
    v = np.sqrt(long) - np.sqrt(short) * np.cos(angle)
    weights = marchenko_pastur(v, n_out, n_in, 1) * np.sin(angle)
    mean = (weights * v).sum() / weights.sum()
    return float(mean * np.sqrt(variance)), float(np.sqrt(long * variance))


def law_of(linear: Linear, slopes: np.ndarray) -> tuple[float, float]:
    """Return :func:`law` for a layer: its weights, and the slopes f' that its units had."""
    return law(linear.n_out, linear.n_in, rms(linear.W) ** 2 * rms(slopes) ** 2)

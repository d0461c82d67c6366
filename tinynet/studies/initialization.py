"""A deep network before it has learnt anything: what theory says of it, and what is measured.

Glorot & Bengio (2010), section 4.2, in the indices of the code: Linear i = 0 .. d takes z_i
(z_0 the input) to s_i, and z_{i+1} = f(s_i). ``ds`` is one example's gradient: the batch size m
times ``linear.dy``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinynet.layers import Linear
from tinynet.looking import singular_values
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.progress import bar

BINS = {"activation": 100, "gradient": 200, "singular_value": 50}


def at_initialization(
    net: Network,
    x: np.ndarray,
    labels: np.ndarray,
    *,
    jacobians: int = 20,
    progress: Callable[..., Any] = bar,
) -> dict[str, Any]:
    """What one forward and one backward pass show of every hidden layer.

    Parameters
    ----------
    net : Network
        Linear, activation, Linear, activation, ..., Linear.
    x : ndarray, shape (m, n_in)
    labels : ndarray of int, shape (m,)
    jacobians : int, optional
        At how many of the examples, the first ones, the singular values are computed.
    progress : function, optional
        Makes a progress bar as ``tqdm`` does.

    Returns
    -------
    dict
        ``activation_std`` (of z_{i+1}), ``gradient_std`` (of ds_i), ``weight_gradient_std`` (of
        ``linear.dW``, the mean over the examples), ``weight_gradient_rms_example`` (the root of
        mean z_i^2 times mean ds_i^2): one number a hidden layer. ``mean_singular_value``: one for
        each square layer among J^1, J^2, ... ``predicted``: the same names, see
        :func:`predictions`. ``histograms``: ``activation``, ``gradient`` and ``singular_value``,
        each the ``edges`` of the bins and one list of ``densities`` a layer.
    """
    loss = SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    m = len(x)
    linears = [layer for layer in net.layers if isinstance(layer, Linear)]
    hidden = range(len(linears) - 1)
    z = [linear.x for linear in linears]
    ds = [m * linear.dy for linear in linears]

    square = [i for i in hidden[1:] if linears[i].n_in == linears[i].n_out]
    spectra = []
    with progress(total=len(square) * jacobians, desc="looking", unit="Jacobians") as shown:
        for i in square:
            values = []
            for k in range(min(jacobians, m)):
                values.append(singular_values(net, i, x[k : k + 1])[0])
                shown.update(1)
            spectra.append(np.array(values))

    return {
        "activation_std": [_std(z[i + 1]) for i in hidden],
        "gradient_std": [_std(ds[i]) for i in hidden],
        "weight_gradient_std": [_std(linears[i].dW) for i in hidden],
        "weight_gradient_rms_example": [_rms(z[i]) * _rms(ds[i]) for i in hidden],
        "mean_singular_value": [float(values.mean()) for values in spectra],
        "predicted": predictions(net, square),
        "histograms": {
            "activation": _histograms([z[i + 1] for i in hidden], BINS["activation"]),
            "gradient": _histograms([ds[i] for i in hidden], BINS["gradient"]),
            "singular_value": _histograms(spectra, BINS["singular_value"]),
        },
    }


def predictions(net: Network, square: list[int]) -> dict[str, list[float] | None]:
    """What the linear regime predicts of the network's last pass, from x and ds_d alone.

    E[z_i^2]  = E[x^2] * product over j < i of n_j Var[W_j]               (eq 5)
    E[ds_i^2] = E[ds_d^2] * product over j > i of n_{j+1} Var[W_j]        (eq 6)
    E[dw_i^2] = E[z_i^2] * E[ds_i^2], one example's                       (eq 7)

    They are None where the activation is not f(0) = 0, f'(0) = 1, which eqs 4 to 7 assume. For a
    square layer i the mean singular value is 8/(3 pi) sqrt(n Var[W_i]) rms(f'): the mean of the
    quarter-circle law that large random matrices obey, times the slopes that were measured.
    """
    linears = [layer for layer in net.layers if isinstance(layer, Linear)]
    bends = [net.layers[net.layers.index(linear) + 1] for linear in linears[:-1]]
    hidden = range(len(bends))
    m = len(linears[0].x)
    variance = [float((linear.W.astype(float) ** 2).mean()) for linear in linears]

    z_square = [_rms(linears[0].x) ** 2]
    for linear, var in zip(linears, variance, strict=True):
        z_square.append(z_square[-1] * linear.n_in * var)
    ds_square = [_rms(m * linears[-1].dy) ** 2]
    for linear, var in zip(linears[:0:-1], variance[:0:-1], strict=True):
        ds_square.insert(0, ds_square[0] * linear.n_out * var)

    zero = np.zeros((1, 1))
    linear_regime = all(bend.f(zero) == 0 and bend.slope(zero) == 1 for bend in bends)
    dw_square = [z_square[i] * ds_square[i] for i in hidden]
    law = [
        8 / (3 * np.pi) * np.sqrt(linears[i].n_in * variance[i]) * _rms(bends[i].slope(bends[i].x))
        for i in square
    ]
    return {
        "activation_std": _roots(z_square[1:-1]) if linear_regime else None,
        "gradient_std": _roots(ds_square[:-1]) if linear_regime else None,
        "weight_gradient_rms_example": _roots(dw_square) if linear_regime else None,
        "mean_singular_value": [float(value) for value in law],
    }


def _std(array: np.ndarray) -> float:
    return float(array.std(dtype=float))


def _rms(array: np.ndarray) -> float:
    return float(np.sqrt((array.astype(float) ** 2).mean()))


def _roots(squares: list[float]) -> list[float]:
    return [float(np.sqrt(square)) for square in squares]


def _histograms(arrays: list[np.ndarray], bins: int) -> dict[str, list]:
    """Densities of several arrays over the same bins, as far as four times the widest's std."""
    if not arrays:
        return {"edges": [], "densities": []}
    widest = max(arrays, key=np.std)
    reach = 4 * float(widest.std())
    low = max(min(float(array.min()) for array in arrays), float(widest.mean()) - reach)
    high = min(max(float(array.max()) for array in arrays), float(widest.mean()) + reach)
    edges = np.linspace(low, high, bins + 1)
    width = edges[1] - edges[0]
    # As a share of all, what lies beyond the last bin too: so densities can be compared.
    densities = [np.histogram(array, edges)[0] / array.size / width for array in arrays]
    return {"edges": edges.tolist(), "densities": [density.tolist() for density in densities]}

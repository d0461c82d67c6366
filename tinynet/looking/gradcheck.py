"""Is the gradient right? Every array of the backward pass against centred differences."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinynet import _checks as checks
from tinynet.network import Network

STEP = 1e-6  # h of the differences: their error h^2 and the rounding 1e-16/h are both small
LARGE = 400  # entries: an array with more of them is checked along one random direction
KINK = 1e-3  # slopes left and right that differ by more than this share have a kink between


class GradientError(NamedTuple):
    """One row of the table: how far an array is from its centred differences."""

    layer: str
    array: str
    shape: tuple[int, ...]
    checked: int  # entries compared, or 1 for one random direction
    kinks: int  # entries left out, because a kink lies within the step
    error: float  # the largest difference, relative to the largest entry; NaN: all were kinks


def gradient_check(
    net: Network, x: np.ndarray, *, rng: Any = 0, show: bool = False
) -> list[GradientError]:
    """Compare every gradient of a network with centred differences.

    The scalar that is differentiated is the sum of R * output, R a random upstream gradient, so
    that no output is left out. Parameters and the input of every layer are moved by h = 1e-6,
    all in float64, on a copy: the network stays as it was. An array of more than 400 entries is
    checked along one random direction v, by two forward calls: <v, gradient> against
    (C(+h v) - C(-h v))/2h. An entry is left out, and counted, where the slopes to its left and
    to its right differ: a kink (such as that of ReLU at 0) lies there.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (batch, n_in)
    rng : int or numpy.random.Generator, optional
        The source of R and of the directions.
    show : bool, optional
        Print the table.

    Returns
    -------
    list of GradientError
        One row for each parameter's gradient and each layer's dx. Right gradients have errors of
        about 1e-9 or less; 1e-5 and more is a mistake.

    Raises
    ------
    TypeError, ValueError
        x is not what the network takes.
    """
    net.view().forward(x)  # complains of x before anything is copied
    net = _in_float64(net)
    rng = checks.generator("rng", rng)
    x = np.array(x, np.float64)
    inputs = [x]
    for layer in net.layers:
        inputs.append(layer.forward(inputs[-1]))
    R = rng.standard_normal(inputs[-1].shape)
    gradients = [R]
    for layer in reversed(net.layers):
        gradients.insert(0, layer.backward(gradients[0]))
    checks.has_gradients(net.layers)

    rows = []
    for k, layer in enumerate(net.layers):
        rest = Network(net.layers[k:]).view()  # its passes leave the gradients as they are
        entering = inputs[k].copy()

        def cost(rest: Network = rest, entering: np.ndarray = entering) -> float:
            return float((R * rest.forward(entering)).sum())

        name = f"{k} {type(layer).__name__}"
        for parameter in layer.parameters:
            value, gradient = getattr(layer, parameter), getattr(layer, "d" + parameter)
            rows.append(_compare(name, "d" + parameter, gradient, value, cost, rng))
        rows.append(_compare(name, "dx", gradients[k], entering, cost, rng))
    if show:
        print(table(rows))
    return rows


def table(rows: list[GradientError]) -> str:
    """The rows of :func:`gradient_check` as text."""
    lines = [f"{'layer':<16}{'array':<8}{'shape':<14}{'checked':>12}{'kinks':>7}{'error':>10}"]
    for row in rows:
        large = np.prod(row.shape) > LARGE
        checked = "1 direction" if large else str(row.checked)
        shape = " x ".join(map(str, row.shape))
        lines.append(
            f"{row.layer:<16}{row.array:<8}{shape:<14}{checked:>12}{row.kinks:>7}{row.error:>10.1e}"
        )
    return "\n".join(lines)


def _in_float64(net: Network) -> Network:
    net = Network(copy.deepcopy(net.layers))
    for layer in net.layers:
        for name in layer.parameters:
            setattr(layer, name, getattr(layer, name).astype(np.float64))
            setattr(layer, "d" + name, None)  # made anew, in float64
    return net


def _compare(
    layer: str,
    array: str,
    gradient: np.ndarray,
    value: np.ndarray,
    cost: Callable[[], float],
    rng: np.random.Generator,
) -> GradientError:
    """Move ``value``, entry by entry or along one direction, and see what the cost does."""
    directions: Any = np.eye(value.size).reshape(-1, *value.shape)
    if value.size > LARGE:
        v = rng.standard_normal(value.shape)
        directions = [v / np.linalg.norm(v)]
    predicted = np.array([(v * gradient).sum() for v in directions])
    left, right = np.array([_slopes(cost, value, v) for v in directions]).T
    measured = (left + right) / 2

    usual = np.sqrt((gradient**2).mean())  # <v, gradient> can be small by chance: not the scale
    scale = max(np.abs(predicted).max(), np.abs(measured).max(), usual)
    kink = np.abs(right - left) > KINK * scale
    difference = np.abs(predicted - measured)[~kink]
    error = np.nan  # where nothing could be compared: NaN passes no test
    if difference.size:
        error = float(difference.max() / scale) if scale > 0 else 0.0
    return GradientError(layer, array, gradient.shape, len(difference), int(kink.sum()), error)


def _slopes(cost: Callable[[], float], value: np.ndarray, v: np.ndarray) -> tuple[float, float]:
    """(C(0) - C(-h v))/h and (C(h v) - C(0))/h; their mean is the centred difference."""
    kept = value.copy()
    here = cost()
    value[...] = kept + STEP * v
    above = cost()
    value[...] = kept - STEP * v
    below = cost()
    value[...] = kept
    return (here - below) / STEP, (above - here) / STEP

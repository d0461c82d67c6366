"""Starts that look at the data: weights scaled, or chosen, by what a batch does to them."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts, reprs
from tinynet.initializers import orthogonal
from tinynet.layers import Linear
from tinynet.network import Network

FACTOR, REACH = 1.3, 3.0  # a factor of gradinit grows or shrinks by the first, up to the second
LONGEST = 1.0  # gradient that gradinit allows


def lsuv(net: Network, x: np.ndarray, *, rng: Any = None) -> None:
    """Make the weights orthogonal, and then so long that every layer's y has the std 1 over x.

    Layer by layer from below, W <- W/std(y): layer-sequential unit variance, of Mishkin & Matas.
    Without a bias y goes with W, so that one division is exact; the biases are set to 0.

    Parameters
    ----------
    net : Network
        Of Linears and layers without parameters. Its weights are set in place.
    x : ndarray, shape (batch, n_in)
    rng : int or numpy.random.Generator, optional
        The random source of the weights.

    Raises
    ------
    TypeError, ValueError
        A layer with parameters is not a plain Linear, x does not fit, or a layer gives only zeros.
    """
    view = _of_linears("net", net).view()
    z = _fitting(net, x)
    rng, found = checks.generator("rng", rng), []
    for k, layer in enumerate(view.layers):
        if type(layer) is Linear:
            W = orthogonal(layer.n_in, layer.n_out, rng).astype(net.dtype)
            y = z @ W
            if not y.any():
                raise ValueError(f"x: expected rows that reach layers[{k}], which gives only zeros")
            std = y.std(dtype=float)
            W = W / net.dtype.type(std)
            z = z @ W
            found.append((layer, W))
        else:
            z = layer.forward(z)
    for layer, W in found:
        layer.W[:] = W
        if layer.b is not None:
            layer.b[:] = 0


def gradinit(net: Network, loss: Any, x: np.ndarray, labels: np.ndarray, lr: float) -> np.ndarray:
    """Scale the weights so that one step of SGD on half of a batch helps most on the other half.

    The factors a of the W of each Linear minimize cost(P - lr dP), P being the parameters and dP
    the gradient at the weights a W, not longer than 1: GradInit, Zhu et al. (2021), who learn them.
    Here each in turn is multiplied by 1.3 or divided by it for as long as that helps, between 1/3
    and 3, until nothing does. A longer gradient is first made shorter.

    Parameters
    ----------
    net : Network
        Of Linears and layers without parameters. Its weights are scaled in place.
    loss : loss
    x : ndarray, shape (batch, n_in)
        The first half of the rows makes the step, the others judge it.
    labels : ndarray, shape (batch,), or targets
    lr : float
        The rate of the step.

    Returns
    -------
    ndarray, shape (Linears,)
        The factors.

    Raises
    ------
    TypeError, ValueError
        A layer with parameters is not a plain Linear, or another argument cannot be used.
    """
    view, loss = _of_linears("net", net).view(), copy.deepcopy(contracts.loss("loss", loss))
    x = _fitting(net, x)
    if len(x) < 2:
        raise ValueError("x: expected two rows or more, one to step and one to judge, got one")
    labels, lr = checks.as_many("labels", labels, x), checks.positive("lr", lr)
    linears = [layer for layer in view.layers if type(layer) is Linear]
    start = [(layer.W, layer.b) for layer in linears]
    half = len(x) // 2

    def judged(factors: np.ndarray) -> tuple[float, float]:
        """Return how much too long the gradient is, and the cost after a step."""
        for layer, (W, b), a in zip(linears, start, factors, strict=True):
            layer.W, layer.b = W * W.dtype.type(a), None if b is None else b.copy()
        loss.forward(view.forward(x[:half]), labels[:half])
        view.backward(loss.backward())
        gradients = view.named_gradients()
        length = np.sqrt(sum(float((dP.astype(float) ** 2).sum()) for dP in gradients.values()))
        for name, P in view.named_parameters().items():
            P -= lr * gradients[name]
        cost = loss.forward(view.forward(x[half:]), labels[half:])
        return max(length - LONGEST, 0), cost

    factors = np.ones(len(linears))
    with contracts.said_of("labels"):
        best, before = judged(factors), None
    while best != before:
        before = best
        for k in range(len(factors)):
            for factor in (FACTOR, 1 / FACTOR):
                better = True
                while better:
                    tried = factors.copy()
                    tried[k] *= factor
                    inside = 1 / REACH <= tried[k] <= REACH
                    found = judged(tried) if inside else best
                    better = found < best
                    factors, best = (tried, found) if better else (factors, best)
    for layer, a in zip((one for one in net.layers if type(one) is Linear), factors, strict=True):
        layer.W *= layer.W.dtype.type(a)
    return factors


def gradmax(z: np.ndarray, ds: np.ndarray, units: int) -> np.ndarray:
    """Return outgoing weights of new units with which their incoming weights learn fastest.

    New units whose incoming weights are 0 leave the function as it is, if f(0) = 0. The gradient
    of these weights is then M V^T, M = z^T ds, for f'(0) = 1 and outgoing weights V. Of all V with
    rows of length 1 at right angles, M's first right singular vectors make it longest:
    that is GradMax.

    Parameters
    ----------
    z : ndarray, shape (batch, n_in)
        What enters the layer that the units are added to: ``linear.x``.
    ds : ndarray, shape (batch, n_out)
        The gradient above the units: ``dy`` of the next Linear.
    units : int
        At most the smaller of n_in and n_out.

    Returns
    -------
    ndarray, shape (units, n_out)

    Raises
    ------
    TypeError, ValueError
        An argument cannot be used.
    """
    z, ds = (checks.finite(name, checks.batch(name, a)) for name, a in (("z", z), ("ds", ds)))
    if len(z) != len(ds):
        raise ValueError(f"ds: expected a row for each of z, {len(z)}, got {len(ds)}")
    most = min(z.shape[1], ds.shape[1])
    units = checks.whole("units", units, 1, most)
    M = z.T @ ds
    V = np.linalg.svd(M, full_matrices=False)[2]
    return V[:units]


def _of_linears(name: str, net: Any) -> Network:
    """Check that a network has no parameters but those of plain Linears in a row."""
    for k, layer in enumerate(contracts.trainable(name, net).layers):
        inside = layer.named_parameters() if isinstance(layer, Network) else layer.parameters
        if inside and type(layer) is not Linear:
            raise TypeError(
                f"{name}: expected Linears and layers without parameters, got"
                f" {reprs.short(layer)} as layers[{k}]"
            )
    return net


def _fitting(net: Network, x: Any) -> np.ndarray:
    """Check that x can go into a network."""
    width = getattr(net.layers[0], "n_in", None)
    return checks.finite("x", checks.batch("x", x, width, net.dtype))

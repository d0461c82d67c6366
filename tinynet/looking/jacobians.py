"""Layer Jacobians and their singular values: by how much a layer stretches a small change.

J^i = dz^{i+1}/dz^i, eq 17 of Glorot & Bengio (2010), is that of Linear i and what follows it up to
the next Linear. Linears are counted from 0: 0 is the first hidden layer, the last one the output
layer. A change of z^i along a singular vector of J comes out stretched by its singular value.
Looking leaves every array of the last pass as it was. A layer that behaves differently in
training, such as dropout, is looked at as it is in use.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet._internal import checks, contracts, reprs
from tinynet.layers import Activation, Linear
from tinynet.looking.walking import one_by_one
from tinynet.network import Network

LARGEST = 2**30  # bytes in one array of Jacobians: 1 GiB


def jacobian(net: Network, i: int | None, x: np.ndarray) -> np.ndarray:
    """Return the Jacobian of one layer, or of the whole network, at each example.

    For Linear i and an activation it is diag(f'(s)) W^T: row k says how output unit k responds
    to a small change of each input unit.

    Parameters
    ----------
    net : Network
    i : int or None
        Which Linear, from 0, together with what follows it up to the next. None: the whole
        network.
    x : ndarray, shape (examples, n_in)
        Input of the network, not of the layer.

    Returns
    -------
    ndarray, shape (examples, n_out, n_in)
        One matrix per example, in the dtype of the network.

    Raises
    ------
    TypeError, ValueError
        i or x does not fit the network, or the array would be larger than 1 GiB
        (:func:`singular_values` works on one example at a time).
    """
    block, x = _block_and_input(net, i, x)
    n_out, n_in = _shape(block, x)
    size = len(x) * n_out * n_in * x.itemsize
    if size > LARGEST:
        raise ValueError(
            f"x: expected Jacobians of at most 1 GiB, got {len(x)} of {n_out} x {n_in}, which are"
            f" {size / LARGEST:.1f} GiB; write tn.singular_values(net, i, x), which works on one"
            " at a time"
        )
    J = np.empty((len(x), n_out, n_in), x.dtype)
    for k in range(len(x)):
        J[k] = _jacobian(block, x[k : k + 1])
    return J


def singular_values(net: Network, i: int | None, x: np.ndarray) -> np.ndarray:
    """Return the singular values of each example's Jacobian, the largest first.

    They are the square roots of the eigenvalues of the smaller of J J^T and J^T J, computed in
    float64. That is about twice as fast as a singular value decomposition, and just as exact for
    the large ones; but squaring loses half of the digits, so values below 1e-8 of the largest
    are only known to be small.

    Parameters
    ----------
    net, i, x
        As for :func:`jacobian`.

    Returns
    -------
    ndarray, shape (examples, min(n_out, n_in)), float64

    Raises
    ------
    TypeError, ValueError
        i or x does not fit the network.
    """
    block, x = _block_and_input(net, i, x)
    values = np.empty((len(x), min(_shape(block, x))))
    for k in range(len(x)):
        J = _jacobian(block, x[k : k + 1]).astype(np.float64)
        gram = J @ J.T if J.shape[0] <= J.shape[1] else J.T @ J
        squares = np.linalg.eigvalsh(gram)[::-1]
        values[k] = np.sqrt(squares.clip(min=0))  # rounding can leave a zero at -1e-16
    return values


def mean_square_singular_value(net: Network, i: int | None, x: np.ndarray) -> np.ndarray:
    """Return the mean squared singular value of each example's Jacobian, without a spectrum.

    The sum of the squares is that of J's squared entries; for Linear i and its activation it is
    the sum over units k of ``f'(s_k)^2 |W_k|^2``, with W_k the column of unit k. Parameters and
    errors are those of :func:`singular_values`.

    Returns
    -------
    ndarray, shape (examples,), float64
    """
    block, x = _block_and_input(net, i, x)
    linear, *rest = block
    if type(linear) is Linear and all(_is_elementwise(layer) for layer in rest):
        slopes = np.ones((len(x), linear.n_out))
        s = linear.forward(x)
        for layer in rest:
            slopes = slopes * layer.slope(s)
            s = layer.forward(s)
        lengths = (linear.W.astype(np.float64) ** 2).sum(axis=0)
        return slopes**2 @ lengths / min(linear.n_in, linear.n_out)
    sums = [(_jacobian(block, x[k : k + 1]).astype(np.float64) ** 2).sum() for k in range(len(x))]
    return np.array(sums) / min(_shape(block, x))


def _block_and_input(net: Network, i: Any, x: Any) -> tuple[list, np.ndarray]:
    """Return the layers of Jacobian i, on a view, and what enters the first of them at x."""
    contracts.network("net", net)
    width = getattr(net.layers[0], "n_in", None)
    x = checks.finite("x", checks.batch("x", x, width, net.dtype))
    layers = one_by_one(net.view()).layers
    if i is not None and len(layers) == 1 and hasattr(layers[0], "layers"):
        raise ValueError(
            f"i: expected None, because {type(net).__name__} has its own forward and counts as one"
            f" layer, got {i}"
        )
    starts = [k for k, layer in enumerate(layers) if isinstance(layer, Linear)]
    start, end = 0, len(layers)
    if i is not None:
        i = checks.index("i", i, len(starts), "Linear layers")
        start, end = starts[i], [*starts, end][i + 1]
    for layer in layers[:start]:
        x = layer.forward(x)
    block = layers[start:end]
    _keeps_examples_apart(block, x)
    return block, x


def _keeps_examples_apart(block: list, x: np.ndarray) -> None:
    """Refuse a layer that mixes the examples of a batch: none would have its own Jacobian."""
    first = x[:1]
    for layer in block:
        alone = np.array(layer.forward(first))
        if not (isinstance(layer, Linear) or _is_elementwise(layer)):
            beside, leaked = _with_another(layer, first, alone.shape[1])
            near = np.sqrt(np.finfo(x.dtype).eps) * np.abs(alone).max()
            if np.abs(beside - alone).max() > near or leaked.any():
                raise ValueError(
                    f"{reprs.short(layer)}: expected a layer that takes each example on its own,"
                    " got one that mixes the examples of a batch, so none has its own Jacobian; if"
                    " it mixes them only in training, write training = True in its class and test"
                    " self.training"
                )
        first = alone


def _with_another(layer: Any, x: np.ndarray, n_out: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the output of x beside another example, and the gradient that reaches the other."""
    beside = np.array(layer.forward(np.concatenate([x, 2 * x + 1])))[:1]
    dy = np.zeros((2, n_out), x.dtype)
    of_own_cost = np.array(layer.backward(dy))[1]
    dy[0] = np.linspace(1, 2, n_out)
    return beside, np.array(layer.backward(dy))[1] - of_own_cost


def _shape(block: list, x: np.ndarray) -> tuple[int, int]:
    """Return (n_out, n_in) of the block's Jacobian."""
    y = x[:1]
    for layer in block:
        y = layer.forward(y)
    return y.shape[1], x.shape[1]


def _jacobian(block: list, x: np.ndarray) -> np.ndarray:
    """Apply the chain rule at one example x, (1, n_in): from the input on, layer by layer."""
    J = None
    for layer in block:
        if J is None:
            J = _own_jacobian(layer, x)
        elif _is_elementwise(layer):
            J = layer.slope(x).T * J  # diag(f'(s)) J
        else:
            J = _own_jacobian(layer, x) @ J
        x = layer.forward(x)
    return J


def _is_elementwise(layer: Any) -> bool:
    """Tell whether it is an activation with the usual two passes: f and slope say it all."""
    kind = type(layer)
    plain = isinstance(layer, Activation) and kind.forward is Activation.forward
    return plain and kind.backward is Activation.backward


def _own_jacobian(layer: Any, x: np.ndarray) -> np.ndarray:
    """Return dy/dx of one layer at one example x, (1, n_in)."""
    if type(layer) is Linear:
        return layer.W.T
    # For any other layer, ask its own backward pass: repeat the example once per output, with a
    # gradient that is 1 at that output and 0 elsewhere. What backward gives for gradients of 0
    # comes from the layer's own cost.
    n_out = layer.forward(x).shape[1]
    layer.forward(np.repeat(x, n_out, axis=0))
    of_own_cost = np.array(layer.backward(np.zeros((n_out, n_out), x.dtype)))
    return layer.backward(np.eye(n_out, dtype=x.dtype)) - of_own_cost

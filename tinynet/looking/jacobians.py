"""Layer Jacobians and their singular values: by how much a layer stretches a small change.

J^i = dz^{i+1}/dz^i, eq 17 of Glorot & Bengio (2010): Linear i and what follows it up to the next
Linear, the Linears counted from 0, so that 0 is the first hidden layer and the last one the
output layer. A change of z^i in a direction of J's singular vectors comes out longer or shorter
by its singular value. Looking leaves every array of the last pass as it was. A layer that is not
the same in training, such as dropout, is looked at as it is when it is used.
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
    """The Jacobian of one layer, or of the whole network, at each example.

    For Linear i and an activation it is diag(f'(s)) W^T: row k holds what unit k of the output
    does when a unit of the input changes a little.

    Parameters
    ----------
    net : Network
    i : int or None
        Which Linear, from 0; it goes with all that follows it up to the next. None: the whole
        network.
    x : ndarray, shape (examples, n_in)
        Input of the network, not of the layer.

    Returns
    -------
    ndarray, shape (examples, n_out, n_in)
        One matrix an example, in the dtype of the network.

    Raises
    ------
    TypeError, ValueError
        i or x does not fit the network, or the array would be larger than 1 GiB (then
        :func:`singular_values` does with one example at a time).
    """
    block, x = _block_and_input(net, i, x)
    n_out, n_in = _shape(block, x)
    size = len(x) * n_out * n_in * x.itemsize
    if size > LARGEST:
        raise ValueError(
            f"x: expected Jacobians of at most 1 GiB, got {len(x)} of {n_out} x {n_in}, which are"
            f" {size / LARGEST:.1f} GiB: tn.singular_values(net, i, x) works with one at a time"
        )
    J = np.empty((len(x), n_out, n_in), x.dtype)
    for k in range(len(x)):
        J[k] = _jacobian(block, x[k : k + 1])
    return J


def singular_values(net: Network, i: int | None, x: np.ndarray) -> np.ndarray:
    """The singular values of each example's Jacobian, the largest first.

    They are the square roots of the eigenvalues of the smaller of J J^T and J^T J, computed in
    float64. That is about twice as fast as a singular value decomposition, and just as exact for
    the large ones; but squares lose half of the digits, so that what lies below 1e-8 of the
    largest is only known to be small.

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
    """The mean of the squared singular values of each example's Jacobian, without a spectrum.

    The squares sum up to those of J's entries; for Linear i and its activation that is the sum
    over the units k of f'(s_k)^2 |W_k|^2, W_k the column of unit k. Parameters and errors as for
    :func:`singular_values`.

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
    """Give layers of a view of the network, and what enters the first of them at input x."""
    contracts.network("net", net)
    width = getattr(net.layers[0], "n_in", None)
    x = checks.finite("x", checks.batch("x", x, width, net.dtype))
    layers = one_by_one(net.view()).layers
    if i is not None and len(layers) == 1 and hasattr(layers[0], "layers"):
        raise ValueError(
            f"i: expected None, since {type(net).__name__} has a forward of its own and counts as"
            f" one layer, got {i}"
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
    """Refuse a layer that mixes the examples of a batch: no example has a Jacobian of its own."""
    first = x[:1]
    for layer in block:
        alone = np.array(layer.forward(first))
        if not (isinstance(layer, Linear) or _is_elementwise(layer)):
            beside, leaked = _with_another(layer, first, alone.shape[1])
            near = np.sqrt(np.finfo(x.dtype).eps) * np.abs(alone).max()
            if np.abs(beside - alone).max() > near or leaked.any():
                raise ValueError(
                    f"{reprs.short(layer)}: expected each example by itself, got a layer that mixes"
                    " the examples of a batch, so that none has a Jacobian of its own; a layer that"
                    " does so in training only has an attribute training, and asks it"
                )
        first = alone


def _with_another(layer: Any, x: np.ndarray, n_out: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the output of x beside another example, and the gradient that reaches the other."""
    beside = np.array(layer.forward(np.concatenate([x, 2 * x + 1])))[:1]
    dy = np.zeros((2, n_out), x.dtype)
    of_own_cost = np.array(layer.backward(dy))[1]
    dy[0] = np.linspace(1, 2, n_out)
    return beside, np.array(layer.backward(dy))[1] - of_own_cost


def _shape(block: list, x: np.ndarray) -> tuple[int, int]:
    """(n_out, n_in) of the block's Jacobian."""
    y = x[:1]
    for layer in block:
        y = layer.forward(y)
    return y.shape[1], x.shape[1]


def _jacobian(block: list, x: np.ndarray) -> np.ndarray:
    """The chain rule at one example x, (1, n_in): from the input on, each layer times the last."""
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
    """Tell whether it is an activation whose passes are every activation's: f and slope say all."""
    kind = type(layer)
    plain = isinstance(layer, Activation) and kind.forward is Activation.forward
    return plain and kind.backward is Activation.backward


def _own_jacobian(layer: Any, x: np.ndarray) -> np.ndarray:
    """Give dy/dx of one layer at one example x, (1, n_in)."""
    if type(layer) is Linear:
        return layer.W.T
    # Any other layer is asked by its own backward pass: the example, as often as there are
    # outputs, and for each output a gradient that is 1 there and 0 elsewhere. What backward gives
    # for gradients of 0 is that of a cost of its own.
    n_out = layer.forward(x).shape[1]
    layer.forward(np.repeat(x, n_out, axis=0))
    of_own_cost = np.array(layer.backward(np.zeros((n_out, n_out), x.dtype)))
    return layer.backward(np.eye(n_out, dtype=x.dtype)) - of_own_cost

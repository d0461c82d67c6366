"""One example's own gradient, from x and dy of the last pass: nothing is computed again.

dy is that of the mean cost, so one of m examples has m dy_k for itself. Its gradient of W is an
outer product of two vectors, x_k and m dy_k, and so it is for each parameter. Lengths, products
and sums of outer products need the vectors alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts, reprs
from tinynet.later.normalization import BatchNorm, Norm
from tinynet.layers import Linear
from tinynet.network import Network
from tinynet.optimizers import SGD

PLAIN = Linear.forward, Linear.backward


def outer_products(net: Network) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return for each parameter the two vectors of each example.

    Parameters
    ----------
    net : Network
        After a forward and a backward pass. Its parameters are those of ``tn.Linear`` and
        ``later.LayerNorm``, and no layer mixes the rows of a batch.

    Returns
    -------
    dict
        From a parameter's name to left, shape (m, a), and right, shape (m, n): ``np.outer(left[k],
        right[k])`` is the gradient of example k's own cost. For W these are x and m dy; for a
        parameter of shape (n,) left is ones, of shape (m, 1).

    Raises
    ------
    TypeError, ValueError
        ``net`` is no network, a pass is missing, or one example has no gradient of its own.
    """
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    parameters = contracts.trainable("net", net).named_parameters()
    contracts.gradients(parameters, net.named_gradients())
    for place, layer in net.named_layers().items():
        refuse_own_cost(place, layer, "outer_products")
        if not layer.parameters:
            continue
        m = len(layer.dy)
        own, ones = m * layer.dy, np.ones_like(layer.dy[:, :1])
        if (type(layer).forward, type(layer).backward) == PLAIN:
            vectors = {"W": (layer.x, own), "b": (ones, own)}
        elif isinstance(layer, Norm) and type(layer).backward is Norm.backward:
            vectors = {"gamma": (ones, own * layer.x_hat), "beta": (ones, own)}
        else:
            vectors = {}
        for name in layer.parameters:
            if name not in vectors:
                raise TypeError(
                    f"layers[{place}].{name}: expected a parameter of a tn.Linear or a"
                    f" later.LayerNorm, got that of {reprs.short(layer)}, of which one example's"
                    " gradient is not known"
                )
            found[f"{place}.{name}"] = vectors[name]
    refuse_mixed_rows(net)
    return found


def example_norms(net: Network) -> np.ndarray:
    """Return the length of each example's own gradient, all parameters together: shape (m,).

    ``|left|^2 |right|^2`` is the squared length of an outer product. Parameters, errors: see
    :func:`outer_products`.
    """
    return _lengths(outer_products(net))


def gram(net: Network) -> np.ndarray:
    """Return <g_j, g_k> of all pairs of examples, g their own gradients: shape (m, m).

    Two outer products have <left_j, left_k> <right_j, right_k>. The mean of it all is the squared
    length of the mean gradient, the one that a step follows. With 1 in one output's column of dy in
    place of a cost's gradient, ``gram(net) / m**2`` is that output's neural tangent kernel.
    Parameters, errors: see :func:`outer_products`.
    """
    return sum((left @ left.T) * (right @ right.T) for left, right in outer_products(net).values())


def weigh(net: Network, f: Any) -> dict[str, np.ndarray]:
    """Return the gradient of sum_k f_k cost_k / m by name, from the same backward pass.

    Parameters
    ----------
    net : Network
        See :func:`outer_products`.
    f : array_like, shape (m,)
        What each example counts. With ones these are the gradients of the pass.

    Raises
    ------
    TypeError, ValueError
        ``f`` is not a finite number for each example, or as in :func:`outer_products`.
    """
    products = outer_products(net)
    m = len(next(iter(products.values()))[1])
    return _weighed(products, checks.numbers("f", f, [m], finite=True), net)


def _lengths(products: dict[str, tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    squares = [(left**2).sum(axis=1) * (right**2).sum(axis=1) for left, right in products.values()]
    return np.sqrt(sum(squares))


def _weighed(
    products: dict[str, tuple[np.ndarray, np.ndarray]], f: np.ndarray, net: Network
) -> dict[str, np.ndarray]:
    m, f = len(f), f[:, None]
    weighed = {
        name: left.T @ (f.astype(right.dtype) * right) / m
        for name, (left, right) in products.items()
    }
    parameters = net.named_parameters()
    return {name: sums.reshape(parameters[name].shape) for name, sums in weighed.items()}


class Private(SGD):
    """P <- P - lr (sum_k f_k g_k / m + noise), differentially private descent.

    g_k is the own gradient of example k; ``f_k = min(1, clip/|g_k|)`` makes none longer than clip.
    The noise is N(0, (noise clip/m)^2) for each number. So a step says little of any one example.
    How little, the privacy that is spent, is not counted here.

    Parameters
    ----------
    net : Network
        See :func:`outer_products`.
    lr : float
    clip : float, optional
    noise : float, optional
        In units of what one example can add: at least 0.
    rng : int or numpy.random.Generator, optional
        The random source of the noise.

    Attributes
    ----------
    f : ndarray, shape (m,)
        By how much each example of the last step was shortened.
    """

    buffers = ("rng",)
    f: np.ndarray

    def __init__(
        self, net: Network, lr: float, *, clip: float = 1.0, noise: float = 1.0, rng: Any = None
    ):
        super().__init__(net, lr)
        self.clip = checks.positive("clip", clip)
        self.noise = checks.not_negative("noise", noise)
        self.rng = checks.generator("rng", rng)
        self.f = None

    def changes(self, gradients: dict[str, np.ndarray]) -> Iterable[tuple[str, np.ndarray]]:
        """Yield each name and its change."""
        products = outer_products(self.net)
        self.f = self.clip / np.maximum(_lengths(products), self.clip)
        std = self.noise * self.clip / len(self.f)
        for name, gradient in _weighed(products, self.f, self.net).items():
            noise = self.rng.standard_normal(gradient.shape, gradient.dtype)
            yield name, -self.lr * (gradient + std * noise)


# ---------------------------------------------------------------------------- what is refused


def refuse_own_cost(place: str, layer: Any, name: str) -> None:
    """Refuse a layer whose own cost would be taken for a part of the loss."""
    if getattr(layer, "cost", None) is not None and not isinstance(layer, Network):
        raise ValueError(
            f"layers[{place}]: expected a layer without a cost of its own, because {name} knows the"
            f" loss alone, got {reprs.short(layer)}"
        )


def refuse_mixed_rows(net: Network) -> None:
    """Refuse a layer that gives one row's gradient to another: try those that are not known."""
    unknown = [place for place, layer in net.named_layers().items() if may_mix(layer)]
    layers = net.view(training=True).named_layers() if unknown else {}
    for place in unknown:
        layer, dy = layers[place], getattr(layers[place], "dy", None)
        if dy is not None:
            dy = np.zeros_like(dy)
            dy[0] = 1
        if dy is None or layer.backward(dy)[1:].any():
            raise ValueError(
                f"layers[{place}]: expected a layer that has dy and keeps the rows of a batch"
                " apart, because an example has no gradient of its own otherwise, got"
                f" {reprs.short(layer)}; in place of a batch norm write later.LayerNorm"
            )


def may_mix(layer: Any) -> bool:
    """Tell whether a layer took statistics from its batch, or may have."""
    if isinstance(layer, BatchNorm):
        return layer.of_batch
    return not (isinstance(layer, Network) or type(layer).__module__.startswith("tinynet."))

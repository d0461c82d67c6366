"""How much of the labels the strongest directions of a representation know."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.looking.walking import hidden
from tinynet.network import Network


class Alignment(NamedTuple):
    """A representation's singular values, and what of the targets lies along each direction."""

    s: np.ndarray  # (directions,), the largest first
    d: np.ndarray  # (directions,): the squared length of the targets along each
    total: float  # the squared length of the targets

    def top(self, k: int = 5) -> float:
        """Return the share of the targets' squared length in the k strongest directions.

        Of targets that have nothing to do with the representation it is about k/examples.
        """
        return float(self.d[: checks.size("k", k)].sum() / self.total)

    def left(self, steps: int | np.ndarray) -> float | np.ndarray:
        """Return the share of the targets that so many steps of gradient descent leave, from 0.

        Of a linear model on top, at the rate 1/s_1^2: (1 - (s_i/s_1)^2)^(2 steps) of each d_i, and
        all that lies along no direction. ``steps`` may be an array.
        """
        t = checks.numbers("steps", steps, least=0)
        shrinks = (1 - (self.s / self.s[0]) ** 2) ** (2 * t[..., None])
        return (shrinks @ self.d + self.total - self.d.sum()) / self.total


def alignment(net: Network, x: np.ndarray, y: np.ndarray) -> list[Alignment]:
    """Compare the representations of examples with their targets: Imani, Hu & White (2022).

    A representation Phi is the input, or what a hidden layer puts out, with a column of ones (the
    bias of a linear model on top), and each row scaled to the length 1. Of Phi = U S V^T come s,
    and d_i = (u_i . y)^2. Gradient descent on ``|Phi w - y|^2/2`` learns what lies along u_i at a
    rate that grows with s_i^2: the more of y lies along the first ones, the faster.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (examples, n_in)
    y : ndarray, shape (examples,) or (examples, classes)
        -1 and 1; or one-hot, minus its mean. Of unequal classes much lies along the ones.

    Returns
    -------
    list of Alignment
        Of the input, and of each hidden layer from the first on.

    Raises
    ------
    TypeError, ValueError
        One of the arguments cannot be used; the message names it.
    """
    view = contracts.network("net", net).view()
    x = checks.finite("x", checks.batch("x", x))
    targets = checks.numbers("y", y, finite=True)
    shape = [len(x), None] if targets.ndim == 2 else [len(x)]
    targets = checks.numbers("y", targets, shape).astype(float).reshape(len(x), -1)
    if not targets.any():
        raise ValueError("y: expected targets such as -1 and 1, got only 0")
    view.forward(x)
    return [_aligned(z, targets) for z in (x, *(layer.y for layer in hidden(view)))]


def _aligned(z: np.ndarray, targets: np.ndarray) -> Alignment:
    phi = np.column_stack([z, np.ones(len(z))]).astype(float)
    phi /= np.linalg.norm(phi, axis=1, keepdims=True)
    U, s, _ = np.linalg.svd(phi, full_matrices=False)
    d = ((U.T @ targets) ** 2).sum(axis=1)
    return Alignment(s, d, float((targets**2).sum()))

"""The two kinds of layer: one with weights, and one that bends each number on its own.

A layer maps ``x`` to ``y``. Everything it computes stays on it as a plain array, to be printed,
plotted, or computed again by hand. ``d`` + a name is the gradient of the cost with respect to
that name, and has its shape.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from tinynet._internal import checks, reprs
from tinynet.initializers import standard


class Linear:
    """y = x W + b: every unit is a weighted sum of its inputs, plus a bias.

    The pre-activation s = z W + b of Glorot & Bengio (2010), section 4.2.1.

    ``x`` and ``y`` are None before the first forward pass, the gradients before the first
    backward pass. ``dW`` and ``db`` are written into the same memory by each backward pass: copy
    what you keep.

    Parameters
    ----------
    n_in, n_out : int
        Units that enter and units that leave.
    init : function, optional
        ``init(n_in, n_out, rng)`` gives the weights; the biases are 0, as in the paper.
    bias : bool, optional
        False: y = x W, and ``b`` and ``db`` are None.
    rng : int or numpy.random.Generator, optional
        The random source of the weights.
    dtype : np.float64 or np.float32, optional
        The dtype of every array of this layer.

    Attributes
    ----------
    W, dW : ndarray, shape (n_in, n_out)
        Weights, and the gradient with respect to them.
    b, db : ndarray, shape (n_out,)
        Biases, and the gradient with respect to them.
    x, dx : ndarray, shape (batch, n_in)
        What came in, and the gradient with respect to it.
    y, dy : ndarray, shape (batch, n_out)
        What went out, and the gradient with respect to it.

    Raises
    ------
    TypeError, ValueError
        A size, ``init``, its result, or ``dtype`` cannot be used.
    """

    parameters: tuple[str, ...] = ("W", "b")
    W: np.ndarray
    b: np.ndarray
    dW: np.ndarray
    db: np.ndarray
    x: np.ndarray
    y: np.ndarray
    dx: np.ndarray
    dy: np.ndarray

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        init: Callable = standard,
        bias: bool = True,
        rng: Any = None,
        dtype: Any = np.float64,
    ):
        self.n_in = checks.size("n_in", n_in)
        self.n_out = checks.size("n_out", n_out)
        bias = checks.flag("bias", bias)
        dtype = checks.float_dtype("dtype", dtype)
        W = checks.called("init", "a function such as tn.normalized", init, n_in, n_out, rng)
        self.W = checks.weights("init(n_in, n_out, rng)", W, (n_in, n_out)).astype(dtype)
        self.b = np.zeros(n_out, dtype) if bias else None
        if not bias:
            self.parameters = tuple(name for name in self.parameters if name != "b")
        self.x = self.y = self.dy = self.dW = self.db = self.dx = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the pre-activations y, shape (batch, n_out), for x, shape (batch, n_in)."""
        x = checks.batch("x", x, self.n_in, self.W.dtype)
        self.x = x
        if self.b is not None:
            self.y = x @ self.W + self.b
        else:
            self.y = x @ self.W
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx, shape (batch, n_in), given dy, shape (batch, n_out): eqs 2 and 3."""
        dy = checks.gradient("dy", dy, self.y)
        if self.dW is None:  # once: fresh memory this large would cost time in each pass
            self.dW = np.empty_like(self.W)
            self.db = None if self.b is None else np.empty_like(self.b)
        self.dy = dy
        np.matmul(self.x.T, dy, out=self.dW)
        if self.b is not None:
            dy.sum(axis=0, out=self.db)
        self.dx = dy @ self.W.T
        return self.dx

    def __repr__(self) -> str:
        return reprs.with_arrays(self)


class Activation(ABC):
    """y = f(x), each number on its own. Write ``f`` and ``slope`` and you have a new one.

    Attributes
    ----------
    x, dx : ndarray, shape (batch, units)
        The pre-activation that came in, and the gradient with respect to it.
    y, dy : ndarray, shape (batch, units)
        The activation that went out, and the gradient with respect to it.
    saturated_at : float
        A unit counts as saturated where ``slope(s) <= saturated_at``.
    """

    parameters: tuple[str, ...] = ()
    saturated_at: float = 0.0
    x: np.ndarray = None  # until the first pass, like the others
    y: np.ndarray = None
    dy: np.ndarray = None
    dx: np.ndarray = None

    @abstractmethod
    def f(self, s: np.ndarray) -> np.ndarray:
        """Return the activation at the pre-activation s."""

    @abstractmethod
    def slope(self, s: np.ndarray) -> np.ndarray:
        """Return the derivative f'(s)."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the activations y for x, both (batch, units)."""
        x = checks.batch("x", x)
        self.x = x
        self.y = self.f(x)
        checks.elementwise(self, "f(s)", self.y, x)
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx given dy, both (batch, units): the factor f'(s) of eq 2."""
        dy = checks.gradient("dy", dy, self.y)
        self.dy = dy
        slope = self.slope(self.x)
        checks.elementwise(self, "slope(s)", slope, dy)
        self.dx = dy * slope
        return self.dx

    def __repr__(self) -> str:
        return reprs.with_arrays(self)

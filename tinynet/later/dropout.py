"""Dropout: a network that learns with a part of its units, another part each time."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet._internal import checks, reprs


class Dropout:
    """y = mask x: each number is dropped with the chance p, the others are made 1/(1 - p) larger.

    Hinton et al. (2012), Srivastava et al. (2014). When the network is only looked at, y is x: what
    the mean over all masks would be.

    Parameters
    ----------
    p : float
        The chance of each number to be dropped, from 0 to below 1.
    rng : int or numpy.random.Generator, optional
        The random source of the masks.

    Attributes
    ----------
    mask : ndarray, shape (batch, units)
        0 where a number was dropped, otherwise 1/(1 - p); ones in a pass that only looks.
    x, dx, y, dy : ndarray, shape (batch, units)
        What came in, what went out, and the gradients with respect to them.
    training : bool
        Whether to drop anything.

    Raises
    ------
    TypeError, ValueError
        p is not a number from 0 to below 1, or ``rng`` cannot be used.
    """

    parameters: tuple[str, ...] = ()
    buffers = ("rng",)
    mask: np.ndarray
    x: np.ndarray
    y: np.ndarray
    dy: np.ndarray
    dx: np.ndarray

    def __init__(self, p: float, *, rng: Any = None):
        self.p = checks.not_negative("p", p, below=1)
        self.rng = checks.generator("rng", rng)
        self.training = True
        self.mask = self.x = self.y = self.dy = self.dx = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return y for x, both (batch, units)."""
        x = checks.batch("x", x)
        self.x = x
        self.mask = np.ones_like(x)
        if self.training:
            kept = self.rng.random(x.shape) >= self.p
            self.mask = kept.astype(x.dtype) / (1 - self.p)
        self.y = self.mask * x
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx given dy, both (batch, units)."""
        dy = checks.gradient("dy", dy, self.y)
        self.dy = dy
        self.dx = self.mask * dy
        return self.dx

    def __repr__(self) -> str:
        return reprs.with_arrays(self)

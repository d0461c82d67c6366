"""The activation functions: each is one class with ``f``, its derivative ``slope``, and the slope
at which a unit counts as saturated.

For the paper's three the threshold is a fixed share of the steepest slope: one twentieth for
sigmoid (y < .013 or y > .987) and tanh (y < -.975 or y > .975), one hundredth for softsign, which
has long tails (y < -.9 or y > .9).
"""

from __future__ import annotations

import numpy as np

from tinynet.layers import Activation


class Sigmoid(Activation):
    """f(s) = 1/(1 + e^-s), from 0 to 1, with f(0) = 1/2 and f'(0) = 1/4.

    ``normalized`` assumes a slope of 1 at 0: what it does for tanh takes weights 4 times as large.
    """

    saturated_at = 0.05 / 4

    def f(self, s: np.ndarray) -> np.ndarray:
        e = np.exp(-np.abs(s))  # at most 1, so nothing overflows however large s is
        return np.where(s >= 0, 1, e) / (1 + e)

    def slope(self, s: np.ndarray) -> np.ndarray:
        e = np.exp(-np.abs(s))
        return e / (1 + e) ** 2


class Tanh(Activation):
    """f(s) = tanh(s), from -1 to 1, with f(0) = 0 and f'(0) = 1."""

    saturated_at = 0.05

    def f(self, s: np.ndarray) -> np.ndarray:
        return np.tanh(s)

    def slope(self, s: np.ndarray) -> np.ndarray:
        return 1 - np.tanh(s) ** 2


class Softsign(Activation):
    """f(s) = ``s/(1 + |s|)``, from -1 to 1, with f(0) = 0, f'(0) = 1: Bergstra et al. (2009)."""

    saturated_at = 0.01

    def f(self, s: np.ndarray) -> np.ndarray:
        return s / (1 + np.abs(s))

    def slope(self, s: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.abs(s)) ** 2


class ReLU(Activation):
    """f(s) = max(s, 0), the rectifier: Glorot, Bordes & Bengio (2011). Saturated means dead."""

    def f(self, s: np.ndarray) -> np.ndarray:
        return np.maximum(s, 0)

    def slope(self, s: np.ndarray) -> np.ndarray:
        return (s > 0).astype(s.dtype)


class Identity(Activation):
    """f(s) = s: a deep network of these is linear."""

    def f(self, s: np.ndarray) -> np.ndarray:
        return s

    def slope(self, s: np.ndarray) -> np.ndarray:
        return np.ones_like(s)

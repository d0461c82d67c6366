"""Activation functions that came after the rectifier."""

from __future__ import annotations

import numpy as np

from tinynet.layers import Activation


class ELU(Activation):
    """f(s) = s above 0, e^s - 1 below: Clevert, Unterthiner & Hochreiter (2015), with alpha = 1.

    Its negative values bring the mean of the activations nearer to 0 than the rectifier's.
    """

    saturated_at = 0.05

    def f(self, s: np.ndarray) -> np.ndarray:
        return np.where(s > 0, s, np.expm1(np.minimum(s, 0)))  # exp of a large s would overflow

    def slope(self, s: np.ndarray) -> np.ndarray:
        return np.exp(np.minimum(s, 0))

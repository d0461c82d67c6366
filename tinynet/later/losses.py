"""Costs of one output for two classes: what counts is the margin, t times the output.

The labels are 0 and 1, and t is -1 and 1. As in the core, the mean over the batch is taken here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from tinynet._internal import checks, reprs
from tinynet.losses import entropy


class OfMargin(ABC):
    """A cost of the margin t output. Write ``f`` and ``slope`` and you have a new one.

    Attributes
    ----------
    output, doutput : ndarray, shape (batch, 1)
        What the network gave, and the gradient of the cost with respect to it.
    labels : ndarray of int, shape (batch,)
        0 or 1.
    t, margin : ndarray, shape (batch, 1)
        -1 for the label 0 and 1 for the label 1; and t output, above 0 where the sign is right.
    cost : float
        The mean over the batch.
    """

    output: np.ndarray
    labels: np.ndarray
    t: np.ndarray
    margin: np.ndarray
    doutput: np.ndarray
    cost: float

    def __init__(self) -> None:
        self.output = self.labels = self.t = self.margin = self.cost = self.doutput = None

    @abstractmethod
    def f(self, margin: np.ndarray) -> np.ndarray:
        """Return the cost of each margin."""

    @abstractmethod
    def slope(self, margin: np.ndarray) -> np.ndarray:
        """Return the derivative of ``f``."""

    def forward(self, output: np.ndarray, labels: np.ndarray) -> float:
        """Return the mean cost of outputs (batch, 1) and labels 0 or 1 (batch,).

        Raises
        ------
        TypeError, ValueError
            The output is not a float array (batch, 1), or the labels are not 0 or 1, one for each
            of its rows.
        """
        output = checks.batch("output", output, 1)
        labels = checks.two_classes("labels", labels, len(output))
        self.output = output
        self.labels = labels
        self.t = (2 * labels - 1).astype(output.dtype)[:, None]
        self.margin = self.t * output
        self.cost = float(self.f(self.margin).mean())
        return self.cost

    def backward(self) -> np.ndarray:
        """Return the gradient of the cost with respect to the output, (batch, 1)."""
        checks.cost_was_computed(self.cost)
        self.doutput = self.t * self.slope(self.margin) / len(self.t)
        return self.doutput

    def __repr__(self) -> str:
        return reprs.of_loss(self)


class Logistic(OfMargin):
    """log(1 + e^-margin): the cross-entropy of one output. It falls for ever."""

    def f(self, margin: np.ndarray) -> np.ndarray:
        return np.logaddexp(0, -margin)

    def slope(self, margin: np.ndarray) -> np.ndarray:
        e = np.exp(-np.abs(margin))  # at most 1, so nothing overflows
        return -np.where(margin >= 0, e, 1) / (1 + e)

    def chance(self) -> float:
        """Return the cost of predicting this batch's class frequencies, whatever the input."""
        p = np.bincount(self.labels, minlength=2) / len(self.labels)
        return entropy(p)


class Hinge(OfMargin):
    """max(0, 1 - margin): the cost of a support vector machine. From a margin of 1 on it is 0."""

    def f(self, margin: np.ndarray) -> np.ndarray:
        return np.maximum(1 - margin, 0)

    def slope(self, margin: np.ndarray) -> np.ndarray:
        return -(margin < 1).astype(margin.dtype)

    def chance(self) -> float:
        """Return the cost of always giving the commoner class of this batch, whatever the input."""
        p = self.labels.mean()
        return float(2 * min(p, 1 - p))

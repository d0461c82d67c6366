"""What training makes small: one number, the mean over the batch.

The mean over the batch is taken here and nowhere else. So ``doutput``, and every gradient that
back-propagation makes of it, is that of the mean cost; one example's is batch size times it.
"""

from __future__ import annotations

import numpy as np

from tinynet._internal import checks, reprs


def softmax(output: np.ndarray) -> np.ndarray:
    """Turn logits into probabilities, e^o over the sum of e^o in a row.

    Parameters
    ----------
    output : ndarray, shape (batch, classes)

    Returns
    -------
    ndarray, shape (batch, classes)
        Each row sums to 1.

    Raises
    ------
    TypeError, ValueError
        The output is not a finite float array (batch, classes) of two classes or more.
    """
    output = checks.finite("output", checks.logits("output", output))
    exps = np.exp(output - output.max(axis=1, keepdims=True))  # exp cannot overflow
    return exps / exps.sum(axis=1, keepdims=True)


class SoftmaxCrossEntropy:
    """-log P(label | x), P the softmax of the output: the cost of Glorot & Bengio (2010).

    Attributes
    ----------
    output, doutput : ndarray, shape (batch, classes)
        The logits, and the gradient of the cost with respect to them.
    labels : ndarray of int, shape (batch,)
    p : ndarray, shape (batch, classes)
        The probabilities: the softmax of the logits.
    cost : float
        The mean over the batch, in nats.
    """

    output: np.ndarray
    labels: np.ndarray
    p: np.ndarray
    doutput: np.ndarray
    cost: float

    def __init__(self) -> None:
        self.output = self.labels = self.p = self.cost = self.doutput = None

    def forward(self, output: np.ndarray, labels: np.ndarray) -> float:
        """Return the mean cost in nats of logits (batch, classes) and integer labels (batch,).

        Raises
        ------
        TypeError, ValueError
            The output is not a float array (batch, classes), or the labels are not one integer
            from 0 to classes - 1 for each of its rows.
        """
        output = checks.logits("output", output)
        labels = checks.labels("labels", labels, *output.shape)
        m = len(labels)
        shifted = output - output.max(axis=1, keepdims=True)  # so that exp cannot overflow
        exps = np.exp(shifted)
        total = exps.sum(axis=1, keepdims=True)
        costs = np.log(total[:, 0]) - shifted[np.arange(m), labels]
        self.output = output
        self.labels = labels
        self.p = exps / total
        self.cost = float(costs.sum() / m)
        return self.cost

    def backward(self) -> np.ndarray:
        """Return the gradient of the cost with respect to the output: (p - one_hot)/batch."""
        checks.cost_was_computed(self.cost)
        m = len(self.labels)
        one_hot = np.zeros_like(self.p)
        one_hot[np.arange(m), self.labels] = 1
        self.doutput = (self.p - one_hot) / m
        return self.doutput

    def chance(self) -> float:
        """Return the cost of predicting this batch's class frequencies, whatever the input."""
        counts = np.unique(self.labels, return_counts=True)[1]
        p = counts / len(self.labels)
        return entropy(p)

    def __repr__(self) -> str:
        return reprs.of_loss(self)


def entropy(p: np.ndarray) -> float:
    """Return -sum p log p, in nats, of probabilities (classes,)."""
    seen = p[p > 0]
    return float(-(seen * np.log(seen)).sum())


class Quadratic:
    """1/(2m) times the sum of the squared differences, m the batch size.

    Attributes
    ----------
    output, targets, doutput : ndarray, shape (batch, n)
        What the network gave, what was wanted, and the gradient with respect to the output.
    cost : float
        The mean over the batch.
    """

    output: np.ndarray
    targets: np.ndarray
    doutput: np.ndarray
    cost: float

    def __init__(self) -> None:
        self.output = self.targets = self.cost = self.doutput = None

    def forward(self, output: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean cost of an output and its targets, both (batch, n).

        Raises
        ------
        TypeError, ValueError
            Either is not a float array (batch, n), or their shapes differ.
        """
        output = checks.batch("output", output)
        targets = checks.finite("targets", checks.same_shape("targets", targets, "output", output))
        m = len(output)
        error = output - targets
        self.output = output
        self.targets = targets
        self.cost = float((error**2).sum() / (2 * m))
        return self.cost

    def backward(self) -> np.ndarray:
        """Return the gradient of the cost with respect to the output: (output - targets)/batch."""
        checks.cost_was_computed(self.cost)
        m = len(self.output)
        self.doutput = (self.output - self.targets) / m
        return self.doutput

    def chance(self) -> float:
        """Return the cost of predicting the mean of this batch's targets, whatever the input."""
        variances = self.targets.var(axis=0)
        return float(variances.sum() / 2)

    def __repr__(self) -> str:
        return reprs.of_loss(self)

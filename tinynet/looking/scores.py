"""How well a network does, and how well it would do knowing only how frequent the classes are."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.losses import entropy
from tinynet.network import Network

BLOCK = 1000  # examples in one forward pass: 1,000 rows of 1,000 units are 4 MB in float32


class Chance(NamedTuple):
    """The cost in nats and the error, from 0 to 1, of predicting the class frequencies."""

    cost: float
    error: float


def chance(labels: np.ndarray, classes: int) -> Chance:
    """Return the cost and the error of predicting the class frequencies, whatever the input.

    Show a cost beside this one: a stuck network sits here, not at log(classes). On Shapeset-3x2,
    where some classes are more frequent, it is 2.110 nats and an error of 83.3 %.

    Parameters
    ----------
    labels : ndarray of int, shape (examples,)
    classes : int

    Returns
    -------
    Chance
        ``cost``, the entropy of the frequencies in nats, and ``error``, one minus the largest.

    Raises
    ------
    TypeError, ValueError
        The labels are not integers from 0 to classes - 1, or there are none.
    """
    classes = checks.size("classes", classes)
    labels = checks.labels("labels", labels, None, classes)
    p = np.bincount(labels, minlength=classes) / len(labels)
    return Chance(cost=entropy(p), error=float(1 - p.max()))


def predict(net: Network, x: np.ndarray) -> np.ndarray:
    """Return the class of each example: that of its largest output, or of the sign of one output.

    Works in blocks, as :func:`error_rate` does. For probabilities, ``tn.softmax(net.forward(x))``.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (examples, n_in)

    Returns
    -------
    ndarray of int, shape (examples,)

    Raises
    ------
    TypeError, ValueError
        x is not what the network takes, or an output is not finite.
    """
    x = checks.batch("x", x)
    outputs = _outputs(net, x, "x", x)
    return np.concatenate([_said(checks.finite("output", output))[0] for output, _ in outputs])


def error_rate(net: Network, x: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of the examples, from 0 to 1, that the network misclassifies.

    The class is that of the largest output. If there is only one output, it is its sign: 0 below
    0, 1 above. An output that is not finite is wrong. The examples pass in blocks, so any number
    of them will do, and the arrays of the last pass stay as they were.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (examples, n_in)
    labels : ndarray of int, shape (examples,)

    Raises
    ------
    TypeError, ValueError
        x is not what the network takes, or the labels are not one class for each example.
    """
    wrong = 0
    for output, part in _outputs(net, x, "labels", labels):
        said, classes = _said(output)
        true = checks.labels("labels", part, len(output), classes)
        right = (said == true) & np.isfinite(output).all(axis=1)
        wrong += int((~right).sum())
    return wrong / len(x)


def confusion(net: Network, x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Count how often each class was taken for each: the diagonal counts the right answers.

    The examples pass in blocks, as in :func:`error_rate`, and the errors are the same.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (examples, n_in)
    labels : ndarray of int, shape (examples,)

    Returns
    -------
    ndarray of int, shape (classes, classes)
        ``counts[true, said]``, the network's class being that of :func:`error_rate`. An output
        that is not finite is not counted.
    """
    blocks = []
    for output, part in _outputs(net, x, "labels", labels):
        said, classes = _said(output)
        true = checks.labels("labels", part, len(output), classes)
        counts = np.zeros((classes, classes), dtype=int)
        finite = np.isfinite(output).all(axis=1)
        np.add.at(counts, (true[finite], said[finite]), 1)
        blocks.append(counts)
    return np.sum(blocks, axis=0)


def mean_cost(net: Network, loss: Any, x: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean of the cost ``loss`` over any number of examples.

    The arrays of the last pass stay as they were, also those of ``loss``. Parameters and errors
    are those of :func:`error_rate`.
    """
    loss = copy.copy(contracts.loss("loss", loss))
    total = 0.0
    for output, part in _outputs(net, x, "targets", targets):
        with contracts.said_of("targets"):
            total += loss.forward(output, part) * len(part)
    return total / len(x)


def _said(output: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the class that each row of an output says, and how many classes there are."""
    if output.shape[1] == 1:
        return (output[:, 0] > 0).astype(int), 2
    return output.argmax(axis=1), output.shape[1]


def _outputs(
    net: Network, x: Any, name: str, targets: Any
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the outputs of one block of examples after another, and their targets."""
    net = contracts.network("net", net).view()
    x = checks.batch("x", x)
    targets = checks.as_many(name, targets, x)
    for start in range(0, len(x), BLOCK):
        block = slice(start, start + BLOCK)
        yield net.forward(x[block]), targets[block]

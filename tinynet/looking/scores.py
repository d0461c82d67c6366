"""How well a network does, and how well it would do if it had learnt nothing but the classes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.network import Network

BLOCK = 1000  # examples in one forward pass: 1,000 rows of 1,000 units are 4 MB in float32


class Chance(NamedTuple):
    """The cost in nats and the error, from 0 to 1, of predicting the class frequencies."""

    cost: float
    error: float


def chance(labels: np.ndarray, classes: int) -> Chance:
    """The cost and the error of predicting the frequencies of the classes, whatever the input.

    What a cost is to be shown beside: a stuck network sits here, not at log(classes). On
    Shapeset-3x2, whose classes are not equally frequent, it is 2.110 nats and an error of 83.3 %.

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


def entropy(p: np.ndarray) -> float:
    """-sum p log p in nats, of probabilities (classes,)."""
    seen = p[p > 0]
    return float(-(seen * np.log(seen)).sum())


def error_rate(net: Network, x: np.ndarray, labels: np.ndarray) -> float:
    """The share of the examples, from 0 to 1, whose largest output is not that of their label.

    With one output, its sign is the class: 0 below 0, 1 above. Works in blocks, so any number of
    examples will do, and leaves the arrays of the last pass as they were. An output that is not
    finite is wrong.

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
    """How often which class was taken for which: the diagonal counts what is right.

    Works in blocks, as :func:`error_rate` does, and raises the same errors.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (examples, n_in)
    labels : ndarray of int, shape (examples,)

    Returns
    -------
    ndarray of int, shape (classes, classes)
        ``counts[true, said]``, where the class that is said is that of the largest output, or of
        the sign of one output. An output that is not finite says nothing, and is not counted.
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
    """The mean over any number of examples of the cost that ``loss`` gives to a batch.

    The arrays of the last pass stay as they were, those of ``loss`` too. Parameters and errors
    as in :func:`error_rate`.
    """
    loss = copy.copy(loss)
    total = 0.0
    for output, part in _outputs(net, x, "targets", targets):
        total += loss.forward(output, part) * len(part)
    return total / len(x)


def _said(output: np.ndarray) -> tuple[np.ndarray, int]:
    """Give the class that each row of an output says, and how many classes there are."""
    if output.shape[1] == 1:
        return (output[:, 0] > 0).astype(int), 2
    return output.argmax(axis=1), output.shape[1]


def _outputs(
    net: Network, x: Any, name: str, targets: Any
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The outputs of a block of examples at a time, and the targets that belong to them."""
    x = checks.batch("x", x)
    targets = checks.as_many(name, targets, x)
    net = contracts.network("net", net).view()
    for start in range(0, len(x), BLOCK):
        block = slice(start, start + BLOCK)
        yield net.forward(x[block]), targets[block]

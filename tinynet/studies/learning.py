"""A network while it learns: its test error after so many updates, and the choice of its rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinynet.looking import error_rate, mean_cost
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.progress import bar
from tinynet.training import train

POINTS = 40


def error_curve(
    net: Network,
    lr: float,
    source: Any,
    test: tuple[np.ndarray, np.ndarray],
    updates: int,
    *,
    progress: Callable[..., Any] = bar,
) -> dict[str, list]:
    """Train by plain gradient descent, and look at the test error about 40 times.

    Parameters
    ----------
    net : Network
        Changed in place.
    lr : float
    source
        ``draw(n)`` gives ``(x, labels)``; batches of 10, as in the paper.
    test : tuple of ndarray
        Images (examples, n_in) and labels (examples,).
    updates : int
    progress : function, optional
        Makes a progress bar as ``tqdm`` does.

    Returns
    -------
    dict
        ``updates`` and ``test_error`` (from 0 to 1), two lists of the same length; both start
        before the first update.
    """
    after, errors = [], []

    def watch(k: int) -> None:
        after.append(k)
        errors.append(error_rate(net, *test))

    every = -(-updates // POINTS)
    optimizer = SGD(net, lr)
    train(
        net, SoftmaxCrossEntropy(), optimizer, source, updates,
        watch=watch, every=every, progress=progress,
    )  # fmt: skip
    return {"updates": after, "test_error": errors}


def validation_cost(
    net: Network,
    lr: float,
    source: Any,
    validation: tuple[np.ndarray, np.ndarray],
    updates: int,
    *,
    progress: Callable[..., Any] = bar,
) -> float | None:
    """The mean cost on images kept apart, after training; None where the rate is too large.

    Parameters as for :func:`error_curve`.
    """
    loss = SoftmaxCrossEntropy()
    try:
        train(net, loss, SGD(net, lr), source, updates, progress=progress)
    except FloatingPointError:
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # the last update may have broken it
        cost = mean_cost(net, loss, *validation)
    return cost if np.isfinite(cost) else None

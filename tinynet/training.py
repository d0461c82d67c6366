"""The training loop: the four lines, as often as you say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinynet import _checks as checks
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.progress import bar


def train(
    net: Network,
    loss: Any,
    optimizer: SGD,
    source: Any,
    updates: int,
    *,
    batch: int = 10,
    watch: Callable[[int], None] | None = None,
    every: int = 1000,
    progress: Callable[..., Any] = bar,
) -> None:
    """Draw a batch, go forward, go backward, take a step; ``updates`` times.

    Parameters
    ----------
    net, loss, optimizer
        As in the four lines; writing those by hand gives the same bits.
    source
        Where examples come from: ``draw(n)`` gives ``(x, labels)``.
    updates : int
    batch : int, optional
        Examples in an update; 10 in the paper.
    watch : function, optional
        ``watch(k)`` is called after k updates: before the first, then every ``every`` of them,
        and after the last.
    every : int, optional
    progress : function, optional
        Makes a progress bar as ``tqdm`` does, from ``total``, ``desc`` and ``unit``.

    Raises
    ------
    TypeError, ValueError
        A number is not a whole one of at least 1, the optimizer steps another network, or the
        source has no ``draw``.
    FloatingPointError
        The cost is no longer finite. Says after how many updates.
    """
    if getattr(optimizer, "net", net) is not net:
        raise ValueError("optimizer: expected one of net, such as tn.SGD(net, lr), got another's")
    if not hasattr(source, "draw"):
        raise TypeError(f"source: expected an object with draw(n), got {checks.describe(source)}")
    updates = checks.size("updates", updates)
    batch = checks.size("batch", batch)
    every = checks.size("every", every)
    # What overflows is seen in the cost, at once and with its update: a warning would say less.
    with (
        np.errstate(over="ignore", invalid="ignore"),
        progress(total=updates, desc="training", unit="updates") as shown,
    ):
        for k in range(updates):
            if watch is not None and k % every == 0:
                watch(k)
            x, labels = source.draw(batch)
            output = net.forward(x)
            cost = loss.forward(output, labels)
            if not math.isfinite(cost):
                advice = f"try a smaller learning rate than {optimizer.lr:g}"
                if k == 0:
                    advice = "the weights were ruined before: make the network anew"
                raise FloatingPointError(
                    f"cost: expected a finite number, got {cost} after {k} updates: {advice}"
                )
            net.backward(loss.backward())
            optimizer.step()
            shown.update(1)
        if watch is not None:
            watch(updates)

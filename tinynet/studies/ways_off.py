"""Ways off the plateau: what fifteen years did for five sigmoid layers, at equal terms.

The network is the one of Glorot & Bengio (2010) that never learns: five hidden layers of sigmoid
units under ``standard`` weights, whose top layer shuts. Each row of the table changes one thing.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import mnist
from tinynet.initializers import normalized
from tinynet.later.autoencoders import pretrain
from tinynet.network import Network
from tinynet.studies import seeded
from tinynet.studies.normalizing import LAYERS, START, with_norm
from tinynet.studies.rates import checked_rates, errors_of, moments, shuffled
from tinynet.studies.result import Result


def four_times_normalized(n_in: int, n_out: int, rng: Any) -> np.ndarray:
    """Draw weights for a slope of 1/4: 4 times ``normalized``, so that 4 times 1/4 is 1."""
    return 4 * normalized(n_in, n_out, rng)


ROWS: dict[str, tuple[str, Any, str]] = {  # activation, weights, and what is done beside them
    "standard": ("sigmoid", "standard", "none"),
    "normalized": ("sigmoid", "normalized", "none"),
    "4 times normalized": ("sigmoid", four_times_normalized, "none"),
    "pre-trained": ("sigmoid", "standard", "pre-trained"),
    "batch norm": ("sigmoid", "standard", "batch"),
    "layer norm": ("sigmoid", "standard", "layer"),
    "weight norm": ("sigmoid", "standard", "weight"),
    "batchless": ("sigmoid", "standard", "batchless"),
    "tanh, normalized": ("tanh", "normalized", "none"),
}
DEPTH, BATCH = 5, 60
PRE_TRAINING = 5  # a stream of a seed, beside those of the seeded networks


def ways_off(
    *,
    folder: str | os.PathLike | None = None,
    rows: Sequence[str] = tuple(ROWS),
    rates: Sequence[float] = (0.1, 0.3, 1.0, 3.0),
    updates: int = 3000,
    unlabelled: int = 1000,
    width: int = 100,
    networks: int = 2,
    seed: int = 0,
) -> Result:
    """Train five layers on MNIST in nine ways, batches of 60, at several rates.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    rows : sequence of str, optional
        'standard', 'normalized', '4 times normalized', 'pre-trained', 'batch norm', 'layer norm',
        'weight norm', 'batchless', 'tanh, normalized'.
    rates : sequence of float, optional
        Learning rates.
    updates : int, optional
        With labels.
    unlabelled : int, optional
        Updates of each layer before these, in batches of 20 at the rate 0.1, where a network is
        pre-trained.
    width : int, optional
        Units of a hidden layer.
    networks : int, optional
        Of each kind, each from a seed of its own.
    seed : int, optional

    Returns
    -------
    Result
        ``updates``, shape (T,), and ``error``, shape (rows, rates, networks, T): the share of test
        images misclassified after so many. NaN once a run has broken.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    names = checks.names("rows", rows)
    names = [checks.among(f"rows[{k}]", name, ROWS) for k, name in enumerate(names)]
    rates = checked_rates(rates)
    updates, width = checks.size("updates", updates), checks.size("width", width)
    unlabelled = checks.size("unlabelled", unlabelled)
    networks, seed = checks.size("networks", networks), checks.seed("seed", seed)
    data = mnist(folder, download=False)
    batch, looks = min(BATCH, len(data.train[0])), moments(updates)

    def built(name: str, seed: int) -> Network:
        activation, init, also = ROWS[name]
        net = seeded.network(activation, init, width, DEPTH, seed, "mnist")
        if also in LAYERS:
            return with_norm(net, also, start=data.train[0][:START])
        pretrain(net, shuffled(data.train, seed), unlabelled, rng=[seed, PRE_TRAINING])
        return net

    def errors(name: str) -> list:
        starts = [built(name, seed + k) for k in range(networks)]
        return [
            [
                errors_of(
                    *(copy.deepcopy(net), shuffled(data.train, seed + k), data.test),
                    *(lr, batch, looks),
                )
                for k, net in enumerate(starts)
            ]
            for lr in rates
        ]

    arrays = {"updates": looks, "error": np.array([errors(name) for name in names])}
    settings = {"rows": names, "rates": rates, "updates": updates, "unlabelled": unlabelled}
    return Result("ways_off", settings | {"width": width, "seed": seed}, arrays)

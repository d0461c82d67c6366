"""The networks and the data that the studies of learning share.

Every random stream is ``[seed, stream]``: runs of the same seed begin with the same draws of
weights, scaled their own way, and see the same images.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tinynet.datasets import Shapeset
from tinynet.network import Network, mlp

# Table 1 of the paper: activation and initializer of each row.
ROWS = {
    "softsign": ("softsign", "standard"),
    "softsign_n": ("softsign", "normalized"),
    "tanh": ("tanh", "standard"),
    "tanh_n": ("tanh", "normalized"),
    "sigmoid": ("sigmoid", "standard"),
}
GRID = (0.01, 0.03, 0.1)  # learning rates to choose from
IMAGES = 10_000  # in the test set, and in the validation set
LOOKED_AT = 300  # the first images of the test set, in which the paper looks at its networks
WEIGHTS, TEST, VALIDATION, TRAINING = range(4)


def network(
    activation: str | Callable, init: str | Callable, width: int, depth: int, seed: int
) -> Network:
    """A network of ``depth`` hidden layers for Shapeset-3x2, in float32, as it starts."""
    sizes = [1024] + [width] * depth + [len(Shapeset.class_names)]
    return mlp(sizes, activation=activation, init=init, rng=[seed, WEIGHTS], dtype=np.float32)


def stream(seed: int, which: int) -> Shapeset:
    """One of the streams of images: TEST, VALIDATION or TRAINING."""
    return Shapeset(rng=[seed, which])

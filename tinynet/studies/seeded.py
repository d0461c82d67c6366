"""Networks and data from one seed: what the studies of learning share.

Every random stream is ``[seed, stream]``: runs with the same seed begin with the same draws of
weights, scaled their own way, and see the same images.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shapeset, Shuffled, cifar10, mnist
from tinynet.datasets.dataset import Part
from tinynet.network import Network, mlp

IMAGES = 10_000  # in the test set, and in the validation set
LOOKED_AT = 300  # the first images of the test set, in which the paper looks at its networks
WEIGHTS, TEST, VALIDATION, TRAINING = range(4)  # the streams

DEEPEST = 1000  # hidden layers
FINITE = {"mnist": mnist, "cifar10": cifar10}  # their readers
# Inputs and classes of each data set.
INPUTS = {"shapeset": (1024, 9), "mnist": (784, 10), "cifar10": (3072, 10)}


class Examples(NamedTuple):
    """What a run learns from, as a source of batches, and what it is judged by."""

    training: Any
    valid: Part
    test: Part


def network(
    activation: str | Callable,
    init: str | Callable,
    width: int,
    depth: int,
    seed: int,
    data: str = "shapeset",
) -> Network:
    """Build a network of ``depth`` hidden layers for a data set, in float32."""
    inputs, classes = INPUTS[checks.among("data", data, INPUTS)]
    width, depth = checks.size("width", width), checks.whole("depth", depth, 1, DEEPEST)
    seed = checks.seed("seed", seed)
    sizes = [inputs] + [width] * depth + [classes]
    return mlp(sizes, activation=activation, init=init, rng=[seed, WEIGHTS], dtype=np.float32)


def stream(seed: int, which: int) -> Shapeset:
    """Start one of the streams of Shapeset's images: TEST, VALIDATION or TRAINING."""
    return Shapeset(rng=[checks.seed("seed", seed), checks.index("which", which, 4, "streams")])


def examples(data: str, seed: int) -> Examples:
    """Make the three parts of a data set: Shapeset's endless, MNIST's and CIFAR-10's in epochs.

    Raises
    ------
    FileNotFoundError, ValueError
        The files of MNIST or CIFAR-10 are missing, or not what they should be.
    """
    checks.among("data", data, INPUTS)
    seed = checks.seed("seed", seed)
    if data == "shapeset":
        valid, test = (stream(seed, which).draw(IMAGES) for which in (VALIDATION, TEST))
        return Examples(stream(seed, TRAINING), valid, test)
    found = FINITE[data](download=False)
    return Examples(Shuffled(*found.train, rng=[seed, TRAINING]), found.valid, found.test)

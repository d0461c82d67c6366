"""Networks and data from one seed: what the studies of learning share.

Every random stream is ``[seed, stream]``: runs of the same seed begin with the same draws of
weights, scaled their own way, and see the same images.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinynet.datasets import Shapeset, Shuffled, cifar10, mnist
from tinynet.datasets.dataset import Part
from tinynet.network import Network, mlp

IMAGES = 10_000  # in the test set, and in the validation set
LOOKED_AT = 300  # the first images of the test set, in which the paper looks at its networks
WEIGHTS, TEST, VALIDATION, TRAINING = range(4)  # the streams

FINITE = {"mnist": mnist, "cifar10": cifar10}  # what reads them
# Of each data set: inputs of the network, and classes.
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
    """A network of ``depth`` hidden layers for a data set, in float32, as it starts."""
    inputs, classes = INPUTS[data]
    sizes = [inputs] + [width] * depth + [classes]
    return mlp(sizes, activation=activation, init=init, rng=[seed, WEIGHTS], dtype=np.float32)


def stream(seed: int, which: int) -> Shapeset:
    """One of the streams of Shapeset's images: TEST, VALIDATION or TRAINING."""
    return Shapeset(rng=[seed, which])


def examples(data: str, seed: int) -> Examples:
    """The three parts of a data set: Shapeset's endless, MNIST's and CIFAR-10's in epochs.

    Raises
    ------
    FileNotFoundError, ValueError
        The files of MNIST or CIFAR-10 are not here, or not what they should be.
    """
    if data == "shapeset":
        valid, test = (stream(seed, which).draw(IMAGES) for which in (VALIDATION, TEST))
        return Examples(stream(seed, TRAINING), valid, test)
    found = FINITE[data](download=False)
    return Examples(Shuffled(*found.train, rng=[seed, TRAINING]), found.valid, found.test)

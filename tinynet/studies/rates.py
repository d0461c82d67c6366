"""What the studies share that train one network after another at several rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet.datasets import Shuffled
from tinynet.datasets.dataset import Part
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.studies import seeded
from tinynet.training import train

LOOKS = 8  # at the test error of a run


def errors_of(
    net: Network, optimizer: SGD, source: Any, test: Part, batch: int, looks: np.ndarray
) -> np.ndarray:
    """Train, and return the test error after so many updates; NaN once the run has broken."""
    found: list[float] = []
    try:
        train(
            *(net, SoftmaxCrossEntropy(), optimizer, source, int(looks[-1])),
            batch=batch,
            watch=lambda k: found.append(error_rate(net, *test)),
            every=looks.tolist(),
            progress=None,
        )
    except FloatingPointError:
        found += [np.nan] * (len(looks) - len(found))
    return np.array(found)


def when_to_look(updates: int) -> np.ndarray:
    """Return when to look at a run."""
    return np.unique(np.linspace(0, updates, LOOKS + 1).astype(int)[1:])


def shuffled(part: Part, seed: int) -> Shuffled:
    """Start the stream of training images, without a batch that is too short for a norm."""
    return Shuffled(*part, [seed, seeded.TRAINING], drop_last=True)

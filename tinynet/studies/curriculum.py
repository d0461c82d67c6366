"""Easy examples first: Bengio, Louradour, Collobert & Weston (2009), on Shapeset-3x2."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shapeset
from tinynet.datasets.dataset import Part
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.optimizers import SGD
from tinynet.studies import seeded
from tinynet.studies.result import Result
from tinynet.training import train

SINGLE = 3  # the labels below are those of images with one shape
CONTRAST = 1.2  # of the light and the dark grey, on the scale from -1 to 1: nearly half of all


def _single(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return labels < SINGLE


def _strong(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return x.max(axis=1) - x.min(axis=1) > CONTRAST


ROWS: dict[str, tuple[Callable | None, int]] = {  # what is easy, and its share of the updates: 1/n
    "no curriculum": (None, 1),
    "single shapes, 1/8": (_single, 8),
    "single shapes, 1/4": (_single, 4),
    "single shapes, 1/2": (_single, 2),
    "strong contrast, 1/4": (_strong, 4),
}
DEPTH, LR, BATCH = 3, 0.03, 10


class Easy:
    """A source that gives only the easy examples of another one."""

    def __init__(self, source: Shapeset, is_easy: Callable):
        self.source, self.is_easy = source, is_easy

    def draw(self, n: int) -> Part:
        """Draw n examples; those that are not easy are left out."""
        x, labels = self.source.draw(n)
        easy = self.is_easy(x, labels)
        while easy.sum() < n:
            more, their_labels = self.source.draw(n)
            x, labels = np.concatenate([x, more]), np.concatenate([labels, their_labels])
            easy = self.is_easy(x, labels)
        return x[easy][:n], labels[easy][:n]


def curriculum(
    *, updates: int = 8000, width: int = 100, networks: int = 2, seed: int = 0
) -> Result:
    """Train three tanh layers under ``normalized`` on Shapeset-3x2, on easy images at first or not.

    The rate is 0.03, batches of 10. Easy are the images with one shape, or those with a strong
    contrast, half of all; at first means 1/8, 1/4 or 1/2 of the updates.

    Parameters
    ----------
    updates : int, optional
        At least 8.
    width : int, optional
        Units of a hidden layer.
    networks : int, optional
        Of each kind, each from a seed of its own.
    seed : int, optional

    Returns
    -------
    Result
        ``error``, shape (rows, networks): the share of test images misclassified at the end. The
        settings name the ``rows``.

    Raises
    ------
    TypeError, ValueError
        An argument cannot be used.
    """
    updates, width = checks.whole("updates", updates, 8), checks.size("width", width)
    networks, seed = checks.size("networks", networks), checks.seed("seed", seed)

    def error(is_easy: Callable | None, share: int, seed: int) -> float:
        net = seeded.network("tanh", "normalized", width, DEPTH, seed)
        source, sgd = seeded.stream(seed, seeded.TRAINING), SGD(net, LR)
        at_first = updates // share if is_easy else 0
        if is_easy:
            easy = Easy(source, is_easy)
            train(net, SoftmaxCrossEntropy(), sgd, easy, at_first, batch=BATCH, progress=None)
        left = updates - at_first
        train(net, SoftmaxCrossEntropy(), sgd, source, left, batch=BATCH, progress=None)
        return error_rate(net, *seeded.stream(seed, seeded.TEST).draw(seeded.IMAGES))

    found = [[error(*row, seed + k) for k in range(networks)] for row in ROWS.values()]
    settings = {"rows": list(ROWS), "updates": updates, "width": width, "seed": seed}
    return Result("curriculum", settings, {"error": np.array(found)})

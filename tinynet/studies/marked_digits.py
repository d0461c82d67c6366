"""Gradient starvation on real digits: a mark beside the digit keeps the digit from being learnt.

Tachet des Combes et al. (2018): once a frequent feature has made an example's margin large, the
gradient that would teach the other features is gone. Here a network tells threes from eights, and
on a share of the training images a white square in a corner gives the answer away.
"""

from __future__ import annotations

import os

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shuffled, mnist
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import mlp
from tinynet.optimizers import SGD
from tinynet.studies.result import Result
from tinynet.training import train

DIGITS = (3, 8)  # labels 0 and 1
SIDE, MARK = 28, 3  # pixels
SHARES = (0.0, 0.5, 0.9, 0.99, 1.0)  # of the training images that are marked
MARKS = ("right", "none", "wrong")  # on the images of the test
WEIGHTS, CHOSEN, ORDER = range(3)  # the streams of a seed


def marked_digits(
    *,
    folder: str | os.PathLike | None = None,
    updates: int = 3000,
    width: int = 100,
    lr: float = 0.03,
    seed: int = 0,
) -> Result:
    """Train networks on threes and eights, a share of them marked; test with and without marks.

    The mark is a white square, in the upper left corner for a three and in the upper right one for
    an eight. One hidden layer of rectifiers under ``he``, batches of 10.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    updates, width : int, optional
    lr : float, optional
    seed : int, optional
        All networks start from the same weights, and see the same images in the same order.

    Returns
    -------
    Result
        ``shares``, shape (shares,); ``error``, shape (shares, 3): on test images with the mark of
        their own digit, with none, and with that of the other. The settings name the ``marks``.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    updates, width = checks.size("updates", updates), checks.size("width", width)
    lr, seed = checks.positive("lr", lr), checks.seed("seed", seed)
    data = mnist(folder, download=False)
    (x, labels), (test_x, test_labels) = _chosen(*data.train), _chosen(*data.test)
    is_marked = np.random.default_rng([seed, CHOSEN]).random(len(x))  # where it is below the share
    tests = (
        marked(test_x, test_labels),
        test_x,
        marked(test_x, 1 - test_labels),
    )
    errors = []
    for share in SHARES:
        net = mlp(
            [x.shape[1], width, 2],
            activation="relu",
            init="he",
            rng=[seed, WEIGHTS],
            dtype=np.float32,
        )
        shown = np.where(is_marked[:, None] < share, marked(x, labels), x)
        source = Shuffled(shown, labels, [seed, ORDER])
        train(net, SoftmaxCrossEntropy(), SGD(net, lr), source, updates, progress=None)
        errors.append([error_rate(net, seen, test_labels) for seen in tests])
    settings = {"updates": updates, "width": width, "lr": lr, "seed": seed, "marks": list(MARKS)}
    return Result(
        "marked_digits", settings, {"shares": np.array(SHARES), "error": np.array(errors)}
    )


def marked(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Mark images (n, 784): a white square in the left corner for label 0, in the right for 1."""
    images = x.reshape(-1, SIDE, SIDE).copy()
    images[labels == 0, :MARK, :MARK] = 1
    images[labels == 1, :MARK, -MARK:] = 1
    return images.reshape(x.shape)


def _chosen(x: np.ndarray, digits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the threes and eights, with labels 0 and 1."""
    either = np.isin(digits, DIGITS)
    return x[either], (digits[either] == DIGITS[1]).astype(int)

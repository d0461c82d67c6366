"""Dropout with few examples, and its whole network beside the average of its thinned ones.

Srivastava et al. (2014) train another thinned network at each update, and say that the whole one
approximates the average of all of them. Here with 1,000 images of MNIST.
"""

from __future__ import annotations

import os

import numpy as np

from tinynet._internal import checks
from tinynet.activations import ReLU
from tinynet.datasets import Shuffled, mnist
from tinynet.initializers import he
from tinynet.later import Dropout
from tinynet.layers import Linear
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy, softmax
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.studies.result import Result
from tinynet.training import train

ROWS = {  # the chance to be dropped, of an input and of a hidden unit
    "no dropout": (0.0, 0.0),
    "hidden units": (0.0, 0.5),
    "hidden units and inputs": (0.2, 0.5),
}
LR, BATCH, LOOKS = 0.1, 50, 20
WEIGHTS, EXAMPLES, ORDER, MASKS = range(4)  # the streams of a seed


def dropout(
    *,
    folder: str | os.PathLike | None = None,
    examples: int = 1000,
    width: int = 200,
    updates: int = 3000,
    thinned: int = 100,
    test_images: int = 5000,
    networks: int = 2,
    seed: int = 0,
) -> Result:
    """Train with dropout and without on a few digits; then let the thinned networks vote.

    Two hidden layers of rectifiers under ``he``, gradient descent at the rate 0.1, batches of 50.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    examples : int, optional
        Images to train on.
    width : int, optional
        Units of a hidden layer.
    updates : int, optional
        At least 20.
    thinned : int, optional
        Thinned networks of the last row; each image has thinned networks of its own.
    test_images : int, optional
        The first so many of them.
    networks : int, optional
        Of each row, each from a seed of its own; networks of the same number start alike.
    seed : int, optional

    Returns
    -------
    Result
        ``updates``, shape (looks,); ``test_error``, shape (rows, networks, looks); ``train_error``,
        shape (rows, networks), at the end. Of the last row, at the end: ``one``, shape (networks,
        thinned), the test error of each thinned network, and ``average``, of the same shape, that
        of the mean probability of the first 1, 2, 3, ... of them. The settings name the ``rows``.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    examples, width = checks.size("examples", examples), checks.size("width", width)
    updates, thinned = checks.whole("updates", updates, LOOKS), checks.size("thinned", thinned)
    test_images = checks.size("test_images", test_images)
    networks, seed = checks.size("networks", networks), checks.seed("seed", seed)
    data = mnist(folder, download=False)
    all_x, all_labels = data.train
    x, labels = (part[:test_images] for part in data.test)
    looks = np.linspace(0, updates, LOOKS + 1).round().astype(int)

    test_error = np.empty((len(ROWS), networks, len(looks)))
    train_error = np.empty((len(ROWS), networks))
    votes = []  # of the last row
    for k in range(networks):
        drawn = np.random.default_rng([seed, k, EXAMPLES]).permutation(len(all_x))[:examples]
        few_x, few_labels = all_x[drawn], all_labels[drawn]
        for row, chances in enumerate(ROWS.values()):
            net = _network(few_x.shape[1], width, chances, [seed, k])
            source = Shuffled(few_x, few_labels, [seed, k, ORDER])
            test_error[row, k] = _learn(net, source, looks, x, labels)
            train_error[row, k] = error_rate(net, few_x, few_labels)
        votes.append(_votes(net, x, labels, thinned))
    one, average = np.swapaxes(votes, 0, 1)
    settings = {"examples": examples, "width": width, "updates": updates, "thinned": thinned}
    settings |= {"test_images": test_images, "networks": networks, "seed": seed}
    arrays = {"updates": looks, "test_error": test_error, "train_error": train_error}
    arrays |= {"one": one, "average": average}
    return Result("dropout", settings | {"rows": list(ROWS)}, arrays)


def _network(n_in: int, width: int, chances: tuple[float, float], seed: list[int]) -> Network:
    """Build Dropout, then Linear, ReLU and Dropout twice, and a last Linear."""
    weights, masks = (np.random.default_rng([*seed, stream]) for stream in (WEIGHTS, MASKS))
    layers: list = [Dropout(chances[0], rng=masks)]
    for n in (n_in, width):
        layers += [Linear(n, width, init=he, rng=weights, dtype=np.float32), ReLU()]
        layers.append(Dropout(chances[1], rng=masks))
    return Network([*layers, Linear(width, 10, init=he, rng=weights, dtype=np.float32)])


def _learn(
    net: Network, source: Shuffled, looks: np.ndarray, x: np.ndarray, labels: np.ndarray
) -> list[float]:
    """Train up to the last look, and return the error on other images at each."""
    found: list[float] = []

    def look(k: int) -> None:
        found.append(error_rate(net, x, labels))

    train(
        net,
        SoftmaxCrossEntropy(),
        SGD(net, LR),
        source,
        looks[-1],
        batch=min(BATCH, len(source.x)),
        watch=look,
        every=looks.tolist(),
        progress=None,
    )
    return found


def _votes(net: Network, x: np.ndarray, labels: np.ndarray, thinned: int) -> tuple:
    """Return the errors of thinned networks, and those of the mean of the first 1, 2, 3, ..."""
    view, one, average = net.view(training=True), [], []
    total = np.zeros((len(x), 10))
    for _ in range(thinned):
        p = softmax(view.forward(x))
        total += p
        one.append((p.argmax(axis=1) != labels).mean())
        average.append((total.argmax(axis=1) != labels).mean())
    return one, average

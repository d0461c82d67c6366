"""Rectifiers on MNIST: which start learns through 20 layers, is ELU faster, what makes them sparse?

He, Zhang, Ren & Sun (2015) derive weights with which very deep rectifier networks learn; Clevert,
Unterthiner & Hochreiter (2015) say that their ELU learns faster. The zeros of rectifiers are what
Glorot, Bordes & Bengio (2011) praise.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shuffled, mnist
from tinynet.later import ELU
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network, mlp
from tinynet.optimizers import SGD
from tinynet.studies.result import Result

ROWS: dict[str, tuple[Any, str, int]] = {  # activation, weights, hidden layers
    "20 layers: relu, standard": ("relu", "standard", 20),
    "20 layers: relu, normalized": ("relu", "normalized", 20),
    "20 layers: relu, he": ("relu", "he", 20),
    "8 layers: relu, he": ("relu", "he", 8),
    "8 layers: elu, he": (ELU, "he", 8),
    "8 layers: elu, lecun": (ELU, "lecun", 8),
    "8 layers: tanh, normalized": ("tanh", "normalized", 8),
}
LR, BATCH = 0.01, 10
MEANS = 30  # of the cost, each over as many updates as the others
RATES, SHALLOW = (0.003, 0.01, 0.03, 0.1, 0.3), 3  # of rectifiers under he, and their hidden layers
IMAGES = 500  # for which a dead unit is 0
WEIGHTS, ORDER = range(2)  # the streams of a seed


def rectifiers(
    *,
    folder: str | os.PathLike | None = None,
    width: int = 100,
    updates: int = 1500,
    networks: int = 3,
    seed: int = 0,
) -> Result:
    """Train deep networks from several starts, and rectifiers at several rates.

    Plain gradient descent in batches of 10, at the rate 0.01 where the start is in question.
    Networks of the same number see the same images.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    width : int, optional
        Units of a hidden layer.
    updates : int, optional
        At least 30.
    networks : int, optional
        Of each kind, each from a seed of its own.
    seed : int, optional

    Returns
    -------
    Result
        ``cost``, shape (rows, networks, 30): its mean over each thirtieth of the updates, which end
        at ``updates``. The settings name the ``rows``.

        Of three hidden layers of rectifiers under ``he``, at the end: ``zeros`` and ``dead``, shape
        (rates, networks, layers), the share of activations that are 0, and that of units that are 0
        for each of 500 test images; ``test_error``, shape (rates, networks). ``rates``.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    width, networks = checks.size("width", width), checks.size("networks", networks)
    updates, seed = checks.whole("updates", updates, MEANS), checks.seed("seed", seed)
    data = mnist(folder, download=False)
    ends = np.linspace(0, updates, MEANS + 1).round().astype(int)

    def learn(k: int, activation: Any, init: str, depth: int, lr: float) -> tuple:
        """Train network k of a kind; return it and its costs."""
        net = mlp(
            [data.train[0].shape[1], *[width] * depth, 10],
            activation=activation,
            init=init,
            rng=[seed, k, WEIGHTS],
            dtype=np.float32,
        )
        loss, sgd = SoftmaxCrossEntropy(), SGD(net, lr)
        source, costs = Shuffled(*data.train, [seed, k, ORDER]), np.empty(updates)
        for update in range(updates):
            x, labels = source.draw(BATCH)
            costs[update] = loss.forward(net.forward(x), labels)
            net.backward(loss.backward())
            sgd.step()
        return net, np.add.reduceat(costs, ends[:-1]) / np.diff(ends)

    each = range(networks)
    costs = [[learn(k, *row, LR)[1] for k in each] for row in ROWS.values()]
    nets = [[learn(k, "relu", "he", SHALLOW, lr)[0] for k in each] for lr in RATES]
    off = np.array([[_zeros(net, data.test[0][:IMAGES]) for net in row] for row in nets])
    arrays = {
        "updates": ends[1:],
        "cost": np.array(costs),
        "rates": np.array(RATES),
        "zeros": off.mean(axis=(3, 4)),
        "dead": off.all(axis=3).mean(axis=3),
        "test_error": np.array([[error_rate(net, *data.test) for net in row] for row in nets]),
    }
    settings = {"width": width, "updates": updates, "networks": networks, "seed": seed}
    return Result("rectifiers", settings | {"rows": list(ROWS)}, arrays)


def _zeros(net: Network, x: np.ndarray) -> np.ndarray:
    """Tell which activations are 0, (layers, images, units)."""
    view = net.view()
    view.forward(x)
    return np.array([layer.y == 0 for layer in view.layers[1::2]])

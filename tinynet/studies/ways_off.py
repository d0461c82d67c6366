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

from tinynet._internal import checks, contracts
from tinynet.datasets import Dataset, mnist
from tinynet.initializers import normalized
from tinynet.later import KFAC, Natural, pretrain
from tinynet.layers import Activation
from tinynet.network import Network
from tinynet.studies import seeded
from tinynet.studies.normalizing import LAYERS, START, with_norm
from tinynet.studies.rates import errors_of, shuffled, when_to_look
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
WITH_CURVATURE = ((3, 0.01), (5, 0.01), (5, 0.0001))  # K-FAC's hidden layers and damping
LARGER = 100  # its batches
PRE_TRAINING, DRAWN = 5, 6  # streams of a seed, beside those of the seeded networks


def ways_off(
    *,
    folder: str | os.PathLike | None = None,
    rows: Sequence[str] = tuple(ROWS),
    rates: Sequence[float] = (0.1, 0.3, 1.0, 3.0),
    updates: int = 3000,
    unlabelled: int = 1000,
    width: int = 100,
    curvature: int = 800,
    networks: int = 2,
    seed: int = 0,
) -> Result:
    """Train five layers on MNIST in nine ways, batches of 60, at several rates; and with K-FAC.

    Steps are those of plain gradient descent; batchless takes natural ones. K-FAC, in batches of
    100, is given three sigmoid layers under ``standard`` with its usual damping, and five with it
    and with a hundredth of it.

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
    curvature : int, optional
        Updates of K-FAC; 0 leaves it out.
    networks : int, optional
        Of each kind, each from a seed of its own.
    seed : int, optional

    Returns
    -------
    Result
        ``updates``, shape (T,), and ``error``, shape (rows, rates, networks, T): the share of test
        images misclassified after so many. NaN once a run has broken. ``apart``, shape (rows,
        networks, layers): the std of a unit over 300 test images before the first label, averaged
        over the units of each layer. ``curvature_updates``, shape (T,), and ``curvature``, shape
        (3, networks, T): the test error of K-FAC; the settings name layers and damping.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    names = checks.names("rows", rows, known=ROWS)
    rates = checks.positives("rates", rates)
    updates, width = checks.size("updates", updates), checks.size("width", width)
    unlabelled = checks.size("unlabelled", unlabelled)
    curvature = checks.whole("curvature", curvature)
    networks, seed = checks.size("networks", networks), checks.seed("seed", seed)
    data = mnist(folder, download=False)
    batch, looks = min(BATCH, len(data.train[0])), when_to_look(updates)

    def built(name: str, seed: int) -> Network:
        activation, init, also = ROWS[name]
        net = seeded.network(activation, init, width, DEPTH, seed, "mnist")
        if also in LAYERS:
            return with_norm(net, also, start=data.train[0][:START])
        pretrain(net, shuffled(data.train, seed), unlabelled, rng=[seed, PRE_TRAINING])
        return net

    def errors(start: Network, lr: float, seed: int) -> np.ndarray:
        net = copy.deepcopy(start)
        source = shuffled(data.train, seed)
        return errors_of(net, Natural(net, lr), source, data.test, batch, looks)

    seeds = range(seed, seed + networks)
    starts = [[built(name, one) for one in seeds] for name in names]
    found = [
        [[errors(net, lr, one) for net, one in zip(nets, seeds, strict=True)] for lr in rates]
        for nets in starts
    ]
    arrays = {
        "updates": looks,
        "error": np.array(found),
        "apart": np.array([[apart(net, data.test[0][:300]) for net in nets] for nets in starts]),
    }
    if curvature:
        arrays["curvature_updates"] = when_to_look(curvature)
        arrays["curvature"] = np.array(
            [
                [_with_curvature(*case, width, data, one, when_to_look(curvature)) for one in seeds]
                for case in WITH_CURVATURE
            ]
        )
    settings = {"rows": names, "rates": rates, "updates": updates, "unlabelled": unlabelled}
    settings |= {"curvature": curvature, "with_curvature": WITH_CURVATURE}
    return Result("ways_off", settings | {"width": width, "seed": seed}, arrays)


def apart(net: Network, x: np.ndarray) -> list[float]:
    """Return how far each hidden layer tells images apart: the std of a unit over them, on average.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (images, n_in)
        They are a batch, for layers that need one.
    """
    view = contracts.network("net", net).view(training=True)
    view.forward(x)
    units = [layer.y for layer in view.layers if isinstance(layer, Activation)]
    return [float(z.std(axis=0).mean()) for z in units]


def _with_curvature(
    depth: int, damping: float, width: int, data: Dataset, seed: int, looks: np.ndarray
) -> np.ndarray:
    """Train sigmoid layers under ``standard`` with K-FAC, and return the test errors."""
    net = seeded.network("sigmoid", "standard", width, depth, seed, "mnist")
    kfac = KFAC(net, damping=damping, rng=[seed, DRAWN])
    source = shuffled(data.train, seed)
    return errors_of(net, kfac, source, data.test, min(LARGER, len(data.train[0])), looks)

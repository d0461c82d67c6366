"""Which learning rates five hidden layers stand, with and without normalization.

After Ioffe & Szegedy (2015), at the size of a lesson: sigmoid layers, which stay on their plateau
for long, and tanh layers beside a better start. A norm stands before each activation.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import mnist
from tinynet.later import Natural
from tinynet.studies import seeded
from tinynet.studies.normalizing import DEPTH, LAYERS, START, with_norm
from tinynet.studies.rates import errors_of, shuffled, when_to_look
from tinynet.studies.result import Result

ROWS = {  # of the table of rates on Shapeset: norm and initialization
    "standard": ("none", "standard"),
    "normalized": ("none", "normalized"),
    "standard, batch": ("batch", "standard"),
    "standard, layer": ("layer", "standard"),
}
BATCH = 60  # Ioffe & Szegedy's on MNIST


def plateau(
    *,
    folder: str | os.PathLike | None = None,
    norms: Sequence[str] = ("none", "batch", "layer", "batch-layer", "weight", "batchless"),
    rates: Sequence[float] = (0.1, 1.0, 3.0, 5.0),
    updates: int = 4000,
    width: int = 100,
    seed: int = 0,
) -> Result:
    """Train five sigmoid layers under ``standard`` on MNIST, batches of 60, at several rates.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    norms : sequence of str, optional
        'none', 'batch', 'layer', 'batch-layer', 'weight', 'batchless'.
    rates : sequence of float, optional
        Learning rates.
    updates : int, optional
    width : int, optional
        Units of a hidden layer.
    seed : int, optional

    Returns
    -------
    Result
        ``updates``, shape (T,), and ``error``, shape (norms, rates, T): the share of test images
        misclassified after so many. NaN once a run has broken.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    norms, rates = checks.names("norms", norms, known=LAYERS), checks.positives("rates", rates)
    updates, width = checks.size("updates", updates), checks.size("width", width)
    seed = checks.seed("seed", seed)
    data = mnist(folder, download=False)
    batch, looks = min(BATCH, len(data.train[0])), when_to_look(updates)

    def errors(norm: str, lr: float) -> np.ndarray:
        net = seeded.network("sigmoid", "standard", width, DEPTH, seed, "mnist")
        net = with_norm(net, norm, start=data.train[0][:START])
        return errors_of(net, Natural(net, lr), shuffled(data.train, seed), data.test, batch, looks)

    arrays = {
        "updates": looks,
        "error": np.array([[errors(norm, lr) for lr in rates] for norm in norms]),
    }
    settings = {"norms": norms, "rates": rates, "updates": updates, "width": width, "seed": seed}
    return Result("plateau", settings, arrays)


def larger_rates(
    *,
    rates: Sequence[float] = (0.03, 0.1, 0.3, 1.0),
    updates: int = 4000,
    width: int = 100,
    seed: int = 0,
) -> Result:
    """Train five tanh layers on Shapeset-3x2, batches of 50: with a norm, or a better start.

    Parameters
    ----------
    rates : sequence of float, optional
        Learning rates.
    updates : int, optional
    width : int, optional
        Units of a hidden layer.
    seed : int, optional

    Returns
    -------
    Result
        ``updates``, shape (T,), and ``error``, shape (rows, rates, T): the share of test images
        misclassified after so many. The settings name ``rows``.
    """
    rates = checks.positives("rates", rates)
    updates, width = checks.size("updates", updates), checks.size("width", width)
    seed = checks.seed("seed", seed)
    test = seeded.stream(seed, seeded.TEST).draw(seeded.IMAGES)
    looks = when_to_look(updates)

    def errors(norm: str, init: str, lr: float) -> np.ndarray:
        net = with_norm(seeded.network("tanh", init, width, DEPTH, seed), norm)
        source = seeded.stream(seed, seeded.TRAINING)
        return errors_of(net, Natural(net, lr), source, test, 50, looks)

    arrays = {
        "updates": looks,
        "error": np.array([[errors(*row, lr) for lr in rates] for row in ROWS.values()]),
    }
    settings = {"rows": list(ROWS), "rates": rates, "updates": updates, "width": width}
    return Result("larger_rates", settings | {"seed": seed}, arrays)

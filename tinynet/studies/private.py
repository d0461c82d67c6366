"""Learning from clipped and noisy gradients: what privacy costs, and whether a norm helps.

Differentially private descent clips the gradient of each example and adds noise. So five tanh
layers learn MNIST here, with and without layer norm, which keeps the examples of a batch apart.
How much privacy is spent is not counted.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shuffled, mnist
from tinynet.later import Private
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.studies import seeded
from tinynet.studies.normalizing import DEPTH, with_norm
from tinynet.studies.result import Result
from tinynet.training import train

ROWS = {  # initialization and norm
    "standard": ("standard", "none"),
    "normalized": ("normalized", "none"),
    "standard, layer norm": ("standard", "layer"),
}
BATCH = 250
NOISE = 6  # stream of a seed


def private(
    *,
    folder: str | os.PathLike | None = None,
    rates: Sequence[float] = (0.5, 1.0, 2.0, 4.0),
    noises: Sequence[float] = (0.0, 1.0),
    updates: int = 400,
    width: int = 100,
    networks: int = 2,
    seed: int = 0,
) -> Result:
    """Train five tanh layers on MNIST, each example's gradient clipped to the length 1.

    Batches of 250. The noise is that of :class:`tinynet.later.Private`.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    rates : sequence of float, optional
        Learning rates.
    noises : sequence of float, optional
        In units of what one example can add to a gradient; 0 clips alone.
    updates : int, optional
    width : int, optional
        Units of a hidden layer.
    networks : int, optional
        Of each kind, with the seeds seed, seed + 1, ...
    seed : int, optional

    Returns
    -------
    Result
        ``error`` and ``clipped``, shape (rows, noises, rates, networks): the share of test images
        misclassified at the end, and that of examples that were longer than 1, over all updates.
        The settings name the ``rows``.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    rates = checks.positives("rates", rates)
    noises = checks.numbers("noises", noises, [None]).tolist()
    noises = [checks.not_negative(f"noises[{k}]", noise) for k, noise in enumerate(noises)]
    updates, width = checks.size("updates", updates), checks.size("width", width)
    networks, seed = checks.size("networks", networks), checks.seed("seed", seed)
    data = mnist(folder, download=False)

    def learnt(row: str, noise: float, lr: float, seed: int) -> tuple[float, float]:
        init, norm = ROWS[row]
        net = with_norm(seeded.network("tanh", init, width, DEPTH, seed, "mnist"), norm)
        optimizer, shares = Private(net, lr, noise=noise, rng=[seed, NOISE]), []
        source = Shuffled(*data.train, [seed, seeded.TRAINING])
        train(
            *(net, SoftmaxCrossEntropy(), optimizer, source, updates),
            batch=min(BATCH, len(data.train[0])),
            watch=lambda k: shares.append((optimizer.f < 1).mean()),
            every=range(1, updates + 1),
            progress=None,
        )
        return error_rate(net, *data.test), float(np.mean(shares))

    found = np.array(
        [
            [
                [[learnt(row, noise, lr, seed + k) for k in range(networks)] for lr in rates]
                for noise in noises
            ]
            for row in ROWS
        ]
    )
    settings = {"rows": list(ROWS), "rates": rates, "noises": noises, "updates": updates}
    settings |= {"width": width, "networks": networks, "seed": seed}
    return Result("private", settings, {"error": found[..., 0], "clipped": found[..., 1]})

"""Which learning rate is best, at three widths: under eq 16, and under maximal update.

Yang et al. (2022), "Tensor Programs V": with the right start and the right rate for each layer, the
best rate of a narrow network is that of a wide one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shuffled, mnist
from tinynet.later import MaximalUpdate
from tinynet.looking import mean_cost
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network, mlp
from tinynet.optimizers import SGD
from tinynet.studies.result import Result
from tinynet.training import train

BASE = 64  # the width at which maximal update is plain descent
ROWS: dict[str, tuple[str, str, tuple[str, ...]]] = {  # activation, weights, rows of the table
    "tanh, normalized": ("tanh", "normalized", ()),
    "tanh, input row": ("tanh", "lecun", ("input",)),
    "tanh, output row": ("tanh", "lecun", ("output",)),
    "tanh, muP": ("tanh", "lecun", ("input", "output")),
    "relu, normalized": ("relu", "normalized", ()),
    "relu, he": ("relu", "he", ()),
    "relu, muP": ("relu", "he", ("input", "output")),
}
DEPTH, BATCH, IMAGES = 3, 32, 4000
BROKEN = 10.0  # a cost above this is no longer learning
WEIGHTS, ORDER = range(2)  # the streams of a seed


def rates_by_width(
    *,
    folder: str | os.PathLike | None = None,
    rows: Sequence[str] = tuple(ROWS),
    widths: Sequence[int] = (64, 256, 1024),
    rates: Sequence[float] = (2**-6, 2**-5, 2**-4, 2**-3, 2**-2, 2**-1),
    updates: int = 300,
    networks: int = 2,
    seed: int = 0,
) -> Result:
    """Train three hidden layers on MNIST at several widths and rates, batches of 32.

    Under muP the first weights and the hidden biases learn m times as fast as they would at the
    width 64, where m is 1; the last weights learn 1/m times as fast, and start 1/sqrt(m) times as
    large. Two rows of tanh have only one of the two.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    rows : sequence of str, optional
        'tanh, normalized', 'tanh, input row', 'tanh, output row', 'tanh, muP', 'relu, normalized',
        'relu, he', 'relu, muP'.
    widths : sequence of int, optional
        Units of a hidden layer.
    rates : sequence of float, optional
        Learning rates.
    updates : int, optional
    networks : int, optional
        Of each kind, each from a seed of its own.
    seed : int, optional

    Returns
    -------
    Result
        ``cost``, shape (rows, networks, widths, rates): the mean cost of 4,000 training images at
        the end; NaN if a run has broken, or ends above 10 nats. ``widths`` and ``rates``.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    rows = checks.names("rows", rows, known=ROWS)
    widths = checks.sizes("widths", widths, least=1)
    rates = checks.positives("rates", rates)
    updates, networks = checks.size("updates", updates), checks.size("networks", networks)
    seed = checks.seed("seed", seed)
    data = mnist(folder, download=False)
    x, labels = data.train

    def cost(row: str, k: int, width: int, lr: float) -> float:
        """Train network k of a kind; return its cost."""
        net, sgd = _built(row, [x.shape[1], *[width] * DEPTH, 10], lr, [seed, k, WEIGHTS])
        source, loss = Shuffled(x, labels, [seed, k, ORDER]), SoftmaxCrossEntropy()
        try:
            train(net, loss, sgd, source, updates, batch=min(BATCH, len(x)), progress=None)
            found = mean_cost(net, loss, x[:IMAGES], labels[:IMAGES])
        except FloatingPointError:
            return np.nan
        return found if found <= BROKEN else np.nan

    costs = [
        [[[cost(row, k, n, lr) for lr in rates] for n in widths] for k in range(networks)]
        for row in rows
    ]
    arrays = {"widths": np.array(widths), "rates": np.array(rates), "cost": np.array(costs)}
    settings = {"rows": rows, "updates": updates, "networks": networks, "seed": seed}
    return Result("rates_by_width", settings, arrays)


def _built(row: str, sizes: list[int], lr: float, rng: Any) -> tuple[Network, SGD]:
    """Make a network and its optimizer."""
    activation, init, of_table = ROWS[row]
    net = mlp(sizes, activation=activation, init=init, rng=rng, dtype=np.float32)
    m, last = sizes[1] / BASE, f"{len(net.layers) - 1}.W"
    sgd = MaximalUpdate(net, lr, m)
    if "input" not in of_table:
        sgd.factors = dict.fromkeys(sgd.factors, 1.0) | {last: 1 / m}
    if "output" in of_table:
        net.layers[-1].W /= net.dtype.type(np.sqrt(m))
    else:
        sgd.factors[last] = 1.0
    return net, sgd

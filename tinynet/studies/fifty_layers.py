"""Fifty tanh layers on MNIST: which starts let a signal and its gradient through, and learn?

Poole et al. (2016) and Schoenholz et al. (2017): between weights with which every input comes to
the same and those with which no two stay alike lies an edge, for tanh at sigma_w = 1, W having the
variance sigma_w^2/n_in. Saxe, McClelland & Ganguli (2013): orthogonal weights; Mishkin & Matas:
:func:`tinynet.later.lsuv`; Zhu et al. (2021): :func:`tinynet.later.gradinit`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shuffled, mnist
from tinynet.initializers import lecun, normalized, orthogonal
from tinynet.later import gradinit, lsuv
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network, mlp
from tinynet.optimizers import SGD
from tinynet.studies.result import Result
from tinynet.studies.variance import measured, rms
from tinynet.training import train


def _times(sigma: float, init: Callable) -> Callable:
    return lambda n_in, n_out, rng: sigma * init(n_in, n_out, rng)


STARTS: dict[str, Callable] = {
    **{f"Gaussian {s:g}": _times(s, lecun) for s in (0.8, 0.9, 1, 1.2, 1.5, 2, 3)},
    "normalized": normalized,
    **{f"orthogonal {s:g}": _times(s, orthogonal) for s in (0.9, 1, 1.05, 1.2)},
    "LSUV": orthogonal,
    **{f"GradInit {s:g}": _times(s, lecun) for s in (0.9, 1)},  # which it then scales
}
DEPTH, WIDTH, BATCH = 50, 100, 50
RATES = (0.01, 0.05)
LOUDER = 3  # times the images, after the mean image is taken off
LOOKED_AT = 600  # of the first training images, by the starts and for z and ds
WEIGHTS, ORDER = range(2)  # the streams of a seed


def fifty_layers(
    *,
    folder: str | os.PathLike | None = None,
    starts: Sequence[str] = tuple(STARTS),
    rates: Sequence[float] = RATES,
    updates: int = 500,
    seed: int = 0,
) -> Result:
    """Look at fifty layers of 100 tanh units from several starts, and train them for a while.

    The output layer is drawn as the others. Batches of 50. GradInit scales Gaussian weights, for
    the rate at which the network then learns.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    starts : sequence of str, optional
        Of "Gaussian s" and "orthogonal s", with the sigma_w at the end, "normalized", "LSUV" and
        "GradInit s", by default all.
    rates : sequence of float, optional
    updates : int, optional
    seed : int, optional

    Returns
    -------
    Result
        ``z`` and ``ds``, shape (starts, 50): rms of the activations and of one image's gradients
        by them, before anything is learnt (at the first of the rates); ``error``, shape (starts,
        rates): test error at the end. The settings name ``starts`` and ``rates``.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    starts = checks.names("starts", starts, known=STARTS)
    rates = checks.positives("rates", rates)
    updates, seed = checks.size("updates", updates), checks.seed("seed", seed)
    data = mnist(folder, download=False)
    mean = data.train[0].mean(axis=0)
    x, test = (LOUDER * (images - mean) for images in (data.train[0], data.test[0]))
    labels = data.train[1]
    looked_at = x[:LOOKED_AT], labels[:LOOKED_AT]

    def started(name: str, lr: float) -> Network:
        sizes = [x.shape[1], *[WIDTH] * DEPTH, 10]
        net = mlp(sizes, init=STARTS[name], rng=[seed, WEIGHTS], dtype=np.float32)
        if name == "LSUV":
            lsuv(net, looked_at[0], rng=[seed, WEIGHTS])
        if name.startswith("GradInit"):
            gradinit(net, SoftmaxCrossEntropy(), *looked_at, lr)
        return net

    def learn(net: Network, lr: float) -> float:
        source, batch = Shuffled(x, labels, [seed, ORDER]), min(BATCH, len(x))
        train(net, SoftmaxCrossEntropy(), SGD(net, lr), source, updates, batch=batch, progress=None)
        return error_rate(net, test, data.test[1])

    profiles: dict[str, list] = {"z": [], "ds": []}
    for name in starts:
        found = measured(started(name, rates[0]), *looked_at)
        profiles["z"].append([rms(z) for z in found["z"][1:]])
        profiles["ds"].append([rms(ds) for ds in found["ds"][:-1]])
    errors = [[learn(started(name, lr), lr) for lr in rates] for name in starts]
    settings = {"starts": starts, "rates": rates, "updates": updates, "seed": seed}
    arrays = {name: np.array(rows) for name, rows in profiles.items()}
    return Result("fifty_layers", settings, arrays | {"error": np.array(errors)})

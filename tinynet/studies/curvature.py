"""K-FAC beside plain descent, from weights that are too small: by the update, and by the clock.

Martens & Grosse (2015), at the size of a lesson: networks of 100 units a layer under ``standard``
on MNIST. Plain descent costs less an update, so it is given four times as many.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shuffled, mnist
from tinynet.later import KFAC
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.studies import seeded
from tinynet.studies.result import Result
from tinynet.training import train

NETWORKS = {  # activation and hidden layers
    "tanh, 5 layers": ("tanh", 5),
    "sigmoid, 3 layers": ("sigmoid", 3),
    "sigmoid, 5 layers": ("sigmoid", 5),
}
WAYS = {  # rate and damping; no damping is plain descent
    "descent, rate 0.1": (0.1, None),
    "descent, rate 0.3": (0.3, None),
    "descent, rate 1": (1.0, None),
    "K-FAC, damping 0.1": (0.3, 0.1),
    "K-FAC, damping 0.01": (0.3, 0.01),
    "K-FAC, damping 0.0001": (0.3, 0.0001),
}
MORE = 4  # updates of plain descent for one of K-FAC
LOOKS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1.0)  # shares of a run
BATCH = 100
LABELS = 7  # stream of a seed


def curvature(
    *,
    folder: str | os.PathLike | None = None,
    nets: Sequence[str] = tuple(NETWORKS),
    updates: int = 400,
    width: int = 100,
    networks: int = 2,
    seed: int = 0,
) -> Result:
    """Train networks on MNIST by plain descent and by K-FAC, batches of 100.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    nets : sequence of str, optional
        'tanh, 5 layers', 'sigmoid, 3 layers', 'sigmoid, 5 layers'.
    updates : int, optional
        Of K-FAC, at least 16; plain descent takes four times as many.
    width : int, optional
        Units of a hidden layer.
    networks : int, optional
        Of each kind, with the seeds seed, seed + 1, ...
    seed : int, optional

    Returns
    -------
    Result
        ``updates``, shape (ways, T); ``error`` and ``seconds``, shape (nets, ways, networks, T):
        the share of test images misclassified after so many updates, NaN once a run has broken,
        and the processor time that these took. The settings name ``nets`` and ``ways``.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    nets, width = checks.names("nets", nets, known=NETWORKS), checks.size("width", width)
    updates = checks.whole("updates", updates, round(1 / LOOKS[0]))
    networks, seed = checks.size("networks", networks), checks.seed("seed", seed)
    data = mnist(folder, download=False)
    looks = np.array(
        [
            [round(share * updates * (MORE if damping is None else 1)) for share in LOOKS]
            for _, damping in WAYS.values()
        ]
    )

    def learnt(name: str, way: int, seed: int) -> list[tuple[float, float]]:
        activation, depth = NETWORKS[name]
        net = seeded.network(activation, "standard", width, depth, seed, "mnist")
        optimizer = _optimizer(net, *list(WAYS.values())[way], seed)
        source, found, spent = Shuffled(*data.train, [seed, seeded.TRAINING]), [], 0.0
        start = time.process_time()

        def watch(k: int) -> None:
            nonlocal spent
            seconds = time.process_time() - start - spent
            found.append((error_rate(net, *data.test), seconds))
            spent = time.process_time() - start - seconds

        try:
            train(
                *(net, SoftmaxCrossEntropy(), optimizer, source, int(looks[way, -1])),
                batch=min(BATCH, len(data.train[0])),
                watch=watch,
                every=looks[way].tolist(),
                progress=None,
            )
        except FloatingPointError:
            found += [(np.nan, np.nan)] * (len(LOOKS) - len(found))
        return found

    found = np.array(
        [
            [[learnt(name, way, seed + k) for k in range(networks)] for way in range(len(WAYS))]
            for name in nets
        ]
    )
    settings = {"nets": nets, "ways": list(WAYS), "updates": updates, "width": width}
    settings |= {"networks": networks, "seed": seed}
    arrays = {"updates": looks, "error": found[..., 0], "seconds": found[..., 1]}
    return Result("curvature", settings, arrays)


def _optimizer(net: Network, lr: float, damping: float | None, seed: int) -> SGD:
    if damping is None:
        return SGD(net, lr)
    return KFAC(net, lr, damping=damping, rng=[seed, LABELS])

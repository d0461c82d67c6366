"""Why batch norm helps: how smooth the cost is along its gradient.

Santurkar et al. (2018), at the size of a lesson. A norm stands before each activation; one of the
networks has noise behind it.
"""

from __future__ import annotations

import os

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shuffled, mnist
from tinynet.later import BatchNorm, Natural
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.studies import seeded
from tinynet.studies.normalizing import DEPTH, with_norm
from tinynet.studies.rates import shuffled
from tinynet.studies.result import Result
from tinynet.training import train

SURFACES = {  # norm, initialization, and how much noise is put behind the norm
    "standard": ("none", "standard", 0.0),
    "normalized": ("none", "normalized", 0.0),
    "standard, batch": ("batch", "standard", 0.0),
    "normalized, batch": ("batch", "normalized", 0.0),
    "standard, batch, noise": ("batch", "standard", 0.5),
}
BATCH = 60
STEPS = (0.05, 0.1, 0.2, 0.4)  # along the gradient
PROBES = 16  # times in a run at which the cost is followed along the gradient
PROBED, NOISE = 4, 5  # streams of a seed, beside those of the seeded networks


def landscape(
    *,
    folder: str | os.PathLike | None = None,
    updates: int = 800,
    width: int = 100,
    seed: int = 0,
) -> Result:
    """Follow the cost along its gradient, now and then in a run: how far does it go up and down?

    Five tanh layers on MNIST at the rate 0.1, batches of 60. Each time a batch of its own gives the
    gradient, and the cost is computed 0.05, 0.1, 0.2 and 0.4 times the gradient away. One of the
    networks has noise behind each batch norm, which gives every unit another mean and another scale
    at every update.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    updates : int, optional
    width : int, optional
        Units of a hidden layer.
    seed : int, optional

    Returns
    -------
    Result
        ``updates``, shape (T,); ``range``, shape (surfaces, T), the largest of the four costs minus
        the smallest; ``turned``, shape (surfaces, T), the largest of ``|g' - g|/|g|``, g' being the
        gradient there; ``error``, shape (surfaces,), the share of test images misclassified at the
        end. The settings name ``surfaces``.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    updates, width = checks.size("updates", updates), checks.size("width", width)
    seed = checks.seed("seed", seed)
    data = mnist(folder, download=False)
    looks = np.unique(np.linspace(0, updates, PROBES + 1).astype(int)[1:])
    batch = min(BATCH, len(data.train[0]))

    def followed(norm: str, init: str, noise: float) -> tuple[np.ndarray, float]:
        net = with_norm(seeded.network("tanh", init, width, DEPTH, seed, "mnist"), norm)
        net = _with_noise(net, noise, seed) if noise else net
        probes, found = Shuffled(*data.train, [seed, PROBED], drop_last=True), []
        train(
            *(net, SoftmaxCrossEntropy(), Natural(net, 0.1), shuffled(data.train, seed), updates),
            batch=batch,
            watch=lambda k: found.append(_along_the_gradient(net, *probes.draw(batch))),
            every=looks.tolist(),
            progress=None,
        )
        return np.array(found), error_rate(net, *data.test)

    found = [followed(*surface) for surface in SURFACES.values()]
    arrays = {
        "updates": looks,
        "range": np.array([of_run[:, 0] for of_run, _ in found]),
        "turned": np.array([of_run[:, 1] for of_run, _ in found]),
        "error": np.array([error for _, error in found]),
    }
    settings = {"surfaces": list(SURFACES), "updates": updates, "width": width, "seed": seed}
    return Result("landscape", settings, arrays)


class Noise:
    """y = scale x + shift, both drawn for each unit in each pass; a pass that looks has y = x."""

    parameters: tuple[str, ...] = ()
    buffers = ("rng",)

    def __init__(self, size: float, rng: np.random.Generator):
        self.size, self.rng = size, rng
        self.training = True

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return y for x, both (batch, units)."""
        self.x = x
        self.scale, self.shift = np.ones_like(x[0]), np.zeros_like(x[0])
        if self.training:
            drawn = self.rng.normal(scale=self.size, size=(2, x.shape[1])).astype(x.dtype)
            self.scale, self.shift = 1 + drawn[0], drawn[1]
        self.y = self.scale * x + self.shift
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx given dy, both (batch, units)."""
        self.dy = dy
        self.dx = dy * self.scale
        return self.dx


def _with_noise(net: Network, size: float, seed: int) -> Network:
    """Put noise behind each batch norm."""
    rng, layers = np.random.default_rng([seed, NOISE]), []
    for layer in net.layers:
        layers += [layer, Noise(size, rng)] if isinstance(layer, BatchNorm) else [layer]
    return Network(layers)


def _along_the_gradient(net: Network, x: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the range of the cost along the gradient, and how far the gradient turns there."""
    parameters = net.named_parameters()
    start = {name: array.copy() for name, array in parameters.items()}
    _, here = _cost_and_gradient(net, x, labels)
    costs, turned = [], []
    for step in STEPS:
        for name, array in parameters.items():
            array[...] = start[name] - step * here[name]
        cost, there = _cost_and_gradient(net, x, labels)
        costs.append(cost)
        turned.append(_length([there[name] - here[name] for name in here]))
    for name, array in parameters.items():
        array[...] = start[name]
    return max(costs) - min(costs), max(turned) / _length(list(here.values()))


def _cost_and_gradient(
    net: Network, x: np.ndarray, labels: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """Pass through a view as in training: every time with the same noise, if there is some."""
    view, loss = net.view(training=True), SoftmaxCrossEntropy()
    cost = loss.forward(view.forward(x), labels)
    view.backward(loss.backward())
    return cost, view.named_gradients()


def _length(arrays: list[np.ndarray]) -> float:
    """Return the length of all arrays taken as one vector."""
    return float(np.sqrt(sum((array**2).sum() for array in arrays)))

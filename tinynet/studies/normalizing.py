"""Five hidden layers with and without normalization: which rates and batches they stand, and why.

Ioffe & Szegedy (2015), Santurkar et al. (2018), Berger & Uc Cetina (2022), at the size of a lesson.
A norm stands before each activation, in :func:`batch_sizes` behind it; weight norm takes the place
of each Linear. Where a norm can start from data, it starts from the first images. Steps are those
of plain gradient descent, but for batchless: it takes natural ones.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.datasets import Shuffled, mnist
from tinynet.later import BatchLayerNorm, Batchless, BatchNorm, LayerNorm, Natural, WeightNorm
from tinynet.layers import Activation, Linear
from tinynet.looking import error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.studies import seeded
from tinynet.studies.rates import checked_rates, errors_of, moments, shuffled
from tinynet.studies.result import Result
from tinynet.training import train

LAYERS = {
    "none": None,
    "batch": BatchNorm,
    "layer": LayerNorm,
    "batch-layer": BatchLayerNorm,
    "weight": WeightNorm,
    "batchless": Batchless,
}
NEED_A_BATCH = ("batch", "batch-layer")  # of two rows or more
ROWS = {  # of the table of rates on Shapeset: norm and initialization
    "standard": ("none", "standard"),
    "normalized": ("none", "normalized"),
    "standard, batch": ("batch", "standard"),
    "standard, layer": ("layer", "standard"),
}
SURFACES = {  # norm, initialization, and how much noise is put behind the norm
    "standard": ("none", "standard", 0.0),
    "normalized": ("none", "normalized", 0.0),
    "standard, batch": ("batch", "standard", 0.0),
    "normalized, batch": ("batch", "normalized", 0.0),
    "standard, batch, noise": ("batch", "standard", 0.5),
}
DEPTH = 5
START = 1000  # images that weight norm and batchless start from
BATCH = 60  # Ioffe & Szegedy's on MNIST
STEPS = (0.05, 0.1, 0.2, 0.4)  # along the gradient
PROBES = 16  # times in a run at which the cost is followed along the gradient
PROBED, NOISE = 4, 5  # streams of a seed, beside those of the seeded networks


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
    norms, rates = _norms(norms), checked_rates(rates)
    updates, width = checks.size("updates", updates), checks.size("width", width)
    seed = checks.seed("seed", seed)
    data = mnist(folder, download=False)
    batch, looks = min(BATCH, len(data.train[0])), moments(updates)

    def errors(norm: str, lr: float) -> np.ndarray:
        net = seeded.network("sigmoid", "standard", width, DEPTH, seed, "mnist")
        net = with_norm(net, norm, start=data.train[0][:START])
        source = shuffled(data.train, seed)
        return errors_of(net, Natural(net, lr), source, data.test, batch, looks)

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
    rates = checked_rates(rates)
    updates, width = checks.size("updates", updates), checks.size("width", width)
    seed = checks.seed("seed", seed)
    test = seeded.stream(seed, seeded.TEST).draw(seeded.IMAGES)
    looks = moments(updates)

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


def batch_sizes(
    *,
    folder: str | os.PathLike | None = None,
    norms: Sequence[str] = ("none", "batch", "layer", "batch-layer", "batchless"),
    batches: Sequence[int] = (1, 2, 10, 50),
    images: int = 10_000,
    width: int = 100,
    seed: int = 0,
) -> Result:
    """Train five sigmoid layers under ``standard`` on the same images, cut into larger batches.

    The rate is 0.01 times the batch, but at most 0.1. The norm stands behind the sigmoid, as in
    Berger & Uc Cetina's code.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    norms : sequence of str, optional
        'none', 'batch', 'layer', 'batch-layer', 'weight', 'batchless'.
    batches : sequence of int, optional
        Images in a batch.
    images : int, optional
        How many are seen, as near as the largest batch allows.
    width : int, optional
        Units of a hidden layer.
    seed : int, optional

    Returns
    -------
    Result
        ``images``, shape (T,), and ``error``, shape (norms, batches, T): the share of test images
        misclassified after so many. NaN where a norm needs a larger batch, and once a run has
        broken.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    norms, batches = _norms(norms), checks.sizes("batches", batches, least=1)
    images, width = checks.size("images", images), checks.size("width", width)
    seed = checks.seed("seed", seed)
    data = mnist(folder, download=False)
    for k, batch in enumerate(batches):
        checks.whole(f"batches[{k}]", batch, 1, len(data.train[0]))
    largest = max(batches)
    seen = largest * moments(max(1, images // largest))

    def errors(norm: str, batch: int) -> np.ndarray:
        if norm in NEED_A_BATCH and batch == 1:
            return np.full(len(seen), np.nan)
        net = seeded.network("sigmoid", "standard", width, DEPTH, seed, "mnist")
        net = with_norm(net, norm, behind=True, start=data.train[0][:START])
        source = shuffled(data.train, seed)
        natural = Natural(net, min(0.01 * batch, 0.1))
        return errors_of(net, natural, source, data.test, batch, seen // batch)

    arrays = {
        "images": seen,
        "error": np.array([[errors(norm, batch) for batch in batches] for norm in norms]),
    }
    settings = {"norms": norms, "batches": batches, "images": images, "width": width}
    return Result("batch_sizes", settings | {"seed": seed}, arrays)


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


# ---------------------------------------------------------------------------- networks


class _Noise:
    """y = scale x + shift, both drawn for each unit in each pass; a pass that looks has y = x."""

    parameters: tuple[str, ...] = ()
    buffers = ("rng",)

    def __init__(self, size: float, rng: np.random.Generator):
        self.size, self.rng = size, rng
        self.training = True

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        self.scale, self.shift = np.ones_like(x[0]), np.zeros_like(x[0])
        if self.training:
            drawn = self.rng.normal(scale=self.size, size=(2, x.shape[1])).astype(x.dtype)
            self.scale, self.shift = 1 + drawn[0], drawn[1]
        self.y = self.scale * x + self.shift
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        self.dy = dy
        self.dx = dy * self.scale
        return self.dx


def _with_noise(net: Network, size: float, seed: int) -> Network:
    """Put noise behind each batch norm."""
    rng, layers = np.random.default_rng([seed, NOISE]), []
    for layer in net.layers:
        layers += [layer, _Noise(size, rng)] if isinstance(layer, BatchNorm) else [layer]
    return Network(layers)


def with_norm(
    net: Network, norm: str, *, behind: bool = False, start: np.ndarray | None = None
) -> Network:
    """Put a norm before each activation of a network, or behind it.

    Parameters
    ----------
    net : Network
        One of :func:`tinynet.mlp`. Its layers are taken over, not copied.
    norm : str
        'none', 'batch', 'layer', 'batch-layer', 'batchless'; or 'weight', which takes the place of
        each Linear.
    behind : bool, optional
    start : ndarray, shape (rows, n_in), optional
        What the layers start from that can: on average over these rows, they then give the mean 0
        and the std 1.

    Raises
    ------
    TypeError, ValueError
        One of the arguments cannot be used.
    """
    contracts.network("net", net)
    norm, behind = checks.among("norm", norm, LAYERS), checks.flag("behind", behind)
    layers: list[Any] = []
    width = None
    for layer in net.layers:
        width = getattr(layer, "n_out", width)
        layers.append(layer)
        if norm == "weight" and isinstance(layer, Linear):
            layers[-1] = _with_lengths(layer)
        elif norm not in ("none", "weight") and isinstance(layer, Activation) and width:
            layers.insert(len(layers) - (not behind), LAYERS[norm](width, dtype=net.dtype))
    if start is not None and any(hasattr(layer, "start_from") for layer in layers):
        x = checks.batch("start", start, getattr(layers[0], "n_in", None), net.dtype)
        x = checks.finite("start", x)
        for layer in layers:
            x = layer.start_from(x) if hasattr(layer, "start_from") else layer.forward(x)
    return Network(layers)


def _with_lengths(linear: Linear) -> WeightNorm:
    """Make a weight norm that begins with the weights of a Linear."""
    return WeightNorm(
        linear.n_in,
        linear.n_out,
        init=lambda *_: linear.W,
        bias=linear.b is not None,
        dtype=linear.W.dtype,
    )


# ---------------------------------------------------------------------------- runs


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


# ---------------------------------------------------------------------------- arguments


def _norms(norms: Any) -> list[str]:
    names = checks.names("norms", norms)
    return [checks.among(f"norms[{k}]", name, LAYERS) for k, name in enumerate(names)]

"""Is the gradient right? Every array of the backward pass against centred differences."""

from __future__ import annotations

import contextlib
import copy
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.looking.tables import Table, aligned
from tinynet.network import Network

STEP = 2.0**-17  # h: a power of two, so that value + h is exact for values of ordinary size
LARGE = 400  # entries: an array with more of them is checked along one random direction
KINK = 1e-3  # slopes over h and over 2h that differ by more than this share have a kink between
BEND = 1e-7  # so have costs whose bend is larger by this share than what the slopes differ by
EPS = np.finfo(np.float64).eps  # the last bit of 1


class GradientError(NamedTuple):
    """One row of the table: how far an array is from its centred differences."""

    layer: str
    array: str
    shape: tuple[int, ...]
    checked: int  # entries compared, or 1 for one random direction
    kinks: int  # entries left out, because a kink lies within the step
    error: float  # the largest difference, relative to the largest entry; NaN: all were kinks
    bound: float  # what rounding and the step can make of it; 1 or more: nothing can be seen

    @property
    def wrong(self) -> bool:
        """Whether the error is more than rounding and the step can explain."""
        return self.error > self.bound


def gradient_check(net: Network, x: np.ndarray, *, rng: Any = 0, show: bool = False) -> Table:
    """Compare every gradient of a network with centred differences.

    The cost that is differentiated is the sum of R * output, with R a random upstream gradient so
    that no output is left out, plus the layers' own costs. For a parameter that its layer names in
    ``own`` it is that layer's cost alone.

    All passes are training passes in float64, on copies of the network as it stands, which stays
    as it was: masks and statistics are the same each time. Backward runs twice. An array of more
    than 400 entries is checked along one random direction. An entry is left out, and counted,
    where a kink, such as that of ReLU at 0, lies within the step. Everything is checked again,
    along one direction an array, with the first example alone (two, if a layer refuses one); a
    row shows that check only if it alone finds a mistake.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (batch, n_in)
    rng : int or numpy.random.Generator, optional
        The source of R and of the directions.
    show : bool, optional
        Print the table.

    Returns
    -------
    Table
        A list of one :class:`GradientError` for each parameter, and for the x of each layer in
        ``net.layers``. A gradient is wrong where ``error > bound``; one that is not finite has an
        infinite error. Where a whole gradient is below its bound, its error is 0: nothing can be
        seen.

    Raises
    ------
    TypeError, ValueError
        x is not what the network takes, a layer returns what it should not, or its forward pass
        is not the same each time.
    """
    contracts.trainable("net", net)
    net = _in_float64(net)
    x = np.array(checks.batch("x", x), np.float64)
    rng = checks.generator("rng", rng)
    show = checks.flag("show", show)
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        few = _fewest(net, x)
        rows = _rows(net, x, LARGE, rng)
        others = _rows(net, few, 1, rng)
    lines = [["layer", "array", "shape", "checked", "kinks", "error", "bound", ""]]
    for k, other in enumerate(others):
        alone = other.wrong and not rows[k].wrong
        rows[k] = other if alone else rows[k]
        lines.append(_cells(rows[k], f" for x[:{len(few)}]" if alone else ""))
    table = Table(rows, "\n".join(aligned(lines, left=3)))
    if show:
        print(table)
    return table


def _cells(row: GradientError, where: str) -> list[str]:
    """Format a row of the table."""
    single = row.checked + row.kinks == 1 and np.prod(row.shape) > 1
    checked = "1 direction" if single else f"{row.checked}"
    verdict = "too small to see" if row.bound >= 1 else ""
    verdict = f"wrong{where}" if row.wrong else verdict
    shape = " x ".join(map(str, row.shape))
    numbers = [checked, f"{row.kinks}", f"{row.error:.1e}", f"{row.bound:.0e}"]
    return [row.layer, row.array, shape, *numbers, f"{verdict:<16}"]


def _in_float64(net: Network) -> Network:
    """Copy a network into float64; an array that several hold stays one array."""
    if (type(net).forward, type(net).backward) != (Network.forward, Network.backward):
        net = Network([net])  # its layers are not all that it does
    net.view()  # complains of what cannot be copied
    copies: dict[int, Any] = {}  # of all that it holds, however deep, by the original's id
    copy.deepcopy(net, copies)
    wide: dict[int, Any] = {id(np.float32): np.float64}
    for original, entry in copies.items():
        if isinstance(entry, np.ndarray) and entry.dtype.kind == "f":
            wide[original] = entry.astype(np.float64)
        elif isinstance(entry, np.dtype) and entry.kind == "f":
            wide[original] = np.dtype(np.float64)
    return copy.deepcopy(net, wide)


def _fewest(net: Network, x: np.ndarray) -> np.ndarray:
    """Return as few of the examples as all layers take: one, two, or all."""
    net.view(training=True).forward(x.copy())  # complains of x
    for n in (1, 2):
        with contextlib.suppress(ValueError, AssertionError):
            if len(net.view(training=True).forward(x[:n].copy())) == n:
                return x[:n]
    return x


def _rows(net: Network, x: np.ndarray, entries: int, rng: np.random.Generator) -> list:
    """Compare the arrays of one pass; those of more entries along one direction."""
    R, gradients = _one_pass(net, x, rng)
    rows: list[GradientError] = []
    noise = 0.0  # the largest of this and all later layers
    for k in reversed(range(len(net.layers))):
        shared = _Cost(net, k, x, R)
        shared.must_be_the_same()
        noise = max(noise, shared.noise(rng))
        found = []
        for name, value in shared.values.items():
            part, array = name.rsplit(".", 1)
            place = f"{k}{part[1:]}"
            layer = net.named_layers()[place]
            cost, rounding = shared, noise
            if array in getattr(layer, "own", ()):
                cost = _Cost(net, k, x, R, own=part)
                rounding = cost.noise(rng)
            directions = _directions(value.shape, entries, rng)
            result = _compare(gradients[f"{place}.{array}"], value, directions, cost, rounding)
            title = f"{place} {type(layer).__name__}"
            found.append(GradientError(title, f"d{array}", value.shape, *result))
        rows = found + rows
    return rows


def _one_pass(
    net: Network, x: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Draw R and send it back; return it, and each gradient by the name of its array, "0.W"."""
    view = net.view(training=True)
    arrays = [x.copy()]
    for k, layer in enumerate(view.layers):
        name = f"layers[{k}].forward(x)"
        arrays.append(checks.batch(name, layer.forward(arrays[k])))
        if arrays[-1].dtype != np.float64:
            raise TypeError(
                f"{name}: expected float64, as x and the parameters are in a check, got"
                f" {arrays[-1].dtype} of {type(layer).__name__}; take the dtype from x"
            )
    R = rng.standard_normal(arrays[-1].shape)
    gradients, dy = {}, R
    for k, layer in reversed(list(enumerate(view.layers))):
        layer.backward(dy)
        dx = layer.backward(dy)  # twice: it assigns
        dy = checks.same_shape(f"layers[{k}].backward(dy)", dx, "x", arrays[k])
        gradients[f"{k}.x"] = dy.copy()
    return R, gradients | contracts.gradients(net.named_parameters(), view.named_gradients())


class _Cost:
    """The cost that layer k and all later ones make, each time from where they stand now.

    Layer k is "0" here, and a layer inside it "0.0". With ``own``, one of these places, it is
    the cost of that layer alone. ``values`` are what enters layer k, and its parameters.
    """

    def __init__(self, net: Network, k: int, x: np.ndarray, R: np.ndarray, own: str = ""):
        self.k, self.R, self.own = k, R, own
        view = net.view(training=True)
        self.x = x.copy()
        for layer in view.layers[:k]:
            self.x = layer.forward(self.x)
        self.x = self.x.copy()
        self.layers = Network(view.layers[k:])
        self.values = Network(view.layers[k : k + 1]).named_parameters() | {"0.x": self.x}
        self.here = self.terms()

    def terms(self) -> np.ndarray:
        """Run the layers forward, and list what adds up to the cost."""
        view = self.layers.view(training=True)
        y = self.x.copy()
        for layer in view.layers:
            y = layer.forward(y)
        if self.own:
            return np.array([view.named_layers()[self.own].cost])
        return np.append(self.R * y, _shared_cost(view))

    def change(self) -> float:
        """Return how much the cost has changed since the values were moved."""
        return float((self.terms() - self.here).sum())

    def must_be_the_same(self) -> None:
        """Refuse a layer whose forward pass gives something else each time."""
        if {self.terms().tobytes() for _ in range(4)} != {self.here.tobytes()}:
            raise ValueError(
                f"layers[{self.k}].forward(x): expected the same output each time from the same x"
                f" and attributes, got another of {type(self.layers.layers[0]).__name__}; draw from"
                " a Generator that the layer keeps, self.rng = np.random.default_rng(rng), and name"
                ' it in buffers = ("rng",)'
            )

    def noise(self, rng: np.random.Generator) -> float:
        """Estimate the rounding of the cost: that of its sum, and what last bits of values do."""
        found = [EPS * np.abs(self.here).sum()]
        kept = [(value, value.copy()) for value in self.values.values()]
        for _ in range(3):
            for value, was in kept:
                value[...] = was * (1 + EPS * rng.choice([-1, 1], was.shape))
            found.append(abs(self.change()))
        for value, was in kept:
            value[...] = was
        return max(found)


def _shared_cost(layer: Any) -> float:
    """Add up the costs whose gradients reach what is below, which those with ``own`` do not."""
    if isinstance(layer, Network) and type(layer).cost is Network.cost:
        return sum(map(_shared_cost, layer.layers))
    return 0.0 if getattr(layer, "own", ()) else getattr(layer, "cost", None) or 0.0


def _directions(
    shape: tuple[int, ...], entries: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Give each entry's direction, or a random one if there are more entries than that."""
    if np.prod(shape) > entries:
        v = rng.standard_normal(shape)
        yield v / np.linalg.norm(v)
        return
    for index in np.ndindex(shape):
        v = np.zeros(shape)
        v[index] = 1
        yield v


def _compare(
    gradient: np.ndarray,
    value: np.ndarray,
    directions: Iterable[np.ndarray],
    cost: _Cost,
    noise: float,
) -> tuple[int, int, float, float]:
    """Return how many slopes were compared, how many were kinks, the error and its bound."""
    slopes = np.array([_slopes(gradient, value, v, cost) for v in directions])
    predicted, near, far, bend = slopes.T
    if not np.isfinite(slopes).all():
        return len(slopes), 0, np.inf, 0.0

    measured = near + (near - far) / 3  # the part of h squared is gone
    usual = np.sqrt((gradient**2).mean())  # <gradient, v> can be small by chance: not the scale
    scale = max(np.abs(predicted).max(), np.abs(measured).max(), usual)
    rounding = 8 * noise / STEP
    apart, bend = np.abs(near - far), np.abs(bend)
    crooked = bend > apart + BEND * scale + 4 * rounding
    smooth = (apart <= KINK * scale + 4 * rounding) & ~crooked
    limit = rounding + (apart + bend)[smooth].max(initial=0.0) + 1e-13 * scale
    difference = np.abs(measured - predicted)[smooth].max(initial=0.0)
    bound = float(limit / scale) if scale else np.inf
    error = float(difference / scale) if bound < 1 else 0.0
    if not smooth.any():
        error = np.nan  # passes no test
    return int(smooth.sum()), int((~smooth).sum()), error, bound


def _slopes(gradient: np.ndarray, value: np.ndarray, v: np.ndarray, cost: _Cost) -> list[float]:
    """Move a value along v: <gradient, v>, the differences over h and 2h, and a kink's bend."""
    kept, C = value.copy(), {}
    for n in (-2, -1, 1, 2):
        value[...] = kept + n * STEP * v
        C[n] = cost.change()
    value[...] = kept
    moved = (kept + STEP * v) - (kept - STEP * v)  # 2h v, as rounded
    predicted = float((gradient * moved).sum()) / (2 * STEP)
    near = (C[1] - C[-1]) / (2 * STEP)
    far = (C[2] - C[-2]) / (4 * STEP)
    bend = ((C[2] + C[-2]) / 4 - C[1] - C[-1]) / STEP  # 0 of a parabola
    return [predicted, near, far, bend]

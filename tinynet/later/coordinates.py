"""Does each parameter move what comes out of its layer by as much at any width?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.later.maximal_update import linears
from tinynet.looking.tables import Table, aligned
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.optimizers import SGD

FLAT = 0.25  # powers of the width up to this count as none: the mildest mistake makes a half
SAME = 0.01  # share by which moves at the first width may differ from those of the tuned network


class Coordinate(NamedTuple):
    """One row of the table: by how much a parameter has moved what comes out of its layer."""

    parameter: str
    moves: tuple[float, ...]  # rms of x (W - W at the start), or of b - b at the start, by width
    power: float  # of the width with which the moves grow; below 0 they shrink
    off: float  # share by which the first differs from the tuned network's; NaN: none is given

    @property
    def wrong(self) -> bool:
        """Whether it moves more, or less, the wider the network is, or not as it was tuned."""
        return not abs(self.power) <= FLAT or self.off > SAME


def coordinate_check(
    build: Callable[[int, int], tuple[Network, SGD]],
    widths: Sequence[int],
    x: np.ndarray,
    labels: np.ndarray,
    *,
    steps: int = 3,
    networks: int = 3,
    tuned: Callable[[int, int], tuple[Network, SGD]] | None = None,
    show: bool = False,
) -> Table:
    """Take a few steps at each width, and see whether each parameter does as much as at others.

    Only then can a rate that is right at one width be right at all (Yang et al., 2022).
    The steps are taken with the same examples, under softmax and cross-entropy. What the weights of
    a layer have moved is x (W - W at the start), x being what enters the layer after the steps. The
    root mean square of that over examples, units and networks is fitted by a power of the width.

    Parameters
    ----------
    build : function
        ``build(width, seed)`` returns a network of Linear layers and its optimizer.
    widths : sequence of int
        At least two, rising. If the last is 8 times the first or more, a power is told from chance.
    x : ndarray, shape (batch, n_in)
    labels : ndarray of int, shape (batch,)
    steps : int, optional
        Few: later, what has been learnt hides what a step does.
    networks : int, optional
        Of each width, with the seeds 0, 1, 2, ...
    tuned : function, optional
        Like ``build``: the network and optimizer whose rate was chosen, at the first of the widths.
        There both must do the same. Another base width is seen by this, and only by this.
    show : bool, optional
        Print the table.

    Returns
    -------
    Table
        A list with a row for each parameter. A row has ``parameter``, such as "0.W"; ``moves``, one
        for each width; their ``power``; ``off``, the share by which the first differs from that of
        ``tuned``; and ``wrong``, True where the power is not near 0, or ``off`` is not.

    Raises
    ------
    TypeError, ValueError
        An argument cannot be used, ``build`` does not return what it should, or a network has
        parameters other than those of Linear layers.
    FloatingPointError
        A network breaks within these steps.

    Examples
    --------
    >>> def build(width, seed):
    ...     net = tn.mlp([1024, width, width, 9], rng=seed)
    ...     return net, tn.SGD(net, lr=0.1)
    >>> x, labels = tn.Shapeset(rng=0).draw(20)
    >>> rows = coordinate_check(build, [16, 128], x, labels)
    >>> [row.parameter for row in rows if row.wrong]
    ['0.W', '0.b', '2.W', '2.b', '4.W']
    """
    checks.rising("widths", widths)
    widths, steps = checks.sizes("widths", widths), checks.size("steps", steps)
    networks, show = checks.size("networks", networks), checks.flag("show", show)
    x = checks.finite("x", checks.batch("x", x))

    def moves(name: str, build: Callable, width: int) -> dict[str, float]:
        """Return what each parameter moves, over all networks."""
        found: dict[str, list[float]] = {}
        for seed in range(networks):
            pair = checks.called(name, "a function of width and seed", build, width, seed)
            for key, square in _squares(f"{name}({width}, {seed})", pair, x, labels, steps).items():
                found.setdefault(key, []).append(square)
        return {key: float(np.sqrt(np.mean(squares))) for key, squares in found.items()}

    found = [moves("build", build, width) for width in widths]
    there = {} if tuned is None else moves("tuned", tuned, widths[0])
    for name, others in [
        *((f"build({n}, 0)", f) for n, f in zip(widths, found, strict=True)),
        ("tuned", there or found[0]),
    ]:
        if list(others) != list(found[0]):
            raise ValueError(f"{name}: expected parameters {list(found[0])}, got {list(others)}")
    rows = [
        _row(name, [by_name[name] for by_name in found], widths, there.get(name))
        for name in found[0]
    ]
    titles = ["parameter", *(f"n = {n}" for n in widths), "power", "off" if there else "", ""]
    lines = [titles, *map(_cells, rows)]
    table = Table(rows, "\n".join(aligned(lines, left=1)))
    if show:
        print(table)
    return table


def _row(name: str, moves: list[float], widths: list[int], tuned: float | None) -> Coordinate:
    power = off = np.nan
    if all(moves):
        power = float(np.polyfit(np.log(widths), np.log(moves), 1)[0])
    if tuned is not None:
        off = abs(moves[0] / tuned - 1) if tuned else np.inf
    return Coordinate(name, tuple(moves), power, off)


def _cells(row: Coordinate) -> list[str]:
    off = "" if np.isnan(row.off) else f"{row.off:.0%}"
    return [
        row.parameter,
        *(f"{a:.3g}" for a in row.moves),
        f"{row.power:+.2f}",
        off,
        _verdict(row),
    ]


def _verdict(row: Coordinate) -> str:
    if np.isnan(row.power):
        return "does not move"
    if abs(row.power) > FLAT:
        return "grows" if row.power > 0 else "shrinks"
    return "not as tuned" if row.off > SAME else ""


def _squares(
    name: str, pair: Any, x: np.ndarray, labels: np.ndarray, steps: int
) -> dict[str, float]:
    """Train a network for a few steps; return the mean square of what each parameter has moved."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[1], SGD):
        got = checks.describe(pair)
        raise TypeError(f"{name}: expected a network and its optimizer, got {got}")
    net, optimizer = contracts.trainable(name, pair[0]), pair[1]
    layers, loss = linears(name, net), SoftmaxCrossEntropy()
    start = {key: array.copy() for key, array in net.named_parameters().items()}
    for _ in range(steps):
        loss.forward(net.forward(x), labels)
        net.backward(loss.backward())
        optimizer.step()
    net.forward(x)
    moved = {}
    for place, layer in layers.items():
        moved[f"{place}.W"] = layer.x @ (layer.W - start[f"{place}.W"])
        if layer.b is not None:
            moved[f"{place}.b"] = layer.b - start[f"{place}.b"]
    squares = {key: float((array.astype(float) ** 2).mean()) for key, array in moved.items()}
    if not np.isfinite(list(squares.values())).all():
        raise FloatingPointError(f"{name}: expected finite numbers, got others; take a lower rate")
    return squares

"""A network as arrows between units, with the names of its arrays: forward, cost, and back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from tinynet._internal import checks

MOST = 5  # sizes: with more, names run into each other at the width of a page
CIRCLES = 5  # in a column of as many units; of more, dots stand for the middle ones
FORWARD, BACKWARD = "#000000", "#882255"
ROWS = ((-1.6, FORWARD), (-2.9, BACKWARD))  # the height of the names, and their colour
LINEAR, TANH = 2.0, 1.3  # from the units before a layer to those behind it


def drawable(sizes: Sequence[int]) -> list[int]:
    """Check that these are sizes of layers, and not too many for a page."""
    sizes = checks.sizes("sizes", sizes)
    if len(sizes) > MOST:
        raise ValueError(f"sizes: expected at most {MOST}, so that names fit, got {len(sizes)}")
    return sizes


def draw(sizes: list[int], ax: Axes) -> Axes:
    """Draw Linear, Tanh, ..., Linear and the loss, from left to right."""
    x, last = 0.0, len(sizes) - 2
    for k, (n_in, n_out) in enumerate(pairwise(sizes)):
        before, after = x, x + LINEAR
        _lines(ax, [((before, a), (after, b)) for a in _heights(n_in) for b in _heights(n_out)])
        _layer(ax, before, after, f"Linear\nnet.layers[{2 * k}]")
        weights = f"W{k} ({n_in}, {n_out})\nb{k} ({n_out},)"
        _code(ax, (before + after) / 2, weights, f"dW{k}\ndb{k}", over=True)
        _units(ax, before, n_in, f"z{k}")
        _units(ax, after, n_out, f"s{k}")
        if k == 0:
            _code(ax, before, "linear.x", "linear.dx")
        else:
            _code(ax, before, "tanh.y\n= linear.x", "tanh.dy\n= linear.dx")
        x = after + TANH
        if k < last:
            _lines(ax, [((after, height), (x, height)) for height in _heights(n_out)])
            _layer(ax, after, x, f"Tanh\nnet.layers[{2 * k + 1}]")
            _code(ax, after, "linear.y\n= tanh.x", "linear.dy\n= tanh.dx")
    _code(ax, after, "linear.y\n= output", "linear.dy")
    _lines(ax, [((after, height), (x, 0)) for height in _heights(sizes[-1])])
    _layer(ax, after, x, "loss")
    ax.plot(x, 0, "s", color="white", markeredgecolor="black", markersize=11, zorder=3)
    _name(ax, x, "cost", "cost")
    for (height, colour), word in zip(ROWS, ("forward", "backward"), strict=True):
        ax.text(-0.6, height, word, color=colour, ha="right", va="center", fontstyle="italic")
    ax.set(xlim=(-1.9, x + 0.5), ylim=(-3.7, 1.9))
    ax.set_axis_off()
    return ax


def _heights(count: int) -> np.ndarray:
    """Return the heights of the circles of a column."""
    places = np.arange(min(count, CIRCLES))
    heights = 0.42 * (places - places.mean())
    return heights if count <= CIRCLES else np.delete(heights, CIRCLES // 2)


def _units(ax: Axes, x: float, count: int, name: str) -> None:
    """Draw a column of units, and the names of their array and its gradient."""
    heights = _heights(count)
    ax.plot(
        [x] * len(heights), heights, "o",
        color="white", markeredgecolor="black", markersize=9, zorder=3,
    )  # fmt: skip
    if count > CIRCLES:
        ax.plot([x] * 3, [-0.1, 0, 0.1], "o", color="black", markersize=1.5)
    _name(ax, x, name, f"d{name}")


def _lines(ax: Axes, ends: list) -> None:
    """Draw a line from each unit to each that hears it."""
    for (x, y), (to_x, to_y) in ends:
        ax.plot([x, to_x], [y, to_y], color="0.55", linewidth=0.6, zorder=1)


def _layer(ax: Axes, before: float, after: float, title: str) -> None:
    """Write a layer's name over it, and draw the arrows through it, one each way."""
    ax.text((before + after) / 2, 1.5, title, ha="center", va="center", fontsize=8.5)
    ends = (before + 0.3, after - 0.3)
    for (height, colour), (start, end) in zip(ROWS, (ends, ends[::-1]), strict=True):
        look = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.2}
        ax.annotate("", (end, height), (start, height), arrowprops=look)


def _name(ax: Axes, x: float, forward: str, backward: str) -> None:
    """Write the course's name of an array, and of its gradient."""
    for (height, colour), name in zip(ROWS, (forward, backward), strict=True):
        ax.text(x, height, name, color=colour, ha="center", va="center", weight="bold")


def _code(ax: Axes, x: float, forward: str, backward: str, *, over: bool = False) -> None:
    """Write what is called so in the code, under the arrows, or over them."""
    shift, side = (0.12, "bottom") if over else (-0.2, "top")
    for (height, colour), code in zip(ROWS, (forward, backward), strict=True):
        ax.text(
            x, height + shift, code,
            color=colour, ha="center", va=side, fontsize=7, family="monospace",
        )  # fmt: skip

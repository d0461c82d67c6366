"""A network in one table: a line a layer, from the arrays of its last pass."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinynet import _checks as checks
from tinynet.looking.statistics import saturated, std, update_ratio
from tinynet.looking.tables import Table, aligned
from tinynet.network import Network


class LayerSummary(NamedTuple):
    """One line of the table. None: there is no such array, or not yet."""

    layer: str  # position in net.layers, and class
    units: str  # that enter and leave
    n_var_W: float | None  # n Var(W), n the units that enter
    y_mean: float | None
    y_std: float | None
    saturated: float | None  # share of y, from 0 to 1
    dy_std: float | None
    dW_std: float | None
    update_ratio: float | None  # lr std(dW)/std(W)


HEADER = (
    *("layer", "units", "n Var(W)", "mean(y)", "std(y)", "saturated"),
    *("std(dy)", "std(dW)", "update/W"),
)


def summary(net: Network, optimizer: Any = None, *, show: bool = True) -> Table:
    """Print a table of a network: a line a layer, from the arrays that are on it now.

    Before the first pass there are the weights alone, after ``forward`` y too, after ``backward``
    its gradients; what does not exist yet is blank. A layer of your own whose first parameter has
    another name than W stands there with that one; below the table it says so.

    Parameters
    ----------
    net : Network
    optimizer : optional
        One with a learning rate ``lr``, for the last column: how large a step is beside the
        weights.
    show : bool, optional
        Print the table; without it, ``print`` what is returned.

    Returns
    -------
    Table
        A list of one :class:`LayerSummary` a layer.

    Raises
    ------
    TypeError
        net is not a network, or the optimizer has no ``lr``.
    """
    layers = checks.network("net", net).layers
    if optimizer is not None and not hasattr(optimizer, "lr"):
        raise TypeError(
            "optimizer: expected one with a learning rate, such as tn.SGD(net, lr), got"
            f" {checks.describe(optimizer)}"
        )
    lr = getattr(optimizer, "lr", None)
    with np.errstate(all="ignore"):  # a network that is not finite is looked at, too
        rows = [_row(k, layer, lr) for k, layer in enumerate(layers)]
    lines = [HEADER, *(_cells(row) for row in rows)]
    table = Table(rows, "\n".join([*aligned(lines, left=2), *_legend(layers, lr)]))
    if show:
        print(table)
    return table


def _row(k: int, layer: Any, lr: float | None) -> LayerSummary:
    W, y = getattr(layer, "W", None), getattr(layer, "y", None)
    dy = getattr(layer, "dy", None)
    name = next(iter(layer.parameters), None)
    dP = None if name is None else getattr(layer, "d" + name, None)
    return LayerSummary(
        layer=f"{k} {type(layer).__name__}",
        units=_units(layer),
        n_var_W=None if np.ndim(W) != 2 else len(W) * std(W) ** 2,
        y_mean=None if y is None else float(y.mean(dtype=float)),
        y_std=None if y is None else std(y),
        saturated=float(saturated(layer).mean()) if _can_saturate(layer) else None,
        dy_std=None if dy is None else std(dy),
        dW_std=None if dP is None else std(dP),
        update_ratio=None if dP is None or lr is None else update_ratio(layer, lr, name),
    )


def _can_saturate(layer: Any) -> bool:
    has_threshold = hasattr(layer, "slope") and hasattr(layer, "saturated_at")
    return has_threshold and getattr(layer, "x", None) is not None


def _units(layer: Any) -> str:
    ends = []
    for width, array in (("n_in", "x"), ("n_out", "y")):
        there = getattr(layer, array, None)
        ends.append(getattr(layer, width, None if there is None else there.shape[1]))
    return " -> ".join(str(n) for n in ends if n is not None)


def _cells(row: LayerSummary) -> list[str]:
    names = LayerSummary._fields[2:]
    numbers = [_number(name, getattr(row, name)) for name in names]
    return [row.layer, row.units, *numbers]


def _number(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1%}" if name == "saturated" else f"{value:.3g}"


def _legend(layers: list, lr: float | None) -> list[str]:
    """Which array is which, the threshold of saturation, and parameters that are not called W."""
    batch = next((len(layer.y) for layer in layers if getattr(layer, "y", None) is not None), None)
    lines = [
        "n: units that enter. y: what leaves. dy, dW: gradients of the mean cost. "
        + ("No pass yet." if batch is None else f"Batch of {batch}.")
    ]
    found = {}
    for layer in layers:
        if _can_saturate(layer):
            found[type(layer).__name__] = layer.saturated_at
    thresholds = ", ".join(f"{value:g} for {name}" for name, value in found.items())
    if thresholds:
        lines.append(f"saturated: the share of y with a slope f'(x) of at most {thresholds}.")
    if lr is not None:
        lines.append("update/W: lr std(dW)/std(W), the size of a step beside that of the weights.")
    for k, layer in enumerate(layers):
        name = next(iter(layer.parameters), "W")
        if name != "W":
            lines.append(f"layer {k}: its parameter {name} in place of W.")
    return lines

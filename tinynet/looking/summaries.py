"""A network in one table: a line per layer, from the arrays of its last pass."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinynet._internal import checks, contracts
from tinynet.looking.statistics import saturated, std, update_ratio
from tinynet.looking.tables import Table, aligned
from tinynet.network import Network


class LayerSummary(NamedTuple):
    """One line of the table. None: there is no such array, or not yet."""

    layer: str  # place in the network, and class
    units: str  # that enter and that leave
    n_var_W: float | None  # n Var(W), n the units that enter
    y_mean: float | None
    y_std: float | None
    saturated: float | None  # share of y, from 0 to 1
    dy_std: float | None
    dW_std: float | None
    update_ratio: float | None  # std of the last change over std(W)


HEADER = (
    *("layer", "units", "n Var(W)", "mean(y)", "std(y)", "saturated"),
    *("std(dy)", "std(dW)", "update/W"),
)


def summary(net: Network, optimizer: Any = None, *, show: bool = True) -> Table:
    """Print a table of a network: a line per layer, from the arrays that are on it now.

    At first there are only the weights; ``forward`` adds y, and ``backward`` the gradients. What
    does not exist yet is blank. If a layer's first parameter is not called W, the table shows
    that one, and a line below says so.

    Parameters
    ----------
    net : Network
    optimizer : optional
        The network's, for the last column: how large its last step was beside the weights. Set
        ``optimizer.keep = True`` before that step.
    show : bool, optional
        Print the table. If False, ``print`` the result to see it.

    Returns
    -------
    Table
        A list with one :class:`LayerSummary` per layer.

    Raises
    ------
    TypeError
        net is not a network, or the optimizer has no ``step``.
    """
    layers = contracts.network("net", net).named_layers()
    if optimizer is not None:
        checks.has_methods("optimizer", optimizer, ("step",), "tn.SGD(net, lr)")
    show = checks.flag("show", show)
    with np.errstate(all="ignore"):  # look at a network that is not finite, too
        rows = [_row(place, layer, net, optimizer) for place, layer in layers.items()]
    lines = aligned([HEADER, *(_cells(row) for row in rows)], left=2)
    table = Table(rows, "\n".join([_first_line(net), *lines, *_legend(layers, optimizer)]))
    if show:
        print(table)
    return table


def _first_line(net: Network) -> str:
    """Count the parameters, and say how spread the input was: a table may not be scaled."""
    count = sum(array.size for array in net.named_parameters().values())
    x = getattr(net.layers[0], "x", None)
    seen = "" if x is None else f"; input: mean(x) {x.mean(dtype=float):.3g}, std(x) {std(x):.3g}"
    return f"{count:,} parameters{seen}"


def _row(place: str, layer: Any, net: Network, optimizer: Any) -> LayerSummary:
    W, y = getattr(layer, "W", None), getattr(layer, "y", None)
    dy = getattr(layer, "dy", None)
    name = next(iter(layer.parameters), None)
    dP = None if name is None else getattr(layer, "d" + name, None)
    step, last = f"{place}.{name}", getattr(optimizer, "last", {})
    return LayerSummary(
        layer=f"{place} {type(layer).__name__}",
        units=_units(layer),
        n_var_W=None if np.ndim(W) != 2 else len(W) * std(W) ** 2,
        y_mean=None if y is None else float(y.mean(dtype=float)),
        y_std=None if y is None else std(y),
        saturated=float(saturated(layer).mean()) if _can_saturate(layer) else None,
        dy_std=None if dy is None else std(dy),
        dW_std=None if dP is None else std(dP),
        update_ratio=update_ratio(net, optimizer, step) if step in last else None,
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


def _legend(layers: dict[str, Any], optimizer: Any) -> list[str]:
    """Say which array is which, what saturated means, and which parameters are not called W."""
    shown = (layer.y for layer in layers.values() if getattr(layer, "y", None) is not None)
    batch = next((len(y) for y in shown), None)
    lines = [
        "n: units that enter. y: what leaves. dy, dW: gradients of the mean cost. "
        + ("No pass yet." if batch is None else f"Batch of {batch}.")
    ]
    found = {}
    for layer in layers.values():
        if _can_saturate(layer):
            found[type(layer).__name__] = layer.saturated_at
    thresholds = ", ".join(f"{value:g} for {name}" for name, value in found.items())
    if thresholds:
        lines.append(f"saturated: the share of y with a slope f'(x) of at most {thresholds}.")
    if getattr(optimizer, "last", None):
        lines.append("update/W: std of the last step's change of W over std(W).")
    elif optimizer is not None:
        lines.append("update/W: blank, no step was kept; set optimizer.keep = True before a step.")
    for place, layer in layers.items():
        name = next(iter(layer.parameters), "W")
        if name != "W":
            lines.append(f"layer {place}: {name} instead of W.")
    return lines

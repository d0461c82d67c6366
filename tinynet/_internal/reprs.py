"""One line on what an object is and holds, for a variables pane: cheap, and at any moment.

A debugger shows objects while they are being made, in the middle of a pass, and after one that
failed. So nothing here expects an attribute to be there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet._internal import checks


def short(layer: Any) -> str:
    """Return class, sizes and dtype: Linear(3, 4, float64). An activation's size is its units.

    A layer of one's own is described likewise, whatever its repr; a block with the kinds in it.
    """
    if getattr(layer, "layers", None):
        return _widths_and_kinds(layer)
    known = [getattr(layer, name) for name in ("n_in", "n_out") if hasattr(layer, name)]
    arrays = _arrays(layer)
    if not known and "x" in arrays:
        known = [arrays["x"].shape[-1]]
    known += [array.dtype for array in arrays.values()][:1]
    return f"{type(layer).__name__}({', '.join(map(str, known))})"


def with_arrays(layer: Any) -> str:
    """Return what :func:`short` says, and the names of the arrays that are there."""
    arrays = _arrays(layer)
    held = " ".join(arrays) or "no arrays yet"
    rows = f", batch {len(arrays['x'])}" if "x" in arrays else ""
    return f"{short(layer)}: {held}{rows}"


def of_network(net: Any) -> str:
    """Return widths, kinds of layers, dtype, and how many layers have the arrays of a pass."""
    layers = getattr(net, "layers", [])
    if not layers:
        return f"{type(net).__name__}()"
    text = _widths_and_kinds(net)
    y, dx = (sum(name in _arrays(layer) for layer in layers) for name in ("y", "dx"))
    return f"{text}: y on {y} of {len(layers)} layers, dx on {dx}" if y or dx else text


def _widths_and_kinds(net: Any) -> str:
    first = [layer.n_in for layer in net.layers if hasattr(layer, "n_in")][:1]
    sizes = first + [layer.n_out for layer in net.layers if hasattr(layer, "n_out")]
    kinds = " ".join(type(layer).__name__ for layer in net.layers)
    said = ["-".join(map(str, sizes)), kinds, str(net.dtype)]
    return f"{type(net).__name__}({', '.join(filter(None, said))})"


def of_loss(loss: Any) -> str:
    """Return its cost, the chance level of the batch, and the arrays that are there."""
    name = type(loss).__name__
    if getattr(loss, "cost", None) is None:
        return f"{name}(): no cost yet"
    said = f"cost {loss.cost:.4g}"
    if checks.knows_chance(loss):
        with np.errstate(all="ignore"):  # looking at what is not finite must not warn
            said += f", chance {loss.chance():.4g}"
    return f"{name}({said}): {' '.join(_arrays(loss))}"


def of_optimizer(optimizer: Any) -> str:
    """Return its learning rate, and the network that it steps."""
    said = {name: getattr(optimizer, name, None) for name in ("lr", "net")}
    return f"{type(optimizer).__name__}(lr={said['lr']}, net={said['net']})"


def _arrays(thing: Any) -> dict[str, np.ndarray]:
    return {name: value for name, value in vars(thing).items() if isinstance(value, np.ndarray)}

"""What a run remembers from one update to the next without naming it: a file would lose it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet._internal.states import Buffers
from tinynet.looking.walking import one_by_one
from tinynet.network import Network

Found = tuple[str, str, list[str]]  # "layers[1]", its class, and the attributes it depends on


def unnamed_in_layers(net: Network, x: np.ndarray) -> Found | None:
    """Find a layer whose next pass depends on more than x, its parameters and its buffers.

    A view takes one training pass, and a fresh view is given its buffers. Both must then give the
    same for another x, in training and when looked at, to the last bit.
    """
    x = checks.batch("x", x, getattr(net.layers[0], "n_in", None), net.dtype)
    net = one_by_one(net)
    used, fresh = net.view(training=True), net.view(training=True)
    _pass(used, x)
    Buffers(fresh).state = Buffers(used).state
    for training in (True, False):
        passes = [_pass(each.view(training=training), x / 2) for each in (used, fresh)]
        place = _first_difference(*passes)
        if place:
            layer, before = used.named_layers()[place], fresh.named_layers()[place]
            needed = []
            for name in _differing(layer, before, but=_of_a_pass(layer)):
                view = used.view(training=training)
                setattr(view.named_layers()[place], name, copy.deepcopy(vars(before).get(name)))
                if _first_difference(passes[0], _pass(view, x / 2)):
                    needed.append(name)
            return f"layers[{place}]", type(layer).__name__, needed
    return None


def unnamed_in_optimizer(
    optimizer: Any, loss: Any, x: np.ndarray, targets: np.ndarray
) -> Found | None:
    """Find whether an optimizer's next step depends on more than it names in ``buffers``.

    A copy takes one step, and a fresh copy is given its state. Both must then take the same step.
    """
    used, fresh = (contracts.deep_copy(optimizer, {"optimizer": optimizer}, {}) for _ in range(2))
    _update(used, loss, x, targets)
    fresh.state = checks.keepable("optimizer.state", used.state)
    Buffers(fresh.net).state = Buffers(used.net).state
    given, parameters = used.net.named_parameters(), fresh.net.named_parameters()
    for name, parameter in parameters.items():
        parameter[...] = given[name]
    differing = _differing(used, fresh, but={"net", "last", "_shapes", *used.buffers})
    for each in (used, fresh):
        _update(each, loss, x / 2, targets)
    same = all(_same(given[name], parameter) for name, parameter in parameters.items())
    return None if same else ("optimizer", type(optimizer).__name__, differing)


def unnamed_in_loss(loss: Any, output: np.ndarray, targets: np.ndarray) -> Found | None:
    """Find whether a loss depends on more than its output and targets."""
    used, fresh = copy.deepcopy(loss), copy.deepcopy(loss)
    used.forward(output, targets), used.backward()
    differing = _differing(used, fresh, but={"output", "targets", "labels", "p", "cost", "doutput"})
    costs = [each.forward(output / 2, targets) for each in (used, fresh)]
    gradients = [each.backward() for each in (used, fresh)]
    same = _same(*costs) and _same(*gradients)
    return None if same else ("loss", type(loss).__name__, differing)


def _update(optimizer: Any, loss: Any, x: np.ndarray, targets: np.ndarray) -> None:
    loss = copy.deepcopy(loss)
    loss.forward(optimizer.net.forward(x), targets)
    optimizer.net.backward(loss.backward())
    optimizer.step()


def _pass(net: Network, x: np.ndarray) -> list[tuple[str, Any]]:
    """Go forward and backward; list what each layer returned and kept, in the order of the pass."""
    given: list[tuple[str, Any]] = []
    for place, layer in enumerate(net.layers):
        x = layer.forward(x)
        given += _kept(f"{place}", layer, ("y", "cost"))
        given.append((f"{place}", x))
    dy = np.ones_like(x)
    for place, layer in reversed(list(enumerate(net.layers))):
        dy = layer.backward(dy)
        given += _kept(f"{place}", layer, ("dx", *("d" + name for name in layer.parameters)))
        given.append((f"{place}", dy))
    return given


def _kept(place: str, layer: Any, names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """List what a layer keeps under these names, after what the layers inside it keep."""
    inner = layer.named_layers().items() if isinstance(layer, Network) else ()
    found = [(f"{place}.{k}", getattr(part, name, None)) for k, part in inner for name in names]
    return [*found, *((place, getattr(layer, name, None)) for name in names)]


def _first_difference(these: list[tuple[str, Any]], those: list[tuple[str, Any]]) -> str | None:
    pairs = zip(these, those, strict=True)
    return next((place for (place, this), (_, that) in pairs if not _same(this, that)), None)


def _of_a_pass(layer: Any) -> set[str]:
    """Name what every pass of a layer writes, and what a file keeps of it."""
    named = {*layer.parameters, *getattr(layer, "buffers", ())}
    return {"x", "y", "dx", "dy", "cost", "layers", *named, *("d" + name for name in named)}


def _differing(this: Any, that: Any, but: set[str]) -> list[str]:
    """Name the attributes in which two objects differ."""
    return [n for n in vars(this) if n not in but and not _same(vars(that).get(n), vars(this)[n])]


def _same(this: Any, that: Any) -> bool:
    """Tell whether two things are the same to the last bit; NaN is the same as NaN."""
    if isinstance(this, np.ndarray) and isinstance(that, np.ndarray):
        floats = this.dtype.kind == that.dtype.kind == "f"
        return np.array_equal(this, that, equal_nan=floats)
    if type(this) is not type(that):
        return False
    if isinstance(this, dict):
        return this.keys() == that.keys() and all(_same(this[key], that[key]) for key in this)
    if isinstance(this, (list, tuple)):
        return len(this) == len(that) and all(map(_same, this, that))
    if isinstance(this, np.random.Generator):
        return _same(this.bit_generator.state, that.bit_generator.state)
    for state in ("getstate", "get_state"):  # random.Random, np.random.RandomState
        if hasattr(this, state):
            return _same(getattr(this, state)(), getattr(that, state)())
    if type(this).__eq__ is object.__eq__:  # a copy of it is never equal to it
        return callable(this) or _same(getattr(this, "__dict__", 0), getattr(that, "__dict__", 0))
    return bool(this == that) or (this != this and that != that)

"""What a layer, a network, an optimizer and a loss must keep for others to work with them.

The contracts are those of README's "Your own". What one of them cannot carry is refused here,
with an error that names the place and says what to write.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from tinynet._internal import checks, reprs

# ---------------------------------------------------------------------------- layers


def is_layer(value: Any) -> bool:
    """Tell whether it has what every layer has; a class has not."""
    wanted = ("forward", "backward", "parameters")
    return not isinstance(value, type) and all(hasattr(value, name) for name in wanted)


def layers(name: str, values: Any) -> list:
    """Check a list of layers of which each takes the width that the one before it gives."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise TypeError(f"{name}: expected a list of layers, got {checks.describe(values)}")
    if len(values) == 0:
        raise ValueError(f"{name}: expected at least one layer, got none")
    width = None
    for k, layer in enumerate(values):
        if not is_layer(layer):
            raise TypeError(
                f"{name}[{k}]: expected a layer with forward, backward and parameters,"
                f" got {checks.describe(layer)}"
            )
        if any(layer is other for other in values[:k]):
            raise ValueError(
                f"{name}[{k}]: expected a layer of its own, got {reprs.short(layer)} again"
            )
        _names_arrays(f"{name}[{k}]", layer)
        if width is not None and getattr(layer, "n_in", width) != width:
            raise ValueError(
                f"{name}[{k}]: expected a layer that takes the {width} units of the layers"
                f" before it, got {reprs.short(layer)}; a layer that changes the width needs n_in"
                " and n_out"
            )
        width = getattr(layer, "n_out", width)
    return list(values)


def _names_arrays(place: str, layer: Any) -> None:
    """Check that parameters, buffers and own are tuples of names, the parameters' of floats."""
    for kind in ("parameters", "buffers", "own"):
        names = getattr(layer, kind, ())
        if isinstance(names, str):
            raise TypeError(f'{place}.{kind}: expected ("{names}",), with a comma, got a text')
        for name in names:
            if not hasattr(layer, name):
                raise TypeError(f"{place}.{kind}: names {name!r}, an attribute that is not there")
    for name in layer.parameters:
        value = getattr(layer, name)
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            raise TypeError(
                f"{place}.{name}: expected an array of floats, which a step can change in"
                f" place, got {checks.describe(value)}"
            )
    for name in getattr(layer, "buffers", ()):
        keepable(f"{place}.{name}", getattr(layer, name))
    for name in getattr(layer, "own", ()):
        if name not in layer.parameters and name not in getattr(layer, "buffers", ()):
            raise TypeError(
                f"{place}.own: expected some of parameters, {layer.parameters}, got {name!r}"
            )


def keepable(name: str, value: Any, also: str = "") -> None:
    """Check what a buffer holds: an array, a number, a Generator, or nothing yet."""
    kinds = (bool, int, float, np.number, np.bool_, np.random.Generator, type(None))
    is_array = isinstance(value, np.ndarray) and value.dtype.kind in "biuf"
    if not is_array and not isinstance(value, kinds):
        wanted = f"an array, a number or a Generator{also}"
        raise TypeError(f"{name}: expected {wanted} in buffers, got {checks.describe(value)}")


def maker(name: str, value: Any, module: ModuleType) -> Callable[[], Any]:
    """Give what makes a layer at each call: from a name, a class, a function, or by copying one."""
    if is_layer(value):
        return lambda: copy.deepcopy(value)
    make = checks.one_of(name, value, module)
    wanted = "a class, or a function without arguments that makes a layer"

    def made() -> Any:
        try:
            layer = make()
        except TypeError as error:
            got = f"{checks.describe(value)} ({error})"
            hint = "; of a class with arguments write lambda: Leaky(0.2)"
            raise TypeError(f"{name}: expected {wanted}, got {got}{hint}") from error
        if not is_layer(layer):
            got = f"{checks.describe(value)}, which makes {checks.describe(layer)}"
            raise TypeError(f"{name}: expected {wanted}, got {got}")
        return layer

    return made


# ---------------------------------------------------------------------------- networks


def network(name: str, value: Any) -> Any:
    """Check that it is a network: layers that can be named, viewed and run."""
    if isinstance(value, type) or not hasattr(value, "named_layers") or not is_layer(value):
        hint = f"; write tn.Network([{name}])" if is_layer(value) else ""
        raise TypeError(f"{name}: expected a Network, got {checks.describe(value)}{hint}")
    return value


def trainable(name: str, net: Any) -> Any:
    """Check that a step reaches every parameter of a network once."""
    layers(f"{name}.layers", network(name, net).layers)
    for kind in ("parameters", "buffers"):
        if getattr(net, kind, ()):
            raise TypeError(
                f"{name}.{kind}: expected (), got {getattr(net, kind)}: a network with {kind} of"
                f" its own is trained inside another one; write tn.Network([{name}])"
            )
    places = net.named_layers()
    first: dict[int, str] = {}
    for place, layer in places.items():
        _names_arrays(f"layers[{place}]", layer)
        before = first.setdefault(id(layer), place)
        if before != place:
            raise ValueError(
                f"layers[{place}]: expected a layer of its own, got layers[{before}],"
                f" {reprs.short(layer)}, again"
            )
    reached = {id(array) for array in net.named_parameters().values()}
    for place, layer in places.items():
        for attribute, inner in _held(layer):
            if id(inner) in first:
                continue
            lost = [p for p in inner.parameters if id(getattr(inner, p)) not in reached]
            lost += [n for n in ("buffers", "training", "cost", "layers") if hasattr(inner, n)]
            if lost:
                raise TypeError(
                    f"layers[{place}].{attribute}: {reprs.short(inner)} has {', '.join(lost)},"
                    f" which nothing would reach; make {type(layer).__name__} a subclass of"
                    " tn.Network with it in layers, or hand out all its arrays as parameters"
                )
    return net


def _held(layer: Any) -> Iterator[tuple[str, Any]]:
    """List the layers that an attribute holds, in lists and dicts too, and those that they hold."""
    seen = {id(layer)}
    for name, value in vars(layer).items():
        waiting = [value]
        while waiting:
            entry = waiting.pop()
            if id(entry) in seen:
                continue
            if isinstance(entry, (list, tuple, dict)):
                waiting += entry.values() if isinstance(entry, dict) else entry
            elif is_layer(entry):
                seen.add(id(entry))
                yield name, entry
                if not hasattr(entry, "named_layers"):
                    waiting += vars(entry).values()


def of_class(layer: Any) -> tuple[str, ...]:
    """Give the parameters that a layer's class names, also where this layer is frozen."""
    names = type(layer).parameters
    return names if isinstance(names, tuple) else tuple(layer.parameters)  # a property is no tuple


def keeps_all(name: str, net: Any) -> Any:
    """Check that parameters and buffers are all that a file has to hold of a network."""
    for place, layer in trainable(name, net).named_layers().items():
        kept = (*layer.parameters, *getattr(layer, "buffers", ()))
        arrays = [n for n in of_class(layer) if isinstance(getattr(layer, n, None), np.ndarray)]
        lost = tuple(n for n in arrays if n not in kept)
        if lost:
            raise ValueError(
                f"layers[{place}]: {', '.join(lost)} of {reprs.short(layer)} would be lost, being"
                " in neither parameters nor buffers; a frozen layer is"
                f" layer.parameters, layer.buffers = (), {(*kept, *lost)}"
            )
        for attribute, value in vars(layer).items():
            if isinstance(value, np.random.Generator) and attribute not in kept:
                raise TypeError(
                    f"layers[{place}].{attribute}: a Generator of {reprs.short(layer)} that is in"
                    f' no buffers would be lost; write buffers = ("{attribute}",) in the class'
                )
    return net


def copied(net: Any) -> Any:
    """Copy a network with all that it holds, except the parameters' arrays, which are shared.

    Their gradients are 0 in the copy: it fills its own, and to copy them would take longest.
    """
    shared = list(net.named_parameters().values())
    shared += [array.base for array in shared if isinstance(array.base, np.ndarray)]
    known = {id(array): array for array in shared}
    gradients = [g for g in net.named_gradients().values() if isinstance(g, np.ndarray)]
    known |= {id(g): np.zeros(g.shape, g.dtype) for g in gradients}
    owners = {f"layers[{place}]": layer for place, layer in net.named_layers().items()}
    return deep_copy(net, owners, known)


def deep_copy(thing: Any, owners: dict[str, Any], known: dict[int, Any]) -> Any:
    """Copy all that a thing holds, but what is known by its id; name what cannot be copied."""
    try:
        return copy.deepcopy(thing, dict(known))
    except Exception as error:  # whatever a __deepcopy__ raises
        for owner, part in reversed(owners.items()):  # what is inside comes first
            for name, value in vars(part).items():
                try:
                    copy.deepcopy(value, dict(known))
                except Exception:
                    raise TypeError(
                        f"{owner}.{name}: expected what can be copied, since looking works on a"
                        f" copy, got {checks.describe(value)} ({error})"
                    ) from error
        raise


# ---------------------------------------------------------------------------- optimizers


def gradients(parameters: dict[str, np.ndarray], found: dict[str, Any]) -> dict[str, np.ndarray]:
    """Check that every parameter has its gradient: a backward pass came before the step."""
    for name, parameter in parameters.items():
        if getattr(found[name], "shape", None) == parameter.shape:
            continue
        place, _, last = name.rpartition(".")
        got = "None: forward and backward come first, and backward sets it"
        if found[name] is not None:
            got = checks.describe(found[name])
        wanted = f"a gradient of the shape of {last}, {parameter.shape}"
        raise ValueError(f"layers[{place}].d{last}: expected {wanted}, got {got}")
    return found


def change(name: str, value: Any, parameters: dict[str, np.ndarray]) -> np.ndarray:
    """Check what an optimizer adds to a parameter: an array of its shape."""
    if name not in parameters:
        listed = ", ".join(parameters)
        raise KeyError(f"changes(gradients): expected names among {listed}, got {name!r}")
    if getattr(value, "shape", None) != parameters[name].shape:
        wanted = f"an array of the shape of {name}, {parameters[name].shape}"
        raise ValueError(
            f"change({name!r}, gradient): expected {wanted}, got {checks.describe(value)}"
        )
    return value


def same_places(before: dict[str, tuple], now: dict[str, tuple], optimizer: Any) -> None:
    """Check that what an optimizer carries still belongs to the parameter of that name."""
    if before and before != now:
        name = next(n for n in (*before, *now) if before.get(n) != now.get(n))
        kind = type(optimizer).__name__
        raise ValueError(
            f"{name}: expected the parameters of the last step, by which {kind} carries"
            f" {', '.join(optimizer.buffers)}, got shape {now.get(name)} for {before.get(name)};"
            f" write a new optimizer for the changed network, {kind}(net, lr)"
        )


def carries(name: str, optimizer: Any) -> None:
    """Check what an optimizer names in ``buffers``, which a checkpoint keeps."""
    for buffer in getattr(optimizer, "buffers", ()):
        value = getattr(optimizer, buffer)
        if not isinstance(value, dict):
            also = ", or a dict of arrays by the names of the parameters,"
            keepable(f"{name}.{buffer}", value, also)

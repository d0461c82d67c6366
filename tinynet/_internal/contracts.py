"""What a layer, a network, an optimizer and a loss must keep for others to work with them.

The contracts are those of README's "Your own". What one of them cannot carry is refused here,
with an error that names the place and says what to write.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from tinynet._internal import checks, reprs

# ---------------------------------------------------------------------------- layers


def is_layer(value: Any) -> bool:
    """Tell whether a value has what every layer has; a class does not."""
    wanted = ("forward", "backward", "parameters")
    return not isinstance(value, type) and all(hasattr(value, name) for name in wanted)


def layers(name: str, values: Any) -> list:
    """Check a list of layers: each takes the width that the one before it gives."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise TypeError(f"{name}: expected a list of layers, got {checks.describe(values)}")
    if len(values) == 0:
        raise ValueError(f"{name}: expected at least one layer, got none")
    width = None
    seen: set[int] = set()
    for k, layer in enumerate(values):
        if not is_layer(layer):
            raise TypeError(
                f"{name}[{k}]: expected a layer with forward, backward and parameters,"
                f" got {checks.describe(layer)}"
            )
        if id(layer) in seen:
            raise ValueError(
                f"{name}[{k}]: expected a layer of its own, got {reprs.short(layer)} again"
            )
        seen.add(id(layer))
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
    """Check that parameters, buffers and own are tuples of names, and parameters floats."""
    for kind in ("parameters", "buffers", "own"):
        names = getattr(layer, kind, ())
        if isinstance(names, str):
            raise TypeError(f'{place}.{kind}: expected ("{names}",), with a comma, got a string')
        for name in names:
            if not hasattr(layer, name):
                raise TypeError(f"{place}.{kind}: expected names of attributes, got {name!r}")
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
    """Return a function that makes a layer: by its name, class or function, or by copying one."""
    if is_layer(value):
        return lambda: copy.deepcopy(value)
    make = checks.one_of(name, value, module, own="a class or layer of your own")
    wanted = "a class, or a function without arguments that makes a layer"

    def made() -> Any:
        try:
            layer = make()
        except TypeError as error:
            got = f"{checks.describe(value)} ({error})"
            hint = "; for a class with arguments write lambda: Leaky(0.2)"
            raise TypeError(f"{name}: expected {wanted}, got {got}{hint}") from error
        if not is_layer(layer):
            got = f"{checks.describe(value)}, which makes {checks.describe(layer)}"
            raise TypeError(f"{name}: expected {wanted}, got {got}")
        return layer

    return made


# ---------------------------------------------------------------------------- networks


def network(name: str, value: Any) -> Any:
    """Check that a value is a network: layers that can be named, viewed and run."""
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
    """Yield the layers that attributes hold, also in lists and dicts, and those that they hold."""
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
    """Return the parameters that a layer's class names, even if this layer is frozen."""
    names = type(layer).parameters
    return names if isinstance(names, tuple) else tuple(layer.parameters)  # it may be a property


def keeps_all(name: str, net: Any) -> Any:
    """Check that parameters and buffers are all that a file has to hold of a network."""
    for place, layer in trainable(name, net).named_layers().items():
        kept = (*layer.parameters, *getattr(layer, "buffers", ()))
        arrays = [n for n in of_class(layer) if isinstance(getattr(layer, n, None), np.ndarray)]
        lost = tuple(n for n in arrays if n not in kept)
        if lost:
            raise ValueError(
                f"layers[{place}]: {', '.join(lost)} of {reprs.short(layer)} would be lost, because"
                " it is in neither parameters nor buffers; to freeze the layer, write"
                f" layer.parameters, layer.buffers = (), {(*kept, *lost)}"
            )
        for attribute, value in vars(layer).items():
            if isinstance(value, np.random.Generator) and attribute not in kept:
                raise TypeError(
                    f"layers[{place}].{attribute}: this Generator of {reprs.short(layer)} would be"
                    f' lost; write buffers = ("{attribute}",) in the class'
                )
    return net


def copied(net: Any) -> Any:
    """Copy a network with all that it holds, except the parameters' arrays, which are shared.

    Their gradients are 0 in the copy: it fills its own, and copying them would take longest.
    """
    shared = list(net.named_parameters().values())
    shared += [array.base for array in shared if isinstance(array.base, np.ndarray)]
    known = {id(array): array for array in shared}
    gradients = [g for g in net.named_gradients().values() if isinstance(g, np.ndarray)]
    known |= {id(g): np.zeros(g.shape, g.dtype) for g in gradients}
    owners = {f"layers[{place}]": layer for place, layer in net.named_layers().items()}
    return deep_copy(net, owners, known)


def deep_copy(thing: Any, owners: dict[str, Any], known: dict[int, Any]) -> Any:
    """Copy all that a thing holds, except what is known by its id; name what cannot be copied."""
    try:
        return copy.deepcopy(thing, dict(known))
    except Exception as error:  # whatever a __deepcopy__ raises
        for owner, part in reversed(owners.items()):  # what is inside comes first
            for name, value in vars(part).items():
                try:
                    copy.deepcopy(value, dict(known))
                except Exception:
                    raise TypeError(
                        f"{owner}.{name}: expected something that can be copied, because looking"
                        f" works on a copy, got {checks.describe(value)} ({error})"
                    ) from error
        raise


# ---------------------------------------------------------------------------- losses


def loss(name: str, value: Any) -> Any:
    """Check that a value is a loss: forward takes an output and targets, backward nothing."""
    checks.has_methods(name, value, ("forward", "backward"), "tn.SoftmaxCrossEntropy()")
    try:
        inspect.signature(value.forward).bind("output", "targets")
        inspect.signature(value.backward).bind()
    except ValueError:  # of a function of C, nothing is known
        pass
    except TypeError as error:
        wanted = "forward(output, targets) and backward(), such as tn.SoftmaxCrossEntropy()"
        got = f"{checks.describe(value)} ({error})"
        raise TypeError(f"{name}: expected an object with {wanted}, got {got}") from None
    return value


@contextmanager
def said_of(name: str, by: str = "the loss") -> Iterator[None]:
    """Turn what a loss says about its targets into an error about the argument of this name."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if str(error).startswith((f"{name}:", "output:")):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{name}: expected what {by} takes; {error}") from None


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
            f"{name}: expected the same parameters as at the last step, because {kind} carries"
            f" {', '.join(optimizer.buffers)}, got shape {now.get(name)} for {before.get(name)};"
            f" write a new optimizer for the changed network, {kind}(net, lr)"
        )


def carries(name: str, optimizer: Any) -> None:
    """Check what an optimizer names in ``buffers``, which a checkpoint keeps."""
    for buffer in getattr(optimizer, "buffers", ()):
        value = getattr(optimizer, buffer)
        if not isinstance(value, dict):
            also = ", or a dict of arrays by parameter name,"
            keepable(f"{name}.{buffer}", value, also)


# ---------------------------------------------------------------------------- results of a race


def races(name: str, results: Any, *more: str) -> None:
    """Check that results are those of :meth:`tinynet.studies.Race.results`, by row."""
    keys = ("settings", "finished", "updates", "test_error", *more)
    for row, result in checks.mappings(name, results, keys).items():
        learning(f"{name}[{row!r}]", result)
        settings = checks.mapping(f"{name}[{row!r}]['settings']", result["settings"], ["lr"])
        checks.positive(f"{name}[{row!r}]['settings']['lr']", settings["lr"])


def learning(name: str, run: Any) -> None:
    """Check that a run has as many test errors as moments at which they were seen."""
    checks.mapping(name, run, ("updates", "test_error"))
    updates = checks.numbers(f"{name}['updates']", run["updates"], [None])
    checks.numbers(f"{name}['test_error']", run["test_error"], updates.shape)


def published(name: str, paper: Any, rows: Any) -> None:
    """Check that the paper's numbers of each row are as many as its numbers of images."""
    images = checks.mapping(name, paper, ("images", *rows))["images"]
    count = len(checks.numbers(f"{name}['images']", images, [None]))
    for row in rows:
        checks.numbers(f"{name}[{row!r}]", paper[row], [count])

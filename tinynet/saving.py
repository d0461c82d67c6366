"""Files: written whole or not at all, and read without running anything that stands in them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tinynet import activations
from tinynet._internal import checks, contracts
from tinynet._internal.replacing import replacing
from tinynet._internal.states import Buffers, split
from tinynet.layers import Linear
from tinynet.network import Network

FORMAT = "tinynet network 1"
OWN = "own "  # before the name of a class that is not tinynet's


def save(net: Network, path: str | os.PathLike) -> None:
    """Write the layers of a network, their parameters and buffers to an ``.npz`` file.

    Parameters
    ----------
    net : Network
    path : path
        The file, taken literally. One that is there is replaced, once the new one is complete.

    Raises
    ------
    TypeError, ValueError
        A layer holds what the file would lose; names the layer and says what to write.
    OSError
        The file cannot be written; one that was there before is still there.
    """
    contracts.keeps_all("net", net)
    arrays, rest = split(Buffers(net).state)
    record = {"format": FORMAT, "layers": classes(net), "buffers": rest}
    record |= {"frozen": frozen(net), "without_bias": without_bias(net)}
    write_npz(path, net.named_parameters() | arrays, record)


def load(path: str | os.PathLike, into: Network | None = None) -> Network:
    """The network that :func:`save` wrote.

    Parameters
    ----------
    path : path
    into : Network, optional
        A network of the same layers, whose parameters and buffers are overwritten. Needed where
        there are layers of your own: a file holds arrays and names, never code.

    Returns
    -------
    Network
        A new one, or ``into``. An optimizer steps the network that it was made for: a new network
        needs a new optimizer.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is damaged, of another format, or of other layers than ``into``.
    """
    arrays, record = read_npz(path)
    if record.get("format") != FORMAT:
        raise ValueError(f"{path}: expected format {FORMAT!r}, got {record.get('format')!r}")
    names = record.get("layers")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{path}: expected a list of layers, got {names!r}")
    if into is not None:
        contracts.trainable("into", into)
    net = into or _build(path, names, arrays, record)
    if names != classes(net):
        raise ValueError(f"{path}: holds the layers {', '.join(names)}; expected those of {net}")
    filling(path, net, arrays, record.get("buffers", {}))()
    return net


def filling(
    path: Any, net: Network, arrays: dict[str, np.ndarray], rest: dict[str, Any]
) -> Callable[[], None]:
    """Check that a file holds all parameters and buffers of a network; what returns sets them."""
    parameters, buffers = net.named_parameters(), Buffers(net)
    places = buffers.places()
    fixed = parameters | {key: getattr(*places[key]) for key in frozen(net)}
    wanted = {key: (array.shape, array.dtype) for key, array in fixed.items()}
    found = {k: (a.shape, a.dtype) for k, a in arrays.items() if k in fixed or k not in places}
    if found != wanted:
        raise ValueError(f"{path}: expected parameters {wanted}, got {found}")
    try:
        ready = buffers.ready({**rest, **{k: arrays[k] for k in arrays.keys() - parameters.keys()}})
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error

    def fill() -> None:
        for put in ready:
            put()
        for key, parameter in parameters.items():
            parameter[...] = arrays[key]

    return fill


def classes(net: Network) -> list[str]:
    """Name each layer's class, a block before the layers inside it."""
    known = [Linear, *checks.defined_in(activations).values()]
    classes = [type(layer) for layer in net.named_layers().values()]
    return [cls.__name__ if cls in known else OWN + cls.__name__ for cls in classes]


def frozen(net: Network) -> list[str]:
    """Name the arrays that a class calls parameters and its layer calls buffers: "0.W"."""
    return [
        f"{place}.{name}"
        for place, layer in net.named_layers().items()
        for name in getattr(layer, "buffers", ())
        if name in contracts.of_class(layer)
    ]


def without_bias(net: Network) -> list[str]:
    """Name the places of Linear layers that have no bias."""
    layers = net.named_layers().items()
    return [place for place, layer in layers if isinstance(layer, Linear) and layer.b is None]


def _build(path: Any, names: list[str], arrays: Mapping[str, np.ndarray], record: dict) -> Network:
    """Make layers of tinynet's own from their names, their biases and what of them is frozen."""
    frozen, unbiased = record.get("frozen", ()), record.get("without_bias", ())
    known = checks.defined_in(activations)
    for name in names:
        if name != "Linear" and name not in known:
            raise ValueError(
                f"{path}: holds a layer {name.removeprefix(OWN)!r} that is not tinynet's:"
                " make the network and call tn.load(path, into=net)"
            )
    layers: list = []
    try:
        for k, name in enumerate(names):
            if name == "Linear":
                W = arrays[f"{k}.W"]
                linear = Linear(*W.shape, bias=f"{k}" not in unbiased, rng=0, dtype=W.dtype)
                still = tuple(n for n in linear.parameters if f"{k}.{n}" in frozen)
                if still:
                    learnt = tuple(n for n in linear.parameters if n not in still)
                    linear.parameters, linear.buffers = learnt, still  # type: ignore[attr-defined]
                layers.append(linear)
            else:
                layers.append(known[name]())
        return Network(layers)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: its arrays do not fit its layers: {error}") from error


def write_npz(path: str | os.PathLike, arrays: Mapping[str, np.ndarray], record: Any) -> None:
    """Named arrays and a record that JSON can hold, in one ``.npz`` file, without pickle."""
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise TypeError(f"{name}: expected an array of numbers or text, got dtype object")
    text = np.array(json.dumps(record, allow_nan=False))
    members: Any = {"record.json": text, **arrays}
    with replacing(path) as file:
        np.savez(file, **members)


def read_npz(path: str | os.PathLike, prefix: str = "") -> tuple[dict[str, np.ndarray], dict]:
    """The arrays and the record of a file that :func:`write_npz` wrote.

    With a prefix only the arrays whose names begin with it, under the rest of their names.
    """
    with open(path, "rb") as file:  # not there, or not to be read: an OSError that says so
        try:
            content = np.load(file, allow_pickle=False)
            record = json.loads(str(content["record.json"]))
            names = [name for name in content.files if name.startswith(prefix)]
            arrays = {name.removeprefix(prefix): content[name] for name in names}
            arrays.pop("record.json", None)
        except Exception as e:  # zipfile and NumPy have a dozen kinds for a damaged file
            raise ValueError(
                f"{path}: expected a file that tinynet saved, got one that is damaged, cut short"
                f" or of another kind: {e!r}"
            ) from e
    if not isinstance(record, dict):
        raise ValueError(f"{path}: expected a file that tinynet saved, got {record!r}")
    return arrays, record

"""Files: written whole or not at all, and read without running anything that stands in them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from tinynet import _checks as checks
from tinynet import activations
from tinynet.layers import Linear
from tinynet.network import Network
from tinynet.replacing import replacing

FORMAT = "tinynet network 1"
OWN = "own "  # before the name of a class that is not tinynet's


def save(net: Network, path: str | os.PathLike) -> None:
    """Write the layers of a network and their parameters to an ``.npz`` file.

    Parameters
    ----------
    net : Network
    path : path
        The file, taken literally. One that is there is replaced, once the new one is complete.

    Raises
    ------
    OSError
        The file cannot be written; one that was there before is still there.
    """
    checks.network("net", net)
    write_npz(path, parameters(net), {"format": FORMAT, "layers": classes(net)})


def load(path: str | os.PathLike, into: Network | None = None) -> Network:
    """The network that :func:`save` wrote.

    Parameters
    ----------
    path : path
    into : Network, optional
        A network of the same layers, whose parameters are overwritten. Needed where there are
        layers of your own: a file holds arrays and names, never code.

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
    net = _build(path, names, arrays) if into is None else into
    if names != classes(net):
        raise ValueError(f"{path}: holds the layers {', '.join(names)}; expected those of {net}")
    wanted = {key: (array.shape, array.dtype) for key, array in parameters(net).items()}
    found = {key: (array.shape, array.dtype) for key, array in arrays.items()}
    if found != wanted:
        raise ValueError(f"{path}: expected arrays {wanted}, got {found}")
    for key, parameter in parameters(net).items():
        parameter[...] = arrays[key]
    return net


def parameters(net: Network) -> dict[str, np.ndarray]:
    """Every parameter, the array itself, by the number of its layer and its name: "0.W"."""
    return {
        f"{k}.{name}": getattr(layer, name)
        for k, layer in enumerate(net.layers)
        for name in layer.parameters
    }


def classes(net: Network) -> list[str]:
    """The name of each layer's class."""
    known = [Linear, *checks.defined_in(activations).values()]
    classes = [type(layer) for layer in net.layers]
    return [cls.__name__ if cls in known else OWN + cls.__name__ for cls in classes]


def _build(path: Any, names: list[str], arrays: Mapping[str, np.ndarray]) -> Network:
    """Layers of tinynet's own, by their names."""
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
                layers.append(Linear(*W.shape, rng=0, dtype=W.dtype))
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

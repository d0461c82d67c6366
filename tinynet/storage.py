"""Files: written whole or not at all, and read without running anything that stands in them."""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tinynet import activations
from tinynet.layers import Linear
from tinynet.network import Network

FORMAT = "tinynet network 1"


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
    arrays = {}
    for k, layer in enumerate(net.layers):
        for name in layer.parameters:
            arrays[f"{k}.{name}"] = getattr(layer, name)
    classes = [type(layer).__name__ for layer in net.layers]
    write_npz(path, arrays, {"format": FORMAT, "layers": classes})


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
    classes = record["layers"]
    net = _build(path, classes, arrays) if into is None else into
    if classes != [type(layer).__name__ for layer in net.layers]:
        raise ValueError(f"{path}: holds the layers {', '.join(classes)}; expected those of {net}")
    parameters = {
        f"{k}.{name}": getattr(layer, name)
        for k, layer in enumerate(net.layers)
        for name in layer.parameters
    }
    wanted = {key: (array.shape, array.dtype) for key, array in parameters.items()}
    found = {key: (array.shape, array.dtype) for key, array in arrays.items()}
    if found != wanted:
        raise ValueError(f"{path}: expected arrays {wanted}, got {found}")
    for key, parameter in parameters.items():
        parameter[...] = arrays[key]
    return net


def _build(path: Any, classes: list[str], arrays: Mapping[str, np.ndarray]) -> Network:
    """Layers of tinynet's own, by their names."""
    layers: list = []
    for k, name in enumerate(classes):
        if name == "Linear":
            W = arrays[f"{k}.W"]
            layers.append(Linear(*W.shape, rng=0, dtype=W.dtype))
        elif hasattr(activations, name):
            layers.append(getattr(activations, name)())
        else:
            raise ValueError(
                f"{path}: holds a layer {name!r} that is not tinynet's:"
                " make the network and call tn.load(path, into=net)"
            )
    return Network(layers)


def write_npz(path: str | os.PathLike, arrays: Mapping[str, np.ndarray], record: Any) -> None:
    """Named arrays and a record that JSON can hold, in one ``.npz`` file, without pickle."""
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise TypeError(f"{name}: expected an array of numbers or text, got dtype object")
    text = np.array(json.dumps(record, allow_nan=False))
    members: Any = {"record.json": text, **arrays}
    with replacing(path) as file:
        np.savez(file, **members)


def read_npz(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict]:
    """The arrays and the record of a file that :func:`write_npz` wrote."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        record = json.loads(str(arrays.pop("record.json")))
    except OSError:
        raise  # not there, or not to be read: that says it already
    except (ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error) as e:
        raise ValueError(f"{path}: expected a file that tinynet saved; it is damaged: {e}") from e
    if not isinstance(record, dict):
        raise ValueError(f"{path}: expected a file that tinynet saved, got {record!r}")
    return arrays, record


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """A file to write in that takes the place of ``path`` when it is complete, and never before.

    Whatever goes wrong, what was at ``path`` is still there, and nothing half-written is left.
    """
    path = Path(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)

"""Networks in files: arrays and the names of layers, never code."""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from typing import Any

import numpy as np

from tinynet import activations
from tinynet._internal import checks, contracts
from tinynet._internal.npz import Saved, opened, write_npz
from tinynet._internal.states import Buffers, split
from tinynet.layers import Linear
from tinynet.network import Network

FORMAT = "tinynet network 1"
RUN = "tinynet run 2"  # a checkpoint; 1 had no buffers, and no count of the optimizer's steps
LARGEST = 1 << 30  # bytes of memory that a file may take without a network to vouch for it
OWN = "own "  # before the name of a class that is not tinynet's


def save(net: Network, path: str | os.PathLike) -> None:
    """Write the layers of a network, their parameters and buffers to an ``.npz`` file.

    Parameters
    ----------
    net : Network
    path : path
        The file; no ending is added. An existing one is replaced once the new one is complete.

    Raises
    ------
    TypeError, ValueError
        A layer holds what the file would lose; the message names it and says what to write.
    OSError
        The file cannot be written; an existing one is still there.
    """
    contracts.keeps_all("net", net)
    arrays, rest = split(Buffers(net).state)
    record = {"format": FORMAT, "layers": classes(net), "buffers": rest}
    record |= {"frozen": frozen(net), "without_bias": without_bias(net)}
    write_npz(path, net.named_parameters() | arrays, record)


def load(path: str | os.PathLike, into: Network | None = None) -> Network:
    """Read the network that :func:`save` wrote, or that of a checkpoint.

    Parameters
    ----------
    path : path
    into : Network, optional
        A network of the same layers; its parameters and buffers are overwritten. Needed for
        layers of your own, because a file holds arrays and names, never code; for a checkpoint;
        and for arrays of more than half a GiB.

    Returns
    -------
    Network
        A new one, or ``into``. An optimizer steps the network it was made for: a new network
        needs a new optimizer.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is damaged, of another format, or has other layers than ``into``.
    """
    if into is not None:
        contracts.trainable("into", into)
    with opened(path) as saved:
        names, prefix = _layers(saved)
        if into is None and prefix:
            raise ValueError(
                f"{path}: expected format {FORMAT!r}, got {RUN!r}, a run that tn.train saved: make"
                " its network and call tn.load(path, into=net)"
            )
        net = _build(saved, names) if into is None else into
        if names != classes(net):
            got = checks.describe(names)
            raise ValueError(f"{path}: holds the layers {got}; expected those of {net}")
        fits(saved, net, prefix)
        arrays = saved.arrays(prefix)
    filling(path, net, arrays, saved.record.get("buffers", {}))()
    return net


def fits(saved: Saved, net: Network, prefix: str = "") -> None:
    """Check, before any array is read, that a file has the parameters of a network."""
    places = Buffers(net).places()
    fixed = net.named_parameters() | {key: getattr(*places[key]) for key in frozen(net)}
    wanted = {key: (array.shape, array.dtype) for key, array in fixed.items()}
    found = {k.removeprefix(prefix): h for k, h in saved.headers.items() if k.startswith(prefix)}
    for key in {**wanted, **found}:
        like, got = wanted.get(key), found.get(key)
        if got != like and (key in fixed or key not in places):
            raise ValueError(
                f"{saved.path}: expected parameters of the shapes of {net}, {key}"
                f" {_told(like)}, got {_told(got)}"
            )


def _told(shape_and_dtype: tuple | None) -> str:
    return "none" if shape_and_dtype is None else "{} {}".format(*shape_and_dtype)


def filling(
    path: Any, net: Network, arrays: dict[str, np.ndarray], rest: Any
) -> Callable[[], None]:
    """Check what a file keeps for the buffers; return a function that sets the whole network."""
    parameters = net.named_parameters()
    others = {key: array for key, array in arrays.items() if key not in parameters}
    try:
        ready = Buffers(net).ready({**rest, **others})
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error

    def fill() -> None:
        for put in ready:
            put()
        for key, parameter in parameters.items():
            parameter[...] = arrays[key]

    return fill


def _layers(saved: Saved) -> tuple[list[str], str]:
    """Return the names of the layers in a file, and how those of its arrays begin."""
    layers, prefix = saved.record, ""
    if saved.record.get("format") == RUN:
        layers, prefix = saved.record.get("settings"), "net."
    elif saved.record.get("format") != FORMAT:
        got = checks.describe(saved.record.get("format"))
        raise ValueError(f"{saved.path}: expected format {FORMAT!r}, got {got}")
    names = layers.get("layers") if isinstance(layers, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        got = checks.describe(names)
        raise ValueError(f"{saved.path}: expected a list of layers, got {got}")
    return names, prefix


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


def _build(saved: Saved, names: list[str]) -> Network:
    """Make tinynet's own layers from their names, with or without a bias, learnt or frozen."""
    hint = "make the network and call tn.load(path, into=net)"
    known = checks.defined_in(activations)
    for name in names:
        if name != "Linear" and name not in known:
            raise ValueError(
                f"{saved.path}: holds a layer {checks.describe(name.removeprefix(OWN))} that is"
                f" not tinynet's: {hint}"
            )
    size = sum(header.nbytes for header in saved.headers.values())
    if 2 * size > LARGEST:  # the arrays, and the network that they are copied to
        raise ValueError(
            f"{saved.path}: expected at most {LARGEST // 2:,} bytes of arrays, got {size:,}: {hint}"
        )
    layers: list = []
    try:
        frozen = _listed(saved, "frozen", saved.headers)
        unbiased = _listed(saved, "without_bias", [f"{k}" for k in range(len(names))])
        for k, name in enumerate(names):
            if name == "Linear":
                shape, dtype = saved.headers[f"{k}.W"]
                linear = Linear(*shape, init=_zeros, bias=f"{k}" not in unbiased, dtype=dtype)
                still = tuple(n for n in linear.parameters if f"{k}.{n}" in frozen)
                if still:
                    learnt = tuple(n for n in linear.parameters if n not in still)
                    linear.parameters, linear.buffers = learnt, still  # type: ignore[attr-defined]
                layers.append(linear)
            else:
                layers.append(known[name]())
        return Network(layers)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{saved.path}: its arrays do not fit its layers: {error}") from error


def _listed(saved: Saved, key: str, known: Container[str]) -> set[str]:
    """Return the names that a record lists under a key; files of before have no such key."""
    listed = saved.record.get(key, [])
    if not isinstance(listed, list) or not all(name in known for name in listed):
        raise ValueError(f"expected names of what is there for {key}, got {listed!r}")
    return set(listed)


def _zeros(n_in: int, n_out: int, rng: Any) -> np.ndarray:
    """Make weights that are about to be overwritten: zeros take neither time nor memory."""
    return np.zeros((n_in, n_out))

"""One pass as a record: copies of every array, under the paper's names, to keep and compare."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinynet._internal import contracts
from tinynet.looking.walking import linears
from tinynet.network import Network


@dataclass(eq=False, repr=False)
class Trace:
    """The arrays of one forward and backward pass.

    The lists have one entry a Linear layer, counted from 0: ``z[i]`` is what enters Linear i (so
    ``z[0]`` is the input), ``s[i]`` what leaves it, and the last s is the output. All are copies.
    Where the network hands one array on, the trace has one array too: the y of a Tanh is the z of
    the Linear above it.

    Layers between two Linears have no names in the paper. Their arrays are in ``layers``, like
    those of every layer: ``trace.layers[1]["gamma"]``.

    Attributes
    ----------
    W, dW : list of ndarray, shape (n_in, n_out)
    b, db : list of ndarray, shape (n_out,)
        None where a layer has no bias.
    z, dz : list of ndarray, shape (batch, n_in)
    s, ds : list of ndarray, shape (batch, n_out)
        The gradients are those of the mean cost; one example's are the batch size times them.
    output : ndarray, shape (batch, n_out)
    cost : float
    layers : list of dict
        Each layer's arrays by name: the parameters, x, y, dy, the gradients, dx. A block comes
        before the layers inside it.
    places : list of str
        The place of each layer, "0", or "1.0" inside layer 1.
    loss : dict
        The arrays of the loss by name.
    kinds : list of type
        The classes of the layers, then that of the loss: where to find their source.
    """

    W: list[np.ndarray]
    b: list[np.ndarray]
    z: list[np.ndarray]
    s: list[np.ndarray]
    ds: list[np.ndarray]
    dW: list[np.ndarray]
    db: list[np.ndarray]
    dz: list[np.ndarray]
    output: np.ndarray
    cost: float
    layers: list[dict[str, np.ndarray]]
    places: list[str]
    loss: dict[str, np.ndarray]
    kinds: list[type]

    def __repr__(self) -> str:
        kinds = " ".join(kind.__name__ for kind in self.kinds)
        return f"Trace({kinds}, batch {len(self.output)}, cost {self.cost:.4g})"

    def named(self) -> dict[str, np.ndarray]:
        """Return every array once, by its name, in the order in which a pass makes it.

        The name is the paper's if there is one, such as ``ds[0]``, and otherwise the layer's:
        ``layers[1].gamma``.
        """
        of_paper: dict[int, str] = {}
        for name in ("W", "b", "z", "s", "ds", "dW", "db", "dz"):
            for i, array in enumerate(getattr(self, name)):
                of_paper.setdefault(id(array), f"{name}[{i}]")
        named: dict[str, np.ndarray] = {}
        seen = set()

        def add(place: str, array: np.ndarray) -> None:
            if id(array) not in seen:
                seen.add(id(array))
                named[of_paper.get(id(array), place)] = array

        of_layers = list(zip(self.places, self.layers, strict=True))
        for place, arrays in of_layers:
            for name in forward_names(arrays):
                add(f"layers[{place}].{name}", arrays[name])
        named["cost"] = np.array(self.cost, self.output.dtype)
        for name, array in self.loss.items():
            add(f"loss.{name}", array)
        for place, arrays in reversed(of_layers):
            for name in backward_names(arrays):
                add(f"layers[{place}].{name}", arrays[name])
        return named


def forward_names(arrays: dict[str, np.ndarray]) -> list[str]:
    """List a layer's arrays that are not gradients, y last."""
    values = [name for name in arrays if name not in backward_names(arrays)]
    return sorted(values, key=lambda name: name == "y")


def backward_names(arrays: dict[str, np.ndarray]) -> list[str]:
    """List a layer's gradients in the order of a pass: dy, those of the parameters, dx."""
    gradients = [name for name in arrays if name[0] == "d" and name[1:] in arrays]
    return sorted(gradients, key=lambda name: (name != "dy", name == "dx"))


def trace(net: Network, x: np.ndarray, labels: np.ndarray, loss: Any) -> Trace:
    """Take one forward and one backward pass, as in training, and return all its arrays.

    The arrays on the network and on the loss stay as they are: the pass runs on a view.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (batch, n_in)
    labels : ndarray
        Labels or targets: what the loss takes.
    loss : loss
        Such as ``tn.SoftmaxCrossEntropy()``.

    Returns
    -------
    Trace

    Raises
    ------
    TypeError, ValueError
        x or the labels do not fit the network or the loss.
    """
    view = contracts.network("net", net).view(training=True)
    loss = copy.copy(contracts.loss("loss", loss))
    output = view.forward(x)
    with contracts.said_of("labels"):
        cost = loss.forward(output, labels)
    view.backward(loss.backward())

    copies: dict[int, np.ndarray] = {}

    def kept(array: np.ndarray) -> np.ndarray:
        """Copy an array, once: if it comes again, return the same copy."""
        if id(array) not in copies:
            copies[id(array)] = np.array(array)
        return copies[id(array)]

    named = view.named_layers()
    layers = [
        {name: kept(value) for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
        for layer in named.values()
    ]
    of_loss = {n: kept(value) for n, value in vars(loss).items() if isinstance(value, np.ndarray)}
    weighted = [layers[k] for k, place in enumerate(named) if place in linears(view)]
    names = {"W": "W", "b": "b", "z": "x", "s": "y", "ds": "dy", "dW": "dW", "db": "db", "dz": "dx"}
    lists = {paper: [arrays.get(ours) for arrays in weighted] for paper, ours in names.items()}
    return Trace(
        **lists,
        output=kept(output),
        cost=cost,
        layers=layers,
        places=list(named),
        loss=of_loss,
        kinds=[type(thing) for thing in (*named.values(), loss)],
    )

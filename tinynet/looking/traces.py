"""One pass as a record: copies of every array, in the paper's names, to keep and to compare."""

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
    """What one forward and backward pass made.

    The lists have one entry a Linear layer, counted from 0: ``z[i]`` is what enters Linear i (so
    ``z[0]`` is the input), ``s[i]`` what leaves it, and the last s is the output. All are copies,
    and where the network hands one array on, the trace has one array too: the y of a Tanh is the
    z of the Linear above it.

    Whatever stands between two Linear layers has no name in the paper. Its arrays are in
    ``layers``, as those of every layer are: ``trace.layers[1]["gamma"]``.

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
        Of each layer its arrays by name: the parameters, x, y, dy, the gradients, dx. A block
        comes before the layers inside it.
    places : list of str
        The place of each layer, "0", or "1.0" inside layer 1.
    loss : dict
        The arrays of the loss by name.
    kinds : list of type
        The classes of the layers, and last that of the loss: where their source is.
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
        """Every array once, by its name, in the order in which a pass comes to it.

        The paper's name where it has one, such as ``ds[0]``, and otherwise the layer's:
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
    """A layer's arrays that are no gradients, y last."""
    values = [name for name in arrays if name not in backward_names(arrays)]
    return sorted(values, key=lambda name: name == "y")


def backward_names(arrays: dict[str, np.ndarray]) -> list[str]:
    """A layer's gradients in the order of a pass: dy, those of the parameters, dx."""
    gradients = [name for name in arrays if name[0] == "d" and name[1:] in arrays]
    return sorted(gradients, key=lambda name: (name != "dy", name == "dx"))


def trace(net: Network, x: np.ndarray, labels: np.ndarray, loss: Any) -> Trace:
    """Take one forward and one backward pass, as in training, and give every array of it.

    The arrays that are on the network and on the loss stay as they are: the pass runs on a view.

    Parameters
    ----------
    net : Network
    x : ndarray, shape (batch, n_in)
    labels : ndarray
        Labels or targets: what the loss takes.
    loss : optional
        Such as ``tn.SoftmaxCrossEntropy()``.

    Returns
    -------
    Trace

    Raises
    ------
    TypeError, ValueError
        x or the labels do not fit the network or the loss.
    """
    view, loss = contracts.network("net", net).view(training=True), copy.copy(loss)
    output = view.forward(x)
    cost = loss.forward(output, labels)
    view.backward(loss.backward())

    copies: dict[int, np.ndarray] = {}

    def kept(array: np.ndarray) -> np.ndarray:
        """A copy: the same one where the same array comes again."""
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

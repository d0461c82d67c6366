"""A network is a list of layers: forward through it, and backward through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from tinynet import activations, initializers
from tinynet._internal import checks, contracts, reprs
from tinynet.layers import Linear


class Network:
    """Layers in a row, each fed by the one before; a network is itself a layer.

    A block that does more, such as a residual one, is a subclass with its own ``forward`` and
    ``backward``. A layer is named by its place: "0", "1", and "1.0" inside layer 1.

    Parameters
    ----------
    layers : sequence of layers
        Objects with ``forward(x)``, ``backward(dy)`` and ``parameters``.

    Attributes
    ----------
    layers : list
        A plain list: ``net.layers[0].W`` holds the first weights.

    Raises
    ------
    TypeError, ValueError
        Something in ``layers`` is not a layer, or does not fit the width of the one before.
    """

    parameters: tuple[str, ...] = ()  # none of its own: they are on the layers

    def __init__(self, layers: Sequence):
        self.layers = contracts.layers("layers", layers)

    def named_layers(self) -> dict[str, Any]:
        """Name every layer by its place, a block before its layers: "0", "1", "1.0", "2"."""
        found = {}
        for k, layer in enumerate(self.layers):
            found[f"{k}"] = layer
            if isinstance(layer, Network):
                found |= {f"{k}.{place}": inner for place, inner in layer.named_layers().items()}
        return found

    def named_parameters(self) -> dict[str, np.ndarray]:
        """Return every parameter, the array itself, by place and name: "0.W"."""
        return self._named("")

    def named_gradients(self) -> dict[str, np.ndarray]:
        """Return every gradient by the name of its parameter, "0.W"; None before a pass."""
        return self._named("d")

    def _named(self, prefix: str) -> dict[str, Any]:
        return {
            f"{place}.{name}": getattr(layer, prefix + name, None)
            for place, layer in self.named_layers().items()
            for name in layer.parameters
        }

    @property
    def cost(self) -> float:
        """What the layers themselves added to the cost in the last forward pass."""
        costs = [getattr(layer, "cost", None) for layer in self.layers]
        return float(sum(cost for cost in costs if cost is not None))

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the parameters, learnt or frozen; float64 if there are none."""
        for layer in self.named_layers().values():
            for name in (*layer.parameters, *getattr(layer, "buffers", ())):
                array = getattr(layer, name)
                if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                    return array.dtype
        return np.dtype(np.float64)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the output for x, shape (batch, n_in); fill x and y of every layer.

        Raises
        ------
        TypeError
            x does not hold floats.
        ValueError
            x is not 2-D, has the wrong width, is empty, or is not finite.
        """
        width = getattr(self.layers[0], "n_in", None)
        x = checks.finite("x", checks.batch("x", x, width, self.dtype))
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to the input, given that with respect to the output.

        This fills dy and dx of every layer, and the gradients of its parameters.

        Raises
        ------
        TypeError, ValueError
            dy does not have the shape of the output, or there was no forward pass.
        """
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def view(self, *, training: bool = False) -> Network:
        """Copy all but the parameters, which are shared: look at a network without touching it.

        Passes of the view leave every array, buffer and Generator of this network as it was. Its
        gradients are 0 before its first pass. Layers that have ``training`` get the value given.

        Raises
        ------
        TypeError
            A layer holds something that cannot be copied; the message names both.
        """
        training = checks.flag("training", training)
        view = contracts.copied(self)
        for layer in (view, *view.named_layers().values()):
            if hasattr(layer, "training"):
                layer.training = training
        return view

    def __repr__(self) -> str:
        return reprs.of_network(self)


def mlp(
    sizes: Sequence[int],
    *,
    activation: Any = "tanh",
    linear: Callable = Linear,
    init: str | Callable = "normalized",
    output_init: str | Callable | None = None,
    rng: Any = None,
    dtype: Any = np.float64,
) -> Network:
    """Build a multi-layer perceptron: Linear, activation, Linear, activation, ..., Linear.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, units of each hidden layer, outputs. ``[1024, 1000, 9]`` has one hidden layer.
    activation : str, class, function or layer, optional
        'sigmoid', 'tanh', 'softsign', 'relu', 'identity'; or a class or function that makes a
        layer, such as ``lambda: Leaky(0.2)``; or a layer, copied to each place.
    linear : class, optional
        A subclass of Linear, or ``functools.partial(tn.Linear, bias=False)``.
    init : str or function, optional
        'standard', 'normalized', 'lecun', 'he', 'orthogonal', or a function of your own.
    output_init : str or function, optional
        For the last Linear, if it differs from ``init``.
    rng : int or numpy.random.Generator, optional
        The random source of the weights, drawn from the first layer to the last.
    dtype : np.float64 or np.float32, optional
        The dtype of all arrays.

    Raises
    ------
    TypeError, ValueError
        Fewer than two sizes, a size that is not a whole number of at least 1, an unknown name
        (the message lists the known ones), or another dtype.
    """
    sizes = checks.sizes("sizes", sizes)
    new_activation = contracts.maker("activation", activation, activations)
    linear = partial(checks.called, "linear", "a subclass of tn.Linear", linear)
    hidden_init = checks.one_of("init", init, initializers)
    last_init = hidden_init
    if output_init is not None:
        last_init = checks.one_of("output_init", output_init, initializers)
    dtype = checks.float_dtype("dtype", dtype)
    rng = checks.generator("rng", rng)

    *hidden, n_out = sizes[1:]
    n_in = sizes[0]
    layers: list = []
    for n_hidden in hidden:
        layers.append(linear(n_in, n_hidden, init=hidden_init, rng=rng, dtype=dtype))
        layers.append(new_activation())
        n_in = n_hidden
    layers.append(linear(n_in, n_out, init=last_init, rng=rng, dtype=dtype))
    return Network(layers)

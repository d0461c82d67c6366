"""A network is a list of layers: forward through it, and backward through it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinynet import _checks as checks
from tinynet import _reprs as reprs
from tinynet import activations, initializers
from tinynet.layers import Linear


class Network:
    """Layers in a row, each taking what the one before it gives.

    Parameters
    ----------
    layers : sequence of layers
        Objects with ``forward(x)``, ``backward(dy)`` and ``parameters``.

    Attributes
    ----------
    layers : list
        The layers, a plain list: ``net.layers[0].W`` are the first weights.

    Raises
    ------
    TypeError, ValueError
        Something in ``layers`` is not a layer, or does not take the units it would be given.
    """

    def __init__(self, layers: Sequence):
        self.layers = checks.layers("layers", layers)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the parameters; float64 where there are none."""
        for layer in self.layers:
            for name in layer.parameters:
                return getattr(layer, name).dtype
        return np.dtype(np.float64)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The output of x, shape (batch, n_in): fills x and y of every layer.

        Raises
        ------
        TypeError
            x does not hold floats.
        ValueError
            x is not 2-D, not of the width of the first layer, empty, or not finite.
        """
        width = getattr(self.layers[0], "n_in", None)
        x = checks.finite("x", checks.batch("x", x, width, self.dtype))
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """The gradient with respect to the input, from that with respect to the output.

        Fills dy and dx of every layer, and the gradients of its parameters.

        Raises
        ------
        TypeError, ValueError
            dy is not of the shape of the output, or no forward pass came before.
        """
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def view(self) -> Network:
        """A network of the same parameters, in the same memory, that keeps arrays of its own.

        Its passes leave the arrays of this network as they were: look without touching.
        """
        layers = [copy.copy(layer) for layer in self.layers]
        for layer in layers:
            for name in layer.parameters:
                setattr(layer, "d" + name, None)  # or backward would write into the shared array
        return Network(layers)

    def __repr__(self) -> str:
        return reprs.of_network(self)


def mlp(
    sizes: Sequence[int],
    *,
    activation: str | Callable = "tanh",
    init: str | Callable = "normalized",
    output_init: str | Callable | None = None,
    rng: Any = None,
    dtype: Any = np.float64,
) -> Network:
    """A multi-layer perceptron: Linear, activation, Linear, activation, ..., Linear.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, units of each hidden layer, outputs. ``[1024, 1000, 9]`` has one hidden layer.
    activation : str or class, optional
        'sigmoid', 'tanh', 'softsign', 'relu', 'identity', or a layer class of your own.
    init : str or function, optional
        'standard', 'normalized', 'lecun', 'he', 'orthogonal', or a function of your own.
    output_init : str or function, optional
        For the last Linear, where it is another than ``init``.
    rng : int or numpy.random.Generator, optional
        The source of the weights, drawn from the first layer to the last.
    dtype : np.float64 or np.float32, optional
        Of all arrays.

    Raises
    ------
    TypeError, ValueError
        Fewer than two sizes, one that is not a whole number of at least 1, an unknown name
        (the message lists the known ones), or a dtype that is neither of the two.
    """
    sizes = checks.sizes("sizes", sizes)
    new_activation = checks.one_of("activation", activation, activations)
    checks.layer_class("activation", new_activation)
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
        layers.append(Linear(n_in, n_hidden, init=hidden_init, rng=rng, dtype=dtype))
        layers.append(new_activation())
        n_in = n_hidden
    layers.append(Linear(n_in, n_out, init=last_init, rng=rng, dtype=dtype))
    return Network(layers)

"""What the tests of the core share: small random networks, and batches for them."""

from __future__ import annotations

from dataclasses import dataclass

import hypothesis
import hypothesis.strategies as st
import numpy as np
from own_parts import ACTIVATIONS, Gain, Sine, one_pass

import tinynet as tn

INITIALIZERS = [tn.standard, tn.normalized, tn.lecun, tn.he, tn.orthogonal]
DTYPES = [np.float32, np.float64]
LOSSES = [tn.SoftmaxCrossEntropy, tn.Quadratic]


def given(*args, **kwargs):
    """hypothesis.given with few examples and no deadline."""

    def decorate(test):
        settings = hypothesis.settings(max_examples=25)
        return settings(hypothesis.given(*args, **kwargs)(test))

    return decorate


@dataclass(frozen=True)
class Case:
    """A small network, a batch for it and a loss: all that a pass needs, made from a seed.

    A layer of one's own, with a parameter that tinynet does not know, may stand at its end.
    """

    sizes: list[int]
    activation: type
    loss: type
    batch: int
    dtype: type
    seed: int
    gain: bool = False

    def build(self):
        """The network, the loss, x, and the labels or targets; biases are not 0 here."""
        rng = np.random.default_rng(self.seed)
        net = tn.mlp(self.sizes, activation=self.activation, rng=rng, dtype=self.dtype)
        for linear in linears(net):
            linear.b[:] = rng.uniform(-0.5, 0.5, linear.b.shape)
        if self.gain:
            net = tn.Network([*net.layers, Gain(self.sizes[-1], self.dtype)])
        x = rng.uniform(-1, 1, (self.batch, self.sizes[0])).astype(self.dtype)
        if self.loss is tn.SoftmaxCrossEntropy:
            targets = rng.integers(0, self.sizes[-1], self.batch)
        else:
            targets = rng.uniform(-1, 1, (self.batch, self.sizes[-1])).astype(self.dtype)
        return net, self.loss(), x, targets

    def run(self):
        """The same after a forward and a backward pass."""
        net, loss, x, targets = self.build()
        one_pass(net, x, targets, loss)
        return net, loss, x, targets


cases = st.builds(
    Case,
    # Softmax needs two outputs or more.
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4).map(lambda s: [*s[:-1], s[-1] + 1]),
    activation=st.sampled_from([*ACTIVATIONS, Sine]),
    loss=st.sampled_from(LOSSES),
    batch=st.integers(1, 4),
    dtype=st.sampled_from(DTYPES),
    seed=st.integers(0, 10**6),
    gain=st.booleans(),
)

CASE = Case([3, 4, 2], tn.Tanh, tn.SoftmaxCrossEntropy, batch=5, dtype=np.float64, seed=0)


def linears(net):
    return [layer for layer in net.layers if isinstance(layer, tn.Linear)]


def arrays(net):
    """Every array that a network shows: {"0.W": ..., "0.x": ..., "1.y": ...}."""
    return {
        f"{place}.{name}": value
        for place, layer in net.named_layers().items()
        for name, value in vars(layer).items()
        if isinstance(value, np.ndarray)
    }


def copies(named_arrays):
    return {name: array.copy() for name, array in named_arrays.items()}

"""What the tests of the core share: small random networks, the same sums by hand, closeness.

Nothing here calls tinynet to find out what is right: the formulas are those of the paper, written
once more with loops and einsum, in float64.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import hypothesis
import hypothesis.strategies as st
import numpy as np

import tinynet as tn

ACTIVATIONS = [tn.Sigmoid, tn.Tanh, tn.Softsign, tn.ReLU, tn.Identity]
INITIALIZERS = [tn.standard, tn.normalized, tn.lecun, tn.he, tn.orthogonal]
DTYPES = [np.float32, np.float64]


def given(*args, **kwargs):
    """hypothesis.given with few examples and no deadline."""

    def decorate(test):
        settings = hypothesis.settings(max_examples=25, deadline=None)
        return settings(hypothesis.given(*args, **kwargs)(test))

    return decorate


@dataclass(frozen=True)
class Case:
    """A small network, a batch for it and a loss: all that a pass needs, made from a seed."""

    sizes: list[int]
    activation: type
    loss: type
    batch: int
    dtype: type
    seed: int

    def build(self):
        """The network, the loss, x, and the labels or targets; biases are not 0 here."""
        rng = np.random.default_rng(self.seed)
        net = tn.mlp(self.sizes, activation=self.activation, rng=rng, dtype=self.dtype)
        for linear in linears(net):
            linear.b[:] = rng.uniform(-0.5, 0.5, linear.b.shape)
        x = rng.uniform(-1, 1, (self.batch, self.sizes[0])).astype(self.dtype)
        if self.loss is tn.SoftmaxCrossEntropy:
            targets = rng.integers(0, self.sizes[-1], self.batch)
        else:
            targets = rng.uniform(-1, 1, (self.batch, self.sizes[-1])).astype(self.dtype)
        return net, self.loss(), x, targets

    def run(self):
        """The same after a forward and a backward pass."""
        net, loss, x, targets = self.build()
        one_pass(net, loss, x, targets)
        return net, loss, x, targets


cases = st.builds(
    Case,
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    activation=st.sampled_from(ACTIVATIONS),
    loss=st.sampled_from([tn.SoftmaxCrossEntropy, tn.Quadratic]),
    batch=st.integers(1, 4),
    dtype=st.sampled_from(DTYPES),
    seed=st.integers(0, 10**6),
)

CASE = Case([3, 4, 2], tn.Tanh, tn.SoftmaxCrossEntropy, batch=5, dtype=np.float64, seed=0)


def one_pass(net, loss, x, targets):
    """Forward and backward; what the cost is."""
    cost = loss.forward(net.forward(x), targets)
    net.backward(loss.backward())
    return cost


def linears(net):
    return [layer for layer in net.layers if isinstance(layer, tn.Linear)]


def arrays(net):
    """Every array that a network shows: {"0.W": ..., "0.x": ..., "1.y": ...}."""
    return {
        f"{k}.{name}": value
        for k, layer in enumerate(net.layers)
        for name, value in vars(layer).items()
        if isinstance(value, np.ndarray)
    }


def copies(named_arrays):
    return {name: array.copy() for name, array in named_arrays.items()}


# ---------------------------------------------------------------------------- the sums by hand


def f_by_hand(activation, s):
    if activation is tn.Sigmoid:
        return 1 / (1 + np.exp(-s))
    if activation is tn.Tanh:
        return (np.exp(s) - np.exp(-s)) / (np.exp(s) + np.exp(-s))
    if activation is tn.Softsign:
        return np.where(s > 0, 1 - 1 / (1 + np.abs(s)), 1 / (1 + np.abs(s)) - 1)
    if activation is tn.ReLU:
        return np.where(s > 0, s, 0.0)
    return s


def slope_by_hand(activation, s):
    """f'(s) from y = f(s), as textbooks give it."""
    y = f_by_hand(activation, s)
    if activation is tn.Sigmoid:
        return y * (1 - y)
    if activation is tn.Tanh:
        return (1 + y) * (1 - y)
    if activation is tn.Softsign:
        return (1 - np.abs(y)) ** 2
    if activation is tn.ReLU:
        return np.where(y > 0, 1.0, 0.0)
    return np.ones(s.shape)


def cost_by_hand(output, targets):
    """The mean over the batch of -log P(label), or of half the squared distance."""
    total = 0.0
    for row, target in zip(output, targets, strict=True):
        if np.ndim(target) == 0:
            total += -math.log(math.exp(row[target]) / sum(math.exp(o) for o in row))
        else:
            total += sum((o - t) ** 2 for o, t in zip(row, target, strict=True)) / 2
    return total / len(output)


def doutput_by_hand(output, targets):
    """The gradient of cost_by_hand: p - one_hot, or output - target, over the batch size."""
    doutput = np.empty(output.shape)
    for e, k in np.ndindex(output.shape):
        if targets.ndim == 1:
            p = math.exp(output[e, k]) / sum(math.exp(o) for o in output[e])
            doutput[e, k] = (p - (1 if k == targets[e] else 0)) / len(output)
        else:
            doutput[e, k] = (output[e, k] - targets[e, k]) / len(output)
    return doutput


def forward_by_hand(layer, z):
    """What leaves a layer when z enters it: s = z W + b, or f(s)."""
    if isinstance(layer, tn.Linear):
        return np.einsum("el,lk->ek", z, layer.W.astype(float)) + layer.b
    return f_by_hand(type(layer), z)


def cost_from(net, k, z, targets):
    """The cost when z enters layer k, the layers before it left out."""
    for layer in net.layers[k:]:
        z = forward_by_hand(layer, z)
    return cost_by_hand(z, targets)


def pass_by_hand(net, x, targets):
    """Every array of a forward and a backward pass, under the names that ``arrays`` gives."""
    found = {}
    z = x.astype(float)
    for k, layer in enumerate(net.layers):
        found[f"{k}.x"] = z
        z = forward_by_hand(layer, z)
        found[f"{k}.y"] = z
    d = doutput_by_hand(z, targets)
    for k, layer in reversed(list(enumerate(net.layers))):
        found[f"{k}.dy"] = d
        if isinstance(layer, tn.Linear):
            found[f"{k}.dW"] = np.einsum("el,ek->lk", found[f"{k}.x"], d)  # eq 3
            found[f"{k}.db"] = np.einsum("ek->k", d)
            d = np.einsum("ek,lk->el", d, layer.W.astype(float))  # eq 2
        else:
            d = np.einsum("ek,ek->ek", d, slope_by_hand(type(layer), found[f"{k}.x"]))  # eq 2
        found[f"{k}.dx"] = d
    return found


def centred_differences(cost, array, h=1e-5):
    """dcost/darray, one number after another: (cost(a + h) - cost(a - h)) / 2h."""
    a = array.astype(float)
    gradient = np.empty(a.shape)
    for index in np.ndindex(a.shape):
        here = a[index]
        a[index] = here + h
        above = cost(a)
        a[index] = here - h
        below = cost(a)
        a[index] = here
        gradient[index] = (above - below) / (2 * h)
    return gradient


def no_kink_nearby(net):
    """Centred differences must not step over the corner of a rectifier or of softsign's slope."""
    kinked = [layer for layer in net.layers if isinstance(layer, (tn.ReLU, tn.Softsign))]
    return all(np.abs(layer.x).min() > 1e-3 for layer in kinked)


# ---------------------------------------------------------------------------- closeness


def assert_same_numbers(name, mine, by_hand):
    """As near as the rounding of the dtype allows; gradients here are 0.001 to 1."""
    rtol, atol = {"float64": (1e-11, 1e-13), "float32": (1e-5, 5e-6)}[str(mine.dtype)]
    assert mine.shape == np.shape(by_hand), name
    np.testing.assert_allclose(mine, by_hand, rtol, atol, err_msg=name)


def assert_near_differences(name, mine, differences):
    """As near as centred differences with h = 1e-5 can be."""
    rtol, atol = {"float64": (1e-6, 1e-8), "float32": (1e-4, 5e-6)}[str(mine.dtype)]
    assert mine.shape == differences.shape, name
    np.testing.assert_allclose(mine, differences, rtol, atol, err_msg=name)


def assert_identical(these, those):
    """The same names and the same bits."""
    assert these.keys() == those.keys()
    for name, array in these.items():
        np.testing.assert_array_equal(array, those[name], err_msg=name, strict=True)

"""The exercises of lesson 10, standard against normalized."""

from functools import cache

import numpy as np

from tinynet.datasets import Shapeset
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.initializers import normalized
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import mlp


def _passed(activation, init, depth, x, labels):
    """Send images forward and back through a new network of width 300; return its layers."""
    net = mlp([1024] + [300] * depth + [9], activation=activation, init=init, rng=0)
    loss = SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    return net.layers


@cache
def _twenty_deep():
    layers = _passed("tanh", "standard", 20, *Shapeset(rng=0).draw(100))
    return float(layers[38].dy.std() / layers[0].dy.std())


@cache
def _found():
    """Find g between two that were tried: the ratio is nearly straight there."""
    tried = np.array([1.7, 1.8, 1.9])
    images = Shapeset(rng=0).draw(100)
    return float(np.interp(1, [_kept(g, *images) for g in tried], tried))


def _softsign(g, x, labels):
    return _passed("softsign", lambda *sizes: g * normalized(*sizes), 10, x, labels)


def _kept(g, x, labels):
    layers = _softsign(g, x, labels)
    return layers[0].dy.std() / layers[18].dy.std()


def _images(rng):
    """Draw a scale, and twenty images."""
    x, labels = Shapeset(rng=int(rng.integers(1000))).draw(20)
    return {"g": float(rng.uniform(1.2, 2.2)), "x": x, "labels": labels}


def _of(ratio):
    """Make a ratio of another kind, from the layers."""
    return lambda g, x, labels: ratio(_softsign(g, x, labels))


EXERCISES = {
    "10.1": Number(
        right=_twenty_deep,
        hints=(
            "By which factor is the std of ds multiplied one layer down, if f' is about 1?",
            "By sqrt(n Var W) = 1/sqrt(3). How many steps are there from layer 20 to layer 1?",
        ),
        solution="""
One layer down the mean square of ds is multiplied by n Var W = 1/3, the std by 1/sqrt(3).
(f' is nearly 1: under standard, s is small in all layers but the first few.)
From layer 20 to layer 1 there are 19 steps.
So 3^(19/2) = 34,092. Measured: about 34,300.
""",
        wrong={
            "that has 20 steps. Count those between layer 1 and layer 20.": 3.0**10,
            "that is the ratio of the variances. Take its root.": 3.0**19,
            "that is layer 1 divided by layer 20.": lambda right: 1 / right,
            "so it is for depth 10. Here it is 20.": 3.0**4.5,
        },
        within=0.05,
    ),
    "10.2": Code(
        right=_kept,
        draw=_images,
        gives=("the ratio",),
        hints=(
            "passed(...), in the first cell, does nearly all of it: copy its lines into kept.",
            "net.layers holds Linears and activations in turn: ds of hidden layer k is the dy of"
            " net.layers[2 * (k - 1)].",
        ),
        solution="""
def kept(g, x, labels):
    def init(n_in, n_out, rng):
        return g * tn.normalized(n_in, n_out, rng)

    net = tn.mlp([1024] + [300] * 10 + [9], activation="softsign", init=init, rng=0)
    loss = tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    return net.layers[0].dy.std() / net.layers[18].dy.std()
""",
        wrong={
            "that is layer 10 divided by layer 1.": lambda **case: 1 / _kept(**case),
            "that is the ratio of the variances.": lambda **case: _kept(**case) ** 2,
            "the second is not hidden layer 10: net.layers counts the activations, too.": _of(
                lambda layers: layers[0].dy.std() / layers[10].dy.std()
            ),
            "the second is the output layer, not hidden layer 10.": _of(
                lambda layers: layers[0].dy.std() / layers[20].dy.std()
            ),
            "that is the ratio of dW, not of ds.": _of(
                lambda layers: layers[0].dW.std() / layers[18].dW.std()
            ),
            "the weights are not multiplied by g.": lambda g, x, labels: _kept(1, x, labels),
        },
    ),
    "10.3": Number(
        right=_found,
        hints=(
            "Start with kept(1.5, ...): is it above or below 1? Then try a larger g.",
            "It is below 1 at g = 1.7 and above it at g = 1.9.",
        ),
        solution="""
for g in (1.7, 1.8, 1.9): print(g, kept(g, *tn.Shapeset(rng=0).draw(100)))
prints 0.83, 0.99 and 1.16: the ratio is 1 at about g = 1.81.
std z is not the same there: 0.46 in layer 1, 0.32 in layer 10. z has a size that such layers keep,
and comes to it from any start, so it changes mostly in the first layers.
ds has no such size. It is multiplied by the slopes that it meets: it grows from layer 10 down to 4,
and then shrinks, where s is larger. Equal in layers 1 and 10 is not equal in all: g = 1.81.
""",
        wrong={
            "that is the gain that makes up for tanh, 5/3. Softsign needs more.": 5 / 3,
            "at g = 1 the ratio is far below 1: larger weights are needed.": 1,
            "2 is too much: kept(2, ...) is about 1.35.": 2,
        },
        within=0.03,
    ),
    "10.4": Explain(
        solution="""
About half of the units are off: their rows of J are 0, and so is half of the singular values, which
pulls the mean down. What becomes of ds depends on the rms, and its square is n Var W times the mean
of f'^2, 2 times 1/2.
""",
        hints=(
            "Which average of the singular values tells what becomes of a variance (lesson 9)?",
            "How many rows of J = diag(f') W^T are 0, and what is n Var W under he?",
        ),
        says=(
            "that half of the singular values are 0?",
            "that ds goes with the rms, which is 1?",
        ),
    ),
}

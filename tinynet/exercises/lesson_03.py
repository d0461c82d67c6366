"""The exercises of lesson 3, a deep network."""

import numpy as np

from tinynet.activations import Tanh
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear
from tinynet.network import Network


def _network(rng):
    """Draw layers of one width, what comes in, and the gradient at the output."""
    layers, n, m = (int(rng.integers(low, high)) for low, high in ((3, 5), (2, 4), (5, 8)))
    shapes = {"x": (m, n), "W": (layers, n, n), "b": (layers, n), "ds": (m, n)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def _output(x, W, b):
    z = x
    for k in range(len(W) - 1):
        z = np.tanh(z @ W[k] + b[k])
    return z @ W[-1] + b[-1]


def _cost(x, W, b, ds):
    """Return a cost whose gradient at the output is ds."""
    return float((ds * _output(x, W, b)).sum())


def _backward(x, W, b, ds):
    """Let tinynet's layers do it."""
    linears = [Linear(*w.shape) for w in W]
    for linear, w, c in zip(linears, W, b, strict=True):
        linear.W, linear.b = w, c
    net = Network([layer for linear in linears for layer in (linear, Tanh())][:-1])
    net.forward(x)
    net.backward(ds)
    return [linear.dW for linear in linears]


def _with(slope=lambda z, s: 1 - z**2, down=lambda ds, w: ds @ w.T, share=lambda m: 1):
    """Make a pass of which one factor is wrong."""

    def backward(x, W, b, ds):
        z, s = [x], []
        for w, c in zip(W, b, strict=True):
            s.append(z[-1] @ w + c)
            z.append(np.tanh(s[-1]))
        dW: list[np.ndarray] = []
        for k in reversed(range(len(W))):
            dW.insert(0, z[k].T @ ds * share(len(x)))
            if k > 0:
                ds = down(ds, W[k]) * slope(z[k], s[k - 1])
        return dW

    return backward


EXERCISES = {
    "3.1": Code(
        right=_backward,
        draw=_network,
        gives=("dW",),
        cost=_cost,
        hints=(
            "Forward: a list z, which begins with x; each layer but the last appends the tanh of"
            " its s. Then a loop over the layers in reverse.",
            "In layer i: dW[i] = z[i].T @ ds, dz = ds @ W[i].T, and the next ds is dz times the"
            " slope of the tanh that made z[i], 1 - z[i]**2.",
        ),
        solution="""
def backward(x, W, b, ds):
    z = [x]
    for i in range(len(W) - 1):
        z.append(np.tanh(z[i] @ W[i] + b[i]))
    dW = [None] * len(W)
    for i in reversed(range(len(W))):
        dW[i] = z[i].T @ ds
        dz = ds @ W[i].T
        ds = dz * (1 - z[i] ** 2)  # not used after layer 0: x has no tanh below it
    return dW
""",
        wrong={
            "the top dW is right, but no slope of a tanh is in those below.": _with(
                slope=lambda z, s: 1
            ),
            "the top dW is right, but the slope of tanh is 1 - z^2: is the square there?": _with(
                slope=lambda z, s: 1 - z
            ),
            "the slope is 1 - tanh(s)^2, in z 1 - z^2: tanh was taken twice.": _with(
                slope=lambda z, s: 1 - np.tanh(z) ** 2
            ),
            "the slope is 1 - tanh(s)^2, not 1 - s^2: which array is squared?": _with(
                slope=lambda z, s: 1 - s**2
            ),
            "W is not transposed on the way down. All W are square here, so shapes do not"
            " tell.": _with(down=lambda ds, w: ds @ w),
            "each dW is divided by the batch size. ds carries the 1/m already.": _with(
                share=lambda m: 1 / m
            ),
            "a slope is in the top dW already. ds is given at the last s, and no tanh is above"
            " it.": lambda x, W, b, ds: _backward(x, W, b, ds / np.cosh(_output(x, W, b)) ** 2),
            "the list begins at the output: the lowest layer comes first.": (
                lambda x, W, b, ds: _backward(x, W, b, ds)[::-1]
            ),
        },
    ),
    "3.2": Number(
        right=1,
        hints=(
            "Go forward: what are z1 and z2? Then backward: what does W.T make of a gradient?",
            "All z but the input are 0, and so is every dz. Which arrays are made of ds2 alone?",
        ),
        solution="""
Forward: every s is 0, and so z1 = z2 = 0. The softmax gives 1/3 each, so ds2 is not 0.
dW2 = z2.T @ ds2 = 0, because z2 is 0. db2 = ds2 is not 0.
dz2 = ds2 @ W2.T = 0, and so all below it is 0: ds1, dW1, db1, ds0, dW0, db0.
Such a network cannot learn more than b2, the frequencies of the classes: after a step all W are
still 0. That is why weights begin at random.
The number of arrays that are not all zeros is 1.
""",
        wrong={
            "ds1 and ds0 are 0 too: what does W.T make of ds2?": 3,
            "dW2 is z2.T @ ds2: how large is z2?": 2,
            "the gradient at the output is not 0: p is 1/3 each, and one_hot is not.": 0,
            "what does W.T make of a gradient, if W is 0? And how large are z1 and z2?": 6,
        },
    ),
    "3.3": Number(
        right=4,
        hints=(
            "A row is wrong if its array is made of a wrong slope, or of what that made.",
            "The slope of tanh1 makes its dx, which is first.dy. What does the first layer make?",
        ),
        solution="""
Above tanh1 nothing has been multiplied by its slope: those 7 rows stay right.
Its own dx is wrong: a row.
It is the dy of the first Linear layer, which makes dW, db and dx of it: three more.
An error shows in all that lies below it, 4 rows here.
""",
        wrong={
            "one of the rows is that of tanh1 itself.": 3,
            "that is tanh1 alone. Who is given its dx?": 1,
            "how many arrays does a Linear layer make of its dy?": 2,
            "gradients go down: what lies above tanh1 has not met its slope.": 11,
            "those are the rows above it. Which way do gradients go?": 7,
        },
    ),
    "3.4": Explain(
        solution="""
Each layer is a product and a sum, and putting one into another gives a product and a sum again:
((x W0 + b0) W1 + b1) W2 + b2 = x W + b with W = W0 W1 W2 and b = (b0 W1 + b1) W2 + b2.
""",
        hints=(
            "Write out the second layer of the first: (x W0 + b0) W1 + b1. What multiplies x?",
            "x W0 W1 + (b0 W1 + b1): a Linear layer again. Now the third.",
        ),
        says=(
            "that W is the product of the three, in this order?",
            "that the lower biases go through the W above them?",
        ),
    ),
}

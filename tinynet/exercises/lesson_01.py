"""The exercises of lesson 1, one neuron by hand."""

import numpy as np

from tinynet.activations import Tanh
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear
from tinynet.losses import Quadratic
from tinynet.network import Network

S, TARGET = 0.3, 1.0  # the lesson's numbers


def _neuron(rng):
    """Draw a neuron, what comes in, and what should come out."""
    x, W = rng.normal(size=(2, 2))
    return {"x": x, "W": W, "b": float(rng.normal()), "target": float(rng.uniform(-1, 1))}


def _cost(x, W, b, target):
    return (np.tanh(x @ W + b) - target) ** 2 / 2


def _gradients(x, W, b, target):
    """Let tinynet's layers do it: a batch of one row, a layer of one unit."""
    linear, loss = Linear(2, 1), Quadratic()
    linear.W[:, 0], linear.b[0] = W, b
    net = Network([linear, Tanh()])
    loss.forward(net.forward(x[None, :]), np.array([[target]]))
    net.backward(loss.backward())
    return linear.dW[:, 0], linear.db[0], linear.dx[0]


def _of(dy, slope):
    """Make gradients of which one factor is wrong: functions of y and the target."""

    def gradients(x, W, b, target):
        y = np.tanh(x @ W + b)
        ds = dy(y, target) * slope(y)
        return x * ds, ds, W * ds

    return gradients


EXERCISES = {
    "1.1": Code(
        right=_gradients,
        draw=_neuron,
        gives=("dW", "db", "dx"),
        cost=_cost,
        hints=(
            "First s and y, as in the forward pass; then dy, ds, and from ds the three gradients.",
            "ds = dy (1 - y^2), a single number; dW is x times it, dx is W times it.",
        ),
        solution="""
def gradients(x, W, b, target):
    y = np.tanh(x @ W + b)
    dy = y - target
    ds = dy * (1 - y**2)
    return x * ds, ds, W * ds
""",
        wrong={
            "the slope of tanh is missing: ds = dy (1 - y^2), and not dy.": _of(
                lambda y, t: y - t, lambda y: 1
            ),
            "dy has a 2 too many: the cost is half of the square.": _of(
                lambda y, t: 2 * (y - t), lambda y: 1 - y**2
            ),
            "dy is y - target, and not target - y.": _of(lambda y, t: t - y, lambda y: 1 - y**2),
            "the slope of tanh is 1 - y^2, with y = tanh(s), and not 1 - y.": _of(
                lambda y, t: y - t, lambda y: 1 - y
            ),
            "the slope of tanh is 1 - y^2, and not 1 - s^2: which of the two is squared?": _of(
                lambda y, t: y - t, lambda y: 1 - np.arctanh(y) ** 2
            ),
            "dW and dx are exchanged: a weight's gradient has the factor it is multiplied by.": (
                lambda x, W, b, target: _gradients(x, W, b, target)[::-1]
            ),
        },
    ),
    "1.2": Number(
        right=lambda: (1 / (1 + np.exp(-S)) - TARGET) / (1 + np.exp(-S)) / (1 + np.exp(S)),
        hints=(
            "Only two things change: what y is, and its slope.",
            "The slope of y = 1/(1 + exp(-s)) is y (1 - y).",
        ),
        solution="""
y = 1/(1 + exp(-0.3)) = 0.5744
dy = y - target = -0.4256
The slope of the sigmoid is y (1 - y) = 0.2445.
ds = dy y (1 - y) = -0.1040
""",
        wrong={
            "that has the slope of tanh. The sigmoid's is y (1 - y).": -0.2851,
            "that is dy. ds has the slope of the sigmoid as a factor.": -0.4256,
            "that is y. From there it is two steps down to ds.": 0.5744,
            "that is the slope of the sigmoid. It multiplies dy.": 0.2445,
            "that is target - y times the slope: the sign is wrong.": lambda right: -right,
        },
    ),
    "1.3": Number(
        right=lambda: np.tanh(S),
        hints=(
            "Every gradient has the factor dy.",
            "dy = y - target is 0 where the target is the output.",
        ),
        solution="""
Each gradient is ds times something, and ds is dy times a slope that is never 0.
So all are 0 where dy = y - target = 0.
The target must be the output, y = tanh(0.3) = 0.2913.
""",
        wrong={
            "that is s. What the target is held against is y = tanh(s).": S,
            "that is the target of the lesson, and its gradients are not 0.": TARGET,
        },
    ),
    "1.4": Number(
        right=lambda: 1 - np.tanh(5) ** 2,
        hints=(
            "ds divided by dy is one factor of the chain rule.",
            "It is the slope of tanh at s = 5.",
        ),
        solution="""
ds = dy (1 - y^2), so ds / dy is the slope of tanh at s = 5.
y = tanh(5) = 0.999909
1 - y^2 = 0.0001816
The output is wrong by nearly 2, and hardly anything of that reaches s.
""",
        wrong={
            "it is small, but not 0: work it out.": 0,
            "that is y. The slope is 1 - y^2.": lambda right: np.sqrt(1 - right),
            "that is 1 - y, about half of the slope 1 - y^2 = (1 - y) (1 + y).": lambda right: (
                1 - np.sqrt(1 - right)
            ),
        },
    ),
    "1.5": Explain(
        solution="""
dW is ds times what the weight multiplies, x. The second input is -1: a larger second weight makes s
smaller, so its gradient has the sign turned round.
""",
        hints=(
            "Which way does s go if W1 grows a little? And if W2 does?",
            "dW = x ds, and x2 is -1.",
        ),
        says=(
            "that dW is x times ds?",
            "that the sign of the input decides?",
        ),
    ),
}

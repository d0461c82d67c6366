"""The exercises of lesson L4, gradient starvation."""

import numpy as np

from tinynet.activations import ReLU
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.later import Hinge
from tinynet.layers import Linear
from tinynet.network import Network

START, SHARE, LENGTH = 0.01, 0.5, 1.0  # of exercise 2
UNITS = 8  # of exercise 3
Q = 0.5  # of exercise 4


def _examples(rng):
    """Draw a network and examples, some beyond the margin and some not, none near a kink."""
    while True:
        x, W, v = rng.normal(size=(6, 3)), rng.normal(size=(3, 4)), rng.normal(size=4)
        t = rng.choice([-1.0, 1.0], 6)
        s = x @ W
        beyond = t * (np.maximum(s, 0) @ v) - 1
        far = min(np.abs(beyond).min(), np.abs(s).min()) > 0.02
        if far and 2 <= (beyond > 0).sum() <= 4:
            return {"x": x, "W": W, "v": v, "t": t}


def _cost(x, W, v, t):
    return np.maximum(1 - t * (np.maximum(x @ W, 0) @ v), 0).mean()


def _gradients(x, W, v, t):
    """Let tinynet's layers do it."""
    first, last = Linear(*W.shape, bias=False, rng=0), Linear(len(v), 1, bias=False, rng=0)
    first.W[:], last.W[:, 0] = W, v
    net, loss = Network([first, ReLU(), last]), Hinge()
    loss.forward(net.forward(x), (t > 0).astype(int))
    net.backward(loss.backward())
    return first.dW, last.dW[:, 0]


def _of(do=None, shut=True, bent=True):
    """Make gradients of which one factor is wrong."""

    def gradients(x, W, v, t):
        s = x @ W
        z = np.maximum(s, 0)
        right = -t * (t * (z @ v) < 1) / len(t)
        d = right if do is None else do(t, t * (z @ v))
        ds = np.outer(d, v) * ((s > 0) if shut else 1)
        return x.T @ ds, (z if bent else s).T @ d

    return gradients


def _left(q):
    A = q**2 / ((1 + q) * np.sqrt(1 + q**2))
    return np.sqrt(A * (np.sqrt(A**2 + 4) + A) / 2)


EXERCISES = {
    "L4.1": Code(
        right=_gradients,
        draw=_examples,
        gives=("dW", "dv"),
        cost=_cost,
        hints=(
            "First s = x W, z = relu(s), o = z v; then do, one number an example, and from it dv,"
            " dz, ds, dW.",
            "do = -t/m where t o < 1, or else 0; dv = z^T do; ds = do v where s > 0; dW = x^T ds.",
        ),
        solution="""
def gradients(x, W, v, t):
    s = x @ W
    z = np.maximum(s, 0)
    do = -t * (t * (z @ v) < 1) / len(t)
    dv = z.T @ do
    ds = do[:, None] * v * (s > 0)
    return x.T @ ds, dv
""",
        wrong={
            "examples beyond the margin still pull: from a margin of 1 on there is no cost.": _of(
                lambda t, u: -t / len(t)
            ),
            "an example pulls while its sign is wrong; here it pulls until its margin is 1.": _of(
                lambda t, u: -t * (u < 0) / len(t)
            ),
            "those beyond the margin pull, and the others do not.": _of(
                lambda t, u: -t * (u > 1) / len(t)
            ),
            "the mean over the batch is missing.": _of(lambda t, u: -t * (u < 1)),
            "the sign: the cost falls with t o.": _of(lambda t, u: t * (u < 1) / len(t)),
            "the class is missing: do = -t/m, and not -1/m.": _of(
                lambda t, u: -1.0 * (u < 1) / len(t)
            ),
            "no gradient goes through a rectifier that is off.": _of(shut=False),
            "v multiplies relu(s), and not s: dv is wrong.": _of(bent=False),
        },
    ),
    "L4.2": Number(
        right=lambda: np.log(1 / START**2) / (2 * SHARE * LENGTH),
        hints=(
            "It is the formula for the time; c is the length, p the share, a_0 the start.",
            "The margin starts at c a_0^2 and grows as exp(2 p c time).",
        ),
        solution="""
c = 1, p = 1/2, a_0 = 0.01
The margin c a v starts at 0.0001 and grows as exp(2 p c time) = exp(time).
It is 1 when time = ln(10000) = 9.21
""",
        wrong={
            "it grows with 2 p c: a and v both do.": 2 * np.log(1e4),
            "that is for all of the data, or with a_0 in place of its square.": np.log(100),
        },
    ),
    "L4.3": Number(
        right=1 - (5 / 8) ** UNITS,
        hints=(
            "A start fails if none of its units is good for the class.",
            "A unit is not good with a chance of 5/8; they are drawn independently.",
        ),
        solution="""
A unit is good if a > 0 and v > -a: a chance of 1/2 times 3/4, which is 3/8.
It is not with 5/8, and all eight are not with (5/8)^8 = 0.0233.
1 - 0.0233 = 0.977
""",
        wrong={
            "that is the share that fails.": (5 / 8) ** UNITS,
            "that is the chance that all eight are good. One is enough.": (3 / 8) ** UNITS,
            "that is for four units.": 1 - (5 / 8) ** 4,
            "that is the mean number of good units.": 3 / 8 * UNITS,
        },
    ),
    "L4.4": Number(
        right=lambda: _left(Q),
        within=0.05,
        hints=(
            "It is u_2 in the formula, for q = 1/2.",
            "A = 0.25 / (1.5 sqrt(1.25)).",
        ),
        solution="""
A = q^2 / ((1 + q) sqrt(1 + q^2)) = 0.25 / (1.5 * 1.118) = 0.1491
z = (sqrt(A^2 + 4) - A) / 2 = 0.9282
u_2 = sqrt(A (z + A)) = sqrt(0.1491 * 1.0773) = 0.401
""",
        wrong={
            "that is where the examples with both leave. The others go on, and v still grows.": Q
            / (1 + Q),
            "that is A.": 0.1491,
            "that is the share of the examples.": 0.5,
        },
    ),
    "L4.5": Explain(
        solution="""
The mark is the same in every image, so it is learnt first, and soon every image has a large margin
from it alone. Then hardly any gradient is left to teach the strokes of the digit.
""",
        hints=(
            "What does the gradient of an example depend on, besides its features?",
            "With cross-entropy it is proportional to 1/(1 + e^margin).",
        ),
        says=(
            "that the mark is learnt first?",
            "that the gradient goes once the margins are large?",
        ),
    ),
}

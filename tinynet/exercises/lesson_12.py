"""The exercises of lesson 12, layer by layer."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear

STD, WIDTH = 0.46, 1000  # of z in layer 1 under normalized; of the paper's layers


def _image(rng):
    """Draw what enters a layer at one image, what comes down to it, and a learning rate."""
    n_in, n_out = rng.integers(3, 7, size=2)
    return {
        "x": rng.normal(size=n_in),
        "ds": rng.normal(size=n_out),
        "lr": float(rng.uniform(0.01, 1)),
    }


def _moves(x, ds, lr):
    """Let a layer make the step: W and b do not matter, for s is linear in both."""
    linear = Linear(len(x), len(ds), init=lambda n_in, n_out, rng: np.zeros((n_in, n_out)))
    linear.forward(x[None, :])
    linear.backward(ds[None, :])
    linear.W -= lr * linear.dW
    linear.b -= lr * linear.db
    return linear.forward(x[None, :])[0]


EXERCISES = {
    "12.1": Number(
        right=lambda: [np.sqrt(1 / 3), 0.98],
        hints=(
            "The mean of z is 0. What is the mean of z^2? And how is abs(z) distributed?",
            "The mean of z^2 is the integral of z^2 / 2 from -1 to 1; abs(z) is uniform, 0 to 1.",
        ),
        solution="""
The density is 1/2 between -1 and 1, and the mean is 0.
The variance is the integral of z^2 / 2 from -1 to 1: 1/3. The std is sqrt(1/3) = 0.577.
abs(z) is uniform between 0 and 1: 98 % of it is below 0.98.
A flat histogram is not saturated, though its percentile is near 1. That number says how far the
largest activations go, not how many there are.
As a list: [0.577, 0.98]
""",
        wrong={
            "that is the variance, and the std is its root.": [1 / 3, 0.98],
            "that is the 98th percentile of z, and not of abs(z).": [np.sqrt(1 / 3), 0.96],
            "the variance of a uniform number is the square of its range over 12.": [1.0, 0.98],
        },
    ),
    "12.2": Number(
        right=lambda: 1 - np.sqrt(0.05),
        hints=(
            "Write the slope of softsign with z, and not with s.",
            "Solve (1 - abs(z))^2 = 0.05 for abs(z).",
        ),
        solution="""
z = s / (1 + abs(s)), and its slope is 1 / (1 + abs(s))^2 = (1 - abs(z))^2.
(1 - abs(z))^2 = 0.05 gives 1 - abs(z) = 0.2236.
abs(z) = 0.776
""",
        wrong={
            "that is for tanh, whose slope is 1 - z^2.": np.sqrt(0.95),
            "that is 1 - abs(z).": np.sqrt(0.05),
            "a square is missing: the slope is (1 - abs(z))^2.": 0.95,
            "that is abs(s). The z that belongs to it is s / (1 + s).": 1 / np.sqrt(0.05) - 1,
        },
    ),
    "12.3": Number(
        right=lambda: WIDTH * STD**2,
        hints=(
            "What enters layer 2 is z of layer 1, and x.x is a sum over its units.",
            "The mean of z^2 is the square of the std, and there are 1000 units.",
        ),
        solution="""
What enters layer 2 is z of layer 1, whose mean square is 0.46^2 = 0.2116.
The images are the same, so x.x of layer 1 is still 383: ahead, but not fourteen times.
x.x of layer 2 adds up 1000 squares: 211.6
""",
        wrong={
            "that is with 100 units.": 100 * STD**2,
            "that adds up 1000 times the std. What adds up are the squares.": WIDTH * STD,
            "that is the square of one unit.": STD**2,
        },
    ),
    "12.4": Code(
        right=_moves,
        draw=_image,
        gives=("change",),
        hints=(
            "By how much does W change, by how much b, and what does that do to s = x W + b?",
            "W changes by -lr times the outer product of x and ds. Multiply x by that.",
        ),
        solution="""
def moves(x, ds, lr):
    W_changes = -lr * np.outer(x, ds)
    b_changes = -lr * ds
    return x @ W_changes + b_changes
""",
        wrong={
            "what W does is there. The bias moves, too.": lambda x, ds, lr: -lr * ds * (x @ x),
            "the sign: a step goes against the gradient.": lambda x, ds, lr: lr * ds * (x @ x + 1),
            "x counts with its squares: once in dW, and once more in x @ W.": lambda x, ds, lr: (
                -lr * ds * (x.sum() + 1)
            ),
            "that is the change of b alone.": lambda x, ds, lr: -lr * ds,
            "the learning rate is missing.": lambda x, ds, lr: -ds * (x @ x + 1),
        },
    ),
    "12.5": Explain(
        solution="""
The percentile says only that 2 % of the activations are at the ends; most can be near 0. And a unit
that is saturated at one image is at work at another: only one that is saturated at all is dead.
""",
        hints=(
            "How many activations must be at 1 for the 98th percentile to be there?",
            "At how many images must a unit be saturated for no gradient to get through?",
        ),
        says=(
            "that 2 % are enough for such a percentile?",
            "that a unit learns from the images at which it is not saturated?",
        ),
    ),
}

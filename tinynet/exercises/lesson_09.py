"""The exercises of lesson 9, Jacobians of layers and their singular values."""

import numpy as np

from tinynet.activations import Tanh
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear
from tinynet.looking import jacobian
from tinynet.network import Network


def _layer(rng):
    """Draw W and s of a layer: some are square."""
    n_out = 3 if rng.random() > 0.5 else 4
    return {"W": rng.normal(size=(3, n_out)), "s": rng.normal(size=n_out)}


def _jacobian(W, s):
    """Let tinynet do it: at z = 0 the pre-activations are the biases."""
    linear = Linear(*W.shape)
    linear.W[:], linear.b[:] = W, s
    return jacobian(Network([linear, Tanh()]), 0, np.zeros((1, len(W))))[0]


def _slope(s):
    return 1 - np.tanh(s) ** 2


EXERCISES = {
    "9.1": Code(
        right=_jacobian,
        draw=_layer,
        gives=("J",),
        hints=(
            "Row k of J belongs to output k: which row or column of W goes there, times what?",
            "J[k, l] = (1 - tanh(s[k])^2) W[l, k]: the slope multiplies each row of W.T.",
        ),
        solution="""
def jacobian(W, s):
    slope = 1 - np.tanh(s) ** 2
    return np.diag(slope) @ W.T
""",
        wrong={
            "that is J transposed: row k of J belongs to output k.": lambda W, s: W * _slope(s),
            "the slope of output k belongs to row k of J, not to a column.": lambda W, s: (
                W.T * np.resize(_slope(s), len(W))
            ),
            "J has W transposed: entry [k, l] has W[l, k].": lambda W, s: (
                np.resize(_slope(s), len(W))[:, None] * W
            ),
            "the slope is taken at y. It belongs to s: 1 - tanh(s)^2.": lambda W, s: (
                _slope(np.tanh(s))[:, None] * W.T
            ),
            "the slope is missing: J is W.T only where f' is 1.": lambda W, s: W.T,
            "that has tanh(s) where its slope should be.": lambda W, s: np.tanh(s)[:, None] * W.T,
        },
    ),
    "9.2": Number(
        right=lambda: 3**-2.5,
        hints=(
            "Lengths go with one of the three averages. Which, and what is it for one layer?",
            "The rms of one layer is sqrt(n Var W), and n Var W = 1/3 under standard (eq 15).",
        ),
        solution="""
Lengths go with the rms of the singular values: the mean square length is multiplied by its square.
For a square W that is n Var W = 1/3 (eq 15), whatever the shape of the spectrum.
Five layers: (1/3)^5 for the mean square length.
So rms 3^(-5/2) = 0.06415. (The mean, 0.49, would give 0.0283: less than half of it.)
""",
        wrong={
            "that is the mean to the power 5. Which average belongs to lengths?": (
                (8 / (3 * np.pi)) ** 5 * 3**-2.5
            ),
            "that is the mean square length. Take its root.": 3**-5,
            "that has the geometric mean, which belongs to volumes.": (0.607 / np.sqrt(3)) ** 5,
            "that is one layer. There are five.": 3**-0.5,
            "that is so for normalized weights; these are standard.": 1,
        },
        within=0.05,
    ),
    "9.3": Number(
        right=lambda: np.sqrt([0.4, 1.6]),
        hints=(
            "Each output is a sum of 1000 products, and there are 250 outputs. Length 1 in 1000"
            " units: what is the mean square of one of them?",
            "The mean square length is multiplied by n_out Var W on the way up, by n_in Var W on"
            " the way down, and Var W = 2/(n_in + n_out).",
        ),
        solution="""
Normalized: Var W = 2/(1000 + 250) = 0.0016.
Up, each of the 250 outputs is a sum of products; for |v| = 1 its mean square is Var W.
So the mean square length is 250 Var W = 0.4: most of a random v lies in the lost directions.
Down it is 1000 Var W = 1.6.
Both 1 would need n_in Var W = n_out Var W = 1: only square layers can (eqs 10 to 12).
Their roots: 0.6325 and 1.2649.
""",
        wrong={
            "that is turned round: more units receive a gradient here than send it.": (
                np.sqrt([1.6, 0.4])
            ),
            "these are mean squares of the length. Take their roots.": [0.4, 1.6],
            "these are the smallest and the largest value, no averages.": [0.66, 1.89],
            "that is the rms over the 250 values. A random v has parts in 1000 directions.": (
                np.sqrt([1.6, 1.6])
            ),
            "that would be so if n Var W were 1 on both ways. What is Var W here?": [1, 1],
        },
    ),
    "9.4": Explain(
        solution="""
0.8 is the plain mean of the singular values, but variance goes with the mean of their squares. For
normalized weights that is n Var W = 1, and with the slopes of layer 5 it is 0.92^2, or 0.85.
""",
        hints=(
            "Which average of the singular values tells what becomes of a variance?",
            "The square of the mean is not the mean of the squares. What is each for W alone?",
        ),
        says=(
            "that 0.8 is the plain mean?",
            "that variance goes with the mean of the squares, the rms squared?",
        ),
    ),
}

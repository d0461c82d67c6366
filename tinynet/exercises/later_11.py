"""The exercises of lesson L11, ways off the plateau."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear

SLOPE = 1 / 4  # of the sigmoid at 0
LAYERS = 4  # square ones, from the first hidden layer to the fifth
STANDARD, NORMALIZED = 1 / 3, 1.0  # n Var[W] of a square layer


def _layer(rng):
    """Draw the weights and biases of a sigmoid layer on a sigmoid layer."""
    n_in, n_out = int(rng.integers(3, 6)), int(rng.integers(2, 5))
    return {"V": rng.normal(size=(n_in, n_out)), "c": rng.normal(size=n_out)}


def _as_tanh(V, c):
    """Read W and b off half the pre-activation, at z = 0 and at each unit vector."""
    linear = Linear(*V.shape)
    linear.W, linear.b = V, c
    at_0 = linear.forward(np.full((1, len(V)), 0.5)) / 2  # h = (1 + z)/2
    at_each = linear.forward((1 + np.eye(len(V))) / 2) / 2
    return at_each - at_0, at_0[0]


def _with(W=1 / 4, of_c=1 / 2, of_V=1 / 4):
    """Make W and b with other factors."""
    return lambda V, c: (W * V, of_c * c + of_V * V.sum(axis=0))


EXERCISES = {
    "L11.1": Code(
        right=_as_tanh,
        draw=_layer,
        gives=("W", "b"),
        hints=(
            "z = 2h - 1 = tanh(s/2), with s = h_below V + c. Put (1 + z_below)/2 for h_below.",
            "s/2 = z_below V/4 + (the row of ones) V/4 + c/2. What stands beside z_below is W, the"
            " rest is b; the row of ones times V adds up the columns of V.",
        ),
        solution="""
def as_tanh(V, c):
    W = V / 4
    b = c / 2 + V.sum(axis=0) / 4
    return W, b
""",
        wrong={
            "W is half of that: tanh takes s/2, and h is (1 + z)/2.": _with(W=1 / 2),
            "from W to V it is 4 times, so from V to W it is a quarter.": _with(W=4),
            "W is right. b takes what the ones in (1 + z)/2 add, too.": _with(of_V=0),
            "W is right. c is a part of s, and tanh takes s/2.": _with(of_c=1),
            "W is right. What the ones add is halved twice, like W.": _with(of_V=1 / 2),
            "W is right. The ones are added: h is (1 + z)/2.": _with(of_V=-1 / 4),
        },
    ),
    "L11.2": Number(
        right=1.6,
        hints=(
            "V = 4 W. The cost is the same, whether you take it as a function of V or of W: what is"
            " its gradient by V, in terms of that by W?",
            "dV = dW/4. A step of rate r moves V by -r dW/4, and V/4 by a quarter of that.",
        ),
        solution="""
The chain rule: W = V/4, so dV = dW/4.
A step of rate r moves V by -r dV = -r dW/4, and V/4 by -r dW/16.
The other layer moves W by -0.1 dW. So r/16 = 0.1: the sigmoid's rates are 16 times as large.
In the table tanh is best at 0.1 to 0.3 and broken at 1, and the sigmoid is at its best at 1.
1.6
""",
        wrong={
            "that is how much longer V is. Its gradient is smaller, too.": 0.4,
            "the other way round: V is longer, and its gradient smaller.": 0.1 / 16,
            "both factors are of the same kind: they do not cancel.": 0.1,
        },
    ),
    "L11.3": Number(
        right=lambda: [(SLOPE * np.sqrt(v)) ** LAYERS for v in (STANDARD, NORMALIZED)],
        hints=(
            "What differs between two images is small, so each layer multiplies it by f'(0), and"
            " its std by sqrt(n Var[W]), as in lesson 7.",
            "n Var[W] is 1/3 under standard and 1 under normalized. There are four layers between"
            " the first and the fifth.",
        ),
        solution="""
A layer multiplies the std of what differs by f'(0) sqrt(n Var[W]).
standard: 1/4 sqrt(1/3) = 0.1443, and 0.1443^4 = 0.000434.
normalized: 1/4 * 1 = 0.25, and 0.25^4 = 0.003906.
Measured: 0.141^4 = 0.0004 and 0.235^4 = 0.0030, as the slope is 1/4 at most.
[0.000434, 0.003906]
""",
        wrong={
            "those are five layers: from the first to the fifth there are four.": lambda right: (
                right * SLOPE * np.sqrt([STANDARD, NORMALIZED])
            ),
            "the std grows with the root of n Var[W].": [SLOPE**4 / 3**4, SLOPE**4],
            "the slope of the sigmoid at 0 is missing.": [1 / 9, 1],
            "those are variances: the std is asked for.": lambda right: right**2,
        },
    ),
    "L11.4": Explain(
        solution="""
Layer norm takes mean and std over the units of one image, so what all images have in common stays,
and what tells them apart still shrinks from layer to layer. Batch norm takes them over the images:
the common part goes, and what differs is brought back to the same size in every layer.
""",
        hints=(
            "Which of the two subtracts, from each unit, what is the same for all images?",
            "In the left panel: how much is left in layer 5 with each of the two norms?",
        ),
        says=(
            "that layer norm leaves what all images have in common, since it works within a row?",
            "that batch norm removes it, and so keeps up what differs from image to image?",
        ),
    ),
}

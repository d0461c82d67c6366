"""The exercises of lesson 13, gradients while learning."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number

STEP = 0.003  # of std(W)
LARGEST, OTHERS, UNITS = 2.6, 0.5, 300  # singular values


def _layer(rng):
    """Draw a layer's Jacobian, and what comes down to it."""
    n_in, n_out = rng.integers(3, 7, size=2)
    return {"J": rng.normal(size=(n_out, n_in)), "ds": rng.normal(size=n_out)}


def _multiplied(J, ds):
    return np.linalg.norm(J.T @ ds) / np.linalg.norm(ds)


def _in_random_directions(J, ds):
    """By the mean square singular value; the sum of the squares is that of all entries."""
    return np.sqrt((J**2).sum() / len(J))


EXERCISES = {
    "13.1": Number(
        right=lambda: [1 / STEP, 1 / STEP**2],
        hints=(
            "The second is a random walk: by what do n steps of random sign typically take it?",
            "Variances add up: after n random steps the std is sqrt(n) steps.",
        ),
        solution="""
All the same way: n * 0.003 = 1, so n = 333.
By chance the variances add up: sqrt(n) * 0.003 = 1, so n = 111111.
The truth is between them: gradients of different batches agree in part.
[333, 111111]
""",
        wrong={
            "a random walk goes as the root of the number of steps.": [1 / STEP, 1 / STEP],
            "n random steps take it sqrt(n) steps far: solve for n.": [1 / STEP, STEP**-0.5],
            "that is twice as many as the random walk needs.": [1 / STEP, 2 / STEP**2],
        },
    ),
    "13.2": Code(
        right=_multiplied,
        draw=_layer,
        gives=("multiplied",),
        hints=(
            "Through which matrix does ds go on its way down?",
            "What comes out is J.T @ ds; np.linalg.norm gives a length.",
        ),
        solution="""
def multiplied(J, ds):
    below = J.T @ ds
    return np.linalg.norm(below) / np.linalg.norm(ds)
""",
        wrong={
            "that is the square: a length is the root of a sum of squares.": lambda J, ds: (
                _multiplied(J, ds) ** 2
            ),
            "that is the largest singular value: no ds is multiplied by more.": lambda J, ds: (
                np.linalg.norm(J, 2)
            ),
            "that is what a random direction is multiplied by; here ds is given.": (
                _in_random_directions
            ),
            "that is the length of what comes out. Divide it by that of ds.": lambda J, ds: (
                np.linalg.norm(J.T @ ds)
            ),
            "that is turned upside down.": lambda J, ds: 1 / _multiplied(J, ds),
        },
    ),
    "13.3": Number(
        right=lambda: (1 - OTHERS**2) / (LARGEST**2 - OTHERS**2),
        hints=(
            "Directions are at right angles: squares of lengths add up.",
            "With a share p along the one direction: p 2.6^2 + (1 - p) 0.5^2 = 1.",
        ),
        solution="""
Along each direction the length is multiplied by its singular value, and squares add up.
With a share p of the squared length along the first: p 2.6^2 + (1 - p) 0.5^2 = 1.
By chance it would be 1/300 = 0.0033, so it takes 35 times as much as that.
p = (1 - 0.25) / (6.76 - 0.25) = 0.115
""",
        wrong={
            "squares of lengths add up, and not lengths.": (1 - OTHERS) / (LARGEST - OTHERS),
            "that is the share of the length. The squared one is asked for.": (
                lambda right: np.sqrt(right)
            ),
            "that is what lies there by chance.": 1 / UNITS,
            "that leaves out what the other directions hand down.": 1 / LARGEST**2,
        },
    ),
    "13.4": Explain(
        solution="""
At the start W is drawn at random and knows nothing of the images or the cost. Every step adds to it
products of what came up and of the ds that came down, so later W holds the directions of earlier
ds, and those of new images are much like them.
""",
        hints=(
            "What was added to W in all the steps?",
            "dW = z.T @ ds: each step leaves a ds in W.",
        ),
        says=(
            "that W at the start does not depend on the images and the cost?",
            "that the steps put products of z and ds into W?",
        ),
    ),
}

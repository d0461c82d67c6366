"""The exercises of lesson L3, representation alignment."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.layers import Linear
from tinynet.looking import alignment
from tinynet.network import Network

N = 1000  # images


def _representation(rng):
    """Draw activations of which each unit has its own strength, and labels."""
    n, units = rng.integers(7, 10), rng.integers(2, 5)
    z = rng.normal(0.5, 1, (n, units)) * rng.uniform(0.3, 2, units)
    return {"z": z, "y": rng.permutation(np.resize([-1.0, 1.0], n))}


def _directions(z, y):
    """Let tn.alignment do it: the input of any network is a representation."""
    found = alignment(Network([Linear(z.shape[1], 1, rng=0)]), z, y)[0]
    return found.s, found.d


def _with(phi, full=False):
    """Make the function for another Phi."""

    def directions(z, y):
        U, s, _ = np.linalg.svd(phi(z), full_matrices=full)
        return s, (U.T @ y) ** 2

    return directions


def _ones(z):
    return np.column_stack([z, np.ones(len(z))])


def _rows(z):
    return z / np.linalg.norm(z, axis=1, keepdims=True)


def _then(change):
    """Make the function that gives s, and what ``change`` makes of s and d."""

    def directions(z, y):
        s, d = _directions(z, y)
        return s, change(d)

    return directions


EXERCISES = {
    "L3.1": Code(
        right=_directions,
        draw=_representation,
        gives=("s", "d"),
        hints=(
            "np.column_stack puts arrays side by side; then each row is divided by its length.",
            "np.linalg.svd(phi, full_matrices=False) gives U, s and V^T; column i of U is u_i.",
        ),
        solution="""
def directions(z, y):
    phi = np.column_stack([z, np.ones(len(z))])
    phi = phi / np.linalg.norm(phi, axis=1, keepdims=True)
    U, s, _ = np.linalg.svd(phi, full_matrices=False)
    return s, (U.T @ y) ** 2
""",
        wrong={
            "the column of ones is missing.": _with(_rows),
            "the rows are not scaled to the length 1.": _with(_ones),
            "the ones came after the scaling; they belong before it.": _with(
                lambda z: _ones(_rows(z))
            ),
            "that scales the columns. Each image is a row.": _with(
                lambda z: _ones(z) / np.linalg.norm(_ones(z), axis=0)
            ),
            "the mean was taken off, as for principal components; here nothing is.": _with(
                lambda z: _rows(_ones(z - z.mean(axis=0)))
            ),
            "these are more patterns than Phi has: write full_matrices=False.": _with(
                lambda z: _rows(_ones(z)), full=True
            ),
            "d are shares here. They should add up to at most y . y.": _then(lambda d: d / d.sum()),
            "a square is missing: d_i = (u_i . y)^2.": _then(np.sqrt),
            "that adds d up; d_i belongs to one direction.": _then(np.cumsum),
        },
    ),
    "L3.2": Number(
        right=0.99**200,
        hints=(
            "By which factor does one step multiply what is left of y in this direction?",
            "1 - r s^2 = 1 - (s/s_1)^2 = 0.99 in each step; what is left is counted in squares.",
        ),
        solution="""
r s^2 = (s/s_1)^2 = 1/100, so a step multiplies this part of y by 0.99.
The squares shrink by 0.99^2 each step.
After 100 steps 0.99^200 = 0.134 is left.
""",
        wrong={
            "that is what is left of y itself. The share is counted in squares.": 0.99**100,
            "that is what has been learnt.": 1 - 0.99**200,
            "a step multiplies by 1 - r s^2, and not by 1 - s/s_1.": 0.9**200,
        },
    ),
    "L3.3": Number(
        right=lambda: np.sqrt(N / 5) * np.array([2, 1]),
        hints=(
            "Each row of Phi is (h, 1) or (-h, 1), divided by the root of 5. Which two patterns are"
            " needed to write it?",
            "Phi = (y h^T + 1 e^T)/sqrt(5), where e picks the last column, and y and 1 have the"
            " length sqrt(1000).",
        ),
        solution="""
Each row is (h, 1) or (-h, 1), of the length sqrt(|h|^2 + 1) = sqrt(5).
So Phi = (y h^T + 1 e^T)/sqrt(5), where 1 are 1000 ones and e picks the last column.
y and 1 are at right angles, as the classes are equal, and of the length sqrt(1000).
Along y: sqrt(1000) * 2/sqrt(5) = 28.28. Along the ones: sqrt(1000)/sqrt(5) = 14.14.
y lies along the first alone, so top_1 is 1 already.
As a list: [28.28, 14.14]
""",
        wrong={
            "the rows are to be scaled to the length 1.": np.sqrt(N) * np.array([2, 1]),
            "the larger comes first.": lambda right: right[::-1],
            "y and the ones are 1000 numbers long.": np.array([2, 1]) / np.sqrt(5),
            "these are the squares.": lambda right: right**2,
        },
    ),
    "L3.4": Explain(
        solution="""
Against the pixels it is negative: the network has kept what it needs for its own question and lost
much of what tells odd from even. Against the same layer untrained it is positive, for random
weights had lost even more; so one has to say against what transfer is measured.
""",
        hints=(
            "Compare the trained column with both others.",
            "What would you have had without the network? And with one that has learnt nothing?",
        ),
        says=(
            "that it is worse than the input?",
            "that it is better than the untrained layer?",
            "that the word needs a comparison?",
        ),
    ),
}

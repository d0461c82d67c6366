"""The exercises of lesson L9, K-FAC."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.later.curvature import factors


def _layer(rng):
    """Draw x, ds of drawn labels, dW and r of one layer without bias."""
    m, (n_in, n_out) = int(rng.integers(4, 8)), rng.integers(2, 5, 2)
    x, ds = rng.normal(size=(m, n_in)), rng.normal(size=(m, n_out))
    return {"x": x, "ds": ds, "dW": rng.normal(size=(n_in, n_out)), "r": float(rng.uniform(0.2, 1))}


def _natural(x, ds, dW, r):
    A, G = factors(x, ds, bias=False)
    return np.linalg.solve(A + r * np.eye(len(A)), dW) @ np.linalg.inv(G + r * np.eye(len(G)))


def _with(change):
    """Take the right step with A and G changed before it: a function of both, r, x and ds."""

    def natural(x, ds, dW, r):
        A, G = change(*factors(x, ds, bias=False), r, x, ds)
        return np.linalg.inv(A) @ dW @ np.linalg.inv(G)

    return natural


def _eye(M):
    return np.eye(len(M))


EXERCISES = {
    "L9.1": Code(
        right=_natural,
        draw=_layer,
        gives=("step",),
        hints=(
            "A is the mean over the rows of outer products of x with itself. So which product of"
            " matrices, over what?",
            "A = x.T @ x / m, and G the same of ds. Add r times np.eye to each; then"
            " np.linalg.inv(A) @ dW @ np.linalg.inv(G).",
        ),
        solution="""
def natural(x, ds, dW, r):
    m = len(x)
    A = x.T @ x / m + r * np.eye(x.shape[1])
    G = ds.T @ ds / m + r * np.eye(ds.shape[1])
    step = np.linalg.inv(A) @ dW @ np.linalg.inv(G)
    return step
""",
        wrong={
            "A and G are means over the m rows, not sums.": _with(
                lambda A, G, r, x, ds: (len(x) * A + r * _eye(A), len(x) * G + r * _eye(G))
            ),
            "the damping is missing.": _with(lambda A, G, r, x, ds: (A + 1e-12 * _eye(A), G)),
            "the damping of G is missing.": _with(lambda A, G, r, x, ds: (A + r * _eye(A), G)),
            "r belongs on the diagonal alone: r times np.eye.": _with(
                lambda A, G, r, x, ds: (A + r, G + r)
            ),
            "those are the factors, not their inverses.": lambda x, ds, dW, r: (
                (x.T @ x / len(x) + r * np.eye(x.shape[1]))
                @ dW
                @ (ds.T @ ds / len(x) + r * np.eye(ds.shape[1]))
            ),
            "G is made of ds with labels drawn: each row is one example's own, without 1/m.": _with(
                lambda A, G, r, x, ds: (A + r * _eye(A), G / len(x) ** 2 + r * _eye(G))
            ),
            "only one side is divided.": lambda x, ds, dW, r: (
                np.linalg.inv(x.T @ x / len(x) + r * np.eye(x.shape[1])) @ dW
            ),
        },
    ),
    "L9.2": Number(
        right=(1025 * 100) ** 2 / (1025**2 + 100**2),
        hints=(
            "How long is [x 1], how long is ds, and how many numbers have W and b together?",
            "A is 1025 by 1025, and G is 100 by 100. F has a row and a column for each parameter.",
        ),
        solution="""
[x 1] has 1025 numbers, so A has 1025^2 and G has 100^2: 1,060,625 together.
W and b have 1025 * 100 = 102,500, and F has the square of that: 10,506,250,000.
(In float32 that would be 42 gigabytes, for one layer.)
10506250000 / 1060625 = 9906
""",
        wrong={
            "F has an entry for each pair of parameters: the square of their number.": 102_500
            / 1_060_625,
            "that is the other way round.": lambda right: 1 / right,
            "A and G are kept side by side: their sizes are added.": 1,
        },
    ),
    "L9.3": Number(
        right=[1 / 3, 1 / 9],
        hints=(
            "dW = x.T @ dy is three times as large. And A, the mean of outer products of x?",
            "A is nine times as large. The output moves by x times the step: 3 times what?",
        ),
        solution="""
dW is 3 times what it was, and A is 9 times, so the step A^-1 dW G^-1 is 3/9 = 1/3.
The output moves by x @ step: 3 * 1/3 = 1 time. Plain descent moves it by 3 * 3 = 9 times.
So if plain descent is to move it as before, its rate must be 1/9.
[0.3333, 0.1111]
""",
        wrong={
            "the first: dW grows by 3, but A by 9, and is divided by.": [3.0, 1 / 9],
            "the first is right. Plain descent: dW is 3 times, and the x that it meets as well.": [
                1 / 3,
                1 / 3,
            ],
            "that is A alone; dW has grown too.": [1 / 9, 1 / 9],
        },
    ),
    "L9.4": Explain(
        solution="""
F says how much the network's own answers change with the weights, and that is a mean over the
labels that the network itself finds likely. With the true labels the mean is another one: where
all images are classified well their gradients are nearly 0, while the answers still depend on the
weights, so the steps would become far too long.
""",
        hints=(
            "F measures a change of the softmax. Does that know of the true labels?",
            "What is ds of a well classified image with its true label, and what would G become?",
        ),
        says=(
            "that F is about the network's own softmax, whatever is true?",
            "that with true labels it would measure something else, such as nearly 0 at the end?",
        ),
    ),
}

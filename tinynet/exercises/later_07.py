"""The exercises of lesson L7, one example's gradient."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.later import example_norms, weigh
from tinynet.layers import Linear
from tinynet.network import Network


def _pass(rng):
    """Draw x and dy of a layer."""
    m, n_in, n_out = rng.integers(2, 6, 3)
    return {"x": rng.normal(size=(m, n_in)), "dy": rng.normal(size=(m, n_out)) / m}


def _passed(x, dy):
    """Return a network of one Linear that had this pass."""
    net = Network([Linear(x.shape[1], dy.shape[1], rng=0)])
    net.forward(x)
    net.backward(dy)
    return net


def _norms(x, dy):
    return example_norms(_passed(x, dy))


def _squares(a, axis=1):
    return (a**2).sum(axis=axis)


def _batch(rng):
    """Draw a pass and C: the first example is shorter, others and the mean gradient are longer."""
    case = _pass(rng)
    case["dy"][0] *= 1e-3
    return case | {"C": float(np.linalg.norm(case["x"].T @ case["dy"]) / 2)}


def _clipped(x, dy, C):
    """Let tinynet weigh the examples."""
    net = _passed(x, dy)
    f = np.minimum(1, C / example_norms(net))
    return weigh(net, f)["0.W"]


def _with(f):
    """Clip by other factors: a function of the lengths and C."""

    def clipped(x, dy, C):
        return x.T @ (f(_norms(x, dy), C)[:, None] * dy)

    return clipped


EXERCISES = {
    "L7.1": Code(
        right=_norms,
        draw=_pass,
        gives=("norms",),
        hints=(
            "How long is an outer product of two vectors? Which two for W, and which for b?",
            "m |x_k| |dy_k| for W, m |dy_k| for b. The square of both is a sum of squares.",
        ),
        solution="""
def norms(x, dy):
    m = len(x)
    of_W = m**2 * (x**2).sum(axis=1) * (dy**2).sum(axis=1)
    of_b = m**2 * (dy**2).sum(axis=1)
    return np.sqrt(of_W + of_b)
""",
        wrong={
            "that is W alone. b has a gradient, too: m dy_k.": lambda x, dy: (
                len(x) * np.sqrt(_squares(x) * _squares(dy))
            ),
            "dy is that of the mean cost: one example's own is m times it.": lambda x, dy: np.sqrt(
                (_squares(x) + 1) * _squares(dy)
            ),
            "those are the squares.": lambda x, dy: _norms(x, dy) ** 2,
            "the two lengths are of different numbers: add their squares, and take the root.": (
                lambda x, dy: len(x) * (np.sqrt(_squares(x)) + 1) * np.sqrt(_squares(dy))
            ),
            "m belongs under the root as m squared.": lambda x, dy: np.sqrt(
                len(x) * (_squares(x) + 1) * _squares(dy)
            ),
            "an outer product's length is the product of the two lengths.": (
                lambda x, dy: len(x) * np.sqrt(_squares(x) + _squares(dy))
            ),
        },
    ),
    "L7.2": Number(
        right=[0.25, 0.004],
        hints=(
            "By how much must a vector of length 4 be shortened to have the length 1?",
            "The sum of the clipped gradients gets noise of the std sigma C; then it is divided by"
            " m.",
        ),
        solution="""
f = min(1, C/|g_k|) = min(1, 1/4) = 0.25.
One example adds at most C/m to the mean gradient, and the noise is sigma times that:
1 * 1/250 = 0.004 for each number.
[0.25, 0.004]
""",
        wrong={
            "f is right. The noise is that of a mean over 250 examples.": [0.25, 1.0],
            "f is right. The noise is put on the sum, once, and divided by m, not by its root.": [
                0.25,
                250**-0.5,
            ],
            "f multiplies the gradient: it must be below 1.": [4.0, 0.004],
        },
    ),
    "L7.3": Code(
        right=_clipped,
        draw=_batch,
        gives=("dW",),
        hints=(
            "Your norms(x, dy) are the lengths. Which number f_k makes the k-th at most C?",
            "f_k = min(1, C/|g_k|). It multiplies row k of dy; then dW is made as ever.",
        ),
        solution="""
def clipped(x, dy, C):
    m = len(x)
    norms = m * np.sqrt(((x**2).sum(axis=1) + 1) * (dy**2).sum(axis=1))
    f = np.minimum(1, C / norms)
    return x.T @ (f[:, None] * dy)
""",
        wrong={
            "nothing is clipped.": _with(lambda norms, C: np.ones_like(norms)),
            "gradients shorter than C are made longer: f is at most 1.": _with(
                lambda norms, C: C / norms
            ),
            "f is upside down: C over the length.": _with(
                lambda norms, C: np.minimum(1, norms / C)
            ),
            "the longer ones are to be shortened, not left out.": _with(
                lambda norms, C: (norms <= C).astype(float)
            ),
            "the mean was clipped, not each example.": lambda x, dy, C: (
                (x.T @ dy) * min(1, C / np.linalg.norm(x.T @ dy))
            ),
            "dy has the mean in it already: no further 1/m, and no m.": lambda x, dy, C: (
                _clipped(x, dy, C) / len(x)
            ),
        },
    ),
    "L7.4": Explain(
        solution="""
Batch norm takes mean and std over all rows, so each example's cost depends on every other example's
x. Then x_k and dy_k do not belong to example k alone: taking one example out changes the gradients
of all others, and clipping one would not bound what it can do.
""",
        hints=(
            "What would change in the other rows if one image of the batch were another?",
            "Clipping is to bound what one image can do. Does it, if all rows depend on it?",
        ),
        says=(
            "that with batch norm every row depends on all images of the batch?",
            "that therefore a row's x and dy do not tell what its image alone has done?",
        ),
    ),
}

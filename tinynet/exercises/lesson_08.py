"""The exercises of lesson 8, the way back."""

import numpy as np

from tinynet.datasets import Shapeset
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.studies.variance import linear_regime, variance_theory

SIZES = [1024, 1000, 1000, 1000, 1000, 1000, 9]  # the lesson's


def _layers(rng):
    """Draw sizes and variances of three to five layers of weights."""
    sizes = rng.integers(50, 500, size=rng.integers(4, 7))
    return {"sizes": sizes, "variances": rng.uniform(0.3, 3, len(sizes) - 1) / sizes[:-1]}


def _relative(sizes, variances):
    dw = linear_regime(sizes.tolist(), variances, 1.0, 1.0)["dw"]
    return dw / dw[0]


def _of(factors):
    """Make a wrong function: of n and Var[W], the factors from each layer to the next."""

    def relative(sizes, variances):
        n, var = np.array(sizes, dtype=float), np.array(variances)
        return np.cumprod([1.0, *factors(n, var)])

    return relative


def _sigmoid():
    """Return the std of ds in hidden layer 4 divided by that in hidden layer 5."""
    x, labels = Shapeset(rng=0).draw(300)
    found = variance_theory(SIZES, x, labels, activation="sigmoid", init="normalized", networks=1)
    return np.sqrt(found["ds_measured"][3] / found["ds_measured"][4])


EXERCISES = {
    "8.1": Number(
        right=np.sqrt(30),
        hints=(
            "How does the std of a mean of m independent numbers depend on m?",
            "With m images dW is sqrt(m) times smaller than dw, here for m = 10 and 300.",
        ),
        solution="""
With m images that have nothing in common, dW is sqrt(m) times smaller than dw.
With 300 that is sqrt(300) = 17.3, with 10 it is sqrt(10) = 3.16.
So with 10 it is sqrt(300/10) = sqrt(30) times as large: 5.48
""",
        wrong={
            "that holds for E[dW^2]. The std is its root.": 30,
            "that is the factor between 300 images and one.": np.sqrt(300),
            "that is the factor between 10 images and one.": np.sqrt(10),
            "the other way round: a mean over fewer images is larger.": 1 / np.sqrt(30),
            "that is one over the square: the std is larger, and it is a root.": 1 / 30,
        },
    ),
    "8.2": Number(
        right=np.sqrt(1 / 2),
        hints=(
            "The ratio of the lesson: which n does Var[W_{i+1}] belong to?",
            "Var[W_i] = 1/(3 n_i) and Var[W_{i+1}] = 1/(3 n_{i+1}); n_{i+2} is twice n_{i+1}.",
        ),
        solution="""
Up: n_i Var[W_i] = 1/3, whatever the sizes.
Down: n_{i+2} Var[W_{i+1}] = n_{i+2}/(3 n_{i+1}) = 2/3.
So E[dw^2] is multiplied by (1/3)/(2/3) = 1/2,
and the std by sqrt(1/2) = 0.7071
""",
        wrong={
            "that is the factor of E[dw^2]. The std is its root.": 1 / 2,
            "the other way round: on the way down n_out Var[W] is the larger one.": np.sqrt(2),
            "that is the factor of z alone.": np.sqrt(1 / 3),
            "that is the factor of ds alone.": np.sqrt(3 / 2),
            "that holds in layers of one size. Here n_out is twice n_in.": 1.0,
        },
    ),
    "8.3": Code(
        right=_relative,
        draw=_layers,
        gives=("relative",),
        hints=(
            "Each factor has two matrices: n_i Var[W_i] above the bar, n_{i+2} Var[W_{i+1}] below.",
            "The first is 1; each of the others has one factor more (np.cumprod). Factor i needs"
            " sizes[i], sizes[i + 2] and the variances i and i + 1.",
        ),
        solution="""
def relative_dw(sizes, variances):
    n, var = np.array(sizes), np.array(variances)
    up = n[:-2] * var[:-1]
    down = n[2:] * var[1:]
    return np.cumprod([1, *(up / down)])
""",
        wrong={
            "both factors have the same W: on the way down it is the matrix above.": _of(
                lambda n, var: n[:-2] / n[1:-1]
            ),
            "Var[W_{i+1}] goes with its n_out, n_{i+2}: on the way down that is what is summed.": (
                _of(lambda n, var: n[:-2] * var[:-1] / (n[1:-1] * var[1:]))
            ),
            "the ratios are upside down.": _of(
                lambda n, var: n[2:] * var[1:] / (n[:-2] * var[:-1])
            ),
            "that is E[z^2]: ds is missing.": _of(lambda n, var: n[:-2] * var[:-1]),
            "that is E[ds^2]: z is missing.": _of(lambda n, var: 1 / (n[2:] * var[1:])),
            "those are the roots: the mean squares are asked for.": (
                lambda sizes, variances: np.sqrt(_relative(sizes, variances))
            ),
        },
    ),
    "8.4": Number(
        right=_sigmoid,
        within=0.1,
        hints=(
            "One layer down is a matrix product, and then a slope.",
            "The product has the factor 1 under normalized; s is close enough to 0 for one slope.",
        ),
        solution="""
One layer down is ds @ W.T, times the slope.
Under normalized, n_out Var[W] = 1 in square layers: the product keeps the std.
The s are so small that the slope of the sigmoid is 1/4 nearly everywhere.
So of the std of ds this is left: 0.25
""",
        wrong={
            "that is the share of E[ds^2]. The std is its root.": 1 / 16,
            "that is as if the slope were 1.": 1.0,
            "that is what the sigmoid gives at 0, not its slope there.": 1 / 2,
            "that has a factor 1/sqrt(3) too: the weights are normalized.": 1 / 4 / np.sqrt(3),
            "the other way round: a lower layer gets less.": 4.0,
        },
    ),
    "8.5": Explain(
        solution="""
On the way down ds is multiplied by about 1/4 in each layer, the slope of the sigmoid. On the way up
z does not fall in return: the sigmoid of a small s is about 1/2 in every layer, so z ds changes
as ds does.
""",
        hints=(
            "dw is z ds. What does ds do from layer to layer, and what does z?",
            "The outputs of a sigmoid are about 1/2 in every layer, however small s is.",
        ),
        says=(
            "that ds loses a factor of about 4 a layer?",
            "that z stays near 1/2, so that nothing makes up for it?",
        ),
    ),
}

"""The exercises of lesson 7, what random weights do to a signal."""

import numpy as np

from tinynet.activations import Tanh
from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.studies.variance import mean_field

G = np.linspace(-8, 8, 161)
BELL = np.exp(-(G**2) / 2)


def _layer(rng):
    """Draw what enters a layer, and the layer."""
    n = int(rng.integers(20, 2000))
    q, var = round(rng.uniform(0.1, 1), 2), round(rng.uniform(0.3, 3) / n, 6)
    return {"q": q, "n": n, "var": var, "g": G, "bell": BELL}


def _step(q, n, var, g, bell):
    return mean_field([n, n, 1], [var, 1.0], Tanh(), np.array([q]), np.ones(1))["z"][1]


def _square(s, bell):
    return np.tanh(s) ** 2 @ bell / bell.sum()


def _settled(n_var):
    """Return the root of E[z^2] after 100 layers."""
    q = 1.0
    for _ in range(100):
        q = _square(np.sqrt(n_var * q) * G, BELL)
    return np.sqrt(q)


EXERCISES = {
    "7.1": Code(
        right=_step,
        draw=_layer,
        gives=("q_next",),
        hints=(
            "First the std of s from q, n and var; then F(std * g) for F(s) = tanh(s)^2.",
            "s = sqrt(n var q) g, and then the weighted mean: sum(bell F) / sum(bell).",
        ),
        solution="""
def mean_field_step(q, n, var, g, bell):
    std = np.sqrt(n * var * q)
    s = std * g
    return (bell * np.tanh(s) ** 2).sum() / bell.sum()
""",
        wrong={
            "s has not the variance n Var[W] q: n and var are left out.": (
                lambda q, n, var, g, bell: _square(np.sqrt(q) * g, bell)
            ),
            "s has not the variance n Var[W] q: n is left out.": (
                lambda q, n, var, g, bell: _square(np.sqrt(var * q) * g, bell)
            ),
            "n Var[W] q is the variance of s. What g is multiplied by is its std.": (
                lambda q, n, var, g, bell: _square(n * var * q * g, bell)
            ),
            "that is the square of the mean of tanh, which is 0; take the mean of the square.": (
                lambda q, n, var, g, bell: (
                    (np.tanh(np.sqrt(n * var * q) * g) @ bell / bell.sum()) ** 2
                )
            ),
            "the sum of bell is not 1: divide by it.": (
                lambda q, n, var, g, bell: np.tanh(np.sqrt(n * var * q) * g) ** 2 @ bell
            ),
            "that is tanh at one s, the std. Take the mean over all s.": (
                lambda q, n, var, g, bell: np.tanh(np.sqrt(n * var * q)) ** 2
            ),
            "that is the root of it: q_next is a mean square, as q is.": (
                lambda q, n, var, g, bell: np.sqrt(_step(q, n, var, g, bell))
            ),
            "n and var stand outside of tanh: they belong to the variance of s.": (
                lambda q, n, var, g, bell: n * var * _square(np.sqrt(q) * g, bell)
            ),
            "that is E[s^2]: the bend of tanh is missing.": (
                lambda q, n, var, g, bell: n * var * q
            ),
            "that is the mean of tanh(s)^2 where all g count alike: use bell.": (
                lambda q, n, var, g, bell: (np.tanh(np.sqrt(n * var * q) * g) ** 2).mean()
            ),
        },
    ),
    "7.2": Number(
        right=np.sqrt(1 / 6),
        hints=(
            "What is the mean of z^2, if z is s above 0, and 0 below?",
            "E[z^2] is half of E[s^2] = 1, and n Var[W] is 1/3.",
        ),
        solution="""
Half of the Gaussian is cut off, and the other half has the same squares: E[z^2] = 1/2.
standard has n Var[W] = 1/3, so the next s has the variance 1/3 * 1/2 = 1/6.
Its std is sqrt(1/6) = 0.408
""",
        wrong={
            "that has Var[z] for E[z^2]: the mean of z is not 0, and is not taken off.": np.sqrt(
                (1 / 2 - 1 / (2 * np.pi)) / 3
            ),
            "that is the variance. The std is asked for.": 1 / 6,
            "that has E[z^2] = 1: the ReLU cuts off half of it.": np.sqrt(1 / 3),
            "that is the root of E[z^2]. The layer has a factor too.": np.sqrt(1 / 2),
            "that is E[z^2]. The layer has a factor too, and the std is a root.": 1 / 2,
        },
    ),
    "7.3": Number(
        right=lambda: _settled((5 / 3) ** 2),
        within=0.05,
        hints=(
            "It settles where a step gives back the q that went in. Repeat the step.",
            "n Var[W] is (5/3)^2; start at q = 1 and take 50 steps of bent(q, 1, (5/3)**2).",
        ),
        solution="""
The weights grow 5/3 times, so n Var[W] = (5/3)^2 = 2.78.
q = np.float64(1)
for layer in range(50):
    q = bent(q, 1, (5 / 3) ** 2)
q settles at 0.42, so the root of E[z^2] is 0.65.
""",
        wrong={
            "that is E[z^2]. Its root is asked for.": lambda right: right**2,
            "that has n Var[W] = 5/3: weights that are 5/3 times as large have (5/3)^2.": (
                lambda right: _settled(5 / 3)
            ),
            "that is where tanh ends: most of its values are smaller.": 1.0,
        },
    ),
    "7.4": Explain(
        solution="""
Under standard the weights themselves take away two thirds of E[z^2] in each layer, as n Var[W] is
1/3 whatever comes in. Under normalized n Var[W] is 1, and only the bend of tanh takes something
away: about the share 2 q, which gets smaller as q does.
""",
        hints=(
            "What does each of them multiply E[z^2] by, if tanh did not bend?",
            "With n Var[W] = 1 a layer takes q to about q - 2 q^2. Which share is that?",
        ),
        says=(
            "that n Var[W] is 1/3 in one, and 1 in the other?",
            "that the bend of tanh takes less of a small signal?",
        ),
    ),
}

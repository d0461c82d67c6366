"""The exercises of lesson L8, the edge of chaos."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number

U = np.linspace(-8, 8, 161)
BELL = np.exp(-(U**2) / 2) / np.exp(-(U**2) / 2).sum()


def _inputs(rng):
    """Draw two inputs' variance and correlation, and weights."""
    q, c, sigma = rng.uniform(0.3, 3), rng.uniform(-0.8, 0.9), rng.uniform(0.7, 2)
    return {"q": float(q), "c": float(c), "sigma": float(sigma), "u": U, "bell": BELL}


def _layer(
    root=np.sqrt, rest=lambda c: np.sqrt(1 - c**2), over=None, factor=lambda sigma: sigma**2
):
    """Make the two equations, or what they become with one thing in them wrong."""

    def one_layer(q, c, sigma, u, bell):
        z = np.tanh(root(q) * u)
        other = np.tanh(root(q) * (c * u[:, None] + rest(c) * u))
        after = factor(sigma) * (bell @ z**2)
        product = factor(sigma) * (bell * z) @ other @ bell
        return after, product / (after if over is None else over(q))

    return one_layer


def _weights(rng):
    """Draw rows and two layers' weights."""
    m, n, h, k = (int(size) for size in rng.permutation([3, 4, 5, 6]))
    x, W1, W2 = rng.normal(size=(m, n)), rng.normal(size=(n, h)), rng.normal(size=(h, k))
    return {"x": 2 * x, "W1": W1, "W2": 0.3 * W2}


def _scaled(x, W1, W2, f=np.tanh, size=np.std):
    """Divide each W by the size of what it gives."""
    W1 = W1 / size(x @ W1)
    z = f(x @ W1)
    return W1, W2 / size(z @ W2)


def _before(x, W1, W2):
    """Take both sizes before anything is divided."""
    return W1 / (x @ W1).std(), W2 / (np.tanh(x @ W1) @ W2).std()


def _behind(x, W1, W2):
    """Take the std behind the bend."""
    W1 = W1 / np.tanh(x @ W1).std()
    z = np.tanh(x @ W1)
    return W1, W2 / np.tanh(z @ W2).std()


def _least_square():
    """Return E tanh(u)^2 of a Gaussian u with std 1."""
    return float(BELL @ np.tanh(U) ** 2)


EXERCISES = {
    "L8.1": Code(
        right=_layer(),
        draw=_inputs,
        gives=("q", "c"),
        hints=(
            "E[g(u)] is bell @ g(u). For u and u' together make a table: u[:, None] down, u across,"
            " and sum it with bell from both sides.",
            "z = tanh(sqrt(q) u) gives the new q. The table of tanh(sqrt(q) v) with z beside it,"
            " (bell z) @ table @ bell, times sigma^2 and divided by the new q, is the new c.",
        ),
        solution="""
def one_layer(q, c, sigma, u, bell):
    v = c * u[:, None] + np.sqrt(1 - c**2) * u
    z, other = np.tanh(np.sqrt(q) * u), np.tanh(np.sqrt(q) * v)
    after = sigma**2 * (bell @ z**2)
    together = sigma**2 * (bell * z) @ other @ bell
    return after, together / after
""",
        wrong={
            "q is a variance: u is multiplied by its root.": _layer(root=lambda q: q),
            "v has the variance c^2 + 1 - c there: it takes sqrt(1 - c^2).": _layer(
                rest=lambda c: np.sqrt(1 - c)
            ),
            "q is right. In v the root of 1 - c^2 is missing: v has the variance 1.": _layer(
                rest=lambda c: 1 - c**2
            ),
            "q is right. c is divided by the new q, not by the old one.": _layer(over=lambda q: q),
            "q is right. That is the covariance: divide it by the new q.": _layer(over=lambda q: 1),
            "sigma is missing: the weights have the variance sigma^2/n.": _layer(
                factor=lambda sigma: 1.0
            ),
            "sigma is a std, and these are variances.": _layer(factor=lambda sigma: sigma),
        },
    ),
    "L8.2": Number(
        right=lambda: np.sqrt(2),
        hints=(
            "The slope of a rectifier is 1 for half of a Gaussian and 0 for the other half,"
            " whatever q is. What is chi?",
            "chi = sigma^2/2. At the edge it is 1.",
        ),
        solution="""
chi = sigma^2 E[f'(sqrt(q) u)^2], and f' is 1 above 0 and 0 below.
So E[f'^2] = 1/2 whatever q is, and chi = sigma^2/2.
It is 1 at sigma = sqrt(2): n Var[W] = 2, the start ``he`` of lesson L5.
1.414
""",
        wrong={
            "that is sigma^2, n Var[W]. What is sigma?": 2,
            "that is tanh's edge, where the slope at 0 is 1.": 1,
            "half of the units have the slope 1: chi is smaller than sigma^2.": lambda right: (
                1 / right
            ),
        },
    ),
    "L8.3": Number(
        right=lambda: 1 / _least_square(),
        hints=(
            "What does one layer make of q = 1? And what should it be?",
            "1 = sigma^2 E[tanh(u)^2]. Sum tanh(u)^2 with a bell, as in the lesson.",
        ),
        solution="""
A layer makes sigma^2 E[tanh(sqrt(q) u)^2] of q, and q = 1 should stay.
u = np.linspace(-8, 8, 401); bell = np.exp(-(u**2) / 2); bell = bell / bell.sum()
bell @ np.tanh(u)**2 = 0.3943
sigma^2 = 1/0.3943: far beyond the edge at 1, so LSUV is in the chaos for tanh.
2.536
""",
        wrong={
            "that is sigma. Its square is asked for.": np.sqrt,
            "that is what tanh leaves of the variance. What must the weights do?": lambda right: (
                1 / right
            ),
            "that is the edge, where q does not stay at 1: tanh makes it smaller.": 1,
            "that is chi with q = 1 held: it is sigma^2 times E[tanh'^2].": 1.1778,
        },
    ),
    "L8.4": Code(
        right=_scaled,
        draw=_weights,
        gives=("W1", "W2"),
        hints=(
            "First W1, by the std of all numbers of x W1. What then enters the second layer?",
            "z = tanh(x W1) with the new W1. Divide W2 by the std of z W2.",
        ),
        solution="""
def scaled(x, W1, W2):
    W1 = W1 / (x @ W1).std()
    z = np.tanh(x @ W1)
    W2 = W2 / (z @ W2).std()
    return W1, W2
""",
        wrong={
            "W1 is right. What enters the second layer has changed with W1.": _before,
            "it is s, before the bend, that has the std 1.": _behind,
            "W1 is right. tanh is missing between the two.": lambda x, W1, W2: _scaled(
                x, W1, W2, f=lambda s: s
            ),
            "that divides by the variance; s goes with W, so take its root.": lambda x, W1, W2: (
                _scaled(x, W1, W2, size=np.var)
            ),
            "a std has the mean taken off; that is the rms.": lambda x, W1, W2: _scaled(
                x, W1, W2, size=lambda s: np.sqrt((s**2).mean())
            ),
        },
    ),
    "L8.5": Explain(
        solution="""
The mean square over all directions is the same for both, and that is all that mean field sees. But
in a product of fifty Gaussian matrices a few directions carry all of it and the others are lost,
while orthogonal ones lose only what the bends take: nearly every direction of an image, and of
the gradient, arrives.
""",
        hints=(
            "What did the two have in common at the start, and in which numbers did they differ?",
            "Think of the ellipse of lesson 9: how long are its axes after fifty layers?",
        ),
        says=(
            "that the variances are equal, being means over all directions?",
            "that a product of Gaussian matrices keeps a few directions, and orthogonal ones most?",
        ),
    ),
}

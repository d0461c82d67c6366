"""The exercises of lesson L5, rectifiers and dropout."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.later import ELU, Dropout


def _pass(rng):
    """Draw what comes in, numbers from 0 to 1 for the mask, the chance, and the gradient."""
    shape = rng.integers(2, 6, 2)
    x, dy = rng.normal(size=(2, *shape))
    return {"x": x, "r": rng.random(shape), "p": float(rng.uniform(0.2, 0.4)), "dy": dy}


def _dropout(x, r, p, dy):
    """Let tinynet's layer do it, with r for what it would draw."""
    layer: Any = Dropout(p)
    layer.rng = SimpleNamespace(random=lambda shape: r)
    return layer.forward(x), layer.backward(dy)


def _with(forward, back=None):
    """Make the function with other masks, one for each way."""

    def dropout(x, r, p, dy):
        return forward(r, p) * x, (back or forward)(r, p) * dy

    return dropout


def _mask(r, p):
    return (r >= p) / (1 - p)


def _elu():
    """Return the n Var[W] under which E[f(s)^2] keeps Var[s] at 1: 1/E[f(s)^2] at Var[s] = 1."""
    g = np.linspace(-8, 8, 1601)
    bell = np.exp(-(g**2) / 2)
    return bell.sum() / (ELU().f(g) ** 2 @ bell)


EXERCISES = {
    "L5.1": Code(
        right=_dropout,
        draw=_pass,
        gives=("y", "dx"),
        cost=lambda x, r, p, dy: (_mask(r, p) * x * dy).sum(),
        hints=(
            "First the mask, an array of the shape of x: 0 where r < p, and what elsewhere?",
            "mask = (r >= p)/(1 - p). The way back is the same product, with dy for x.",
        ),
        solution="""
def dropout(x, r, p, dy):
    mask = (r >= p) / (1 - p)
    y = mask * x
    dx = mask * dy
    return y, dx
""",
        wrong={
            "what is kept must be made 1/(1 - p) larger.": _with(lambda r, p: r >= p),
            "the gradient of what was kept is 1/(1 - p) larger too.": _with(
                _mask, lambda r, p: r >= p
            ),
            "what was dropped gets no gradient: the mask is missing on the way back.": _with(
                _mask, lambda r, p: 1
            ),
            "p is the chance to be dropped, and not to be kept: r < p is dropped.": _with(
                lambda r, p: (r < p) / p
            ),
            "divide by 1 - p, the share that is kept, and not by p.": _with(
                lambda r, p: (r >= p) / p
            ),
            "multiplying by 1 - p belongs to the whole network of the paper; here what is kept is"
            " divided by it.": _with(lambda r, p: (r >= p) * (1 - p)),
        },
    ),
    "L5.2": Number(
        right=0.5**10,
        hints=(
            "What does one square layer of rectifiers under normalized do to E[z^2]?",
            "n Var[W] is 1, so E[z^2] is halved; asked is its root.",
        ),
        solution="""
In square layers normalized has n Var[W] = 1, and the rectifier passes half of E[s^2].
So a layer multiplies E[z^2] by 1/2, and its root by sqrt(1/2) = 0.707.
After 20 layers the root of E[z^2] is (1/2)^10 = 0.000977 of what it was.
""",
        wrong={
            "that is E[z^2]. Asked is its root.": 0.5**20,
            "that is standard. normalized has n Var[W] = 1.": (1 / 6) ** 10,
            "that is one layer.": np.sqrt(0.5),
        },
    ),
    "L5.3": Number(
        right=_elu,
        hints=(
            "s of the next layer has the variance n Var[W] E[z^2]. Which E[z^2] has z = ELU(s)?",
            "If Var[s] is 1, the lesson prints E[z^2], in its first table. The product is to be 1.",
        ),
        solution="""
If s has the variance 1, then E[z^2] = E[ELU(s)^2] = 0.645, as the lesson prints it.
The s of the next layer has the variance n Var[W] E[z^2].
It is 1 again if n Var[W] = 1/0.645 = 1.55.
That lies between lecun, 1, and he, 2: from one the signal falls, from the other it grows.
""",
        wrong={
            "that is he, made for rectifiers. ELU passes more than half of E[s^2].": 2,
            "that is E[z^2] itself. By what do you multiply it to get 1?": lambda right: 1 / right,
            "n Var[W] multiplies E[z^2], and not its root.": lambda right: np.sqrt(right),
        },
    ),
    "L5.4": Number(
        right=1.6,
        hints=(
            "What does dropout do to E[z^2]? A share 1 - p is kept, and made 1/(1 - p) larger.",
            "It divides E[z^2] by 1 - p. The rectifier halves it; n Var[W] is to undo both.",
        ),
        solution="""
A share 1 - p of the numbers is kept, and its squares grow by 1/(1 - p)^2.
So dropout divides E[z^2] by 1 - p = 0.8, and the rectifier halves it.
One layer multiplies E[z^2] by n Var[W]/2/0.8, and this is 1 if
n Var[W] = 2 * 0.8 = 1.6
With p = 0.5 it would be 1, and under he each layer doubles E[z^2].
""",
        wrong={
            "that is he, without dropout.": 2,
            "that is turned round: dropout makes E[z^2] larger, so weights must be smaller.": 2.5,
            "p is dropped, 1 - p is kept.": 0.4,
            "that is for E[s^2] without a rectifier, which halves it.": 0.8,
            "count squares: the numbers grow by 1/(1 - p), their squares by 1/(1 - p)^2, and 1 - p"
            " of them are left.": 2 * 0.8**2,
        },
    ),
    "L5.5": Explain(
        solution="""
Half of the activations are 0 before anything is learnt, because half of a Gaussian lies below 0.
What learning makes of it depends on the rate: a small one leaves fewer zeros than the start has, a
large one many more, and these come with dead units and more mistakes, not with fewer.
""",
        hints=(
            "Which share is 0 at the start, and why?",
            "Look at the shares at the different rates, and at the errors beside them.",
        ),
        says=(
            "that the half is there at the start?",
            "that the rate decides what becomes of it?",
            "that more zeros are not a better network?",
        ),
    ),
}

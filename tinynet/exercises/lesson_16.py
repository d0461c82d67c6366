"""The exercises of lesson 16, photographs."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number

SIZES = (3072, 1000, 1000, 1000, 1000, 1000, 10)
IMAGES = 40_000


def _parameters():
    """Count weights and biases."""
    return sum((below + 1) * above for below, above in zip(SIZES[:-1], SIZES[1:], strict=True))


def _photographs(rng):
    """Draw some photographs, and by how much to move them."""
    return {"x": rng.uniform(size=(int(rng.integers(2, 5)), 3072)), "by": int(rng.integers(1, 10))}


def _rolled(x, by, axis):
    return np.roll(x.reshape(-1, 3, 32, 32), by, axis=axis).reshape(x.shape)


EXERCISES = {
    "16.1": Number(
        right=lambda: _parameters() / IMAGES,
        hints=(
            "How many weights and how many biases has a layer from n_in to n_out?",
            "(n_in + 1) n_out for each of the six layers; then divide by 40,000.",
        ),
        solution="""
A layer has n_in n_out weights and n_out biases, (n_in + 1) n_out numbers.
The first has 3073 * 1000, four have 1001 * 1000 each, the last 1001 * 10.
Together 7,087,010, and divided by 40,000 images that is
177.2
""",
        wrong={
            "that is one hidden layer too many.": (_parameters() + 1001 * 1000) / IMAGES,
            "that is one hidden layer too few.": (_parameters() - 1001 * 1000) / IMAGES,
            "that is all of them. How many are that for each image?": _parameters(),
            "that is for 50,000 images, of which 10,000 are for validation.": (
                _parameters() / 50_000
            ),
        },
    ),
    "16.2": Number(
        right=lambda: 100 * (1 - 0.4 / 4 - 0.6 / 6),
        hints=(
            "How often is it right on a vehicle, and how often on an animal?",
            "1/4 on the 40 % that are vehicles, 1/6 on the 60 % that are animals.",
        ),
        solution="""
On a vehicle it is right once in 4, on an animal once in 6.
It is right on 0.4 / 4 + 0.6 / 6 = 0.1 + 0.1 = 0.2 of all images.
Telling the groups apart without a mistake is worth 10 points beside the 90 % of blind guesses.
The error is 80 %.
""",
        wrong={
            "that is how often it is right.": 20.0,
            "those are blind guesses among all ten.": 90.0,
            "there are more animals than vehicles: weigh them.": 100 * (1 - (1 / 4 + 1 / 6) / 2),
        },
        within=0.005,
    ),
    "16.3": Code(
        right=lambda x, by: _rolled(x, by, axis=3),
        draw=_photographs,
        gives=("moved",),
        hints=(
            "A row of x is red, green and blue, each 32 rows of 32 pixels: reshape it first.",
            "np.roll(pixels, by, axis=3) of x.reshape(-1, 3, 32, 32), and back to x's shape.",
        ),
        solution="""
def aside(x, by):
    pixels = x.reshape(-1, 3, 32, 32)
    moved = np.roll(pixels, by, axis=3)
    return moved.reshape(x.shape)
    # By 4 pixels the error goes from 55 to 62 % (on our machine), by 8 to 70 %: the same thing in
    # another place is nearly another thing to a network of this kind.
""",
        wrong={
            "those moved to the left.": lambda x, by: _rolled(x, -by, axis=3),
            "those moved down.": lambda x, by: _rolled(x, by, axis=2),
            "the ends of lines run into the next ones: reshape x to rows and columns first.": (
                lambda x, by: np.roll(x, by, axis=1)
            ),
            "the colours are mixed up: x holds all of red, then green, then blue.": lambda x, by: (
                np.roll(x.reshape(-1, 32, 32, 3), by, axis=2).reshape(x.shape)
            ),
        },
    ),
    "16.4": Explain(
        solution="""
The error only counts whether the largest output is right; the cost, -log p of the right class, also
counts how sure the network is. It grows sure, of its mistakes too, so the same mistakes cost more.
""",
        hints=(
            "What does a mistake cost of which the network is sure? And how much error is it?",
            "Cost is the mean of -log p of the right class; error does not look at p.",
        ),
        says=(
            "that the error does not depend on how sure the network is, and the cost does?",
            "that it grows surer of its mistakes?",
        ),
    ),
}

"""The exercises of lesson 15, real digits."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number

P, IMAGES = 0.017, 10_000
APART = 0.12  # points between 1.64 and 1.76 %


def _of_the_difference(p, n):
    """Return the standard deviation of the difference of two error rates on n images each."""
    return np.sqrt(2 * p * (1 - p) / n)


def _images(times):
    """Return on how many images the difference is so many standard deviations."""
    return 2 * P * (1 - P) / (APART / 100 / times) ** 2


def _table(rng):
    """Draw the counts of a network that is mostly right."""
    classes = int(rng.integers(3, 6))
    return {"counts": rng.integers(0, 9, (classes, classes)) + 40 * np.eye(classes, dtype=int)}


EXERCISES = {
    "15.1": Number(
        right=lambda: 100 * _of_the_difference(P, IMAGES),
        hints=(
            "The two errors are off independently of each other. What adds up?",
            "Variances add up: twice p (1 - p) / n, and then the root.",
        ),
        solution="""
The variance of one error is p (1 - p) / n = 0.017 * 0.983 / 10000 = 1.67e-6.
The images are others, so the two are independent, and the variance of the difference is the sum.
sqrt(2 * 1.67e-6) = 0.00183, which is 0.183 points.
""",
        wrong={
            "that is the standard deviation of one error.": lambda right: right / np.sqrt(2),
            "standard deviations do not add up; variances do.": lambda right: right * np.sqrt(2),
            "that is a share. A point is a hundredth.": lambda right: right / 100,
        },
    ),
    "15.2": Number(
        right=lambda: _images(2),
        hints=(
            "The standard deviation of the difference on n images must be 0.06 points.",
            "Solve sqrt(2 p (1 - p) / n) = 0.0006 for n.",
        ),
        solution="""
The difference is 0.12 points, so a standard deviation must be 0.06 points, 0.0006.
2 p (1 - p) / n = 0.0006^2, so n = 2 * 0.017 * 0.983 / 3.6e-7.
For half the difference it takes four times as many: the root of n counts.
n = 92839
""",
        wrong={
            "that is one standard deviation. Two are asked for.": _images(1),
            "a factor 2 is missing: both errors are off.": _images(2) / 2,
            "0.06 points are 0.0006: a point is a hundredth.": _images(2) / 1e4,
        },
    ),
    "15.3": Code(
        right=lambda counts: counts.sum(axis=0) - counts.sum(axis=1),
        draw=_table,
        gives=("too_often",),
        hints=(
            "The row is what it is, the column what the network says. Which sums are asked for?",
            "counts.sum(axis=0) adds up each column.",
        ),
        solution="""
def too_often(counts):
    said = counts.sum(axis=0)
    there = counts.sum(axis=1)
    return said - there
""",
        wrong={
            "that is how much too seldom: columns are what the network says.": lambda counts: (
                counts.sum(axis=1) - counts.sum(axis=0)
            ),
            "that is how often each class is said.": lambda counts: counts.sum(axis=0),
            "those are the images of each class that it gets wrong.": lambda counts: (
                counts.sum(axis=1) - np.diag(counts)
            ),
            "that counts the wrong ones of each column, and leaves out what is missed.": (
                lambda counts: counts.sum(axis=0) - np.diag(counts)
            ),
        },
    ),
    "15.4": Explain(
        solution="""
It hides the direction: all mistakes of a pair can be fives that are taken for threes. I would let
the network learn on, or train it from other seeds, and see whether the direction stays.
""",
        hints=(
            "Which two numbers of the table become one?",
            "The lesson let the network learn on. What else could you change?",
        ),
        says=(
            "that the sum hides which of the two is taken for the other?",
            "how to tell chance from a property of the digits: another moment, or other seeds?",
        ),
    ),
}

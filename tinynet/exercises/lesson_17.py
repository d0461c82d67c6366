"""The exercises of lesson 17, Table 1."""

import math

from tinynet.exercises.kinds import Code, Explain, Number


def _counts(wrong_a, wrong_b):
    """Count the images that only one of the two gets wrong."""
    return int((wrong_a & ~wrong_b).sum()), int((wrong_b & ~wrong_a).sum())


def _tail(few, n):
    """Return the probability of at most so many heads in n throws."""
    return sum(math.comb(n, k) for k in range(few + 1)) / 2**n


def _p(wrong_a, wrong_b):
    a, b = _counts(wrong_a, wrong_b)
    return min(1.0, 2 * _tail(min(a, b), a + b))


def _one_sided(wrong_a, wrong_b):
    return _p(wrong_a, wrong_b) / 2


def _of_all(wrong_a, wrong_b):
    a, b = int(wrong_a.sum()), int(wrong_b.sum())
    return min(1.0, 2 * _tail(min(a, b), a + b))


def _beyond(wrong_a, wrong_b):
    a, b = _counts(wrong_a, wrong_b)
    return min(1.0, 2 * _tail(min(a, b) - 1, a + b))


def _two_networks(rng):
    """Draw which images each of two networks gets wrong; the second errs more often."""
    m = int(rng.integers(30, 60))
    return {"wrong_a": rng.uniform(size=m) < 0.4, "wrong_b": rng.uniform(size=m) < 0.6}


EXERCISES = {
    "17.1": Number(
        right=lambda: 11.0,
        hints=(
            "How many pairs are there, and what must the smallest p stay below?",
            "2^(1 - n) < 0.005 / 3: which is the first n?",
        ),
        solution="""
Three methods are three pairs, so the smallest p must be below 0.005 / 3 = 0.00167.
If one wins with all n seeds, p = 2 / 2^n = 2^(1 - n).
With 10 seeds that is 0.00195, with 11 it is 0.00098.
11
""",
        wrong={
            "that is for a single pair.": 9.0,
            "that many are too few by one: is 2^(1 - n) below 0.005 / 3?": 10.0,
            "that is for ten pairs, those of five methods.": 12.0,
        },
        within=0.01,
    ),
    "17.2": Number(
        right=lambda: 100 * math.sqrt(0.65 * 0.35 / 10_000),
        hints=(
            "Each image is wrong or not: what is the variance of that, and of the mean of m?",
            "sqrt(q (1 - q) / m), in points: times 100.",
        ),
        solution="""
An image is wrong with probability q = 0.65: variance q (1 - q) = 0.2275.
The mean of m = 10,000 has 0.2275 / 10,000, and the std is the root of that: 0.00477.
In points that is
0.477
""",
        wrong={
            "that is a share: in points it is 100 times that.": math.sqrt(0.65 * 0.35 / 10_000),
            "that is the variance of one image.": 0.65 * 0.35,
            "that is the std of one image: what becomes of it in a mean of 10,000?": (
                100 * math.sqrt(0.65 * 0.35)
            ),
            "a variance is q (1 - q), not q.": 100 * math.sqrt(0.65 / 10_000),
        },
    ),
    "17.3": Code(
        right=_p,
        draw=_two_networks,
        gives=("p",),
        hints=(
            "Count the images that only a gets wrong, and those that only b does. As with a coin?",
            "Twice the sum of comb(n, k) / 2^n for k from 0 to the smaller count, at most 1.",
        ),
        solution="""
def p_value(wrong_a, wrong_b):
    only_a = int((wrong_a & ~wrong_b).sum())
    only_b = int((wrong_b & ~wrong_a).sum())
    n, few = only_a + only_b, min(only_a, only_b)
    ways = 1  # to choose k of n, starting with k = 0
    tail = 0
    for k in range(few + 1):
        tail, ways = tail + ways, ways * (n - k) // (k + 1)
    return min(1.0, 2 * tail / 2**n)
""",
        wrong={
            "that is one-sided: either of the two could have been the worse.": _one_sided,
            "that counts all images that are wrong: leave out those that both get wrong.": _of_all,
            "that leaves out what was seen itself: the sum goes up to the smaller count.": _beyond,
        },
    ),
    "17.4": Explain(
        solution="""
McNemar's test compares two trained networks: these two do differ, because their seeds led them to
different weights, and with 10,000 images a small difference shows. It does not say that another two
networks would differ in the same way, which is what a difference of methods would be.
""",
        hints=(
            "What are the two things that the test compares?",
            "Which of the two is it that differs here: the networks, or the methods?",
        ),
        says=(
            "that the test compares two trained networks, and that these two differ?",
            "that a difference of methods would have to show with other seeds too?",
        ),
    ),
}

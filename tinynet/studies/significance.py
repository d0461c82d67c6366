"""Is the difference chance? Exact tests for two networks and for two methods.

McNemar's test compares two trained networks on the same test images: is one of them wrong more
often where only one of the two is? It says nothing of other networks of their kind. The sign test
compares two methods over several seeds: does one of them win more often than a fair coin would?
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tinynet._internal import checks

LEVEL = 0.005  # the p below which the paper calls a difference significant
MOST = 100_000  # decisions that are counted within a second or two


def sign_test(wins: int, losses: int) -> float:
    """Return the probability that a fair coin falls at least as unevenly, either way.

    What is a tie counts neither as a win nor as a loss.
    """
    wins, losses = checks.whole("wins", wins, most=MOST), checks.whole("losses", losses, most=MOST)
    n = wins + losses
    few = min(wins, losses)
    term, tail = 1.0, 0.0  # ways to lose k times of n, from the few down, as a share of these
    for k in range(few, -1, -1):
        tail += term
        term *= k / (n - k + 1)
        if term < 1e-18 * tail:  # what is left is less than rounding
            break
    ways = math.comb(n, few)  # a whole number of any length: exact, until it is divided
    return min(1.0, 2 * (ways / 2**n) * tail)


def mcnemar(wrong_a: np.ndarray, wrong_b: np.ndarray) -> tuple[int, int, float]:
    """Compare two networks by which of the same test images each gets wrong, as booleans.

    Returns
    -------
    only_a, only_b : int
        Images that only one of the two gets wrong.
    p : float
        Of the sign test on these; the images on which both agree tell nothing.
    """
    a, b = checks.booleans("wrong_a", wrong_a), checks.booleans("wrong_b", wrong_b)
    if len(a) != len(b):
        raise ValueError(f"wrong_b: expected as many images as in wrong_a, {len(a)}, got {len(b)}")
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    return only_a, only_b, sign_test(only_a, only_b)


def holm(ps: Sequence[float]) -> list[float]:
    """Correct the p of several tests, by Holm's method.

    The smallest is multiplied by the number of tests, the next by one less, and so on; none comes
    out smaller than one before it. The chance that any of the tests finds a difference where there
    is none is then below the level.
    """
    found = checks.numbers("ps", ps, [None], least=0)
    if (found > 1).any():
        raise ValueError(f"ps: expected probabilities, at most 1, got {found.max():g}")
    corrected, before = np.empty(len(found)), 0.0
    for rank, k in enumerate(np.argsort(found, kind="stable")):
        before = corrected[k] = max(before, min(1.0, (len(found) - rank) * float(found[k])))
    return corrected.tolist()


def seeds_needed(pairs: int, level: float = LEVEL) -> int:
    """Return the fewest seeds with which a sign test can find one of so many pairs to differ.

    Even if one method wins with each of n seeds, p is 2^(1 - n): that must be below level / pairs.
    """
    level = checks.not_negative("level", level, most=1)
    wanted = checks.positive("level", level) / checks.whole("pairs", pairs, 1, MOST)
    n = 1
    while 2.0 ** (1 - n) >= wanted:
        n += 1
    return n


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return where the mean of all seeds lies with a probability of 95 %, by Student's t.

    That supposes that the values of the seeds are spread like a normal distribution.
    """
    found = checks.numbers("values", values, [None], finite=True).astype(float)
    if len(found) < 2:
        raise ValueError(f"values: expected at least 2, got {len(found)}: one has no spread")
    reach = _student(len(found) - 1) * found.std(ddof=1) / math.sqrt(len(found))
    return float(found.mean() - reach), float(found.mean() + reach)


def _student(freedom: int, share: float = 0.95) -> float:
    """Return the t between minus and plus which the share of Student's distribution lies."""
    low, high = 0.0, 1.0
    while _within(high, freedom) < share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < share else (low, middle)
    return high


def _within(t: float, freedom: int) -> float:
    """Return the share of Student's distribution between -t and t, from its finite series."""
    angle = math.atan(t / math.sqrt(freedom))
    cos2, odd = math.cos(angle) ** 2, freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0
    for k in range(1 + odd, freedom, 2):
        total += term
        term *= cos2 * k / (k + 1)
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total

"""Exact tests: published values, and all outcomes counted one by one."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinynet.studies.significance import holm, interval, mcnemar, seeds_needed, sign_test


def by_enumeration(wins, losses):
    """The share of all rows of coins in which heads are at least as far from a half."""
    n = wins + losses
    rows = list(product([0, 1], repeat=n))
    return float(Fraction(sum(abs(2 * sum(r) - n) >= abs(wins - losses) for r in rows), len(rows)))


@pytest.mark.parametrize("n", range(11))
def test_the_sign_test_counts_what_an_enumeration_counts(n):
    for wins in range(n + 1):
        assert sign_test(wins, n - wins) == by_enumeration(wins, n - wins)


def test_the_sign_test_gives_published_values():
    # Arbuthnot 1710: in 82 years out of 82 more boys than girls were christened in London.
    assert sign_test(82, 0) == 2 * 0.5**82
    # Approval of a prime minister, in two surveys (Agresti 1990), as R's exact2x2 prints it.
    assert sign_test(86, 150) == pytest.approx(3.716e-05, abs=0.0005e-05)
    # The example of several calculators of McNemar's exact test.
    assert sign_test(12, 5) == pytest.approx(0.143463, abs=5e-7)


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_sign_test_knows_no_sides_and_more_uneven_is_rarer(wins, losses):
    p = sign_test(wins, losses)
    assert 0 < p <= 1
    assert p == sign_test(losses, wins)
    assert sign_test(max(wins, losses) + 1, min(wins, losses)) < p or p == 1


def test_thousands_of_decisions_neither_overflow_nor_take_long():
    assert sign_test(5000, 5000) == 1
    # 4,800 of 10,000 is 4 standard deviations (of 50) from the half: 6.3e-5 of a normal curve lie
    # beyond that on both sides, and the half step of whole numbers makes it a little more.
    assert sign_test(4800, 5200) == pytest.approx(6.6e-5, rel=0.02)
    assert sign_test(0, 10_000) == 0


def test_mcnemar_looks_at_images_on_which_the_networks_differ():
    a = np.array([True] * 30 + [True] * 6 + [False] * 16 + [False] * 50)
    b = np.array([True] * 30 + [False] * 6 + [True] * 16 + [False] * 50)
    assert mcnemar(a, b) == (6, 16, sign_test(6, 16))
    assert mcnemar(b, a) == (16, 6, sign_test(6, 16))
    assert mcnemar(a[:30], a[:30]) == (0, 0, 1.0)


def test_mcnemar_is_the_share_of_swaps_that_are_as_uneven():
    """If the two are alike, it is a matter of chance which is which, at every image."""
    a = np.array([1, 1, 1, 1, 0, 1, 0, 1, 1, 0], bool)
    b = np.array([0, 0, 0, 0, 1, 1, 0, 0, 0, 0], bool)
    seen = abs(int(a.sum()) - int(b.sum()))
    count = 0
    for swaps in product([False, True], repeat=len(a)):
        x, y = np.where(swaps, b, a), np.where(swaps, a, b)
        count += abs(int(x.sum()) - int(y.sum())) >= seen
    assert mcnemar(a, b)[2] == count / 2 ** len(a)


def test_holm_gives_published_values():
    # The example of Wikipedia's "Holm-Bonferroni method".
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_step_by_step(ps):
    """As the method is told: from the smallest on, until one is not below its level."""
    level = 0.05
    rejected, order = set(), np.argsort(ps, kind="stable")
    for rank, k in enumerate(order):
        if not (len(ps) - rank) * ps[k] < level:
            break
        rejected.add(k)
    assert {k for k, p in enumerate(holm(ps)) if p < level} == rejected


@pytest.mark.parametrize(("pairs", "needed"), [(1, 9), (3, 11), (10, 12)])
def test_as_many_seeds_are_needed_as_make_the_clearest_outcome_significant(pairs, needed):
    assert seeds_needed(pairs) == needed
    assert pairs * sign_test(needed, 0) < 0.005 <= pairs * sign_test(needed - 1, 0)


# From printed tables of Student's t, two-sided, 5 %.
@pytest.mark.parametrize(
    ("count", "t"),
    [(2, 12.706), (3, 4.303), (4, 3.182), (5, 2.776), (6, 2.571), (12, 2.201), (31, 2.042)],
)
def test_the_interval_is_students(count, t):
    values = np.arange(count)
    low, high = interval(values)
    assert (low + high) / 2 == pytest.approx(values.mean())
    reach = t * values.std(ddof=1) / np.sqrt(count)
    assert high - low == pytest.approx(2 * reach, rel=3e-4)


def test_about_95_of_100_intervals_hold_the_mean():
    rng = np.random.default_rng(0)
    found = [interval(rng.normal(3, 2, 4)) for _ in range(1000)]
    assert 930 <= sum(low < 3 < high for low, high in found) <= 970


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sign_test(-1, 3), "wins: expected at least 0, got -1"),
        (lambda: mcnemar([0, 1], [True, False]), "wrong_a: expected an array of booleans"),
        (lambda: mcnemar([True], [True, False]), "wrong_b"),
        (lambda: holm([0.5, 1.5]), "ps: expected probabilities, at most 1, got 1.5"),
        (lambda: interval([0.5]), "values: expected at least 2, got 1"),
        (lambda: seeds_needed(0), "pairs: expected at least 1, got 0"),
    ],
)
def test_what_cannot_be_tested_is_refused(call, said):
    with pytest.raises((TypeError, ValueError), match=said):
        call()

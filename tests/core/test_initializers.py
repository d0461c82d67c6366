"""How the weights begin: bounds, variance, and the same draws scaled two ways.

All draws have fixed seeds, so that a test which holds once holds for ever.
"""

import numpy as np
import pytest
from core_tools import INITIALIZERS, given
from hypothesis import strategies as st

import tinynet as tn

SHAPES = [(200, 300), (300, 200)]
every_initializer = pytest.mark.parametrize("init", INITIALIZERS)
every_shape = pytest.mark.parametrize(("n_in", "n_out"), SHAPES)


def bound(init, n_in, n_out):
    """Eq 1 and eq 16, as printed."""
    return 1 / n_in**0.5 if init is tn.standard else 6**0.5 / (n_in + n_out) ** 0.5


def variance(init, n_in, n_out):
    """What the docstrings promise of Var(W)."""
    return {
        tn.standard: 1 / 3 / n_in,
        tn.normalized: 2 / (n_in + n_out),
        tn.lecun: 1 / n_in,
        tn.he: 2 / n_in,
        tn.orthogonal: 1 / max(n_in, n_out),
    }[init]


@every_shape
@pytest.mark.parametrize("init", [tn.standard, tn.normalized])
def test_uniform_weights_fill_the_whole_interval_and_stay_within_it(init, n_in, n_out):
    W, a = init(n_in, n_out, 0), bound(init, n_in, n_out)
    assert 0.999 * a < W.max() < a
    assert -a < W.min() < -0.999 * a


@every_shape
@every_initializer
def test_mean_and_variance_are_as_promised_within_sampling_error(init, n_in, n_out):
    """Five standard errors: the sample variance's is sqrt((kurtosis - 1)/N) of it."""
    W, expected = init(n_in, n_out, 0), variance(init, n_in, n_out)
    kurtosis = 9 / 5 if init in (tn.standard, tn.normalized) else 3
    error = 5 * np.sqrt((kurtosis - 1) / W.size)
    assert W.var() == pytest.approx(expected, rel=error)
    assert abs(W.mean()) < 5 * np.sqrt(expected / W.size)


@every_shape
@pytest.mark.parametrize("init", [tn.standard, tn.normalized])
def test_uniform_weights_are_as_often_near_the_ends_as_near_zero(init, n_in, n_out):
    W, a = init(n_in, n_out, 0), bound(init, n_in, n_out)
    counts, _ = np.histogram(W, bins=10, range=(-a, a))
    expected = W.size / 10
    assert np.abs(counts - expected).max() < 5 * np.sqrt(expected)


@pytest.mark.parametrize("init", [tn.lecun, tn.he])
def test_gaussian_weights_have_the_tails_of_a_gaussian(init):
    W = init(200, 300, 0)
    beyond_two_sigma = np.mean(np.abs(W) > 2 * np.sqrt(variance(init, 200, 300)))
    assert beyond_two_sigma == pytest.approx(0.0455, abs=5 * np.sqrt(0.0455 / W.size))


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 10**6))
def test_two_initializers_of_one_distribution_are_the_same_draws_scaled_two_ways(n_in, n_out, seed):
    u = tn.standard(n_in, n_out, seed) / bound(tn.standard, n_in, n_out)
    v = tn.normalized(n_in, n_out, seed) / bound(tn.normalized, n_in, n_out)
    np.testing.assert_allclose(u, v, rtol=1e-13)
    he, lecun = tn.he(n_in, n_out, seed), tn.lecun(n_in, n_out, seed)
    np.testing.assert_allclose(he, 2**0.5 * lecun, rtol=1e-13)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10**6))
def test_orthogonal_weights_are_gaussian_draws_made_orthonormal_one_after_another(
    n_in, n_out, seed
):
    """Gram and Schmidt's way, by loops, over the draws of lecun with the same seed."""
    gaussian = tn.lecun(n_in, n_out, seed)
    short = gaussian if n_in < n_out else gaussian.T
    found = []
    for v in short:
        for _ in range(2):  # twice, so that rounding is removed as well
            for u in found:
                v = v - (u @ v) * u
        found.append(v / np.sqrt(v @ v))
    W = tn.orthogonal(n_in, n_out, seed)
    W = W if n_in < n_out else W.T
    np.testing.assert_allclose(W, found, atol=1e-9)
    np.testing.assert_allclose(W @ W.T, np.eye(len(W)), atol=1e-13)


@pytest.mark.parametrize(("n_in", "n_out"), [(3, 3), (3, 2), (2, 3)])
def test_orthogonal_favours_no_direction(n_in, n_out):
    """Each entry is as often negative: a plain QR gives W[0, 0] < 0 always."""
    draws = np.array([tn.orthogonal(n_in, n_out, seed) for seed in range(400)])
    error = 5 * np.sqrt(1 / max(n_in, n_out) / len(draws))
    assert np.abs(draws.mean(axis=0)).max() < error


@every_initializer
@given(n_in=st.integers(1, 5), n_out=st.integers(1, 5))
def test_the_weights_are_float64_with_n_in_rows_and_n_out_columns(init, n_in, n_out):
    W = init(n_in, n_out, 0)
    assert W.shape == (n_in, n_out)
    assert W.dtype == np.float64
    assert type(W) is np.ndarray


@every_initializer
def test_draws_are_those_of_the_seed_and_a_generator_goes_on_where_it_was(init):
    rng = np.random.default_rng(7)
    np.testing.assert_array_equal(init(4, 3, 7), init(4, 3, 7))
    np.testing.assert_array_equal(init(4, 3, 7), init(4, 3, rng))
    for other in (init(4, 3, 8), init(4, 3, rng), init(4, 3)):
        assert (init(4, 3, 7) != other).all()

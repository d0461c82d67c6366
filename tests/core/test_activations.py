"""f and slope: against textbooks, against each other, and far out in both tails."""

from decimal import Decimal, localcontext

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
from core_tools import ACTIVATIONS, DTYPES, f_by_hand, given, slope_by_hand

import tinynet as tn

every_activation = pytest.mark.parametrize("A", ACTIVATIONS)
numbers = st.lists(st.floats(-8, 8), min_size=1, max_size=6).map(lambda row: np.array([row]))


@every_activation
@given(numbers)
def test_f_is_the_formula_of_the_textbook(A, s):
    np.testing.assert_allclose(A().f(s), f_by_hand(A, s), rtol=1e-12, atol=1e-15)


@every_activation
@given(numbers)
def test_slope_is_the_formula_of_the_textbook(A, s):
    np.testing.assert_allclose(A().slope(s), slope_by_hand(A, s), rtol=1e-12, atol=1e-15)


@every_activation
@given(numbers)
def test_slope_is_the_derivative_of_f(A, s):
    hypothesis.assume(np.abs(s).min() > 1e-3)  # not over the corner of a rectifier
    f, h = A().f, 1e-5
    np.testing.assert_allclose(A().slope(s), (f(s + h) - f(s - h)) / (2 * h), 1e-6, 1e-9)


@every_activation
@pytest.mark.parametrize("dtype", DTYPES)
def test_f_and_slope_are_pure(A, dtype):
    s = np.linspace(-3, 3, 12, dtype=dtype).reshape(3, 4)
    kept, layer = s.copy(), A()
    for function in (layer.f, layer.slope):
        first, second = function(s), function(s)
        np.testing.assert_array_equal(first, second, strict=True)
        assert first.shape == s.shape
        assert first.dtype == dtype
    np.testing.assert_array_equal(s, kept)
    assert vars(layer) == vars(A())


@every_activation
@pytest.mark.parametrize("dtype", DTYPES)
def test_nothing_overflows_far_out(A, dtype):
    """Warnings are errors here."""
    s = np.array([[-1e4, -1e3, 1e3, 1e4]], dtype)
    for numbers in (A().f(s), A().slope(s)):
        assert np.isfinite(numbers).all()


def test_values_and_slopes_at_zero_and_at_the_ends():
    far = np.array([[-1e4, 0, 1e4]])
    for A, ends, slopes in [
        (tn.Sigmoid, [0, 0.5, 1], [0, 0.25, 0]),
        (tn.Tanh, [-1, 0, 1], [0, 1, 0]),
        (tn.ReLU, [0, 0, 1e4], [0, 0, 1]),
        (tn.Identity, [-1e4, 0, 1e4], [1, 1, 1]),
        (tn.Softsign, [-1e4 / 10001, 0, 1e4 / 10001], [10001**-2, 1, 10001**-2]),
    ]:
        np.testing.assert_allclose(A().f(far), [ends], rtol=1e-15, err_msg=A.__name__)
        np.testing.assert_allclose(A().slope(far), [slopes], rtol=1e-15, err_msg=A.__name__)


def exact_sigmoid(s):
    """1/(1 + e^-s) and its slope e^-s/(1 + e^-s)^2, with 50 digits."""
    with localcontext() as context:
        context.prec = 50
        e = (-Decimal(float(s))).exp()
        return float(1 / (1 + e)), float(e / (1 + e) ** 2)


@pytest.mark.parametrize(("dtype", "end"), [(np.float64, 700), (np.float32, 85)])
@given(data=st.data())
def test_sigmoid_and_its_slope_are_exact_to_the_last_digits_in_both_tails(dtype, end, data):
    s = np.array([[data.draw(st.floats(-end, end, width=32))]], dtype)
    y, slope = exact_sigmoid(s[0, 0])
    last_digits = 8 * np.finfo(dtype).eps
    np.testing.assert_allclose(tn.Sigmoid().f(s), [[y]], rtol=last_digits)
    np.testing.assert_allclose(tn.Sigmoid().slope(s), [[slope]], rtol=last_digits)


@given(numbers)
def test_tanh_and_softsign_are_odd_and_sigmoid_is_odd_about_a_half(s):
    for A in (tn.Tanh, tn.Softsign):
        np.testing.assert_array_equal(A().f(-s), -A().f(s))
    np.testing.assert_allclose(tn.Sigmoid().f(-s), 1 - tn.Sigmoid().f(s), rtol=1e-11)


def test_a_dead_rectifier_has_value_and_slope_zero():
    s = np.array([[-2.0, -1e-300, 0.0]])
    assert not tn.ReLU().f(s).any()
    assert not tn.ReLU().slope(s).any()


def test_the_saturation_threshold_is_a_fixed_share_of_the_steepest_slope():
    for A, share in [(tn.Sigmoid, 1 / 20), (tn.Tanh, 1 / 20), (tn.Softsign, 1 / 100)]:
        steepest = A().slope(np.zeros((1, 1)))[0, 0]
        assert A.saturated_at == pytest.approx(share * steepest)
    assert tn.ReLU.saturated_at == 0  # dead
    assert tn.Identity.saturated_at == 0  # never


@pytest.mark.parametrize(
    ("A", "y"), [(tn.Tanh, 0.975), (tn.Sigmoid, 0.987), (tn.Sigmoid, 0.013), (tn.Softsign, 0.9)]
)
def test_a_unit_begins_to_saturate_where_the_docstring_says(A, y):
    s = {tn.Tanh: np.arctanh(y), tn.Sigmoid: np.log(y / (1 - y)), tn.Softsign: 9.0}[A]
    assert A().slope(np.array([[s]]))[0, 0] == pytest.approx(A.saturated_at, rel=0.03)
